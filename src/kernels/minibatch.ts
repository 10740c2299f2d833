/**
 * Gradients of a minibatch: policy loss and value loss, prepared once, run many times with other rows and settings.
 */
import { mistake, show } from '../core/errors.ts';
import { maskWords } from '../core/space.ts';
import { gradientJob, type JobContext, parallelGradientWork, setRows } from './jobs.ts';
import * as layout from './layout.ts';
import type { Arena } from './memory.ts';
import type { NetworkHandle } from './parameters.ts';

/** How outputs become actions. */
export type Head = 'categorical' | 'gaussian';

/** Where a minibatch finds what the policy loss reads; all arrays in kernel memory, one entry per row of the rollout. */
export interface PolicyBatch {
  readonly network: NetworkHandle;
  readonly head: Head;
  /** (B, inputSize). */
  readonly observations: Float32Array;
  /** Categorical: int32 (B, heads). Gaussian: float32 (B, A). */
  readonly actions: Int32Array | Float32Array;
  /** Categorical: which outputs were allowed, int32 (B, {@link maskWords}); all of them if left out. */
  readonly masks?: Int32Array | undefined;
  /** Log-probabilities at the time of acting, (B). */
  readonly logProbs: Float32Array;
  /** (B), not yet normalized: see `advantageMean`. */
  readonly advantages: Float32Array;
  /** (B) how much every row counts in the loss beside the others, the entropy bonus included; 1 each if left out. */
  readonly rowWeights?: Float32Array | undefined;
}

/** Where a minibatch finds what the value loss reads. */
export interface ValueBatch {
  readonly network: NetworkHandle;
  /** (B, inputSize). */
  readonly observations: Float32Array;
  /** Targets, (B). */
  readonly returns: Float32Array;
  /** Values at the time of acting, (B); needed for `valueClip`. */
  readonly values?: Float32Array;
}

/** What {@link Minibatch} is made of: a policy, a critic, or both. */
export interface MinibatchSpec {
  readonly policy?: PolicyBatch | undefined;
  readonly value?: ValueBatch | undefined;
}

/** Rows and settings of one run. */
export interface MinibatchRun {
  /** Row numbers in kernel memory, or null for the rows `first .. first + count - 1` themselves. */
  readonly indices: Int32Array | null;
  /** First position in `indices` (or first row). */
  readonly first: number;
  /** Rows in this minibatch; every row weighs 1 / of times its row weight. */
  readonly count: number;
  /** Rows of the minibatch that these are a part of: gradients and statistics of all its parts add up to its own. Default `count`. */
  readonly of?: number | undefined;
  /** The loss uses (advantage - advantageMean) * advantageScale. */
  readonly advantageMean: number;
  readonly advantageScale: number;
  /** The ratio is clipped to [1 - clipCoef, 1 + clipCoefHigh]; `clipCoefHigh` defaults to `clipCoef`. */
  readonly clipCoef: number;
  readonly clipCoefHigh?: number;
  readonly entropyCoef: number;
  /** Whether the loss is the score function's, -A log p, instead of the clipped surrogate. */
  readonly score?: boolean;
  /** Weight of the value loss in the gradient. */
  readonly valueCoef?: number | undefined;
  /** The value loss takes the larger of the unclipped error and that of the value clipped this far around the old one; left out: the former. */
  readonly valueClip?: number | undefined;
}

/** Means over the minibatch. The object is reused by the next run. */
export interface MinibatchStatistics {
  /** mean of row weight times max(-A ratio, -A clip(ratio)), or of -A log p, without the entropy bonus. */
  policyLoss: number;
  entropy: number;
  /** mean((ratio - 1) - log ratio): J. Schulman, "Approximating KL Divergence" (2020), k3. */
  approxKl: number;
  /** mean(-log ratio). */
  oldApproxKl: number;
  /** Share of rows with a ratio outside the clip range. */
  clipFraction: number;
  ratioMax: number;
  /** 0.5 mean of the (clipped) squared error, without `valueCoef`. */
  valueLoss: number;
}

/** A prepared minibatch. */
export interface Minibatch {
  /** Writes the gradient of the mean loss into `parameters.gradients` and returns the statistics. */
  run(options: MinibatchRun): MinibatchStatistics;
}

/** Entries of one action of a network. */
export function actionWidth({ spec }: NetworkHandle, head: Head): number {
  return head === 'gaussian' ? spec.outputSize : (spec.headSizes?.length ?? 1);
}

/** A head must fit its network and its actions. */
export function checkHead(network: NetworkHandle, head: Head, actions: Int32Array | Float32Array): void {
  const gaussian = head === 'gaussian';
  const { outputSize, name } = network.spec;
  const { logStdSize } = network.parameters;
  if (gaussian && logStdSize !== outputSize) {
    throw mistake(
      `network ${name}`,
      `${outputSize} log standard deviations for a gaussian head`,
      String(logStdSize),
      `create the parameters with logStdSize ${outputSize}`,
    );
  }
  if (gaussian !== actions instanceof Float32Array) {
    throw mistake(
      'actions',
      gaussian ? 'float32 for a gaussian head' : 'int32 for a categorical head',
      show(actions),
      `make them with kernels.${gaussian ? 'float32' : 'int32'}`,
    );
  }
}

function preparePolicy(context: JobContext, batch: PolicyBatch): { job: number; rows: number } {
  const { arena } = context;
  const { network, head } = batch;
  checkHead(network, head, batch.actions);
  const rows = Math.floor(batch.observations.length / network.spec.inputSize);
  const width = actionWidth(network, head);
  if (batch.actions.length / width < rows) {
    throw mistake(
      'actions',
      `${rows} rows as in the other arrays`,
      String(batch.actions.length / width),
      'make all arrays of a minibatch equally long',
    );
  }
  const job = gradientJob(context, network, head === 'gaussian' ? layout.lossGaussian : layout.lossCategorical);
  const w = job / 4;
  arena.words[w + layout.jobInputs] = arena.addressOf(batch.observations, 0, 'observations');
  arena.words[w + layout.jobActions] = arena.addressOf(batch.actions, 0, 'actions');
  arena.words[w + layout.jobLogProbs] = arena.addressOf(batch.logProbs, rows, 'logProbs');
  const { masks } = batch;
  arena.words[w + layout.jobMasks] = masks ? arena.addressOf(masks, rows * maskWords(network.spec.outputSize), 'masks') : 0;
  arena.words[w + layout.jobAdvantages] = arena.addressOf(batch.advantages, rows, 'advantages');
  const { rowWeights } = batch;
  arena.words[w + layout.jobRowWeights] = rowWeights ? arena.addressOf(rowWeights, rows, 'rowWeights') : 0;
  return { job, rows };
}

function prepareValue(context: JobContext, batch: ValueBatch): { job: number; rows: number } {
  const { arena } = context;
  const { network } = batch;
  if (network.spec.outputSize !== 1) {
    throw mistake(
      `network ${network.spec.name}`,
      'one output for a value loss',
      String(network.spec.outputSize),
      'give the critic outputSize 1',
    );
  }
  const rows = Math.floor(batch.observations.length / network.spec.inputSize);
  const job = gradientJob(context, network, layout.lossValue);
  const w = job / 4;
  arena.words[w + layout.jobInputs] = arena.addressOf(batch.observations, 0, 'observations');
  arena.words[w + layout.jobReturns] = arena.addressOf(batch.returns, rows, 'returns');
  if (batch.values) arena.words[w + layout.jobValues] = arena.addressOf(batch.values, rows, 'values');
  return { job, rows };
}

/** Rows must lie inside the arrays; index entries themselves are the caller's promise. */
export function checkRange(arena: Arena, indices: Int32Array | null, first: number, count: number, rows: number): void {
  const end = indices === null ? rows : indices.length;
  if (!(Number.isInteger(first) && Number.isInteger(count) && first >= 0 && count >= 1 && first + count <= end)) {
    throw mistake(
      'minibatch',
      `rows inside 0 .. ${end - 1}`,
      `first ${first}, count ${count}`,
      'cut the batch into minibatches of at least one row',
    );
  }
  if (indices !== null) arena.addressOf(indices, 0, 'indices');
}

/** Prepares the jobs of a minibatch. The networks must belong to one `Parameters`. */
export function createMinibatch(context: JobContext, spec: MinibatchSpec): Minibatch {
  const { arena, exports, pool } = context;
  const policy = spec.policy ? preparePolicy(context, spec.policy) : undefined;
  const value = spec.value ? prepareValue(context, spec.value) : undefined;
  const parameters = (spec.policy ?? spec.value)?.network.parameters;
  if (!parameters || (spec.value && spec.value.network.parameters !== parameters)) {
    throw mistake(
      'createMinibatch',
      'a policy or a value network, both of the same parameters',
      parameters ? 'networks of different parameters' : 'neither',
      'create both networks with one createParameters',
    );
  }
  const weights = (spec.policy?.network.length ?? 0) + (spec.value?.network.length ?? 0);
  const rows = Math.min(policy?.rows ?? Infinity, value?.rows ?? Infinity);
  const hasValues = spec.value?.values !== undefined;
  const flat = parameters.gradients.byteOffset;
  const sums = arena.allocate(2 * layout.statisticCount * 8, 'statistics');
  const valueSums = sums + layout.statisticCount * 8;
  const firstJob = policy?.job ?? value!.job;
  const secondJob = policy && value ? value.job : 0;
  const { floats, words, doubles } = arena;
  const s = sums / 8;
  const statistics = { policyLoss: 0, entropy: 0, approxKl: 0, oldApproxKl: 0, clipFraction: 0, ratioMax: 0, valueLoss: 0 };
  return {
    run(options) {
      const { indices, first, count, clipCoef, of = count } = options;
      checkRange(arena, indices, first, count, rows);
      if (policy) {
        const high = options.clipCoefHigh ?? clipCoef;
        const w = policy.job >> 2;
        setRows(arena, policy.job, indices, first, count, of);
        floats[w + layout.jobAdvantageMeanF] = options.advantageMean;
        floats[w + layout.jobAdvantageScaleF] = options.advantageScale;
        floats[w + layout.jobRatioLowF] = 1 - clipCoef;
        floats[w + layout.jobRatioHighF] = 1 + high;
        floats[w + layout.jobClipLowF] = clipCoef;
        floats[w + layout.jobClipHighF] = high;
        floats[w + layout.jobEntropyCoefF] = options.entropyCoef;
        words[w + layout.jobScore] = options.score === true ? 1 : 0;
      }
      if (value) {
        const w = value.job >> 2;
        const { valueClip } = options;
        if (valueClip !== undefined && !hasValues) {
          throw mistake('valueClip', 'the values at the time of acting', 'none', 'give them to createMinibatch, or leave it out');
        }
        setRows(arena, value.job, indices, first, count, of);
        floats[w + layout.jobValueCoefF] = options.valueCoef ?? 1;
        floats[w + layout.jobValueClipF] = valueClip ?? 0;
        words[w + layout.jobClipValue] = valueClip === undefined ? 0 : 1;
      }
      pool.run(count * weights >= parallelGradientWork, firstJob, secondJob);
      if (policy) {
        exports.finishGradient(policy.job, flat, sums);
        statistics.policyLoss = doubles[s + layout.statisticLoss]! / of;
        statistics.entropy = doubles[s + layout.statisticEntropy]! / of;
        statistics.approxKl = doubles[s + layout.statisticApproxKl]! / of;
        statistics.oldApproxKl = doubles[s + layout.statisticOldApproxKl]! / of;
        statistics.clipFraction = doubles[s + layout.statisticClipFraction]! / of;
        statistics.ratioMax = doubles[s + layout.statisticRatioMax]!;
      }
      if (value) {
        exports.finishGradient(value.job, flat, valueSums);
        statistics.valueLoss = doubles[valueSums / 8 + layout.statisticLoss]! / of;
      }
      return statistics;
    },
  };
}
