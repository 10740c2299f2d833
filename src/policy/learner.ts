/**
 * The update: passes over a rollout in shuffled minibatches; the clipped surrogate, one gradient norm, one Adam step each. Shared by the
 * group family and by PPO; what differs is the advantages it is given, and whether there is a critic.
 */
import type * as z from 'zod/mini';
import type { Kernels, KernelTimes, LayOut, Minibatch, MinibatchStatistics } from '../kernels/room.ts';
import { Philox } from '../random/index.ts';
import type { updateFields } from './fields.ts';
import type { PolicyLoss, ValueLoss } from './losses.ts';
import { Policy } from './policy.ts';
import type { PolicySpec } from './spec.ts';

export type { KernelTimes, LayOut };

/** How often and in what pieces an update goes over the rollout; see `updateFields`. */
export type Passes = Readonly<Pick<z.output<z.ZodMiniObject<typeof updateFields>>, 'updateEpochs' | 'numMinibatches' | 'targetKl'>>;

/** How a gradient becomes a step; see `updateFields`. */
export type Optimizer = Readonly<Pick<z.output<z.ZodMiniObject<typeof updateFields>>, 'learningRate' | 'adamEpsilon' | 'maxGradNorm'>>;

/** One update: all passes of an iteration. */
export interface Update {
  readonly iteration: number;
  readonly rows: UpdateRows;
  readonly loss: PolicyLoss;
  /** With a critic. */
  readonly valueLoss?: ValueLoss;
  readonly passes: Passes;
  readonly optimizer: Optimizer;
  /** How the advantages of a minibatch are normalized; left out: not at all. */
  readonly normalize?: MinibatchScale | undefined;
  /** Order of the rows; left out: a permutation keyed by iteration and epoch. */
  readonly shuffle?: Shuffle;
}

/** What updates learn from; the arrays lie in kernel memory, one row per step of the rollout, and stay the same from update to update. */
export interface UpdateArrays {
  readonly inputs: Float32Array;
  readonly actions: Int32Array | Float32Array;
  readonly logProbs: Float32Array;
  /** Of environments with masks: what was allowed, packed. */
  readonly masks?: Int32Array | undefined;
  readonly advantages: Float32Array;
  /** How much every row counts beside the others; 1 each if left out. */
  readonly rowWeights?: Float32Array | undefined;
  /** With a critic: what it is fitted to, and what it said before. */
  readonly returns?: Float32Array;
  readonly values?: Float32Array;
}

/** Which rows an update learns from. */
export interface UpdateRows {
  /** How many rows take part. */
  readonly count: number;
  /** Which; left out: the first `count`. */
  readonly rows?: Int32Array;
}

/** Mean and scale of the advantages at `indices`: the normalization is `(A - mean) * scale`. */
export type MinibatchScale = (advantages: Float32Array, indices: Int32Array) => { readonly mean: number; readonly scale: number };

/** Order of the rows of one pass, into `out`. */
export type Shuffle = (epoch: number, count: number, out: Int32Array) => void;

/** What a gradient is of, besides rows: the losses. */
export type Losses = Pick<Update, 'loss' | 'valueLoss'>;

/** Some rows of a minibatch, whose advantages the loss takes as (advantage - mean) * scale. */
export interface MinibatchShare {
  /** Row numbers. */
  readonly rows: Int32Array;
  /** Rows of the whole minibatch. */
  readonly of: number;
  readonly mean: number;
  readonly scale: number;
}

/** One minibatch of an update: its rows are a view that the next pass overwrites. */
export interface MinibatchRows extends Omit<MinibatchShare, 'of'> {
  /** Place of its first row in the order of the pass. */
  readonly first: number;
}

/** One minibatch's figures, in order of execution; kept for tests and for people who look closely. */
export interface MinibatchReport extends Readonly<MinibatchStatistics> {
  /** Before clipping. */
  readonly gradientNorm: number;
}

/** A policy with its optimizer. */
export class Learner {
  readonly policy: Policy;
  readonly #kernels: Kernels;
  readonly #philox: Philox;
  readonly #order: Int32Array;
  readonly #indices: Int32Array;
  #arrays: UpdateArrays | undefined;
  #minibatch: Minibatch | undefined;
  /** Adam steps taken. */
  optimizerSteps = 0;

  /** A policy that knows nothing yet, with room for updates of up to `capacity` rows. `key` is the learner key. */
  constructor(spec: PolicySpec, kernels: Kernels, key: Uint32Array, capacity: number) {
    this.policy = new Policy(spec, kernels, key);
    this.#kernels = kernels;
    this.#philox = new Philox(key);
    this.#order = new Int32Array(capacity);
    this.#indices = kernels.int32(capacity);
  }

  /** The arrays that updates read. */
  get arrays(): UpdateArrays {
    return this.#arrays!;
  }

  /** Names the arrays that updates read from now on. */
  learnFrom(arrays: UpdateArrays): void {
    const { actor, critic, head } = this.policy;
    const { inputs, actions, logProbs, masks, advantages, rowWeights, returns, values } = arrays;
    this.#arrays = arrays;
    // Inputs may have further rows, such as the edge of the rollout.
    const observations = inputs.subarray(0, advantages.length * this.policy.inputSize);
    this.#minibatch = this.#kernels.createMinibatch({
      policy: { network: actor, head, observations, actions, logProbs, masks, advantages, rowWeights },
      value: critic && returns ? { network: critic, observations, returns, values } : undefined,
    });
  }

  /** All passes of one iteration, see {@link Learner.passes}. */
  update(update: Update): MinibatchReport[] {
    const passes = this.passes(update);
    let next = passes.next();
    while (!next.done) {
      const { first, rows, mean, scale } = next.value;
      next = passes.next(this.#gradient(first, { count: rows.length, mean, scale }, update));
    }
    return next.value;
  }

  /**
   * All passes of one iteration, minibatch by minibatch: whoever goes through them leaves the gradient of the mean loss in the parameters' gradients and answers
   * with its figures; then the step is taken. Minibatches are contiguous slices of the shuffled rows, of size `floor(count / numMinibatches)` as in
   * CleanRL; rows left over make one more minibatch, and a single row left over joins the one before (its standard deviation would be NaN).
   * A rollout that is cut into single rows, which only advantages that are not normalized allow, stays so.
   */
  *passes(update: Update): Generator<MinibatchRows, MinibatchReport[], Readonly<MinibatchStatistics>> {
    const { iteration, rows, passes, optimizer, normalize, shuffle } = update;
    const { advantages } = this.#arrays!;
    const { count } = rows;
    const { updateEpochs, numMinibatches, targetKl } = passes;
    const reports: MinibatchReport[] = [];
    const least = !normalize && advantages.length < 2 * numMinibatches ? 1 : 2;
    const size = Math.max(least, Math.floor(count / numMinibatches));
    for (let epoch = 0; epoch < updateEpochs; epoch++) {
      this.#shuffleRows(rows, epoch, shuffle ?? ((pass, length, out) => this.#philox.permutation(length, out, iteration, pass)));
      let first = 0;
      while (count - first >= least) {
        const end = count - (first + size) < least ? count : first + size;
        const minibatch = this.#indices.subarray(first, end);
        const { mean, scale } = normalize?.(advantages, minibatch) ?? { mean: 0, scale: 1 };
        const losses = yield { first, rows: minibatch, mean, scale };
        reports.push({ ...losses, gradientNorm: this.step(optimizer) });
        first = end;
      }
      const last = reports.at(-1);
      if (targetKl !== undefined && last && last.approxKl > targetKl) break;
    }
    return reports;
  }

  /**
   * Writes the share that some rows of `from` have in the gradient of a minibatch into the parameters' gradients, and returns their share of its figures (the
   * greatest ratio aside, which is their own). The rows are copied into the first rows of the arrays that updates read.
   */
  shareOfGradient(from: UpdateArrays, { rows, ...share }: MinibatchShare, losses: Losses): Readonly<MinibatchStatistics> {
    const own = this.#arrays!;
    for (const name of ['inputs', 'actions', 'logProbs', 'masks', 'advantages', 'rowWeights', 'returns', 'values'] as const) {
      const [source, target] = [from[name], own[name]];
      if (!source || !target) continue;
      const width = name === 'inputs' ? this.policy.inputSize : Math.round(source.length / from.advantages.length);
      for (let i = 0; i < rows.length; i++) {
        const [at, to] = [rows[i]! * width, i * width];
        for (let k = 0; k < width; k++) target[to + k] = source[at + k]!;
      }
    }
    for (let i = 0; i < rows.length; i++) this.#indices[i] = i;
    return this.#gradient(0, { count: rows.length, ...share }, losses);
  }

  /** Writes the gradient over the shuffled rows from `first` on into the parameters' gradients. */
  #gradient(
    first: number,
    { count, of, mean, scale }: { readonly count: number; readonly of?: number; readonly mean: number; readonly scale: number },
    { loss, valueLoss }: Losses,
  ): Readonly<MinibatchStatistics> {
    return this.#minibatch!.run({
      indices: this.#indices,
      first,
      count,
      of,
      advantageMean: mean,
      advantageScale: scale,
      clipCoef: loss.clipLow,
      clipCoefHigh: loss.clipHigh,
      entropyCoef: loss.entropyCoef,
      score: loss.kind === 'score',
      valueCoef: valueLoss?.coef,
      valueClip: valueLoss?.clip,
    });
  }

  /** One step of Adam along the gradient, scaled down to `maxGradNorm`; gives its norm before that. */
  step({ learningRate, adamEpsilon, maxGradNorm }: Optimizer): number {
    return this.#kernels.adamStep({
      parameters: this.policy.parameters,
      learningRate,
      epsilon: adamEpsilon,
      maxGradNorm,
      step: ++this.optimizerSteps,
    });
  }

  #shuffleRows({ count, rows }: UpdateRows, epoch: number, shuffle: Shuffle): void {
    shuffle(epoch, count, this.#order);
    if (rows) for (let i = 0; i < count; i++) this.#indices[i] = rows[this.#order[i]!]!;
    else this.#indices.set(this.#order.subarray(0, count));
  }
}
