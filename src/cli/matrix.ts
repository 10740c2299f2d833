/**
 * What `sweep` and `reproduce` share: running a matrix, showing it, and saying what came out.
 */
import { join } from 'node:path';
import type { Cell, Matrix, MatrixEvent, MatrixOutcome, PolicyKind } from '../node/toolkit.ts';
import { meanInterval } from '../statistics/index.ts';
import type { Tools } from './context.ts';
import { exitCodes, reportFailure } from './failure.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { liveMatrixDisplay, type MatrixDisplay, nameOf, plainMatrixDisplay } from './matrixDisplay.ts';
import { moduleWords } from './modules.ts';
import { writeLine } from './output.ts';
import { withoutPassword } from './queueOptions.ts';
import { formatSeconds, table } from './terminal.ts';
import { folderName, parseDuration } from './values.ts';

/** Flags of commands that run a matrix. */
export interface MatrixFlags {
  readonly results?: string;
  readonly jobs?: number;
  readonly queue?: string;
  readonly sharedFolder?: string;
  readonly budget?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a next call needs to use the same queue; a password in the address is not shown again. */
export function queueWords({ queue, sharedFolder }: Pick<MatrixFlags, 'queue' | 'sharedFolder'>): string[] {
  return [
    ...(queue === undefined ? [] : ['--queue', withoutPassword(queue)]),
    ...(sharedFolder === undefined ? [] : ['--shared-folder', sharedFolder]),
  ];
}

/** Throws `CohortError` for flags that mean nothing for runs elsewhere, and without a queue for those that need one. */
function checkQueueFlags({ queue, sharedFolder, jobs, budget }: MatrixFlags, library: Library): void {
  if (queue === undefined) {
    if (sharedFolder !== undefined) throw library.mistake('--shared-folder', 'a queue', 'none', 'add --queue, or leave it out');
    return;
  }
  if (jobs !== undefined)
    throw library.mistake(
      '--jobs',
      'no number of runs, which the workers decide',
      String(jobs),
      'say it to the workers: cohort-rl worker --jobs',
    );
  if (budget !== undefined)
    throw library.mistake(
      '--budget',
      'no budget, as nobody knows how fast the workers are',
      budget,
      'leave it out, or run without --queue',
    );
}

/** The matrix in a folder of results: what `report` takes titles, names and expectations from. */
export const matrixFile = 'matrix.yaml';

/** Seeds as a flag says them: how many, or which. */
export function saidSeeds(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

/** Where results go if nothing is said. */
export const resultsFolder = 'results';

function cellRow({ name, runs }: Cell, { library }: Tools): string[] {
  const of = (policy: PolicyKind): string => {
    const scores = library.finalScores(runs, policy);
    return scores.length === 0 ? library.formatValue(undefined) : library.formatInterval(meanInterval(scores) ?? { estimate: scores[0] });
  };
  return [name, String(runs.length), of('sampled'), of('greedy')];
}

/** The table of a matrix: one row per cell that has runs. */
export function matrixTable(cells: readonly Cell[], tools: Tools): string[] {
  const rows = cells.map((cell) => cellRow(cell, tools));
  return table(['cell', 'seeds', 'sampled [95 %]', 'greedy [95 %]'], rows, { paint: tools.paint, rightAligned: [1, 2, 3] });
}

/** A matrix that is run by a command. */
export interface MatrixRequest {
  readonly matrix: Matrix;
  readonly title: string;
  /** Name of its folder below {@link resultsFolder}. */
  readonly name: string;
}

/** An event as one line of JSON, without what only programs need. */
function asJson(event: MatrixEvent): string {
  if (event.event === 'failed')
    return JSON.stringify({ event: 'failed', run: nameOf(event.run), message: reportFailure(event.error).message });
  return 'run' in event ? JSON.stringify({ ...event, run: nameOf(event.run), identity: event.run.identity }) : JSON.stringify(event);
}

async function openDisplay(title: string, { json, quiet, queue }: MatrixFlags): Promise<MatrixDisplay> {
  const silent = { event: () => {}, interrupting: () => {}, close: () => {} };
  if (json) return { ...silent, event: (event) => writeLine(asJson(event)) };
  if (quiet) return silent;
  const moves = process.stdout.isTTY && process.env.TERM !== 'dumb';
  return moves ? liveMatrixDisplay(title, process.stdout) : plainMatrixDisplay(writeLine, queue !== undefined);
}

/** The folder of results that flags name, or the usual one. */
export function resultsDirectory({ name }: Pick<MatrixRequest, 'name'>, { results }: MatrixFlags, { library }: Tools): string {
  return folderName('--results', results, library) ?? join(resultsFolder, name);
}

/** Runs a matrix and shows it; the outcome, after its exit code was set. */
export async function runShown(request: MatrixRequest, flags: MatrixFlags, tools: Tools): Promise<MatrixOutcome> {
  const { library } = tools;
  const directory = resultsDirectory(request, flags, tools);
  const budget = flags.budget === undefined ? undefined : parseDuration('--budget', flags.budget, library);
  const { queue, sharedFolder } = flags;
  checkQueueFlags(flags, library);
  // Everything is checked before the display begins.
  library.cellsToRun(request.matrix, request.title);
  const display = await openDisplay(request.title, flags);
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort();
    display.interrupting();
  };
  const release = onInterrupt(interrupt, () => {
    display.close();
    library.giveBackLock(join(directory, library.runningFolder));
  });
  try {
    const onEvent = (event: MatrixEvent): void => display.event(event);
    const options = {
      directory,
      budget,
      dryRun: flags.dryRun,
      signal: controller.signal,
      onEvent,
      ...(flags.jobs && { jobs: flags.jobs }),
      queue,
      sharedFolder,
    };
    const outcome = await library.runMatrix(request.matrix, options);
    if (outcome.interrupted) tools.exit(interruptedCode());
    else if (outcome.failed.length > 0) tools.exit(exitCodes.failed);
    return outcome;
  } finally {
    release();
    display.close();
  }
}

/** The outcome as one line of JSON. */
export function summaryLine({ cells, failed, missing, interrupted, seconds, predicted }: MatrixOutcome): string {
  const runs = cells.map((cell) => ({ cell: cell.name, seeds: cell.runs.map(({ seed }) => seed) }));
  const counts = { missing: missing.length, failed: failed.length };
  return JSON.stringify({ event: 'summary', cells: runs, ...counts, interrupted, seconds, predicted: predicted ?? null });
}

/** A matrix that was run. */
export interface MatrixEnding {
  readonly request: MatrixRequest;
  readonly outcome: MatrixOutcome;
  readonly flags: MatrixFlags;
  /** What to type to go on. */
  readonly again: readonly string[];
}

/** What is missing and why, how long it took, and where the results are. */
export function endingLines({ request, outcome, flags, again }: MatrixEnding, tools: Tools): string[] {
  const { paint } = tools;
  const { missing, failed, interrupted, predicted, seconds } = outcome;
  const lines = failed.map(({ run, error }) => `${paint('red', 'failed')}: ${nameOf(run)}: ${reportFailure(error).message.split('\n')[0]}`);
  const runs = `${missing.length} ${missing.length === 1 ? 'run is' : 'runs are'} missing`;
  const goesOn =
    flags.queue === undefined ? 'what was begun goes on from its checkpoint' : 'the workers go on, and the same command collects them';
  if (interrupted) lines.push('', `${paint('yellow', 'Interrupted')}: ${runs}; ${goesOn}.`);
  else if (missing.length > 0) lines.push('', `${runs}.`);
  if (flags.dryRun) return lines;
  const estimate = predicted !== undefined && predicted > 0 ? `, predicted ${formatSeconds(predicted)}` : '';
  const took = seconds > 0 ? `${formatSeconds(seconds)}${estimate}. ` : '';
  lines.push('', `${took}Results: ${paint('bold', shownPath(resultsDirectory(request, flags, tools)))}`);
  if (missing.length > 0) lines.push(`Go on: ${paint('cyan', commandLine(...again))}`);
  return lines;
}

/** The closing words: what came out, what is missing, what to type next. */
export function closingLines(ending: MatrixEnding, tools: Tools): string[] {
  const { request, outcome, flags } = ending;
  const { paint } = tools;
  const lines = outcome.cells.length > 0 ? ['', ...matrixTable(outcome.cells, tools)] : [];
  lines.push(...endingLines(ending, tools));
  if (flags.dryRun || outcome.cells.length === 0) return lines;
  const folder = shownPath(resultsDirectory(request, flags, tools));
  const next = [
    ['compare', folder],
    ['plot', folder],
    ['report', folder, '--html', `${request.name}.html`, ...moduleWords(tools.modules)],
  ];
  return [...lines, 'Next:', ...next.map((words) => `  ${paint('cyan', commandLine(...words))}`)];
}
