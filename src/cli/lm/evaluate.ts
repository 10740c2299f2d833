/**
 * `cohort-rl lm eval <run>`: how often a language model is right on held-out prompts, sampled, greedy, and within k completions.
 */
import type { Command } from 'commander';
import type { LanguageEvaluation } from '../../node/index.ts';
import { type AccuracyInterval, accuracyInterval, mean } from '../../statistics/index.ts';
import { exitCodes } from '../failure.ts';
import { shownPath } from '../invocation.ts';
import { loadLibrary } from '../library.ts';
import { writeLine } from '../output.ts';
import { wholeNumber } from '../resume.ts';
import { findBegun } from '../runFolders.ts';
import { formatNumber, formatShare, paintFor, table, wantsColor } from '../terminal.ts';

interface EvaluateOptions {
  readonly prompts: string;
  readonly samples: string;
  readonly seed?: string;
  readonly json?: boolean;
}

/** Adds `eval` to `lm`. */
export function addLanguageEvaluate(group: Command, exit: (code: number) => void): void {
  group
    .command('eval')
    .description('measure a model on held-out prompts: sampled, greedy, pass@k, maj@k, with intervals of 95 %')
    .argument('<run>', 'run folder, of one seed or several')
    .option('--prompts <n>', 'held-out prompts', '500')
    .option('--samples <n>', 'completions per prompt', '8')
    .option('--seed <n>', "seed of the prompts and the completions (default: the prompts of training's own evaluations)")
    .option('--json', 'write one JSON line per seed, with the accuracy and length of every prompt')
    .action(async (run: string, options: EvaluateOptions) => exit(await runEvaluate(run, options)));
}

/** Rows of the table: what, how often right, interval, mean length. */
function evaluationRows({ sampled, greedy, numSamples, passAtK = [], majAtK = [] }: LanguageEvaluation): string[][] {
  const cells = ({ accuracy, low, high }: AccuracyInterval): string[] => [
    formatShare(accuracy),
    `${(low * 100).toFixed(1)}–${formatShare(high)}`,
  ];
  const policy = (name: string, { returns, lengths }: LanguageEvaluation['sampled'], each: number): string[] => {
    return [name, ...cells(accuracyInterval(returns, each)), formatNumber(mean(lengths), 1)];
  };
  return [
    policy('sampled', sampled, numSamples),
    policy('greedy', greedy, 1),
    ...passAtK.map((value) => [`pass@${value.k}`, ...cells(value)]),
    ...majAtK.map((value) => [`maj@${value.k}`, ...cells(value)]),
  ];
}

async function runEvaluate(path: string, options: EvaluateOptions): Promise<number> {
  const library = await loadLibrary();
  const numPrompts = wholeNumber('--prompts', options.prompts, { min: 1, max: 1_000_000 }, library)!;
  const numSamples = wholeNumber('--samples', options.samples, { min: 1, max: 4096 }, library)!;
  const seed = wholeNumber('--seed', options.seed, { min: 0, max: Number.MAX_SAFE_INTEGER }, library);
  const { found, begun } = findBegun(path, 'lm eval', library, { policies: false, road: 'lm' });
  const paint = paintFor(wantsColor(process.stdout));
  if (!options.json && process.stderr.isTTY)
    process.stderr.write(paint('gray', `${numPrompts} prompts, ${numSamples} completions of each …\n`));
  const rows: string[][] = [];
  let task = '';
  let failed = 0;
  for (const one of begun) {
    const result = await library.evaluateLanguageRun(one.directory, { numPrompts, numSamples, seed });
    task = result.task;
    failed += result.failedRewards ?? 0;
    if (options.json) {
      writeLine(JSON.stringify({ event: 'evaluation', runDirectory: one.directory, seed: one.seed ?? null, ...result }));
      continue;
    }
    const name = found.plan ? `seed ${one.seed} ` : '';
    rows.push(...evaluationRows(result).map(([first, ...rest]) => [`${name}${first}`, ...rest]));
  }
  if (options.json) return exitCodes.done;
  writeLine(`${paint('bold', task)}, ${numPrompts} held-out prompts, ${numSamples} completions of each, ${shownPath(found.path)}`);
  const heading = ['accuracy', 'right', '95 % interval', 'mean length'];
  for (const line of table(heading, rows, { paint, rightAligned: [1, 2, 3] })) writeLine(line);
  if (failed > 0) writeLine(paint('yellow', `${failed} rewards failed; their completions are left out`));
  return exitCodes.done;
}
