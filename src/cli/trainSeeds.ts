/**
 * What `train` and `resume` share: run the seeds, show them, and say how it ended.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Display, openDisplay, silentDisplay } from '../display/live.ts';
import { createSeedState, type DisplayState } from '../display/state.ts';
import { earlierValues } from '../node/earlierValues.ts';
import type { Broker } from '../node/queue/index.ts';
import { streamScreen } from '../node/screen.ts';
import type { RunSummary, SeedOutcome, SeedTask } from '../node/toolkit.ts';
import { interruptedLines, lossOf } from './closing/interrupted.ts';
import { type NextStep, nextLines, sensibleSteps } from './closing/nextSteps.ts';
import type { Tools } from './context.ts';
import { exitCodes, printReport, reportFailure } from './failure.ts';
import { interruptedCode, onInterrupt, patience } from './interrupt.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { closing, type LogTarget, openLog } from './logs.ts';
import { type LoadedModule, moduleWords } from './modules.ts';
import { writeJson, writeLine, writeNote } from './output.ts';
import type { Road } from './roads/road.ts';
import { outputColumns, type Paint, wrapTo } from './terminal.ts';

const now = (): number => performance.now();

/** How a command talks: the moving display or lines of a log, JSON lines, or the end alone. */
export type OutputMode = 'display' | 'json' | 'quiet';

/** What is to be done and said. */
export interface SeedsRequest {
  readonly work: readonly SeedTask[];
  /** Seeds of the same folder that had ended before. */
  readonly ended: readonly RunSummary[];
  /** The order of the seeds in the joint summary. */
  readonly order: readonly (number | string)[];
  readonly road: Road;
  readonly modules: readonly LoadedModule[];
  readonly config: Readonly<Record<string, unknown>>;
  /** Where the runs end. */
  readonly iterations: number;
  readonly title: readonly string[];
  /** The run folder, of all seeds together. */
  readonly runDirectory: string;
  /** Whether the folder is one of several seeds. */
  readonly several: boolean;
  readonly mode: OutputMode;
  /** Where the runs are taken while they run. */
  readonly logs: readonly LogTarget[];
  /** Workers elsewhere: of whole runs, or of the shards of one. */
  readonly queue?: { readonly broker: Broker; readonly shards: boolean; readonly sharedFolder?: string | undefined } | undefined;
  /** What to type after a run that ended well, besides looking closer. */
  readonly further: readonly NextStep[];
}

async function open(state: DisplayState, { look }: Road, mode: OutputMode): Promise<Display> {
  return mode === 'display' ? openDisplay(state, look, streamScreen(process.stdout, writeLine), now) : silentDisplay(state);
}

/** Whether seeds are left, and none of them because it failed. */
function isInterrupted(outcomes: readonly SeedOutcome[]): boolean {
  if (outcomes.some(({ kind }) => kind === 'failed')) return false;
  return outcomes.some((outcome) => outcome.kind !== 'done' || outcome.summary.status === 'interrupted');
}

function exitCodeOf(outcomes: readonly SeedOutcome[]): number {
  const failures = outcomes.filter((outcome) => outcome.kind === 'failed');
  if (failures.length > 0) return failures.every(({ error }) => reportFailure(error).kind === 'usage') ? exitCodes.usage : exitCodes.failed;
  return isInterrupted(outcomes) ? interruptedCode() : exitCodes.done;
}

/** Trains the seeds and gives the exit code. */
export async function trainSeeds(request: SeedsRequest, { library, paint }: Tools): Promise<number> {
  const { work, road, mode } = request;
  const began = performance.now();
  const state: DisplayState = {
    title: request.title,
    runDirectory: shownPath(request.runDirectory),
    seeds: work.map(({ seed, job: { kind, runDirectory } }) => {
      const before = kind === 'resume' && runDirectory !== undefined ? join(runDirectory, library.runFiles.metrics) : undefined;
      return createSeedState(seed, request.iterations, road.look, before ? earlierValues(before, road.look.followed) : []);
    }),
    interrupting: false,
  };
  const display = await open(state, road, mode);
  const warnings = new Set<string>();
  const { config } = request;
  const facts = road.name === 'environments' ? library.knownFacts(config) : {};
  const watchers = work.map(({ job }) => {
    const begunTrained = job.kind === 'resume' || job.start !== undefined;
    return library.watchRun({ road: road.name, config, facts: { ...facts, begunTrained } });
  });
  let isIll = false;
  const [target, method] = [String(config[road.target.key]), String(config[road.methodKey])];
  const controller = new AbortController();
  const warn = (message: string, index = 0, iteration?: number): void => {
    const { seed, job } = work[index]!;
    const event = {
      event: 'warning',
      runDirectory: job.runDirectory ?? null,
      seed,
      ...(iteration !== undefined && { iteration }),
      message,
    } as const;
    if (mode === 'json') writeJson(event);
    display.event(index, event);
    warnings.add(message);
  };
  const log = openLog(request.logs, request, warn, library);
  const { queue } = request;
  const elsewhere = queue && (await (await import('../node/queue/index.ts')).openTrainQueue(queue.broker, { ...queue, onNote: warn }));
  for (const warning of queue?.broker.warnings ?? []) warn(warning);
  const training = library.seeds.run(
    work,
    { road: road.name, target, method, threads: elsewhere ? 1 : Number(config.threads ?? 1) },
    {
      signal: controller.signal,
      patience,
      elsewhere: elsewhere?.threads,
      started(index) {
        state.seeds[index]!.phase = 'starting';
        display.changed();
      },
      event(index, event) {
        if (mode === 'json') writeJson('seed' in event ? event : { ...event, seed: work[index]!.seed });
        display.event(index, event);
        log.onEvent(event);
        if (event.event === 'warning') {
          warnings.add(event.message);
          // What an iteration showed.
          isIll ||= event.iteration !== undefined;
        }
        const finding = event.event === 'iteration' ? watchers[index]!(event.iteration, event.metrics) : undefined;
        if (!finding) return;
        isIll = true;
        warn(library.warningOf(finding), index, finding.to);
      },
      ended(index, outcome) {
        if (outcome.kind === 'failed') state.seeds[index]!.phase = 'failed';
        if (outcome.kind === 'cutOff') {
          state.seeds[index]!.phase = 'interrupted';
          if (mode === 'json') writeNote(`interrupted: seed ${work[index]!.seed}: ${lossOf(state.seeds[index]!)}`);
        }
        display.changed();
      },
    },
  );
  const interrupt = (): void => {
    state.interrupting = true;
    controller.abort();
    display.changed();
    if (mode === 'display' && !process.stdout.isTTY) writeLine('interrupted: writing a checkpoint; once more to end at once');
  };
  const release = onInterrupt(interrupt, () => {
    display.close();
    for (const { job } of work) library.giveBackLock(job.runDirectory!);
  });
  const outcomes = await training;
  await elsewhere?.close();
  await log.close(closing(controller.signal));
  release();
  display.close();
  const ended = request.ended.map((summary): SeedOutcome => ({ kind: 'done', seed: summary.seed, summary }));
  const all = [...ended, ...outcomes];
  const sorted = request.order.flatMap((seed) => all.filter((outcome) => String(outcome.seed) === String(seed)));
  if (request.several) await keepJointSummary(request, sorted, (performance.now() - began) / 1000, library);
  // The displays have said them.
  if (mode === 'quiet') for (const message of warnings) writeNote(`${paint('yellow', 'warning:')} ${message}`);
  printFailures(request, outcomes);
  const code = exitCodeOf(outcomes);
  if (mode !== 'json' && code !== exitCodes.usage) {
    const lines = [...closingLines(request, sorted, { state, code, isIll }, library, paint), ...log.lines()];
    for (const line of lines) writeLine(line);
    if (process.env.COHORT_FRAME_FILE) appendFileSync(process.env.COHORT_FRAME_FILE, `${lines.join('\n')}\n`);
  }
  return code;
}

async function keepJointSummary(
  { runDirectory, mode }: SeedsRequest,
  outcomes: readonly SeedOutcome[],
  seconds: number,
  library: Library,
): Promise<void> {
  const joint = library.summarizeOutcomes(outcomes, { runDirectory, seconds });
  if (!joint) return;
  await library.writeJointSummary(library.nodeHome.open(runDirectory), joint);
  if (mode === 'json') writeJson({ event: 'summary', ...joint });
}

function printFailures({ several, work }: SeedsRequest, outcomes: readonly SeedOutcome[]): void {
  outcomes.forEach((outcome, index) => {
    if (outcome.kind !== 'failed') return;
    const report = reportFailure(outcome.error);
    printReport(several ? { ...report, message: `seed ${work[index]!.seed}: ${report.message}` } : report);
  });
}

/** What came out, where it is, and what to type next. */
function closingLines(
  request: SeedsRequest,
  outcomes: readonly SeedOutcome[],
  { state, code, isIll }: { readonly state: DisplayState; readonly code: number; readonly isIll: boolean },
  library: Library,
  paint: Paint,
): string[] {
  const { road, several, config, work } = request;
  const folder = shownPath(request.runDirectory);
  const again = moduleWords(request.modules);
  const isKept = work.some(({ job }) => existsSync(join(job.runDirectory!, library.runFiles.checkpoint)));
  const resume: NextStep = { purpose: isKept ? 'go on from the checkpoint' : 'begin again', words: ['resume', folder] };
  if (isInterrupted(outcomes)) {
    const said = interruptedLines(outcomes, state.seeds, { isKept, several, iterations: request.iterations });
    const words = `${paint('yellow', 'Interrupted')}${said.join('\n')}`;
    return ['', ...words.split('\n').flatMap((line) => wrapTo(line, outputColumns() - 1)), ...nextLines(folder, [resume], again, paint)];
  }
  const summaries = outcomes.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.summary] : []));
  const [first, ...rest] = summaries;
  if (!first) return [];
  const words = road.closing([first, ...rest], { several, config }, paint, library);
  const examine: NextStep[] = isIll ? [{ purpose: 'see what is wrong', words: ['doctor', folder] }] : [];
  const next = [...examine, ...road.nextSteps(folder, config, library), ...request.further];
  const steps = sensibleSteps(summaries, code === exitCodes.failed, resume, next);
  return ['', ...words.flatMap((line) => wrapTo(line, outputColumns() - 1)), ...nextLines(folder, steps, again, paint)];
}
