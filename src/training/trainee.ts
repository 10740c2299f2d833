/**
 * What is trained on environments, as a session sees it: an algorithm's state, its episodes, and the policy to evaluate and keep.
 */
import type { Algorithm, AlgorithmContext, AlgorithmState, IterationReport } from '../algorithms/algorithm.ts';
import { closeAll } from '../core/closeAll.ts';
import type { VectorEnv } from '../core/env.ts';
import { explainMemory } from '../core/errors.ts';
import type { TrainingNormalization } from '../core/observationStatistics.ts';
import { watchGroups } from '../doctor/groupsOfOne.ts';
import { evaluateBoth } from '../play/evaluate.ts';
import { createPolicyOf } from '../policies/create.ts';
import { encodePolicy } from '../policies/encode.ts';
import { type PolicyMoment, policyFileOf } from '../policies/fromCheckpoint.ts';
import { withoutCritic } from '../policies/policyFile.ts';
import type { Policy } from '../policy/policy.ts';
import { specToJson } from '../policy/spec.ts';
import { inPieces } from '../run/breathe.ts';
import { parameterTensors } from '../run/checkpoint.ts';
import type { Evaluation } from '../run/evaluation.ts';
import type { RunEventBody } from '../run/events.ts';
import { runFiles } from '../run/layout.ts';
import type { RunTable } from '../run/runWriter.ts';
import type { SessionContext, SessionIteration } from '../run/session.ts';
import type { Trainee, TraineeReport } from '../run/trainee.ts';
import { checkpointTensors, type counterNames, normalizerTensors, restoreCheckpoint } from './checkpoint.ts';
import type { ResolvedConfig } from './config.ts';
import type { OpenShards, openShardedIteration } from './shards/open.ts';
import type { EnvironmentSource } from './source.ts';

/** A policy that a new run begins from; src/training/start.ts makes it, loaded only where there is one. */
export interface Start {
  /** Throws `CohortError` unless the state can begin from the policy. */
  check(state: AlgorithmState, config: ResolvedConfig): void;
  /** Puts the policy into a state before its first iteration; gives what was not taken, in one sentence, if anything was not. */
  apply(state: AlgorithmState, config: ResolvedConfig, normalization: TrainingNormalization | undefined): string | undefined;
}

/** What a run on environments is given from outside. */
export interface TrainingContext extends SessionContext {
  readonly source: EnvironmentSource;
  readonly algorithm: Algorithm;
  readonly layOut: AlgorithmContext['layOut'];
  /** Learner key: two 32-bit words, `learnerKey(seed)`. */
  readonly key: Uint32Array;
  /** The user's own binning, where `bins` is `custom`. */
  readonly binning?: AlgorithmContext['binning'];
  /** What a new run begins from; random weights if it is missing. */
  readonly start?: Start | undefined;
  /** Opens what computes the shards; left out: here, one after the other, where there are several. */
  readonly openShards?: OpenShards | undefined;
}

type Sharded = Awaited<ReturnType<typeof openShardedIteration>>;

/** One iteration on environments, as the iterator gives it. */
export type IterationResult = SessionIteration;

/** What a run on environments gives at its end, besides the summary. */
export interface TrainedPolicy {
  /** The trained policy; it lives as long as the program keeps it. */
  readonly policy: Policy;
}

/** `episodes.csv`: every training episode that ended; `return` is undiscounted and raw, `seconds` are of training. */
export const episodesTable: RunTable = { file: runFiles.episodes, header: 'globalStep,iteration,env,return,length,seconds\n' };

/** Environments, just reset, the algorithm's state on them, and the trainee that they make. */
export async function createTrainee(config: ResolvedConfig, context: TrainingContext): Promise<Trainee<object, TrainedPolicy>> {
  const { source, platform, binning, key } = context;
  const { seed, envSeeding, threads, arithmetic } = config;
  const numEnvs = config.numEnvs as number;
  const isSharded = config.shards > 1 || context.openShards !== undefined;
  let env: VectorEnv | undefined;
  try {
    // Those of a run in shards are not stepped here.
    const made = await source.makeTrainingVector(isSharded ? { ...config, threads: 1 } : config);
    env = made.env;
    env.reset(source.seeds(seed, numEnvs, envSeeding, 'training'));
    const layOut: AlgorithmContext['layOut'] = (layout) => context.layOut(layout, { threads, arithmetic });
    const state = await context.algorithm.create(config, { env, platform, key, layOut, binning });
    try {
      const takeStart = context.start && readyToStart(state, context.start, config, made.normalization);
      const sharded = isSharded ? await openShards(config, context, state) : undefined;
      return new EnvironmentTrainee(config, context, state, made.normalization, takeStart, sharded);
    } catch (error) {
      state.learner.policy.kernels.close();
      throw error;
    }
  } catch (cause) {
    env?.close();
    throw explainMemory(cause, {
      subject: 'numEnvs, numSteps, hiddenSizes',
      expected: 'a rollout and networks that fit into memory (4.3 GB at most)',
      got: `${numEnvs} environments x ${config.numSteps} steps`,
      advice: 'use fewer environments, fewer steps or narrower layers',
    });
  }
}

/** Loaded late: most runs are not cut. */
async function openShards(config: ResolvedConfig, context: TrainingContext, state: AlgorithmState): Promise<Sharded> {
  const { openShardedIteration } = await import('./shards/open.ts');
  return openShardedIteration(config, context, state, context.openShards);
}

/** What puts the policy into the state, once it is known to fit; gives what was not taken, in a sentence. */
function readyToStart(
  state: AlgorithmState,
  start: Start,
  config: ResolvedConfig,
  normalization: TrainingNormalization | undefined,
): () => string | undefined {
  start.check(state, config);
  return () => start.apply(state, config, normalization);
}

class EnvironmentTrainee implements Trainee<object, TrainedPolicy> {
  readonly road = 'environments';
  readonly unit = 'steps';
  readonly speedMetric = 'charts/SPS';
  readonly finiteMetrics = ['losses/policy_loss', 'losses/value_loss', 'losses/gradient_norm'];
  readonly target: string;
  readonly method: string;
  readonly config: ResolvedConfig;
  readonly memoryBytes: number;
  readonly learned: Trainee<object, TrainedPolicy>['learned'];
  readonly #context: TrainingContext;
  readonly #state: AlgorithmState;
  readonly #normalization: TrainingNormalization | undefined;
  readonly #evaluators = new Map<number, VectorEnv>();
  readonly #watchGroups = watchGroups();
  readonly #takeStart: (() => string | undefined) | undefined;
  readonly #sharded: Sharded | undefined;
  #warned = false;

  constructor(
    config: ResolvedConfig,
    context: TrainingContext,
    state: AlgorithmState,
    normalization: TrainingNormalization | undefined,
    takeStart: (() => string | undefined) | undefined,
    sharded: Sharded | undefined,
  ) {
    this.target = context.source.id;
    this.method = context.algorithm.name;
    this.config = config;
    this.memoryBytes = state.learner.policy.kernels.bytesUsed;
    this.learned = [{ prefix: '', parameters: state.learner.policy.parameters }];
    this.#context = context;
    this.#state = state;
    this.#normalization = normalization;
    this.#takeStart = takeStart;
    this.#sharded = sharded;
  }

  counters(): Record<(typeof counterNames)[number], number> {
    const { iteration, collector, learner } = this.#state;
    return { iteration, globalStep: collector.globalStep, optimizerSteps: learner.optimizerSteps };
  }

  async prepare(tell: (event: RunEventBody) => void): Promise<boolean> {
    const message = this.#takeStart?.();
    const { spec } = this.#state.learner.policy;
    const advice = await this.#context.source.adviseOn(spec, this.config.normalizeObservation !== 'none');
    for (const said of [message ?? [], advice].flat()) tell({ event: 'warning', message: said });
    return true;
  }

  iterate(): TraineeReport<object> | Promise<TraineeReport<object>> {
    if (this.#sharded) return this.#sharded.iteration.iterate().then((report) => this.#told(report));
    return this.#told(this.#context.algorithm.iterate(this.#state));
  }

  #told(report: IterationReport): TraineeReport<object> {
    const { iteration } = this.#state;
    const { episodes } = report;
    const warning = this.#watchGroups(report.metrics);
    return {
      ...(warning !== undefined && { event: { event: 'warning', iteration, message: warning } as const }),
      metrics: { ...episodeMetrics(report), ...report.metrics },
      lines: (seconds) =>
        episodes.map(({ globalStep, env, return: total, length }) => `${globalStep},${iteration},${env},${total},${length},${seconds}`),
      extra: {},
    };
  }

  async evaluate(final: boolean, tell: (event: RunEventBody) => void): Promise<Evaluation | undefined> {
    const { source, platform } = this.#context;
    const { seed, envSeeding, envOptions, evaluationMaxSteps: maxSteps = source.evaluationMaxSteps } = this.config;
    const episodes = final ? this.config.finalEvaluationEpisodes : this.config.evaluationEpisodes;
    let env = this.#evaluators.get(episodes);
    if (!env) {
      env = await source.makeVector(episodes, envOptions);
      this.#evaluators.set(episodes, env);
      // A hundred thousand of them take half a second.
      await platform.pause();
    }
    const seeds = source.seeds(seed, episodes, envSeeding, 'evaluation');
    const played = await inPieces(evaluateBoth(this.#frozen(), env, { seeds, maxSteps, iteration: this.#state.iteration }), this.#context);
    if (!played) return undefined;
    const { cut, ...evaluation } = played;
    if (cut > 0) this.#warnOfCut(cut, 2 * episodes, tell);
    return evaluation;
  }

  /** Says once that episodes were cut where nobody had asked for it. */
  #warnOfCut(cut: number, episodes: number, tell: (event: RunEventBody) => void): void {
    const { source } = this.#context;
    if (this.#warned || !source.isCutAssumed || this.config.evaluationMaxSteps !== undefined) return;
    this.#warned = true;
    const what = `${cut} of ${episodes} evaluation episodes had not ended after ${source.evaluationMaxSteps} steps and were cut there`;
    const cure = 'set evaluationMaxSteps, or end episodes in the environment (TimeLimit of cohort-rl/envs)';
    tell({ event: 'warning', message: `${what}, so the score is of cut episodes: ${cure}` });
  }

  isEnough(evaluation: Evaluation | undefined): ReturnType<Trainee<object, TrainedPolicy>['isEnough']> {
    const { targetReturn = Number.POSITIVE_INFINITY, iterations } = this.config;
    const { mean, returns = [] } = evaluation?.sampled ?? {};
    if (typeof mean !== 'number' || mean < targetReturn) return undefined;
    const { iteration } = this.#state;
    const message = `mean return ${mean.toFixed(1)} over ${returns.length} sampled episodes at iteration ${iteration} (target ${targetReturn})`;
    return { status: iteration < iterations ? 'stopped' : 'done', message };
  }

  tensors(): ReturnType<typeof checkpointTensors> {
    return checkpointTensors(this.#state, this.#frozen(), this.#normalization);
  }

  metadata(): Record<string, string> {
    return { policy: JSON.stringify(specToJson(this.#state.learner.policy.spec)) };
  }

  restore(checkpoint: Parameters<typeof restoreCheckpoint>[1]): void {
    restoreCheckpoint(this.#state, checkpoint, this.#normalization);
  }

  hashed(): ReturnType<Trainee<object, TrainedPolicy>['hashed']> {
    return [...parameterTensors(this.#state.learner.policy.parameters), ...normalizerTensors(this.#frozen())];
  }

  snapshot(iteration: number): Uint8Array | undefined {
    return isSnapshotDue(this.config, iteration) ? this.#encode(this.#frozen(), this.#moment) : undefined;
  }

  trained(): TrainedPolicy {
    const moment = this.#moment;
    return { policy: this.#frozen().encodedBy((policy, { critic }) => this.#encode(policy, moment, critic)) };
  }

  async copy(): Promise<TrainedPolicy> {
    const { config } = this;
    const { layOut, versions } = this.#context;
    return { policy: await createPolicyOf(policyFileOf(this.#frozen(), config, this.#moment, versions), layOut, config) };
  }

  close(): void {
    const { env, learner } = this.#state;
    closeAll([...(this.#sharded ? [this.#sharded.executor] : []), env, ...this.#evaluators.values(), learner.policy.kernels]);
  }

  get #moment(): PolicyMoment {
    const { iteration, collector } = this.#state;
    return { iteration, globalStep: collector.globalStep };
  }

  #encode(policy: Policy, moment: PolicyMoment, critic = false): Uint8Array {
    const file = policyFileOf(policy, this.config, moment, this.#context.versions);
    return encodePolicy(critic ? file : withoutCritic(file));
  }

  /** The policy as it acts outside of training: on raw observations, with the statistics as they are now. */
  #frozen(): Policy {
    return this.#state.learner.policy.withNormalizer(this.#normalization?.normalizer());
  }
}

/** Whether the policy after this iteration (from 1) is one of the `policySnapshots` that are kept: evenly spread, the last one included. */
export function isSnapshotDue(config: Pick<ResolvedConfig, 'iterations' | 'policySnapshots'>, iteration: number): boolean {
  const { iterations, policySnapshots } = config;
  const passed = (done: number): number => Math.floor((done * policySnapshots) / iterations);
  return policySnapshots > 0 && passed(iteration) > passed(iteration - 1);
}

/** Mean return and length of the episodes that ended; nothing where none did. */
function episodeMetrics({ episodes }: IterationReport): Record<string, number> {
  if (episodes.length === 0) return {};
  const mean = (of: 'return' | 'length'): number => episodes.reduce((sum, episode) => sum + episode[of], 0) / episodes.length;
  return { 'charts/episodic_return': mean('return'), 'charts/episodic_length': mean('length') };
}
