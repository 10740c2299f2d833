/**
 * Promise 2: a run killed at random moments and resumed each time ends with the bits, the metrics and the episodes of a run left alone.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/random/index.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cohort-kill-'));

/** Runs the command; kills it with SIGKILL after `milliseconds` if it is still running then. Its exit code, or `killed`. */
async function run(parameters: string[], milliseconds = Number.POSITIVE_INFINITY): Promise<number | 'killed' | null> {
  const child = spawn(process.execPath, [cli, ...parameters], { stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  if (milliseconds === Number.POSITIVE_INFINITY) return await ended;
  const timer = new AbortController();
  const first = await Promise.race([ended, setTimeout(milliseconds, 'late' as const, { signal: timer.signal })]);
  timer.abort();
  if (first !== 'late') return first;
  child.kill('SIGKILL');
  await ended;
  return 'killed';
}

/** Lines of metrics.jsonl without what a clock decides. */
function metrics(directory: string): unknown[] {
  const lines = readFileSync(join(directory, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const entries = Object.entries(JSON.parse(line) as Record<string, number>);
    return entries.filter(([key]) => key !== 'seconds' && key !== 'charts/SPS' && !key.startsWith('time/'));
  });
}

const episodes = (directory: string): string[] =>
  readFileSync(join(directory, 'episodes.csv'), 'utf8')
    .split('\n')
    .map((row) => row.split(',').slice(0, 5).join(','));

const summary = (directory: string): Record<string, unknown> => JSON.parse(readFileSync(join(directory, 'summary.json'), 'utf8'));

/** The policies that a run kept, by name. */
const policies = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(directory, 'policies')).map((name) => [name, readFileSync(join(directory, 'policies', name), 'base64')]),
  );

describe('kill -9', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['gpg', 'ppo'])('%s: at ten random moments, resumed each time: the same hash, nothing lost', async (algorithm) => {
    const settings = ['CartPole-v1', '--algorithm', algorithm, '--num-envs', '32', '--iterations', '400', '--checkpoint-interval', '7'];
    const whole = join(folder, `${algorithm}-whole`);
    const parts = join(folder, `${algorithm}-parts`);
    expect(await run(['train', ...settings, '--run-dir', whole])).toBe(0);
    const generator = createGenerator(algorithm === 'gpg' ? 20 : 21);
    let kills = 0;
    let command = ['train', ...settings, '--run-dir', parts];
    for (let attempt = 0; kills < 10 && attempt < 40; attempt++) {
      if ((await run(command, generator.uniform(250, 1100))) !== 'killed') break;
      kills++;
      // A run that was killed before its folder was there begins again.
      const begun = await run(['resume', parts, '--stop-after', '1']);
      command = begun === 0 ? ['resume', parts] : ['train', ...settings, '--run-dir', parts];
    }
    expect(kills).toBe(10);
    expect(await run(command)).toBe(0);
    expect(summary(parts).parametersSha256).toBe(summary(whole).parametersSha256);
    expect(summary(parts).evaluation).toEqual(summary(whole).evaluation);
    expect(metrics(parts)).toEqual(metrics(whole));
    expect(episodes(parts)).toEqual(episodes(whole));
    expect(policies(parts)).toEqual(policies(whole));
  });
});
