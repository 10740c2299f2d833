/**
 * Computes shards one after the other, on environments and kernels of its own: the executor of a run in one process, and the program of a worker. It keeps
 * nothing from task to task: every task brings all that it needs.
 */
import type { Algorithm, AlgorithmContext, AlgorithmState } from '../../algorithms/algorithm.ts';
import { failure, show } from '../../core/errors.ts';
import type { KernelTimes } from '../../policy/learner.ts';
import type { ResolvedConfig } from '../config.ts';
import type { EnvironmentSource } from '../source.ts';
import { cutShards, type Shard } from './cut.ts';
import { checkArrays, copies, estimateArrays, learnedArrays, outcomeArrays } from './rollout.ts';
import {
  type CollectAnswer,
  type CollectTask,
  checkNumbers,
  type GradientAnswer,
  type GradientTask,
  type ShardExecutor,
  statisticNames,
} from './tasks.ts';

/** What shards are computed with. */
export interface ShardContext extends Pick<AlgorithmContext, 'layOut' | 'key' | 'platform'> {
  readonly source: EnvironmentSource;
  readonly algorithm: Algorithm;
}

/** An executor that computes in this thread. A shard's environments and kernels are made with its first task, once for each size of shard. */
export class ShardRunner implements ShardExecutor {
  readonly #config: ResolvedConfig;
  readonly #context: ShardContext;
  readonly #shards: readonly Shard[];
  readonly #states = new Map<number, Promise<AlgorithmState>>();

  /** The run is one that `checkShards` lets pass. */
  constructor(config: ResolvedConfig, context: ShardContext) {
    this.#config = config;
    this.#context = context;
    this.#shards = cutShards(config, context.algorithm);
  }

  /** Plays the rollout of a shard. Throws `CohortError` for a task that does not fit the run. */
  async collect(task: CollectTask): Promise<CollectAnswer> {
    const { shard, iteration, env, elapsed } = task;
    const state = await this.#stateOf(task);
    takeParameters(state, task);
    const { algorithm } = this.#context;
    const { collector, learner, rollout } = state;
    checkArrays(`shard ${shard}`, { elapsed }, { elapsed: collector.elapsed });
    state.env.setState(env);
    state.iteration = iteration;
    state.firstEnv = this.#shards[shard]!.firstEnv;
    collector.elapsed.set(elapsed);
    collector.globalStep = 0;
    const before = learner.policy.kernels.times();
    const { episodes, batch, measured = {} } = algorithm.stops!.collect(state);
    const { edgeValues, stateValues, groups } = batch ?? {};
    return {
      shard,
      iteration,
      rollout: copies(learnedArrays(rollout)),
      outcome: copies(outcomeArrays(rollout)),
      ...copies({ edgeValues, stateValues, groups }),
      env: copies(state.env.getState()!),
      elapsed: collector.elapsed.slice(),
      episodes: Float64Array.from(episodes.flatMap(({ globalStep, env: n, return: total, length }) => [globalStep, n, total, length])),
      steps: collector.globalStep,
      measured,
      milliseconds: { env: collector.envMilliseconds, ...spent(before, state) },
    };
  }

  /** Computes a shard's share of a gradient. Throws `CohortError` for a task that does not fit the run. */
  async gradient(task: GradientTask): Promise<GradientAnswer> {
    const { shard, iteration, minibatch, rollout, estimate, rows, of, mean, scale } = task;
    const state = await this.#stateOf(task);
    takeParameters(state, task);
    const { learner } = state;
    const steps = state.rollout.numSteps * state.rollout.numEnvs;
    checkArrays(`shard ${shard}`, { ...rollout, ...estimate }, { ...learnedArrays(state.rollout), ...estimateArrays(learner, steps) });
    checkNumbers(`shard ${shard}`, task, ['minibatch', 'of', 'mean', 'scale']);
    const isFit = rows instanceof Int32Array && rows.length >= 1 && rows.length <= of && rows.every((row) => row >= 0 && row < steps);
    if (!isFit)
      throw failure(`shard ${shard}: rows`, `at least 1 of the rows 0 .. ${steps - 1}`, show(rows), 'cut minibatches with shareRows');
    const before = learner.policy.kernels.times();
    const share = { rows, of, mean, scale };
    const figures = learner.shareOfGradient({ ...rollout, ...estimate }, share, this.#context.algorithm.stops!.losses(state));
    return {
      shard,
      iteration,
      minibatch,
      gradient: learner.policy.parameters.gradients.slice(),
      statistics: Float64Array.from(statisticNames, (name) => figures[name]),
      milliseconds: { env: 0, ...spent(before, state) },
    };
  }

  /** Frees kernels and environments. */
  close(): void {
    for (const made of this.#states.values()) made.then(closeState, () => {});
    this.#states.clear();
  }

  /** The state that a task is computed in. */
  #stateOf({ shard: index, iteration }: Pick<CollectTask, 'shard' | 'iteration'>): Promise<AlgorithmState> {
    const shard = this.#shards[index];
    if (!shard || !Number.isSafeInteger(iteration) || iteration < 1) {
      const expected = `a shard of 0 .. ${this.#shards.length - 1} and an iteration from 1`;
      throw failure('shards', expected, `shard ${show(index)}, iteration ${show(iteration)}`, 'use the same configuration on all machines');
    }
    const made = this.#states.get(shard.numEnvs) ?? this.#create(shard);
    this.#states.set(shard.numEnvs, made);
    return made;
  }

  async #create({ firstEnv, numEnvs }: Shard): Promise<AlgorithmState> {
    const { source, algorithm, platform, key, layOut } = this.#context;
    const { seed, envSeeding, threads, arithmetic, numEnvs: all } = this.#config;
    const config = { ...this.#config, numEnvs };
    const { env } = await source.makeTrainingVector(config);
    try {
      // Every task says where they stand; before that they must stand anywhere.
      env.reset(source.seeds(seed, all as number, envSeeding, 'training').slice(firstEnv, firstEnv + numEnvs));
      // Bins belong to the estimator, which is not asked here.
      return await algorithm.create(config, {
        env,
        platform,
        key,
        layOut: (layout) => layOut(layout, { threads, arithmetic }),
        binning: () => 0,
      });
    } catch (error) {
      env.close();
      throw error;
    }
  }
}

/** Puts a task's parameters into a state. What follows must not wait: other tasks are computed in the same state. */
function takeParameters({ learner }: AlgorithmState, { shard, parameters }: Pick<CollectTask, 'shard' | 'parameters'>): void {
  const { values } = learner.policy.parameters;
  checkArrays(`shard ${shard}`, { parameters }, { parameters: values });
  values.set(parameters);
}

function closeState({ env, learner }: AlgorithmState): void {
  learner.policy.kernels.close();
  env.close();
}

function spent(before: KernelTimes, { learner }: AlgorithmState): { forward: number; backward: number } {
  const after = learner.policy.kernels.times();
  return { forward: after.forward - before.forward, backward: after.backward - before.backward };
}
