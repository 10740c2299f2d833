/**
 * The rooms of the language-model road put together for one platform, as src/api/environments.ts does for environments.
 */
import type { z } from 'zod';
import type { CompletionEstimator, EstimatorName } from '../advantage/index.ts';
import { CohortError } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import { version } from '../core/version.ts';
import { estimatorOf, type LanguageConfig, type languageFields, resolveLanguageConfig, taskOf } from '../lm/config/config.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import {
  type LanguageEvaluation,
  LanguageModel,
  type LanguageSample,
  type ModelEvaluateOptions,
  type SampleOptions,
} from '../lm/training/languageModel.ts';
import { restoreParameters } from '../lm/training/stateTensors.ts';
import { createState, LanguageTraining, type RunFolder } from '../lm/training/train.ts';
import { warmStartCache } from '../lm/training/warmStartCache.ts';
import { learnerKey } from '../random/index.ts';
import type { RunEvent } from '../run/events.ts';
import { checkRoad, readRun } from '../run/readRun.ts';
import { createRun, openRun } from '../run/runFolder.ts';
import { memoryStorage } from '../run/storage.ts';
import { kernelsOn, type RunHome, requireHome } from './home.ts';

/** Fields of the configuration besides task and estimator; ranges are checked when a run begins. */
export type LanguageTrainFields = Omit<z.input<z.ZodObject<typeof languageFields>>, 'estimator'>;

/** What `trainLanguageModel` takes. */
export interface LanguageTrainInput extends Readonly<LanguageTrainFields> {
  /** The id of a task, or your own. */
  readonly task: string | LanguageTask;
  /** A row of the table of estimators, or your own from `defineEstimator`; `gpg-lm` unless said. */
  readonly estimator?: EstimatorName | CompletionEstimator;
}

/** How to run. */
export interface LanguageTrainOptions {
  /** Keep the run in this folder, which must not hold one yet. */
  readonly runDirectory?: string;
  /**
   * Keep warm starts in this folder, for runs to share. Default: `runs/warm-starts` if the run itself is kept; else memory, for as long as the program
   * lives.
   */
  readonly warmStartDirectory?: string;
  /** Ends the run after the current iteration, with a checkpoint; during the warm start at once, with nothing to go on from. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** What no file of a run can hold. */
export interface ModelLoadOptions {
  /** The run's own task. */
  readonly task?: LanguageTask;
  /** The run's own estimator. */
  readonly estimator?: CompletionEstimator;
  /** Threads; default as in training. */
  readonly threads?: number;
}

/** What a resumed run may be given again. */
export interface LanguageResumeOptions extends Omit<LanguageTrainOptions, 'runDirectory'>, ModelLoadOptions {
  /** A new place to stop; left out, the run goes to its end. */
  readonly stopAfter?: number;
}

/** The language-model road on one platform. */
export interface LanguageCohort {
  /** Begins a run; the configuration is checked at once, the work begins when the result is iterated or finished. */
  trainLanguageModel(input: LanguageTrainInput, options?: LanguageTrainOptions): LanguageTraining;
  /** Goes on with a run from its last checkpoint. */
  resumeLanguageTraining(runDirectory: string, options?: LanguageResumeOptions): Promise<LanguageTraining>;
  /** Measures a run's model on held-out prompts: sampled, greedy, pass@k, maj@k. */
  evaluateLanguageRun(runDirectory: string, options?: ModelEvaluateOptions & ModelLoadOptions): Promise<LanguageEvaluation>;
  /** Completions of a prompt by a run's model. */
  sampleLanguageRun(runDirectory: string, options: SampleOptions & ModelLoadOptions): Promise<LanguageSample[]>;
  /** A run's model (its last checkpoint), for use; `close` it if it was loaded with several threads. */
  loadLanguageModel(runDirectory: string, options?: ModelLoadOptions): Promise<LanguageModel>;
}

/** Name of a task or an estimator that is the user's own. */
const custom = 'custom';
/** Where warm starts are kept: beside the runs of the command line. */
const warmStartFolder = 'runs/warm-starts';

/** Binds the road to a platform. `home` is missing where nothing can be kept. */
export function createLanguageCohort(platform: Platform, home?: RunHome): LanguageCohort {
  const versions = { 'cohort-rl': version };
  const createKernels = kernelsOn(platform);
  const inMemory = warmStartCache(memoryStorage());

  const homeOf = (): RunHome => requireHome(home, platform);

  const begin = (
    config: LanguageConfig,
    own: { readonly task: LanguageTask; readonly estimator: CompletionEstimator },
    options: Pick<LanguageTrainOptions, 'signal' | 'onEvent' | 'warmStartDirectory'>,
    openFolder: (() => Promise<RunFolder>) | undefined,
  ): LanguageTraining => {
    const { signal, onEvent, warmStartDirectory = openFolder && warmStartFolder } = options;
    const cache = warmStartDirectory === undefined ? inMemory : warmStartCache(homeOf().open(warmStartDirectory));
    const key = learnerKey(config.seed);
    return new LanguageTraining(config, { ...own, platform, createKernels, key, cache, openFolder, versions, signal, onEvent });
  };

  /** A stored configuration, checked again (the file may have been changed by hand), with what no file can hold. */
  const restored = (
    stored: Readonly<Record<string, unknown>>,
    runDirectory: string,
    { task, estimator }: ModelLoadOptions,
    changes: Readonly<Record<string, unknown>>,
  ): { config: LanguageConfig; own: { task: LanguageTask; estimator: CompletionEstimator } } => {
    checkRoad(stored, runDirectory, 'lm');
    const { cohort: _versions, platform: _platform, road: _road, ...fields } = stored;
    const input = {
      ...fields,
      ...(fields.task === custom ? { task: given('task', task) } : {}),
      ...(fields.estimator === custom ? { estimator: given('estimator', estimator) } : {}),
      ...changes,
    };
    const config = resolveLanguageConfig(input, `${runDirectory}: config.json`);
    return { config, own: { task: taskOf(input), estimator: estimatorOf(input, config.estimator) } };
  };

  const load = async (runDirectory: string, options: ModelLoadOptions): Promise<LanguageModel> => {
    const { config: stored, checkpoint } = await readRun(homeOf().open(runDirectory), '');
    const { threads } = options;
    const { config, own } = restored(stored, runDirectory, options, { klCoef: 0, ...(threads === undefined ? {} : { threads }) });
    if (!checkpoint) {
      throw new CohortError({
        subject: runDirectory,
        expected: 'a run with a checkpoint',
        got: 'none yet',
        advice: 'let it finish its warm start, or resume it',
        kind: 'failure',
      });
    }
    const state = await createState(config, { ...own, platform, createKernels, key: learnerKey(config.seed) });
    restoreParameters(state.policy, checkpoint);
    return new LanguageModel(state);
  };

  /** Loads a model for one use. */
  const using = async <T>(runDirectory: string, options: ModelLoadOptions, use: (model: LanguageModel) => T | Promise<T>): Promise<T> => {
    const model = await load(runDirectory, options);
    try {
      return await use(model);
    } finally {
      model.close();
    }
  };

  return {
    trainLanguageModel(input, options = {}) {
      const config = resolveLanguageConfig(input as unknown as Readonly<Record<string, unknown>>, 'trainLanguageModel');
      const own = { task: taskOf({ ...input }), estimator: estimatorOf({ ...input }, config.estimator) };
      const { runDirectory } = options;
      if (runDirectory === undefined) return begin(config, own, options, undefined);
      return begin(config, own, options, async () => {
        const { host, open } = homeOf();
        const stored = { ...config, road: 'lm', cohort: versions, platform: platform.name };
        return { writer: await createRun(open(runDirectory), '', stored, { host }), directory: runDirectory };
      });
    },

    async resumeLanguageTraining(runDirectory, options = {}) {
      const { host, open } = homeOf();
      const storage = open(runDirectory);
      const { config: stored } = await readRun(storage, '');
      const { stopAfter, threads } = options;
      const { config, own } = restored(stored, runDirectory, options, { stopAfter, ...(threads === undefined ? {} : { threads }) });
      return begin(config, own, options, async () => {
        const { writer, checkpoint } = await openRun(storage, '', { host });
        return { writer, checkpoint, directory: runDirectory };
      });
    },

    evaluateLanguageRun: (runDirectory, { task, estimator, threads, ...options } = {}) =>
      using(runDirectory, { task, estimator, threads }, (model) => model.evaluate(options)),

    sampleLanguageRun: (runDirectory, { task, estimator, threads, ...options }) =>
      using(runDirectory, { task, estimator, threads }, (model) => model.sample(options)),

    loadLanguageModel: (runDirectory, options = {}) => load(runDirectory, options),
  };
}

/** What the user must give again. */
function given<T>(subject: 'task' | 'estimator', value: T | undefined): T {
  if (value !== undefined) return value;
  throw new CohortError({
    subject,
    expected: `the run’s own ${subject}, which no file can hold`,
    got: 'nothing',
    advice: `pass it again as { ${subject}: your${subject === 'task' ? 'Task' : 'Estimator'} }`,
  });
}
