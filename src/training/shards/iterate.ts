/**
 * One iteration in shards: their rollouts side by side, the estimator over all of them, and for every minibatch the sum of their gradients, in float64 and in
 * the order of the shards. Each round of collecting and each minibatch ends when its last shard has answered.
 */
import type { Algorithm, AlgorithmState, IterationReport } from '../../algorithms/algorithm.ts';
import { isRecord } from '../../core/arguments.ts';
import type { EnvState } from '../../core/env.ts';
import { failure, show } from '../../core/errors.ts';
import type { MinibatchStatistics } from '../../kernels/room.ts';
import type { MinibatchReport, MinibatchRows, Update } from '../../policy/learner.ts';
import type { EpisodeRecord } from '../../rollout/collect.ts';
import type { Collected } from '../../rollout/source.ts';
import { type Shard, shareRows } from './cut.ts';
import { checkArrays, copies, estimateArrays, learnedArrays, outcomeArrays, placeColumns, takeColumns } from './rollout.ts';
import { joinStates, takeState } from './states.ts';
import {
  arrayBytes,
  type CollectAnswer,
  checkNumbers,
  type GradientAnswer,
  type ShardEstimate,
  type ShardExecutor,
  statisticNames,
} from './tasks.ts';

/** What an iteration costs beside what it computes. */
interface Traffic {
  bytes: number;
  barriers: number;
  forward: number;
  backward: number;
}

/** Where the environments of a run stand, shard by shard, as copies. */
function statesOf(state: AlgorithmState, shards: readonly Shard[]): readonly EnvState[] {
  const { env, rollout } = state;
  const whole = env.getState();
  if (!whole) {
    const advice = 'write getState and setState, or leave shards out';
    throw failure('shards', 'an environment that can give its state', 'one without getState', advice);
  }
  return shards.map((shard) => copies(takeState(whole, rollout.numEnvs, shard)));
}

/** Throws `CohortError` unless answers are those of the tasks that were given. */
function checkAnswer(answer: Readonly<Record<string, unknown>>, asked: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(asked)) {
    if (answer[name] === value) continue;
    throw failure(`answer of shard ${asked.shard}: ${name}`, String(value), show(answer[name]), 'use the same build on all machines');
  }
}

const timeNames = ['env', 'forward', 'backward'] as const;

/** Throws `CohortError` unless the numbers of an answer are numbers; arrays of the rollout are checked where they are placed. */
function checkCollected({ episodes, steps, measured, milliseconds, env }: CollectAnswer, subject: string, numEnvs: number): void {
  checkNumbers(subject, { steps }, ['steps']);
  checkNumbers(subject, milliseconds, timeNames);
  const isEpisodes = episodes instanceof Float64Array && episodes.length % 4 === 0;
  const inShard = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < numEnvs;
  if (isEpisodes && episodes.every((value, i) => i % 4 !== 1 || inShard(value)) && isRecord(env) && isRecord(measured ?? {})) return;
  throw failure(subject, 'episodes in rows of four, and where environments stand', show(episodes), 'use the same build on all machines');
}

/** An iteration of a run in shards. Throws `CohortError` for environments that cannot give their state. */
export class ShardedIteration {
  readonly #state: AlgorithmState;
  readonly #algorithm: Algorithm;
  readonly #shards: readonly Shard[];
  readonly #executor: ShardExecutor;
  readonly #sum: Float64Array;

  /** `state` is that of all environments. */
  constructor(state: AlgorithmState, algorithm: Algorithm, shards: readonly Shard[], executor: ShardExecutor) {
    statesOf(state, shards);
    this.#state = state;
    this.#algorithm = algorithm;
    this.#shards = shards;
    this.#executor = executor;
    this.#sum = new Float64Array(state.learner.policy.parameters.length);
  }

  /** Advances the state by one iteration. */
  async iterate(): Promise<IterationReport> {
    const traffic = { bytes: 0, barriers: 0, forward: 0, backward: 0 };
    let answers: readonly CollectAnswer[] = [];
    return this.#algorithm.iterateElsewhere!(this.#state, {
      collect: async () => {
        answers = await this.#collect(traffic);
        return this.#collected(answers);
      },
      update: (update) => this.#update(update, answers, traffic),
      measured: () => ({
        besides: { 'shards/barriers': traffic.barriers, 'shards/bytes': traffic.bytes },
        added: { 'time/forward': traffic.forward / 1000, 'time/backward': traffic.backward / 1000 },
      }),
    });
  }

  /** What all shards collected, for the parameters as they are. */
  async #collect(traffic: Traffic): Promise<readonly CollectAnswer[]> {
    const { learner, collector, iteration } = this.#state;
    const parameters = learner.policy.parameters.values.slice();
    const states = statesOf(this.#state, this.#shards);
    const answers = await Promise.all(
      this.#shards.map(async ({ index: shard, firstEnv, numEnvs }) => {
        const elapsed = collector.elapsed.slice(firstEnv, firstEnv + numEnvs);
        const task = { shard, iteration, parameters, env: states[shard]!, elapsed };
        const answer = await this.#executor.collect(task);
        checkAnswer({ ...answer }, { shard, iteration });
        checkCollected(answer, `answer of shard ${shard}`, numEnvs);
        traffic.bytes += arrayBytes(task) + arrayBytes(answer);
        return answer;
      }),
    );
    traffic.barriers++;
    for (const { milliseconds } of answers) traffic.forward += milliseconds.forward;
    return answers;
  }

  /** The rollouts of all shards side by side, and the state after them. */
  #collected(answers: readonly CollectAnswer[]): Collected {
    const { env, collector, rollout } = this.#state;
    const whole = { ...learnedArrays(rollout), ...outcomeArrays(rollout), elapsed: collector.elapsed };
    for (const [k, shard] of this.#shards.entries()) {
      const { rollout: learned, outcome, elapsed } = answers[k]!;
      placeColumns(`answer of shard ${k}`, { ...learned, ...outcome, elapsed }, whole, rollout, shard);
    }
    env.setState(
      joinStates(
        answers.map((answer) => answer.env),
        this.#shards,
      ),
    );
    const episodes = this.#episodes(answers);
    collector.globalStep += answers.reduce((sum, { steps }) => sum + steps, 0);
    collector.envMilliseconds = answers.reduce((sum, { milliseconds }) => sum + milliseconds.env, 0);
    const batch = this.#algorithm.stops!.batch?.(this.#state);
    return { ...(batch && { batch: { ...batch, ...this.#given(answers) } }), episodes, measured: this.#measured(answers) } as Collected;
  }

  /** What sources of trajectories add to the batch. */
  #given(answers: readonly CollectAnswer[]): Partial<Collected['batch']> {
    const { numSteps, numEnvs } = this.#state.rollout;
    const { edgeValues, stateValues, groups } = answers[0]!;
    const valuesOfAll = stateValues && new Float64Array((numSteps + 1) * numEnvs);
    const groupOf = new Int32Array(groups ? numEnvs : 0);
    let numGroups = 0;
    for (const [k, shard] of this.#shards.entries()) {
      const answer = answers[k]!;
      const subject = `answer of shard ${k}`;
      if (valuesOfAll) placeColumns(subject, { ...answer }, { stateValues: valuesOfAll }, this.#state.rollout, shard);
      if (!groups) continue;
      checkArrays(subject, { ...answer }, { groups: groupOf.subarray(0, shard.numEnvs) });
      for (let n = 0; n < shard.numEnvs; n++) groupOf[shard.firstEnv + n] = numGroups + answer.groups![n]!;
      numGroups += Math.max(...answer.groups!) + 1;
    }
    return {
      // One for each trajectory, which are in the order of the environments.
      ...(edgeValues && { edgeValues: Float64Array.from(answers.flatMap((answer) => Array.from(answer.edgeValues ?? []))) }),
      ...(valuesOfAll && { stateValues: valuesOfAll }),
      ...(groups && { groups: groupOf, numGroups }),
    };
  }

  /** Episodes in the order in which they ended; step t of environment n is counted as without shards. */
  #episodes(answers: readonly CollectAnswer[]): EpisodeRecord[] {
    const { collector, rollout } = this.#state;
    const steps = answers.reduce((sum, answer) => sum + answer.steps, 0);
    const records = answers.flatMap((answer, k) => {
      const { firstEnv, numEnvs } = this.#shards[k]!;
      return Array.from({ length: answer.episodes.length / 4 }, (_, i): EpisodeRecord => {
        const [own, n, total, length] = answer.episodes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
        const rows = Math.floor((own - 1 - n) / numEnvs);
        const step = Math.min(steps, rows * rollout.numEnvs + firstEnv + n + 1);
        return { globalStep: collector.globalStep + step, env: firstEnv + n, return: total, length };
      });
    });
    return records.sort((a, b) => a.globalStep - b.globalStep || a.env - b.env);
  }

  /** Counts of steps are added; everything else is a mean over environments. */
  #measured(answers: readonly CollectAnswer[]): Record<string, number> {
    const { numEnvs } = this.#state.rollout;
    return Object.fromEntries(
      Object.keys(answers[0]!.measured ?? {}).map((key) => {
        const sum = answers.reduce((total, { measured }, k) => {
          const share = key.endsWith('/steps') ? 1 : this.#shards[k]!.numEnvs / numEnvs;
          return total + share * (measured?.[key] ?? 0);
        }, 0);
        return [key, sum];
      }),
    );
  }

  /** All passes of the update. */
  async #update(update: Update, answers: readonly CollectAnswer[], traffic: Traffic): Promise<readonly MinibatchReport[]> {
    const { learner, rollout } = this.#state;
    const estimate = estimateArrays(learner, rollout.numSteps * rollout.numEnvs);
    const estimates = this.#shards.map((shard): ShardEstimate => takeColumns(estimate, rollout, shard));
    traffic.bytes += arrayBytes(estimates);
    const passes = learner.passes(update);
    let next = passes.next();
    for (let minibatch = 0; !next.done; minibatch++) {
      const shares = shareRows(next.value.rows, rollout.numEnvs, this.#shards);
      const parts = await this.#gradients(next.value, minibatch, shares, answers, estimates, traffic);
      traffic.barriers++;
      next = passes.next(this.#reduce(parts));
    }
    return next.value;
  }

  /** The shares of all shards that have rows in a minibatch. */
  #gradients(
    { rows: all, mean, scale }: MinibatchRows,
    minibatch: number,
    shares: readonly Int32Array[],
    answers: readonly CollectAnswer[],
    estimates: readonly ShardEstimate[],
    traffic: Traffic,
  ): Promise<readonly GradientAnswer[]> {
    const { learner, iteration } = this.#state;
    const parameters = learner.policy.parameters.values.slice();
    const of = all.length;
    const asked = this.#shards.filter(({ index }) => shares[index]!.length > 0);
    return Promise.all(
      asked.map(async ({ index: shard }) => {
        const named = { shard, iteration, minibatch };
        const rows = shares[shard]!;
        const given = { parameters, rollout: answers[shard]!.rollout, estimate: estimates[shard]!, rows, of, mean, scale };
        const answer = await this.#executor.gradient({ ...named, ...given });
        checkAnswer({ ...answer }, named);
        checkNumbers(`answer of shard ${shard}`, answer.milliseconds, timeNames);
        const statistics = new Float64Array(statisticNames.length);
        checkArrays(`answer of shard ${shard}`, { ...answer }, { gradient: parameters, statistics });
        // What every minibatch shares was counted once.
        traffic.bytes += arrayBytes([parameters, rows]) + arrayBytes(answer);
        traffic.forward += answer.milliseconds.forward;
        traffic.backward += answer.milliseconds.backward;
        return answer;
      }),
    );
  }

  /** Adds the shares up into the learner's gradients, in the order of the shards; gives the figures of the whole minibatch. */
  #reduce(parts: readonly GradientAnswer[]): MinibatchStatistics {
    const sum = this.#sum;
    // Not added to 0, which would take the sign from -0: one shard alone gives its own bits.
    sum.set(parts[0]!.gradient);
    for (const { gradient } of parts.slice(1)) for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]!;
    this.#state.learner.policy.parameters.gradients.set(sum);
    const figure = (at: number): number => parts.reduce((total, { statistics }) => total + statistics[at]!, 0);
    const ratioMax = Math.max(...parts.map(({ statistics }) => statistics[statisticNames.indexOf('ratioMax')]!));
    const figures = Object.fromEntries(statisticNames.map((name, at) => [name, figure(at)])) as unknown as MinibatchStatistics;
    return { ...figures, ratioMax };
  }
}
