/**
 * Training language models, in a program.
 */
import type { CompletionEstimator, EstimatorName } from '../advantage/core.ts';
import { failure, mistake, show } from '../core/errors.ts';
import type { BaseWeights } from '../kernels/transformer/spec.ts';
import { isServed, isServerAddress } from '../lm/checkpoints/place.ts';
import { conversation, type PretrainedModel, readBy, usualAnswer } from '../lm/checkpoints/pretrained.ts';
import { estimatorOf, type LanguageConfig, modelOf, resolveLanguageConfig, taskOf } from '../lm/config/config.ts';
import { taskOfData } from '../lm/data/task.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import { LanguageModel } from '../lm/training/languageModel.ts';
import { takeAdapters } from '../lm/training/pretrained.ts';
import { createServed } from '../lm/training/served.ts';
import type { ServerAccess } from '../lm/training/serverAccess.ts';
import {
  completionsTable,
  createLanguageTrainee,
  createState,
  type LanguageIterationResult,
  type TrainedModel,
} from '../lm/training/trainee.ts';
import { warmStartCache } from '../lm/training/warmStartCache.ts';
import { learnerKey } from '../random/index.ts';
import { restoreParameters } from '../run/checkpoint.ts';
import { keepData, readData } from '../run/data.ts';
import { checkLabels } from '../run/labels.ts';
import { driveSession, RunInProgress } from '../run/runInProgress.ts';
import { runSession, type SessionContext } from '../run/session.ts';
import { memoryStorage } from '../run/storage.ts';
import { type Checkpoint, checkRoad, type RunDescription, readRun } from '../run/storedRun.ts';
import type { RunSummary } from '../run/summary.ts';
import type { LibraryContext, RunOptions } from './context.ts';
import { displayed } from './display.ts';
import type { LanguageTrainConfigFields } from './generated.ts';
import { createModels, openNamed } from './models.ts';
import { createServedModels } from './servedModels.ts';
import { refuseStart } from './startOptions.ts';

/** Fields of the configuration besides task and estimator; ranges are checked when a run begins. */
export type LanguageTrainFields = Omit<LanguageTrainConfigFields, 'estimator' | 'model'>;

/** What `trainLanguageModel` takes. */
export interface LanguageTrainConfig extends Readonly<LanguageTrainFields> {
  /** The id of a task, or your own. */
  readonly task: string | LanguageTask;
  /** A row of the table of estimators, or your own from `defineEstimator`. Default `gpg-lm`. */
  readonly estimator?: EstimatorName | CompletionEstimator;
  /** A pretrained model that `openModel` opened, or what it was opened by. Default: random weights and a warm start. */
  readonly model?: string | PretrainedModel | undefined;
}

/** How to run a language model. */
export interface LanguageRunOptions extends RunOptions {
  /**
   * Keep warm starts in this folder, for runs to share. Default: `runs/warm-starts` if the run itself is kept; else memory, for as long as the program
   * lives. An abort during the warm start leaves nothing to go on from.
   */
  readonly warmStartDirectory?: string | undefined;
  /** How to reach the server of `backend: 'tinker'`: its key (in Node by default that of the environment variable TINKER_API_KEY), time-outs, retries. */
  readonly server?: ServerAccess | undefined;
}

/** What no file of a run of a language model can hold. */
export interface LanguageGiven {
  /** The run's own task. */
  readonly task?: LanguageTask | undefined;
  /** The run's own estimator. */
  readonly estimator?: CompletionEstimator | undefined;
}

/** What a pretrained model is to be used for. */
type UseOptions = Pick<ModelLoadOptions, 'threads' | 'benchmark' | 'maxTokens' | 'promptLength' | 'baseWeights'>;

/** How to load a model. */
export interface ModelLoadOptions extends LanguageGiven {
  /** Default: as in training. */
  readonly threads?: number | undefined;
  /** Questions that are to be asked: a pretrained model then makes room for the longest of them. */
  readonly benchmark?: LanguageTask | undefined;
  /** Of a pretrained model: most tokens of an answer; default 256, for questions of a run that trained it as many as in training. */
  readonly maxTokens?: number | undefined;
  /**
   * Of a pretrained model: most tokens of a prompt or a conversation, at most its context; default 1,024. A run that trained it has room for its own task, unless this is
   * said.
   */
  readonly promptLength?: number | undefined;
  /**
   * How weights of a pretrained model that are not trained are kept: `bfloat16` in half the memory, `int8` in 9/32 of it. Default: as in training, `float32` for a model as
   * it is.
   */
  readonly baseWeights?: BaseWeights | undefined;
  /** Of a server that is named by its address: the server's name of the model; see `openServedModel`. */
  readonly model?: string | undefined;
  /** Of such a server: how the model reads texts; see `openServedModel`. */
  readonly tokenizer?: string | undefined;
  /** How to reach the server of a run with `backend: 'tinker'` (see {@link LanguageRunOptions.server}), or the one that is named. */
  readonly server?: ServerAccess | undefined;
}

/** What a run of a language model gives at its end. */
export type LanguageTrainingResult = { readonly summary: RunSummary } & TrainedModel;

/** A run of a language model in progress: iterate over it, or `finish()` it. */
export type LanguageTraining = RunInProgress<LanguageConfig, LanguageIterationResult, LanguageTrainingResult, LanguageModel>;

/** Name of a task or an estimator that is the user's own. */
export const custom = 'custom';
/** Where warm starts are kept: beside the runs of the command line. */
const warmStartFolder = 'runs/warm-starts';

/** A configuration, and the objects that it names. */
interface Resolved {
  readonly config: LanguageConfig;
  readonly own: Required<LanguageGiven> & { readonly model: PretrainedModel | undefined };
}

/** The road of language models on one platform; `cohort.ts` says what its members do. */
export function createLanguageRoad(context: LibraryContext) {
  const { platform, versions, layOut, homeOf, modules } = context;
  const inMemory = warmStartCache(memoryStorage());

  /** Throws `CohortError` for a limit on rewards that nothing can keep: only another thread can end a function, and only a module can be loaded there. */
  const checkRewardTimeout = ({ rewardTimeout, task }: LanguageConfig): void => {
    if (rewardTimeout === undefined || (platform.openRewards && modules.recordedFor(task).length > 0)) return;
    const advice = 'leave it out, or put the task into a module: `lm train task.mjs`, in a program useModule(url)';
    throw mistake('rewardTimeout', 'a task that a module exports, in Node', `task ${task}`, advice);
  };

  const begin = (
    config: LanguageConfig,
    own: Resolved['own'],
    options: Omit<LanguageRunOptions, 'runDirectory'>,
    openFolder: SessionContext['openFolder'],
  ): LanguageTraining => {
    checkRewardTimeout(config);
    const { signal, name, tags, server, warmStartDirectory = openFolder && warmStartFolder, ...listening } = options;
    const cache = warmStartDirectory === undefined ? inMemory : warmStartCache(homeOf().open(warmStartDirectory));
    const labels = { name, tags };
    const shared = {
      ...own,
      platform,
      layOut,
      modules: modules.urls,
      key: learnerKey(config.seed),
      cache,
      openFolder,
      versions,
      signal,
      labels,
      server,
    };
    const driven = driveSession<LanguageIterationResult, TrainedModel>((told) =>
      displayed(context, listening, (onEvent) => {
        const session = { ...shared, onEvent };
        return runSession(() => createLanguageTrainee(config, session), completionsTable, session, told);
      }),
    );
    return new RunInProgress(() => config, { ...driven, snapshot: async () => (await driven.snapshot()).model });
  };

  const models = createModels(context);
  const served = createServedModels(context, models.openTokenizer);

  /** The configuration of an input, and the objects that it names. */
  const resolve = (input: Readonly<Record<string, unknown>>, subject: string): Resolved => {
    const config = resolveLanguageConfig(input, subject, undefined, context);
    const own = { task: taskOf(input, context), estimator: estimatorOf(input, config.estimator), model: modelOf(input, context) };
    return { config, own };
  };

  /** A stored configuration, checked again (the file may have been changed by hand), with what no file can hold. */
  const restored = async (
    { config: stored, data }: RunDescription,
    directory: string,
    { task, estimator }: LanguageGiven,
    changes: Readonly<Record<string, unknown>>,
  ): Promise<Resolved> => {
    const kept = data && taskOfData(await readData(homeOf().open(directory), String(stored.task), data));
    await openNamed(stored, { openModel: models.open, openTokenizer: models.openTokenizer });
    const input = {
      ...stored,
      ...(kept && { task: kept }),
      ...(stored.task === custom ? { task: given('task', task) } : {}),
      ...(stored.estimator === custom ? { estimator: given('estimator', estimator) } : {}),
      ...changes,
    };
    return resolve(input, `${directory}: config.json`);
  };

  /** A pretrained model for use: as it is, or as a run has trained it. */
  const use = async (model: PretrainedModel, options: UseOptions, trained?: { config: LanguageConfig; checkpoint: Checkpoint }) => {
    const { threads, benchmark, maxTokens, promptLength, baseWeights } = options;
    const task = benchmark ? readBy(benchmark, model, maxTokens, usualAnswer) : conversation(model, promptLength, maxTokens);
    const sizes = benchmark ? { numGroups: 16 } : { numGroups: 1 };
    const input = {
      task,
      model,
      maxTokens: task.completionLength,
      ...(trained ? adapterFieldsOf(trained.config) : !model.adapter && { loraRank: 0 }),
      warmStartBatchSize: 1,
      ...sizes,
      ...(threads !== undefined && { threads }),
    };
    const config = resolveLanguageConfig(input, 'model', undefined, context);
    const estimator = estimatorOf(config, config.estimator);
    const key = learnerKey(config.seed);
    const state = await createState(config, { task, model, estimator, use: 'sampling', baseWeights, platform, layOut, key });
    if (trained) restoreParameters(state.policy.parameters, trained.checkpoint);
    else if (model.adapter) await takeAdapters(state, model.adapter);
    return new LanguageModel(state);
  };

  /** A model on a server, as a run left it there. */
  const loadServed = async (
    { config, own }: Resolved,
    checkpoint: Checkpoint,
    server: ServerAccess | undefined,
  ): Promise<LanguageModel> => {
    const given = { ...own, platform, modules: modules.urls, key: learnerKey(config.seed), server };
    const { state, weights } = await createServed(config, given);
    try {
      await weights.restore(checkpoint);
    } catch (error) {
      weights.close();
      throw error;
    }
    return new LanguageModel(state, () => weights.close());
  };

  return {
    openModel: models.open,
    openTokenizer: models.openTokenizer,
    openServedModel: served.open,

    train(input: LanguageTrainConfig, options: LanguageRunOptions = {}): LanguageTraining {
      const fields = { ...input } as Readonly<Record<string, unknown>>;
      refuseStart(options, 'trainLanguageModel');
      const { config, own } = resolve(fields, 'trainLanguageModel');
      const labels = checkLabels(options, 'trainLanguageModel');
      const kept = own.task.data && keepData(own.task.data);
      const needed = modules.recordedFor(config.task);
      const openFolder = context.newFolder(options.runDirectory, { road: 'language-models', config, modules: needed, kept, ...labels });
      return begin(config, own, { ...options, ...labels }, openFolder);
    },

    async resume(
      directory: string,
      description: RunDescription,
      changes: Readonly<Record<string, unknown>>,
      own: LanguageGiven,
      options: Omit<LanguageRunOptions, 'runDirectory'>,
    ): Promise<LanguageTraining> {
      const restoredRun = await restored(description, directory, own, changes);
      const { name, tags } = description;
      return begin(
        restoredRun.config,
        restoredRun.own,
        { ...options, name, tags },
        context.oldFolder(directory, restoredRun.config.iterations),
      );
    },

    isModel: models.isModel,

    async load(
      directory: string,
      { threads, benchmark, maxTokens, promptLength, baseWeights, server, model: name, tokenizer, ...own }: ModelLoadOptions = {},
    ): Promise<LanguageModel> {
      if (isServerAddress(directory)) {
        refuseSaid({ threads, baseWeights }, 'a model in this process', directory);
        // By the characters of the task there has to be one.
        const { task = tokenizer === 'task' ? benchmark : undefined } = own;
        return served.open({ url: directory, model: name, tokenizer, task, maxTokens, promptLength, server });
      }
      refuseSaid({ model: name, tokenizer }, 'the address of a server', directory);
      const room = { threads, benchmark, promptLength, baseWeights };
      if (await models.isModel(directory)) return use(await models.open(directory), { ...room, maxTokens });
      const { description, checkpoint } = await readRun(homeOf().open(directory));
      checkRoad(description, directory, 'language-models');
      const { model: base, loraRank } = description.config;
      if (baseWeights !== undefined && baseWeights !== 'float32' && (base === undefined || loraRank === 0)) {
        throw mistake('baseWeights', 'a pretrained model, or a run beside its weights', 'a run that trained all weights', 'leave it out');
      }
      const changes = { klCoef: 0, ...(threads !== undefined && { threads }), ...(baseWeights !== undefined && { baseWeights }) };
      const { config, own: known } = await restored(description, directory, own, changes);
      if (!checkpoint) throw failure(directory, 'a run with a checkpoint', 'none yet', 'let it finish its warm start, or resume it');
      if (isServed(config)) return loadServed({ config, own: known }, checkpoint, server);
      const { model } = known;
      // Of its own task, or for other questions and conversations, which may be longer.
      if (model && (benchmark ?? promptLength) !== undefined) {
        return use(model, { ...room, maxTokens: maxTokens ?? (benchmark && config.maxTokens) }, { config, checkpoint });
      }
      const state = await createState(config, { ...known, platform, layOut, modules: modules.urls, key: learnerKey(config.seed) });
      restoreParameters(state.policy.parameters, checkpoint);
      return new LanguageModel(state);
    },
  };
}

/** The road of language models on one platform. */
export type LanguageRoad = ReturnType<typeof createLanguageRoad>;

/** The fields of a configuration that say what its adapter is, and what it stands beside. */
function adapterFieldsOf({ loraRank, loraAlpha, loraTargets, baseWeights, frozenLayers }: LanguageConfig): Partial<LanguageConfig> {
  return { loraRank, loraTargets, baseWeights, frozenLayers, ...(loraAlpha !== undefined && { loraAlpha }) };
}

/** Throws `CohortError` where one of these options was given, which are for something else than what is opened. */
function refuseSaid(options: Readonly<Record<string, unknown>>, expected: string, place: string): void {
  const said = Object.keys(options).find((name) => options[name] !== undefined);
  if (said !== undefined) throw mistake(said, `${expected} with it`, show(place), 'leave it out');
}

/** What the user must give again. Throws `CohortError` where it is missing. */
export function given<T>(subject: 'task' | 'estimator', value: T | undefined): T {
  if (value !== undefined) return value;
  const advice = `pass it again as { ${subject}: your${subject === 'task' ? 'Task' : 'Estimator'} }`;
  throw mistake(subject, `the run’s own ${subject}, which no file can hold`, 'nothing', advice);
}
