/**
 * Seeds side by side: in threads of their own, as many at once as the machine has cores for, or one after the other where there are none.
 */
import { allAlgorithms } from '../algorithms/index.ts';
import { isIdOfThePackage } from '../envs/family.ts';
import type { RunEvent } from '../run/events.ts';
import { type Job, type JobThreads, RunCutOff } from '../run/job.ts';
import type { RoadName } from '../run/layout.ts';
import type { SeedOutcome } from '../run/seeds.ts';
import type { LibraryContext } from './context.ts';
import { type JobLibrary, runJob } from './jobs.ts';

/** One seed to train. */
export interface SeedTask {
  readonly seed: number | string;
  readonly job: Job;
}

/** What all seeds have in common. */
export interface SeedsMethod {
  readonly road: RoadName;
  /** Id of the environment or of the task. */
  readonly target: string;
  /** Name of the algorithm or of the estimator. */
  readonly method: string;
  /** Threads of each run. */
  readonly threads: number;
}

/** How seeds are run, and who is told; `index` is the place in the list of tasks. */
export interface LaneOptions {
  /** Runs at once, where runs have threads of their own. Default: as many as the machine has cores for. */
  readonly simultaneous?: number | undefined;
  /** Ends every run after its current iteration, with a checkpoint; what has not begun will not. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after the signal until a run in a thread of its own is cut off in its iteration. Default: it is waited for. */
  readonly patience?: number | undefined;
  started?(index: number): void;
  event?(index: number, event: RunEvent): void;
  ended?(index: number, outcome: SeedOutcome): void;
  /** What runs the jobs instead of threads of this machine. */
  readonly elsewhere?: JobThreads | undefined;
}

/** What a program made itself cannot go to another thread: it would come out as something else, or not at all. */
const madeByPrograms = ['env', 'bins', 'task', 'estimator'];

/** Whether a thread that knows the package and the modules of the user only can run the jobs. */
function canRunApart({ registry, modules }: LibraryContext, { road, target, method }: SeedsMethod, tasks: readonly SeedTask[]): boolean {
  const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
  if (!tasks.every(({ job }) => madeByPrograms.every((key) => isText(job.input[key])))) return false;
  if (road === 'language-models') return true;
  const isKnown = (name: string, isOurs: boolean): boolean => isOurs || modules.recordedFor(name).length > 0;
  return registry.has(target) && isKnown(target, isIdOfThePackage(target)) && isKnown(method, allAlgorithms().find(method) !== undefined);
}

/** Runs the seeds to their ends; one outcome per task, in order. A seed that fails does not stop the others. Never rejects. */
export async function runSeeds(
  context: LibraryContext,
  library: JobLibrary,
  tasks: readonly SeedTask[],
  shared: SeedsMethod,
  { simultaneous, signal, patience, started, event, ended, elsewhere }: LaneOptions = {},
): Promise<SeedOutcome[]> {
  const { jobThreads } = context;
  const apart = elsewhere ?? (jobThreads && canRunApart(context, shared, tasks) ? jobThreads : undefined);
  const run = apart ? apart.run : (job: Job, options: Parameters<typeof runJob>[2]) => runJob(job, library, options);
  const outcomes = tasks.map(({ seed }): SeedOutcome => ({ seed, kind: 'notStarted' }));
  const train = async (index: number): Promise<SeedOutcome> => {
    const { seed, job } = tasks[index]!;
    try {
      return { seed, kind: 'done', summary: await run(job, { signal, patience, onEvent: (told) => event?.(index, told) }) };
    } catch (error) {
      if (error instanceof RunCutOff) return { seed, kind: 'cutOff' };
      return { seed, kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && !signal?.aborted) {
      const index = next++;
      started?.(index);
      outcomes[index] = await train(index);
      ended?.(index, outcomes[index]);
    }
  };
  // In one thread, turns at each other's iterations would only make every run slower.
  const most = apart ? (simultaneous ?? Math.max(1, Math.floor(apart.count / Math.max(1, shared.threads)))) : 1;
  await Promise.all(Array.from({ length: Math.min(tasks.length, most) }, lane));
  return outcomes;
}
