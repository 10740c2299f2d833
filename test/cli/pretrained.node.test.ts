/** The policies that come with the package, by name: listed, described, evaluated, recorded, begun from; a folder of that name comes first. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pretrainedPolicies } from '../../src/node/pretrained.ts';
import { jsonLines, makeFolder, removeFolders, runCli, tiny } from './runCli.ts';

let folder: string;
const run = (...words: string[]) => runCli(words, { cwd: folder });

beforeAll(() => {
  folder = makeFolder();
});
afterAll(removeFolders);

describe('policies', () => {
  it('lists what there is, and describes one', async () => {
    const { code, stdout } = await run('policies');
    expect(code).toBe(0);
    for (const { name } of pretrainedPolicies()) expect(stdout).toContain(name);
    const one = await run('policies', 'CliffWalking-v1');
    expect(one.stdout).toContain('Trained by: npx cohort-rl train CliffWalking-v1 --algorithm gpg --seed 1');
    expect(one.stdout).toContain('greedy: -13.0 [-13.0, -13.0]');
    const { stdout: lines } = await run('policies', '--json');
    expect(jsonLines(lines).map(({ event, name }) => [event, name])).toEqual(pretrainedPolicies().map(({ name }) => ['policy', name]));
  });

  it('answers a wrong name with the nearest', async () => {
    const { code, stderr } = await run('policies', 'CliffWalking-v2');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: policies: expected the name of a policy that comes with the package, got "CliffWalking-v2"; did you mean /,
    );
  });
});

describe('a name in place of a folder', () => {
  it('is evaluated as the list says', async () => {
    const { code, stdout } = await run('eval', 'CliffWalking-v1', '--episodes', '100', '--seed', '202', '--json');
    expect(code).toBe(0);
    const known = pretrainedPolicies().find(({ name }) => name === 'CliffWalking-v1')!;
    expect(jsonLines(stdout)[0]).toMatchObject({ greedy: { mean: known.greedy.mean }, sampled: { mean: known.sampled.mean } });
  });

  it('is recorded into the current folder', async () => {
    const { code, stdout } = await run('record', 'CliffWalking-v1', '--png', '--width', '120');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^CliffWalking-v1, greedy: return -13 in 13 steps\nCliffWalking-v1\.png {2}/),
    ]);
    expect(readdirSync(folder)).toContain('CliffWalking-v1.png');
  });

  it('is something to begin a run from, and nothing to resume', async () => {
    const { code } = await run(
      'train',
      'CliffWalking-v1',
      '--from',
      'CliffWalking-v1',
      '--iterations',
      '1',
      '--run-dir',
      'from',
      '--quiet',
    );
    expect([code, existsSync(join(folder, 'from', 'start-policy.safetensors'))]).toEqual([0, true]);
    expect((await run('resume', 'CliffWalking-v1')).stderr).toBe(
      'error: resume: expected a run folder, got "CliffWalking-v1", a policy that comes with the package; begin a run from it: `npx cohort-rl train CliffWalking-v1 --from CliffWalking-v1`\n',
    );
  });

  it('means the folder where there is one, and says so', async () => {
    expect((await run('train', 'CartPole-v1', ...tiny, '--iterations', '1', '--run-dir', 'CliffWalking-v0')).code).toBe(0);
    const { code, stdout, stderr } = await run('eval', 'CliffWalking-v0', '--episodes', '2');
    expect([code, stderr]).toEqual([
      0,
      'CliffWalking-v0 is a folder here: that is taken, and not the policy of that name that comes with the package\n',
    ]);
    expect(stdout).toMatch(/^CartPole-v1, 2 episodes/);
  });
});
