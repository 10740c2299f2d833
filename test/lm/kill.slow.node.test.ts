/**
 * A language-model run killed at random moments and resumed each time ends with the bits, the metrics and the completions of
 * a run left alone.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { metrics, run, runKilled, summary } from '../cli/killing.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-kill-'));

describe('kill -9', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['gpg-lm', 'grpo', 'ppo'])('%s: at eight random moments, resumed each time: the same hash, nothing lost', async (estimator) => {
    const model = [
      '--hidden-size',
      '32',
      '--num-hidden-layers',
      '1',
      '--num-attention-heads',
      '2',
      '--intermediate-size',
      '64',
      '--num-groups',
      '16',
    ];
    // Long enough that a fast machine is killed eight times before it is done.
    const settings = ['digit-completion', '--estimator', estimator, ...model, '--iterations', '900', '--checkpoint-interval', '7'];
    const shared = [
      '--learning-rate',
      '1e-4',
      '--min-valid-fraction',
      '0.3',
      '--evaluation-prompts',
      '20',
      '--final-evaluation-prompts',
      '50',
    ];
    const whole = join(folder, `${estimator}-whole`);
    const parts = join(folder, `${estimator}-parts`);
    expect(await run(['lm', 'train', ...settings, ...shared, '--run-dir', whole])).toBe(0);
    const options = { seed: 22, kills: 8, times: [400, 1500] } as const;
    const begin = ['lm', 'train', ...settings, ...shared, '--run-dir', parts];
    expect(await runKilled(begin, parts, options)).toEqual({ kills: 8, code: 0 });
    expect(summary(parts).parametersSha256).toBe(summary(whole).parametersSha256);
    expect(summary(parts).evaluation).toEqual(summary(whole).evaluation);
    expect(metrics(parts)).toEqual(metrics(whole));
    const completions = (directory: string): string => readFileSync(join(directory, 'completions.jsonl'), 'utf8');
    expect(completions(parts)).toBe(completions(whole));
  });
});
