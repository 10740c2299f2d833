/** `cohort-rl methods`, and what `train` says of a method of the family. */
import { afterAll, describe, expect, it } from 'vitest';
import { methodNames } from '../../src/advantage/core.ts';
import { type CliResult, makeFolder, removeFolders, runCli } from './runCli.ts';

afterAll(removeFolders);

const run = (...words: string[]): Promise<CliResult> => runCli(words, { cwd: makeFolder() });

describe('methods', () => {
  it('lists every method, and where it trains', async () => {
    const { code, stdout } = await run('methods');
    expect(code).toBe(0);
    for (const name of methodNames) expect(stdout).toMatch(new RegExp(`^${name.replace(/[+@]/g, '\\$&')} `, 'm'));
    expect(stdout).toMatch(/^grpo +GRPO +yes +yes/m);
    expect(stdout).toMatch(/^remax +ReMax +yes/m);
  });

  it('shows one, with the commands that train it', async () => {
    const { stdout } = await run('methods', 'dapo');
    expect(stdout).toContain('clipped, 0.8 to 1.28; averages by step-mean');
    expect(stdout).toMatch(/train CartPole-v1 --algorithm dapo/);
    expect(stdout).toMatch(/lm train add-2digit --estimator dapo/);
    expect((await run('methods', 'gigpo')).stdout).not.toContain('--estimator');
  });

  it('writes JSON lines', async () => {
    const lines = (await run('methods', '--json')).stdout.trim().split('\n');
    expect(lines).toHaveLength(methodNames.length);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      event: 'method',
      name: 'gpg',
      environments: true,
      source: expect.stringContaining('2510.03679'),
    });
  });

  it('refuses a name that it does not know', async () => {
    const { code, stderr } = await run('methods', 'grop');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean grpo');
  });
});
