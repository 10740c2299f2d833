/**
 * Runs the built command and kills it at random moments; reads what it left.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createGenerator } from '../../src/random/index.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Runs the command; kills it with SIGKILL after `milliseconds` if it is still running then. Its exit code, or `killed`. */
export async function run(parameters: string[], milliseconds = Number.POSITIVE_INFINITY): Promise<number | 'killed' | null> {
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

/**
 * Begins the run, kills it after a random time in milliseconds, resumes it, kills it again, `kills` times; then lets it end. Returns how often it was
 * killed and the last exit code.
 */
export async function runKilled(
  begin: string[],
  directory: string,
  options: { seed: number; kills: number; times: readonly [from: number, to: number] },
): Promise<{ kills: number; code: number | 'killed' | null }> {
  const generator = createGenerator(options.seed);
  let kills = 0;
  let command = begin;
  for (let attempt = 0; kills < options.kills && attempt < 4 * options.kills; attempt++) {
    if ((await run(command, generator.uniform(...options.times))) !== 'killed') break;
    kills++;
    // A run that was killed before its folder was there begins again.
    const begun = await run(['resume', directory, '--stop-after', '1']);
    command = begun === 0 ? ['resume', directory] : begin;
  }
  return { kills, code: await run(command) };
}

/** Lines of metrics.jsonl without what a clock decides. */
export function metrics(directory: string): unknown[] {
  const isTime = (key: string): boolean =>
    key === 'seconds' || key === 'charts/SPS' || key.endsWith('_per_second') || key.startsWith('time/');
  const lines = readFileSync(join(directory, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => Object.entries(JSON.parse(line) as Record<string, number>).filter(([key]) => !isTime(key)));
}

/** summary.json. */
export function summary(directory: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(directory, 'summary.json'), 'utf8'));
}
