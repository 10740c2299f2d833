/**
 * Promise 2: a run killed at random moments and resumed each time ends with the bits, the metrics and the episodes of a run left alone.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { metrics, run, runKilled, summary } from '../cli/killing.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-kill-'));

const episodes = (directory: string): string[] =>
  readFileSync(join(directory, 'episodes.csv'), 'utf8')
    .split('\n')
    .map((row) => row.split(',').slice(0, 5).join(','));

/** The policies that a run kept, by name. */
const policies = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(directory, 'policies')).map((name) => [name, readFileSync(join(directory, 'policies', name), 'base64')]),
  );

describe('kill -9', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['gpg', '1'],
    ['ppo', '1'],
    ['gpg', '3'],
  ])('%s, %s shards: at ten random moments, resumed each time: the same hash, nothing lost', async (algorithm, shards) => {
    const fields = ['--num-envs', '32', '--iterations', '400', '--checkpoint-interval', '7', '--shards', shards];
    const settings = ['CartPole-v1', '--algorithm', algorithm, ...fields];
    const whole = join(folder, `${algorithm}-${shards}-whole`);
    const parts = join(folder, `${algorithm}-${shards}-parts`);
    expect(await run(['train', ...settings, '--run-dir', whole])).toBe(0);
    const options = { seed: algorithm === 'gpg' ? 20 : 21, kills: 10, times: [250, 1100] } as const;
    expect(await runKilled(['train', ...settings, '--run-dir', parts], parts, options)).toEqual({ kills: 10, code: 0 });
    expect(summary(parts).parametersSha256).toBe(summary(whole).parametersSha256);
    expect(summary(parts).evaluation).toEqual(summary(whole).evaluation);
    expect(metrics(parts)).toEqual(metrics(whole));
    expect(episodes(parts)).toEqual(episodes(whole));
    expect(policies(parts)).toEqual(policies(whole));
  });
});
