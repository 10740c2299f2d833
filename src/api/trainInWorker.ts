/**
 * Training in a worker, in a program.
 */
import type { BinName } from '../advantage/core.ts';
import { checkCount } from '../core/arguments.ts';
import { mistake, show } from '../core/errors.ts';
import { mujocoAddresses } from '../envs/mujoco/addresses.ts';
import type { Policy } from '../policy/policy.ts';
import { RunInProgress } from '../run/runInProgress.ts';
import type { IterationResult } from '../training/trainee.ts';
import type { ResumeOptions } from './cohort.ts';
import type { RunOptions } from './context.ts';
import type { TrainConfig, TrainingResult } from './environments.ts';
import { checkConfig, checkFolder, checkRunOptions } from './runArguments.ts';
import { WorkerDriver, type WorkerPlatform } from './workerDriver.ts';

/** What `trainInWorker` takes besides the environment: any field of the configuration. All of it is plain data, which can be sent to a worker. */
export interface WorkerTrainConfig extends Omit<TrainConfig, 'env' | 'bins'> {
  /** The id of an environment: a built-in one, or one that a module of {@link WorkerOptions} registers. */
  readonly env: string;
  /** A named binning (GPG). */
  readonly bins?: BinName;
}

/** How to run in a worker. */
export interface WorkerOptions extends Omit<RunOptions, 'display'> {
  /** Addresses of modules whose default export registers environments and algorithms, as for `useModule`; the worker loads them. */
  readonly modules?: readonly string[];
}

/** How to go on in a worker. */
export interface WorkerResumeOptions
  extends Pick<WorkerOptions, 'signal' | 'onEvent' | 'modules'>,
    Pick<ResumeOptions, 'iterations' | 'stopAfter' | 'threads'> {}

/**
 * A run in progress in a worker, as that of `train`; `config` is what was given, and the event `config` tells the whole of it. What is wrong with it is
 * told to whoever asks the run for something first. Policies are copies of the program's own. The worker ends with the run, or by `close()`.
 */
export type WorkerTraining<Given = WorkerTrainConfig> = RunInProgress<Given, IterationResult, TrainingResult, Policy>;

/** Training in a worker on one platform. */
export interface WorkerTrainings {
  /**
   * As `train`, off the thread that calls it, with the same bits: `for await (const iteration of trainInWorker({ env: 'LunarLander-v3' })) ...`. The
   * worker starts when the run is iterated, finished, or asked for its policy. Throws `CohortError` for functions, which cannot be sent to it.
   */
  trainInWorker(config: WorkerTrainConfig, options?: WorkerOptions): WorkerTraining;
  /** Goes on with a run on an environment from its last checkpoint, in a worker; everything else as in `trainInWorker`. */
  resumeInWorker(runDirectory: string, options?: WorkerResumeOptions): WorkerTraining<WorkerResumeOptions>;
}

/** A copy of what was given, which the caller may change from here on. Throws `CohortError` for what no message can hold. */
function plain<T extends object>(given: T, subject: string): T & Readonly<Record<string, unknown>> {
  const advice = 'register it in a module, and give the address of that: { modules: [url] }';
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === 'function') throw mistake(`${subject}: ${key}`, 'plain data, which can be sent to a worker', 'a function', advice);
  }
  try {
    return structuredClone(given) as T & Readonly<Record<string, unknown>>;
  } catch (error) {
    throw mistake(subject, 'plain data, which can be sent to a worker', String(error).split('\n')[0]!, advice, error);
  }
}

/** The run is shown where its events are heard. */
function checkNotShown(options: object, subject: string): void {
  if (!('display' in options) || options.display === undefined) return;
  const advice = 'write { onEvent: display.onEvent } with createDisplay() of cohort-rl/display';
  throw mistake(`${subject}: display`, 'none: it is for runs in this thread', show(options.display), advice);
}

function checkModules(modules: unknown, subject: string): asserts modules is readonly string[] {
  if (Array.isArray(modules) && modules.every((url) => typeof url === 'string' && url !== '')) return;
  const advice = "write for example { modules: [new URL('mine.js', import.meta.url).href] }";
  throw mistake(`${subject}: modules`, 'a list of addresses', show(modules), advice);
}

/** Binds training in a worker to a platform. */
export function createWorkerTrainings(platform: WorkerPlatform): WorkerTrainings {
  const listening = ({ onEvent }: Pick<RunOptions, 'onEvent'>) => ({
    listens: onEvent !== undefined,
    mujoco: platform.mujoco ?? mujocoAddresses(),
  });
  return {
    trainInWorker(config, options = {}) {
      checkConfig(config, 'trainInWorker', "env: 'CartPole-v1'");
      checkRunOptions(options, 'trainInWorker');
      checkNotShown(options, 'trainInWorker');
      const { runDirectory, modules = [], name, tags, from, fromIteration, withOptimizer } = options;
      checkModules(modules, 'trainInWorker');
      const order = {
        kind: 'train',
        input: plain(config, 'trainInWorker'),
        run: plain({ name, tags, from, fromIteration, withOptimizer }, 'trainInWorker'),
        runDirectory,
        modules: [...modules],
        ...listening(options),
      } as const;
      return new RunInProgress(() => config, new WorkerDriver(platform, order, options));
    },
    resumeInWorker(runDirectory, options = {}) {
      checkFolder(runDirectory, 'resumeInWorker');
      checkRunOptions(options, 'resumeInWorker');
      checkNotShown(options, 'resumeInWorker');
      const { signal, onEvent, modules = [], ...changes } = options;
      checkModules(modules, 'resumeInWorker');
      checkCount(changes.iterations, 'resumeInWorker: iterations', 1, 100_000_000);
      const order = {
        kind: 'resume',
        input: plain(changes, 'resumeInWorker'),
        run: {},
        runDirectory,
        modules: [...modules],
        ...listening(options),
      } as const;
      return new RunInProgress(() => options, new WorkerDriver(platform, order, options));
    },
  };
}
