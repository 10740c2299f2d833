import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from './badInputs.ts';
import { makeFolder, removeFolders } from './runCli.ts';

afterAll(removeFolders);

/** The help text as one line, so that it matters not where it is wrapped. */
async function help(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runHere([...words, '--help'], makeFolder());
  expect([code, stderr]).toEqual([0, '']);
  return stdout.replaceAll(/\s+/g, ' ');
}

describe('train --help', () => {
  it('shows the defaults, and how to take a value away', async () => {
    const text = await help('train');
    expect(text).toContain('weight of the entropy bonus (default 0.01; other methods have their own)');
    expect(text).toContain('`none` takes the value of an optional field away');
    expect(text).not.toContain('from recipe');
  });

  it('shows the values of a run that is named, and where they come from', async () => {
    const text = await help('train', 'CartPole-v1', '--gamma', '0.9');
    expect(text).toContain('weight of the entropy bonus (0.001 from recipe default, default 0.01)');
    expect(text).toMatch(/--gamma <x> [^(]*\(0\.9 from --gamma, default 0\.99\)/);
    expect(text).toMatch(/--clip-coef <x> [^(]*\([^)]*default 0\.2\)/);
    expect(text).toContain('The values are those of CartPole-v1 with gpg+, recipe default.');
    const ppo = await help('train', 'CartPole-v1', '--algorithm', 'ppo', '--recipe', 'none');
    expect(ppo).toContain('weight of the entropy bonus (default 0.01)');
    expect(ppo).toContain('The values are those of CartPole-v1 with ppo.');
  });

  it('shows the plain defaults where the words describe no run', async () => {
    for (const words of [['CartPol-v1'], ['CartPole-v1', '--gamma', '7'], ['CartPole-v1', '--recipe', 'papr']]) {
      const text = await help('train', ...words);
      expect(text).toContain('weight of the entropy bonus (default 0.01; other methods have their own)');
      expect(text).not.toContain('The values are those of');
    }
  });

  it('shows what a task decides', async () => {
    const text = await help('lm', 'train', 'add-2digit', '--estimator', 'grpo');
    expect(text).toContain('The values are those of add-2digit with grpo.');
    expect(text).toMatch(/--estimator <name> .*?grpo from --estimator/);
    expect(text).toMatch(/--max-tokens <n> .*?\(\d+ here\)/);
  });
});
