/**
 * `export`, `import`, and `eval` of a policy folder, as a user types them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import lander from '../fixtures/policies/sb3-lander.json' with { type: 'json' };
import { numbers } from '../fixtures/typedArray.ts';
import { jsonLines, makeFolder, removeFolders, runCli, snapshot, tiny } from './runCli.ts';

let stock = '';
const cohort = (...words: string[]) => runCli(words, { cwd: stock });

beforeAll(async () => {
  stock = makeFolder();
  const train = (...words: string[]) => cohort('train', 'CartPole-v1', ...tiny, '--iterations', '4', '--policy-snapshots', '2', ...words);
  const results = await Promise.all([
    train('--run-dir', 'one', '--algorithm', 'ppo'),
    train('--run-dir', 'many', '--seed', '1,2', '--stop-after', '2'),
  ]);
  for (const { code, stderr } of results) expect([code, stderr]).toEqual([0, '']);
  mkdirSync(join(stock, 'from-python'));
  writeFileSync(join(stock, 'from-python', 'policy.safetensors'), Uint8Array.from(numbers(lander.safetensors)));
  writeFileSync(join(stock, 'from-python', 'policy.json'), lander.description);
});

afterAll(removeFolders);

const description = (folder: string): Record<string, unknown> => JSON.parse(readFileSync(join(stock, folder, 'policy.json'), 'utf8'));

describe('export', () => {
  it('writes a policy folder into the run folder and says so; replaces it only when told to', async () => {
    const { code, stdout, stderr } = await cohort('export', 'one');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^CartPole-v1, iteration 4: 4 -> 8 -> 2, tanh, categorical\n {2}one\/policy\/policy\.safetensors\n {2}one\/policy\/policy\.json\n/,
    );
    expect(stdout).toContain('cohort_policy.load("one/policy")');
    expect(description('one/policy')).toMatchObject({
      env: 'CartPole-v1',
      critic: false,
      source: { algorithm: 'ppo', iteration: 4, seed: 1 },
    });
    const before = snapshot(join(stock, 'one/policy'));
    const again = await cohort('export', 'one', '--critic');
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/got one with policy\.safetensors; choose another folder, or say that it may be replaced \(--force\)/);
    expect(snapshot(join(stock, 'one/policy'))).toEqual(before);
    expect((await cohort('export', 'one', '--critic', '--force')).stdout).toContain(', with critic');
    expect(description('one/policy')).toMatchObject({ critic: true });
  });

  it('--iteration takes a policy that the run kept', async () => {
    const { stdout } = await cohort('export', 'one', '--iteration', '2', '--output', 'early', '--json');
    const [line] = jsonLines(stdout);
    expect(line).toMatchObject({ event: 'export', runDirectory: 'one', folder: 'early', description: { source: { iteration: 2 } } });
    expect(line!.description).toEqual(description('early'));
    expect(readdirSync(join(stock, 'early')).sort()).toEqual(['policy.json', 'policy.safetensors']);
    expect((await cohort('export', 'one', '--iteration', '3')).stderr).toMatch(/iteration: expected one of 0, 2, 4, got 3/);
    expect((await cohort('export', 'one', '--iteration', '2', '--critic')).stderr).toMatch(/got one without: snapshots keep none/);
  });

  it('of several seeds gives a folder for each', async () => {
    const { code, stdout } = await cohort('export', 'many', '--output', 'both');
    expect(code).toBe(0);
    expect(stdout).toContain('CartPole-v1, seed 2, iteration 2');
    for (const seed of [1, 2]) expect(description(`both/seed${seed}`)).toMatchObject({ source: { seed } });
  });

  it.each([
    ['a policy folder', ['export', 'from-python'], /expected a run folder, got "from-python", which holds a policy and no training/],
    ['an iteration in words', ['export', 'one', '--iteration', 'last'], /--iteration: expected a whole number from 0 to .*, got "last"/],
    ['an output without a name', ['export', 'one', '--output', ''], /--output: expected the name of a folder, got ""/],
    [
      'the critic of a policy without',
      ['export', 'many', '--critic'],
      /--critic: expected a policy with a critic, got one without: gpg\+ has none/,
    ],
  ])('refuses %s', async (_name, words, says) => {
    const { code, stderr } = await cohort(...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});

describe('import', () => {
  it('takes a policy that Python wrote, and the commands it names work', async () => {
    const { code, stdout, stderr } = await cohort('import', 'from-python');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^LunarLander-v3: 8 -> 64 -> 64 -> 4, tanh, categorical\n {2}runs\/imported\/from-python\/policy\.safetensors\n/,
    );
    for (const command of ['eval', 'watch', 'record']) expect(stdout).toContain(`npx cohort-rl ${command} runs/imported/from-python`);
    expect(description('runs/imported/from-python')).toEqual(JSON.parse(lander.description));
    const evaluated = await cohort('eval', 'runs/imported/from-python', '--episodes', '10', '--json');
    const [line] = jsonLines(evaluated.stdout) as [{ target: string; greedy: { mean: number } }];
    expect(line.target).toBe('LunarLander-v3');
    // What Stable-Baselines3 reached in training: solved.
    expect(line.greedy.mean).toBeGreaterThan(200);
    expect((await cohort('import', 'from-python')).stderr).toMatch(/from-python: expected a folder without a policy/);
    const completed = await cohort('complete', '--', 'eval', '');
    expect(completed.stdout).toMatch(/^runs\/imported\/from-python\tpolicy folder$/m);
  });

  it('takes what export wrote, under the name of the run', async () => {
    await cohort('export', 'many/seed2');
    const { stdout } = await cohort('import', 'many/seed2/policy', '--json');
    expect(jsonLines(stdout)).toEqual([{ event: 'import', folder: 'runs/imported/seed2', description: description('many/seed2/policy') }]);
    const [run, policy] = await Promise.all(
      ['many/seed2', 'runs/imported/seed2'].map(
        async (folder) => jsonLines((await cohort('eval', folder, '--episodes', '5', '--json')).stdout)[0]!,
      ),
    );
    expect({ ...policy, runDirectory: '', seed: 0 }).toEqual({ ...run, runDirectory: '', seed: 0 });
  });

  it.each([
    ['a run folder', 'one', /expected a policy folder, got "one", which holds a run; .*export one/],
    ['a folder of nothing', 'empty', /expected a policy folder, got "empty", which has no policy\.safetensors/],
    ['nothing', 'none', /expected a policy folder, got "none", which does not exist/],
    ['noise', 'noise', /noise\/policy\.safetensors: expected a safetensors file/],
    ['a file cut short', 'short', /short\/policy\.safetensors.*cut short/],
    ['a description that is another', 'other', /other\/policy\.json: expected the description that policy\.safetensors carries/],
  ])('refuses %s and writes nothing', async (_name, folder, says) => {
    const bytes = Uint8Array.from(numbers(lander.safetensors));
    const contents: Record<string, Record<string, Uint8Array | string>> = {
      empty: {},
      noise: { 'policy.safetensors': bytes.map((byte, k) => byte ^ (k % 251)) },
      short: { 'policy.safetensors': bytes.slice(0, -100) },
      other: { 'policy.safetensors': bytes, 'policy.json': lander.description.replace('"seed": 1', '"seed": 2') },
    };
    const files = contents[folder];
    if (files) mkdirSync(join(stock, folder));
    for (const [name, content] of Object.entries(files ?? {})) writeFileSync(join(stock, folder, name), content);
    const { code, stderr } = await cohort('import', folder, '--output', 'refused');
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('    at ');
    expect(existsSync(join(stock, 'refused'))).toBe(false);
  });
});

describe('resume', () => {
  it('says that a policy has no training to go on with', async () => {
    const { code, stderr } = await cohort('resume', 'from-python');
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected a run folder, got "from-python", which holds a policy and no training/);
  });
});
