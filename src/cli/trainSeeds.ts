/**
 * What `train` and `resume` share: run the seeds, show them, and say how it ended.
 */
import { appendFileSync } from 'node:fs';
import type { RunEvent, RunSummary } from '../node/toolkit.ts';
import { type NextStep, nextLines } from './closing/nextSteps.ts';
import { type Display, liveDisplay, plainDisplay, silentDisplay } from './display/live.ts';
import { createSeedState, type DisplayState } from './display/state.ts';
import { exitCodes, failureLines, wantsDebug } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { type LoadedModule, moduleWords } from './modules.ts';
import { writeLine } from './output.ts';
import type { Road, RunConfig, TrainRequest } from './roads/road.ts';
import { makeRunFolder, removeIfEmpty, runName, seedFolder, writeJointSummary, writePlan } from './runFolders.ts';
import { type SeedOutcome, startSession } from './session.ts';
import { hasCheckpoint } from './storedRun.ts';
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
  readonly modules: readonly LoadedModule[];
  /** The environment or the task. */
  readonly target: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where the runs end. */
  readonly iterations: number;
  readonly threads: number;
  readonly title: readonly string[];
  /** The run folder, of all seeds together. */
  readonly runDirectory: string;
  /** Whether the folder is one of several seeds. */
  readonly several: boolean;
  readonly mode: OutputMode;
  /** What to type after a run that ended well, besides looking closer. */
  readonly further: readonly NextStep[];
}

function openDisplay(state: DisplayState, { look }: Road, mode: OutputMode): Promise<Display> | Display {
  if (mode !== 'display') return silentDisplay(state);
  const moves = process.stdout.isTTY && process.env.TERM !== 'dumb';
  return moves ? liveDisplay(state, look, process.stdout) : plainDisplay(state, look, writeLine);
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
export interface TrainAllRequest extends TrainRequest, Pick<SeedsRequest, 'road' | 'modules' | 'title' | 'further'> {}

/** Makes the run folder, trains the seeds and gives the exit code. */
export async function trainAll(
  request: TrainAllRequest,
  options: { readonly runDirectory: string | undefined; readonly mode: OutputMode },
  library: Library,
): Promise<number> {
  const { road, modules, target, seeds, input, config, title, further } = request;
  const { iterations, stopAfter, threads }: RunConfig = config;
  const method = String(config[road.methodKey]);
  const runDirectory = makeRunFolder(options.runDirectory, runName(target, method, seeds, new Date()), library);
  const several = seeds.length > 1;
  if (several)
    writePlan(runDirectory, {
      road: road.name,
      target,
      method,
      modules: library.modules.recordedFor(target, method),
      seeds,
      input,
    });
  const work = seeds.map((seed): SeedWork => {
    const directory = several ? seedFolder(runDirectory, seed) : runDirectory;
    return { seed, directory, task: { kind: 'train', road: road.name, input: { ...input, seed }, runDirectory: directory } };
  });
  const code = await trainSeeds(
    {
      ...{ work, ended: [], order: seeds, road, modules, target, config, threads, title, runDirectory, several, further },
      iterations: Math.min(iterations, stopAfter ?? iterations),
      mode: options.mode,
    },
    library,
  );
  removeIfEmpty(...work.map(({ directory }) => directory));
  return code;
}

/** Trains the seeds and gives the exit code. */
export async function trainSeeds(request: SeedsRequest, library: Library): Promise<number> {
  const { work, road, mode } = request;
  const began = performance.now();
  const state: DisplayState = {
    title: request.title,
    runDirectory: shownPath(request.runDirectory),
    seeds: work.map(({ seed }) => createSeedState(seed, request.iterations, road.look)),
    interrupting: false,
  };
  const display = await openDisplay(state, road, mode);
  const session = startSession(
    work.map(({ task }) => task),
    request.threads,
    request.modules.map(({ url }) => url),
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
  const release = onInterrupt(() => {
    state.interrupting = true;
    session.interrupt();
    display.changed();
    if (mode === 'display' && !process.stdout.isTTY) writeLine('interrupted: writing a checkpoint; once more to end at once');
  }, display.close);
  const outcomes = await session.outcomes;
  release();
  display.close();
  const summaries = [...request.ended, ...outcomes.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.summary] : []))];
  const sorted = request.order.flatMap((seed) => summaries.filter((summary) => String(summary.seed) === String(seed)));
  if (request.several) keepJointSummary(request, sorted, outcomes, (performance.now() - began) / 1000, library);
  printFailures(request, outcomes);
  const code = exitCodeOf(outcomes);
  if (mode !== 'json' && code !== exitCodes.usage) {
    const lines = closingLines(request, sorted, code, library);
    for (const line of lines) writeLine(line);
    if (process.env.COHORT_FRAME_FILE) appendFileSync(process.env.COHORT_FRAME_FILE, `${lines.join('\n')}\n`);
  }
  return code;
}

/** One JSON line; a joint summary has seeds of its own. */
function writeEvent(event: RunEvent, seed: number | string | undefined): void {
  const named = seed === undefined || 'seed' in event ? event : { ...event, seed };
  writeLine(JSON.stringify(named));
}

function keepJointSummary(
  { runDirectory, mode }: SeedsRequest,
  [first, ...rest]: readonly RunSummary[],
  outcomes: readonly SeedOutcome[],
  seconds: number,
  library: Library,
): void {
  if (!first) return;
  const joint = library.jointSummary([first, ...rest], { runDirectory, seconds });
  const has = (kind: SeedOutcome['kind']): boolean => outcomes.some((outcome) => outcome.kind === kind);
  const status = has('failed') ? 'failed' : has('notStarted') ? 'interrupted' : joint.status;
  writeJointSummary(runDirectory, { ...joint, status }, library);
  if (mode === 'json') writeEvent({ event: 'summary', ...joint, status } as RunEvent, undefined);
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

/** What came out, where it is, and what to type next. */
function closingLines(request: SeedsRequest, summaries: readonly RunSummary[], code: number, library: Library): string[] {
  const { road, several, target, work } = request;
  const paint = paintFor(wantsColor(process.stdout));
  const folder = shownPath(request.runDirectory);
  const again = moduleWords(request.modules);
  const isKept = work.some(({ directory }) => hasCheckpoint(directory, library));
  const resume: NextStep = { purpose: isKept ? 'go on from the checkpoint' : 'begin again', words: ['resume', folder] };
  const [first, ...rest] = summaries;
  if (code === exitCodes.interrupted) {
    const where = several
      ? `: ${summaries.filter(({ status }) => status === 'done').length} of ${request.order.length} seeds are done`
      : isKept
        ? ` at iteration ${first?.iterations ?? 0} of ${request.iterations}`
        : ' before the first checkpoint';
    const kept = isKept ? `${several ? 'checkpoints are' : 'the checkpoint is'} written` : 'nothing is kept';
    return ['', `${paint('yellow', 'Interrupted')}${where}; ${kept}.`, ...nextLines(folder, [resume], again, paint)];
  }
  if (!first) return [];
  const folderOf = ({ seed }: RunSummary): string => (several ? seedFolder(request.runDirectory, seed) : request.runDirectory);
  const words = road.closing({ target, folderOf, several }, [first, ...rest], paint, library);
  const next = [...road.nextSteps(folder, request.config, library), ...request.further];
  const isUnfinished = code === exitCodes.failed || summaries.some(({ status }) => status === 'stopped');
  const steps = isUnfinished ? [resume, ...next.filter(({ kind }) => kind !== 'longer')] : next;
  return ['', ...words, ...nextLines(folder, steps, again, paint)];
}
