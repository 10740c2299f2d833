/**
 * What `train` and `resume` share: run the seeds, show them, answer Ctrl-C, and say how it ended.
 */
import { appendFileSync } from 'node:fs';
import type { RunEvent, RunSummary } from '../node/index.ts';
import { closingLines } from './closings.ts';
import { type NextStep, nextLines } from './display/closing.ts';
import { type Display, liveDisplay, plainDisplay, silentDisplay } from './display/live.ts';
import { createSeedState, type DisplayState } from './display/state.ts';
import { exitCodes, failureLines, wantsDebug } from './failure.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { onBrokenPipe, writeLine } from './output.ts';
import { commandOf, type Road } from './road.ts';
import { makeRunFolder, removeIfEmpty, runName, seedFolder, writeJointSummary, writePlan } from './runFolders.ts';
import { type SeedOutcome, startSession } from './session.ts';
import { paintFor, wantsColor } from './terminal.ts';
import type { WorkerTask } from './workerProtocol.ts';

/** How a command talks: the moving display or lines of a log, JSON lines, or the end alone. */
export type OutputMode = 'display' | 'json' | 'quiet';

/** One seed to train. */
export interface SeedWork {
  readonly seed: number | string;
  readonly directory: string;
  readonly task: WorkerTask;
}

/** What is to be done and said. */
export interface SeedsRequest {
  readonly work: readonly SeedWork[];
  /** Seeds of the same folder that had ended before. */
  readonly ended: readonly RunSummary[];
  /** The order of the seeds in the joint summary. */
  readonly order: readonly (number | string)[];
  readonly road: Road;
  /** The environment or the task. */
  readonly target: string;
  readonly iterations: number;
  readonly threads: number;
  readonly title: readonly string[];
  /** The run folder, of all seeds together. */
  readonly runDirectory: string;
  /** Whether the folder is one of several seeds. */
  readonly several: boolean;
  readonly mode: OutputMode;
  /** What to type after a run that ended well. */
  readonly next: readonly NextStep[];
}

// npm passes Ctrl-C on to a process that the terminal has told already: what comes this soon is the same key press.
const samePressMilliseconds = 500;

function openDisplay(state: DisplayState, mode: OutputMode): Promise<Display> | Display {
  if (mode !== 'display') return silentDisplay(state);
  const moves = process.stdout.isTTY && process.env.TERM !== 'dumb';
  return moves ? liveDisplay(state, process.stdout) : plainDisplay(state, writeLine);
}

function exitCodeOf(outcomes: readonly SeedOutcome[]): number {
  const failures = outcomes.filter((outcome) => outcome.kind === 'failed');
  if (failures.length > 0) return failures.every(({ report }) => report.kind === 'usage') ? exitCodes.usage : exitCodes.failed;
  const unfinished = outcomes.some(
    (outcome) => outcome.kind === 'notStarted' || (outcome.kind === 'done' && outcome.summary.status === 'interrupted'),
  );
  return unfinished ? exitCodes.interrupted : exitCodes.done;
}

/** New runs: one configuration, one run for each seed. */
export interface TrainAllRequest extends Pick<SeedsRequest, 'road' | 'target' | 'title'> {
  /** The algorithm, or the estimator. */
  readonly method: string;
  readonly seeds: readonly number[];
  /** What every seed is trained with, without the seed. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly config: { readonly iterations: number; readonly stopAfter?: number | undefined; readonly threads: number };
  next(runDirectory: string): NextStep[];
}

/** Makes the run folder, trains the seeds and gives the exit code. */
export async function trainAll(
  request: TrainAllRequest,
  options: { readonly runDirectory: string | undefined; readonly mode: OutputMode },
  library: Library,
): Promise<number> {
  const { road, target, method, seeds, input, config, title } = request;
  const runDirectory = makeRunFolder(options.runDirectory, runName(target, method, seeds, new Date()), library);
  const several = seeds.length > 1;
  if (several) writePlan(runDirectory, { ...(road === 'lm' && { road }), env: target, algorithm: method, seeds, input });
  const work = seeds.map((seed): SeedWork => {
    const directory = several ? seedFolder(runDirectory, seed) : runDirectory;
    return { seed, directory, task: { kind: 'train', road, input: { ...input, seed }, runDirectory: directory } };
  });
  const { iterations, stopAfter, threads } = config;
  const code = await trainSeeds(
    {
      ...{ work, ended: [], order: seeds, road, target, threads, title, runDirectory, several },
      iterations: Math.min(iterations, stopAfter ?? iterations),
      mode: options.mode,
      next: request.next(runDirectory),
    },
    library,
  );
  removeIfEmpty(...work.map(({ directory }) => directory));
  return code;
}

/** Trains the seeds and gives the exit code. */
export async function trainSeeds(request: SeedsRequest, library: Library): Promise<number> {
  const { work, mode, several } = request;
  const began = performance.now();
  const state: DisplayState = {
    title: request.title,
    runDirectory: shownPath(request.runDirectory),
    seeds: work.map(({ seed }) => createSeedState(seed, request.iterations, request.road)),
    interrupting: false,
  };
  const display = await openDisplay(state, mode);
  const session = startSession(
    work.map(({ task }) => task),
    request.threads,
    {
      started(index) {
        state.seeds[index]!.phase = 'starting';
        display.changed();
      },
      event(index, event) {
        if (mode === 'json') writeEvent(event, work[index]!.seed);
        display.event(index, event);
      },
      ended(index, outcome) {
        if (outcome.kind === 'failed') state.seeds[index]!.phase = 'failed';
        display.changed();
      },
    },
  );
  const release = interruptible(() => {
    state.interrupting = true;
    session.interrupt();
    display.changed();
    if (mode === 'display' && !process.stdout.isTTY) writeLine('interrupted: writing a checkpoint; once more to end at once');
  }, display);
  const outcomes = await session.outcomes;
  release();
  display.close();
  const summaries = [...request.ended, ...outcomes.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.summary] : []))];
  const sorted = request.order.flatMap((seed) => summaries.filter((summary) => String(summary.seed) === String(seed)));
  const [first, ...rest] = sorted;
  if (several && first) {
    const seconds = (performance.now() - began) / 1000;
    const joint = library.jointSummary([first, ...rest], { runDirectory: request.runDirectory, seconds });
    const status = outcomes.some(({ kind }) => kind === 'failed')
      ? 'failed'
      : outcomes.some(({ kind }) => kind === 'notStarted')
        ? 'interrupted'
        : joint.status;
    writeJointSummary(request.runDirectory, { ...joint, status });
    if (mode === 'json') writeEvent({ event: 'summary', ...joint, status } as RunEvent, undefined);
  }
  printFailures(request, outcomes);
  const code = exitCodeOf(outcomes);
  if (mode !== 'json' && code !== exitCodes.usage) printClosing(request, sorted, outcomes, code, library);
  return code;
}

/** One JSON line; a joint summary has seeds of its own. */
function writeEvent(event: RunEvent, seed: number | string | undefined): void {
  const named = seed === undefined || 'seed' in event ? event : { ...event, seed };
  writeLine(JSON.stringify(named));
}

/** Ctrl-C once: `interrupt`; twice: the end, now. Gives the function that takes the handlers away. */
function interruptible(interrupt: () => void, display: Display): () => void {
  let pressed: number | undefined;
  const press = (): void => {
    const now = performance.now();
    if (pressed === undefined) {
      pressed = now;
      interrupt();
    } else if (now - pressed > samePressMilliseconds) {
      display.close();
      process.exit(exitCodes.interrupted);
    }
  };
  process.on('SIGINT', press);
  process.on('SIGTERM', press);
  const restore = onBrokenPipe(press);
  return () => {
    process.off('SIGINT', press);
    process.off('SIGTERM', press);
    restore();
  };
}

function printFailures(request: SeedsRequest, outcomes: readonly SeedOutcome[]): void {
  const color = wantsColor(process.stderr);
  outcomes.forEach((outcome, index) => {
    if (outcome.kind !== 'failed') return;
    const { report } = outcome;
    const message = request.several ? `seed ${request.work[index]!.seed}: ${report.message}` : report.message;
    const lines = failureLines({ ...report, message }, { debug: wantsDebug(), color });
    process.stderr.write(`${lines.join('\n')}\n`);
  });
}

/** Whether a run was interrupted before there was anything to go on from: only a language model in its warm start was never evaluated. */
function isWithoutCheckpoint({ status, evaluation }: RunSummary): boolean {
  return status === 'interrupted' && evaluation === null;
}

function printClosing(
  request: SeedsRequest,
  summaries: readonly RunSummary[],
  outcomes: readonly SeedOutcome[],
  code: number,
  library: Library,
): void {
  const paint = paintFor(wantsColor(process.stdout));
  const folder = shownPath(request.runDirectory);
  const isWarming = summaries.length > 0 && request.road === 'lm' && summaries.every(isWithoutCheckpoint);
  const resume: NextStep = {
    purpose: isWarming ? 'begin again' : 'go on from the checkpoint',
    command: commandLine(...commandOf(request.road, 'resume'), folder),
  };
  const lines: string[] = [''];
  const [only] = summaries;
  if (code === exitCodes.interrupted) {
    const where = request.several
      ? `: ${summaries.filter(({ status }) => status === 'done').length} of ${request.order.length} seeds are done`
      : isWarming
        ? ' in the warm start'
        : ` at iteration ${only?.iterations ?? 0} of ${request.iterations}`;
    const written = request.several ? 'checkpoints are written' : 'the checkpoint is written';
    const kept = outcomes.some(({ kind }) => kind === 'done') ? `; ${isWarming ? 'nothing is kept' : written}` : '';
    lines.push(`${paint('yellow', 'Interrupted')}${where}${kept}.`, ...nextLines(folder, [resume], paint));
  } else if (only) {
    lines.push(...closingLines(request, summaries, paint, library));
    const stopped = summaries.some(({ status }) => status === 'stopped');
    const failed = code === exitCodes.failed;
    const next = stopped || failed ? [resume, ...request.next.filter((step) => step.kind !== 'longer')] : request.next;
    lines.push(...nextLines(folder, next, paint));
  } else return;
  for (const line of lines) writeLine(line);
  if (process.env.COHORT_FRAME_FILE) appendFileSync(process.env.COHORT_FRAME_FILE, `${lines.join('\n')}\n`);
}
