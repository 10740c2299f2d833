/**
 * `cohort-rl eval <run>`: plays whole episodes with the policy of a run or a policy folder, sampled and greedy.
 */
import type { Command } from 'commander';
import type { EvaluationResult } from '../node/index.ts';
import { mean } from '../statistics/index.ts';
import { exitCodes } from './failure.ts';
import { shownPath } from './invocation.ts';
import { loadLibrary } from './library.ts';
import { writeLine } from './output.ts';
import { wholeNumber } from './resume.ts';
import { findBegun } from './runFolders.ts';
import { formatNumber, paintFor, table, wantsColor } from './terminal.ts';

interface EvaluateOptions {
  readonly episodes: string;
  readonly seed?: string;
  readonly maxSteps?: string;
  readonly json?: boolean;
}

/** Adds `eval` to the program. */
export function addEvaluate(program: Command, exit: (code: number) => void): void {
  program
    .command('eval')
    .description('play episodes with what a run has learned: sampled and greedy')
    .argument('<run>', 'run folder, of one seed or several, or policy folder')
    .option('--episodes <n>', 'episodes of each kind', '100')
    .option('--seed <n>', 'seed of the episodes (default: as in training)')
    .option('--max-steps <n>', "cut episodes here (default: the environment's own limit)")
    .option('--json', 'write one JSON line per seed, with every return and length')
    .action(async (run: string, options: EvaluateOptions) => exit(await runEvaluate(run, options)));
}

/** Cells of one row of the table: statistics over episodes, then lengths. */
export function evaluationCells(result: EvaluationResult): string[] {
  const { returns, lengths } = result;
  const least = (values: readonly number[]): number => values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const greatest = (values: readonly number[]): number => values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  return [
    formatNumber(result.mean, 2),
    formatNumber(result.standardError, 2),
    formatNumber(result.iqm, 2),
    formatNumber(least(returns), 1),
    formatNumber(greatest(returns), 1),
    formatNumber(mean(lengths), 1),
    `${least(lengths)}–${greatest(lengths)}`,
  ];
}

const heading = ['policy', 'mean', 'std. error', 'IQM', 'min', 'max', 'mean length', 'lengths'];

async function runEvaluate(path: string, options: EvaluateOptions): Promise<number> {
  const library = await loadLibrary();
  const episodes = wholeNumber('--episodes', options.episodes, { min: 1, max: 100_000 }, library)!;
  const seed = wholeNumber('--seed', options.seed, { min: 0, max: Number.MAX_SAFE_INTEGER }, library);
  const maxSteps = wholeNumber('--max-steps', options.maxSteps, { min: 1, max: 100_000_000 }, library);
  const { found, begun } = findBegun(path, 'eval', library);
  const paint = paintFor(wantsColor(process.stdout));
  if (!options.json && process.stderr.isTTY) process.stderr.write(paint('gray', `playing 2 x ${episodes} episodes …\n`));
  const rows: string[][] = [];
  let env = '';
  for (const one of begun) {
    const result = await library.evaluateRun(one.directory, { episodes, seed, maxSteps });
    env = result.env;
    if (options.json) {
      writeLine(JSON.stringify({ event: 'evaluation', runDirectory: one.directory, seed: one.seed ?? null, episodes, ...result }));
      continue;
    }
    const name = found.plan ? `seed ${one.seed} ` : '';
    rows.push([`${name}sampled`, ...evaluationCells(result.sampled)], [`${name}greedy`, ...evaluationCells(result.greedy)]);
  }
  if (options.json) return exitCodes.done;
  writeLine(`${paint('bold', env)}, ${episodes} episodes of each kind, ${shownPath(found.path)}`);
  for (const line of table(heading, rows, { paint, rightAligned: [1, 2, 3, 4, 5, 6, 7] })) writeLine(line);
  const { rewardThreshold } =
    library
      .standardRegistry()
      .list()
      .find(({ id }) => id === env) ?? {};
  if (rewardThreshold !== undefined) writeLine(paint('gray', `solved from a mean return of ${rewardThreshold}`));
  return exitCodes.done;
}
