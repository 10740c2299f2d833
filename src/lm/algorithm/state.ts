/**
 * Everything that a language-model run is made of: models, batches, counters. What is not here is a pure function of the configuration and the
 * counters: problem k of a run, and every token of every completion.
 */
import type { CompletionEstimator } from '../../advantage/completions/index.ts';
import type { Platform } from '../../core/platform.ts';
import type { Kernels, LayOut } from '../../kernels/room.ts';
import { createSequences, createTransformer } from '../../kernels/transformer/index.ts';
import type { BaseWeights, Sequences, Transformer } from '../../kernels/transformer/spec.ts';
import { learnerKey } from '../../random/index.ts';
import type { SamplingBackend, TrainingBackend } from '../backends/backend.ts';
import type { PretrainedModel } from '../checkpoints/pretrained.ts';
import { estimatorOf, type LanguageConfig } from '../config/config.ts';
import { loadTensors } from '../model/load.ts';
import { sequencesSpecs, transformerSpec } from '../model/spec.ts';
import { tokenizerOf } from '../model/tokenizer.ts';
import type { Tokenizer } from '../tasks/prompt.ts';
import type { ScoreLimits } from '../tasks/rewards.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { Curriculum } from './curriculum.ts';
import { inProcess } from './inProcess.ts';
import { type Critic, createCritic } from './ppo.ts';

/** What a state is made from besides its configuration. */
export interface LanguageContext {
  readonly task: LanguageTask;
  /** If the configuration's estimator is `custom`. */
  readonly estimator?: CompletionEstimator | undefined;
  /** The pretrained model of the configuration, if it has one; the task is as this model reads it. */
  readonly model?: PretrainedModel | undefined;
  /** What the state is for: `sampling` keeps no memory for learning, and of a pretrained model no adapters. Default `training`. */
  readonly use?: 'training' | 'sampling' | undefined;
  /** How weights of the model that are not trained are kept, if not as the configuration says. */
  readonly baseWeights?: BaseWeights | undefined;
  readonly platform: Platform;
  readonly layOut: LayOut;
  /** Learner key: two 32-bit words, `learnerKey(seed)`. */
  readonly key: Uint32Array;
  /** Addresses of the modules of the user, one of which exports the task, if the configuration has a `rewardTimeout`. */
  readonly modules?: readonly string[] | undefined;
}

/** What a run has counted so far, and what it steers by that. */
export interface LanguageCounters {
  /** Iterations done. */
  iteration: number;
  /** Completions sampled for training, those of repeated draws, greedy ones and branches included. */
  rollouts: number;
  /** Their tokens. */
  tokens: number;
  /** Problems drawn: the next one's number. */
  promptsDrawn: number;
  /** Steps of the policy's optimizer since the warm start. */
  optimizerSteps: number;
  /** What the divergence from the reference counts now: `klCoef`, steered to `klTarget`. */
  klCoefficient: number;
}

/** A run at any moment, wherever its model is: what an iteration and an evaluation need. */
export interface LearningState extends LanguageCounters {
  readonly config: LanguageConfig;
  readonly task: LanguageTask;
  readonly estimator: CompletionEstimator;
  readonly tokenizer: Tokenizer;
  /** The pretrained model that it began from, where that was opened here. */
  readonly model?: PretrainedModel | undefined;
  readonly sampling: SamplingBackend;
  readonly training: TrainingBackend;
  /** The policy, where it is in this process. */
  readonly policy?: Transformer | undefined;
  /** Only if the estimator needs one (ppo). */
  readonly critic?: Critic | undefined;
  /** The policy as it was after the warm start; only if `klCoef` is positive. Of a policy with adapters it is the policy without them. */
  readonly reference?: Reference | undefined;
  /** The groups of an iteration, (numGroups, groupSize). */
  readonly batch: Sequences;
  readonly key: Uint32Array;
  /** A clock in milliseconds, for speeds and time splits only. */
  readonly now: () => number;
  /** Which prompts are asked. */
  readonly curriculum: Curriculum;
  /** How rewards are scored. */
  readonly scoring: ScoreLimits;
  /** Lets others have their turn, in evaluations. */
  readonly pause: () => Promise<void>;
}

/** A run whose model is in this process. */
export interface LanguageState extends LearningState {
  readonly kernels: Kernels;
  readonly policy: Transformer;
  /** Single completions: warm start, greedy ones, evaluation. */
  readonly singles: Sequences;
  /** Completions that go on from prefixes; only of a method that branches. */
  readonly branches?: Sequences | undefined;
}

/** A model that only evaluates; `parameters` are its own, if it has any. */
export type Reference = Pick<Transformer, 'evaluate'> & { readonly parameters?: Transformer['parameters'] };

/**
 * Models and empty batches. What is trained of the policy has no weights yet: `openPolicy` or a checkpoint gives them; the critic's are random, from
 * `warmStartSeed`; frozen weights are those of the pretrained model. Throws {@link CohortError} if there is not enough memory, or for a damaged model.
 */
export async function createLanguageState(config: LanguageConfig, context: LanguageContext): Promise<LanguageState> {
  const { task, platform, key, model, use = 'training', baseWeights } = context;
  await task.load?.();
  const learns = use === 'training';
  const tokenizer = tokenizerOf(task);
  const estimator = estimatorOf({ estimator: context.estimator }, config.estimator);
  const specs = sequencesSpecs(config, task);
  const { critic, ...made } = await context.layOut(
    (kernels) => {
      const create = (name: 'policy' | 'critic' | 'reference') =>
        createTransformer(kernels, transformerSpec(config, task, tokenizer, name, { model, use, baseWeights }));
      const policy = create('policy');
      const critic = estimator.needsCritic ? create('critic') : undefined;
      const original = config.klCoef > 0 && config.loraRank === 0 ? create('reference') : undefined;
      const [batch, singles] = [createSequences(kernels, specs.groups), createSequences(kernels, specs.singles)];
      const branches = learns && specs.branches ? createSequences(kernels, specs.branches) : undefined;
      if (branches) policy.reserve(branches, 'sample');
      policy.reserve(batch, 'sample', ...(learns ? (['gradient'] as const) : []));
      // Only a warm start learns from single completions.
      policy.reserve(singles, 'sample', ...(learns && !model ? (['gradient'] as const) : []));
      critic?.reserve(batch, 'evaluate', 'gradient');
      original?.reserve(batch, 'evaluate');
      const reference: Reference | undefined = config.klCoef > 0 ? (original ?? withoutAdapter(policy)) : undefined;
      return { kernels, policy, critic, reference, batch, singles, branches };
    },
    { threads: config.threads, arithmetic: config.arithmetic },
  );
  if (model && made.policy.base) await loadTensors(made.policy.base, model.checkpoint, platform.pause);
  return {
    ...beginning(config, context),
    model,
    ...made,
    ...inProcess({ ...made, config, estimator, key }, platform),
    critic: critic && createCritic(made.kernels, critic, learnerKey(config.warmStartSeed)),
  };
}

/** The state of a run before its first iteration, without its model. */
function beginning(config: LanguageConfig, context: Pick<LanguageContext, 'task' | 'estimator' | 'platform' | 'key' | 'modules'>) {
  const { task, platform, key } = context;
  const thread = config.rewardTimeout === undefined ? undefined : platform.openRewards?.(context.modules ?? [], config.task);
  return {
    config,
    task,
    estimator: estimatorOf({ estimator: context.estimator }, config.estimator),
    tokenizer: tokenizerOf(task),
    scoring: {
      rewardSeconds: config.rewardSeconds,
      now: platform.now,
      apart: thread && { thread, seconds: config.rewardTimeout! },
    },
    curriculum: new Curriculum(config.curriculum),
    key,
    now: platform.now,
    pause: platform.pause,
    iteration: 0,
    rollouts: 0,
    tokens: 0,
    promptsDrawn: 0,
    optimizerSteps: 0,
    klCoefficient: config.klCoef,
  };
}

/** The state of a run whose model is elsewhere: batches in memory of the process, and no kernels. */
export async function createServedState(
  config: LanguageConfig,
  context: Pick<LanguageContext, 'task' | 'estimator' | 'platform' | 'key' | 'modules'>,
  backends: Pick<LearningState, 'sampling' | 'training'>,
): Promise<LearningState> {
  await context.task.load?.();
  const memory = { int32: (length: number) => new Int32Array(length), float32: (length: number) => new Float32Array(length) };
  return { ...beginning(config, context), ...backends, batch: createSequences(memory, sequencesSpecs(config, context.task).groups) };
}

function withoutAdapter(policy: Transformer): Reference {
  return { evaluate: (sequences, range) => policy.withoutAdapter(() => policy.evaluate(sequences, range)) };
}

/** Whether the model of a state is in this process. */
export function isLocal(state: LearningState): state is LanguageState {
  return 'kernels' in state;
}

/** Ends the threads of a state; a model in this process stays usable on one. */
export function closeState(state: LearningState): void {
  if (isLocal(state)) state.kernels.close();
  state.scoring.apart?.thread.terminate();
}

/** Makes the policy of this moment the reference, and forgets the moments of the steps so far: where reinforcement learning begins. */
export function beginReinforcement({ policy, reference }: LanguageState): void {
  policy.parameters.firstMoments.fill(0);
  policy.parameters.secondMoments.fill(0);
  reference?.parameters?.values.set(policy.parameters.values);
}
