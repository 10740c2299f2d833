/**
 * A policy: observations in, actions out. A perceptron with categorical heads, one for each whole number of an action, or a Gaussian head with
 * a state-independent log standard deviation (box actions), on the wasm kernels.
 */
import type { Actor } from '../core/actor.ts';
import type { Action, Observation } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import { normalizeObservations, type ObservationStatistics } from '../core/observationStatistics.ts';
import {
  actionAt,
  describeSpace,
  encodeValues,
  flatSize,
  inputSizeOf,
  isStoredAsValues,
  type Mask,
  maskFault,
  maskWords,
  packMasks,
  storeElement,
  writePath,
} from '../core/space.ts';
import type { Kernels, NetworkHandle, Parameters } from '../kernels/room.ts';
import { learnerStreams } from '../random/index.ts';
import { orthogonal } from './initialization.ts';
import { networksOf, type PolicySpec } from './spec.ts';

export type { PolicySpec };

/** Rows that a policy acts on at a time outside of training: it has its arrays for them from the start. */
export const actingRows = 128;

/** Arrays in kernel memory for acting on up to `capacity` observations. */
export interface Scratch {
  readonly capacity: number;
  /** (capacity, inputSize). */
  readonly inputs: Float32Array;
  /** (capacity, A). */
  readonly actions: Int32Array | Float32Array;
  /** (capacity). */
  readonly logProbs: Float32Array;
  /** (capacity, outputSize), filled by {@link Policy.forward}. */
  readonly outputs: Float32Array;
  /** (capacity, `maskWords`), for packed masks. */
  readonly masks: Int32Array;
}

/** Which random numbers an action is drawn with. */
export interface SampleKey {
  readonly iteration: number;
  readonly step: number;
  readonly stream: 'actions' | 'evaluation';
  readonly greedy: boolean;
  /** Number of the environment in row 0; the rows after it count up. Default 0. */
  readonly firstEnv?: number;
  /** (count) in kernel memory: whose random numbers each row is drawn with, see `Actor.act`. */
  readonly noiseRows?: Int32Array | undefined;
}

/** sqrt(2) for hidden layers, 0.01 for the actor's head, 1 for the critic's: CleanRL's `layer_init`, from Andrychowicz et al. 2021. */
const gains = { hidden: Math.SQRT2, actor: 0.01, critic: 1 } as const;

/** How a policy acts on one observation. */
export interface ActOptions {
  readonly greedy?: boolean;
  readonly actionMask?: Mask | undefined;
}

function refuseMaskless(subject: string): never {
  const advice = 'pass info.actionMask of the reset or the step that the observation comes from';
  throw mistake(subject, 'a mask, for the policy was trained with action masks', 'none', advice);
}

/** What of a policy is written. */
export interface EncodeOptions {
  /** Its critic, too, which acting does not need. Default false. */
  readonly critic?: boolean;
}

/** Writes a policy as the bytes of a policy file. */
export type PolicyEncoder = (policy: Policy, options: EncodeOptions) => Uint8Array;

/** A policy on the kernels. */
export class Policy {
  readonly spec: PolicySpec;
  readonly kernels: Kernels;
  readonly parameters: Parameters;
  readonly inputSize: number;
  readonly actor: NetworkHandle;
  readonly critic: NetworkHandle | undefined;
  readonly head: 'categorical' | 'gaussian';
  /** What raw observations go through before the network, if the policy was trained on normalized ones. */
  readonly normalizer: ObservationStatistics | undefined;
  readonly #key: Uint32Array;
  /** Shared by all views of the policy. */
  readonly #arrays: { scratch?: Scratch };
  #encoder: PolicyEncoder | undefined;
  #calls = 0;

  /**
   * `key` is the learner key; it names the random numbers of the start and of sampled actions. With `of`, a policy of the same spec on the same
   * kernels, this one is a view: it has the parameters and arrays of that one.
   */
  constructor(spec: PolicySpec, kernels: Kernels, key: Uint32Array, normalizer?: ObservationStatistics, of?: Policy) {
    this.spec = spec;
    this.kernels = kernels;
    this.inputSize = inputSizeOf(spec.observationSpace);
    this.head = spec.actionSpace.kind === 'box' ? 'gaussian' : 'categorical';
    this.parameters =
      of?.parameters ??
      kernels.createParameters({
        networks: networksOf(spec),
        logStdSize: spec.actionSpace.kind === 'box' ? spec.actionSpace.size : undefined,
      });
    this.actor = this.parameters.networks[0]!;
    this.critic = this.parameters.networks[1];
    this.normalizer = normalizer;
    this.#key = key;
    this.#arrays = of ? of.#arrays : {};
    if (!of) this.scratch(actingRows);
  }

  /**
   * The same policy as it acts on raw observations, with these statistics: a view that shares kernels and parameters, and so goes on learning with
   * this one.
   */
  withNormalizer(normalizer: ObservationStatistics | undefined): Policy {
    return new Policy(this.spec, this.kernels, this.#key, normalizer, this).encodedBy(this.#encoder);
  }

  /** Says how {@link Policy.encode} writes this policy: whoever made it knows where it comes from. */
  encodedBy(encoder: PolicyEncoder | undefined): this {
    this.#encoder = encoder;
    return this;
  }

  /**
   * The policy as the bytes of a policy file, as it is at this moment: normalizer included, without the critic unless it is asked for. Keep them where you like; `createPolicy(decodePolicy(bytes))` acts bit for bit alike. Throws `CohortError` for a policy that was put together by
   * hand, and for numbers that are not finite.
   */
  encode(options: EncodeOptions = {}): Uint8Array {
    if (this.#encoder) return this.#encoder(this, options);
    const advice = 'write a policy file of your own with encodePolicy';
    throw mistake(
      'policy.encode',
      'a policy from training or loading, which knows its environment',
      'one that was put together by hand',
      advice,
    );
  }

  /** Orthogonal weights, zero biases, log standard deviation 0. */
  initialize(): this {
    const layers = this.spec.hiddenSizes.length;
    this.parameters.tensors().forEach((tensor, index) => {
      const [network, layer, kind] = tensor.name.split('.');
      if (kind !== 'weight') return;
      const gain = Number(layer) < layers ? gains.hidden : gains[network as 'actor' | 'critic'];
      const [rows, columns] = tensor.shape as [number, number];
      tensor.set('values', orthogonal(rows, columns, gain, this.#key, index));
    });
    return this;
  }

  /** Arrays in kernel memory for up to `capacity` observations; more than {@link actingRows} take memory that is never given back. */
  scratch(capacity: number): Scratch {
    const made = this.#arrays.scratch;
    if (made && made.capacity >= capacity) return made;
    const { kernels, spec } = this;
    const actionSize = flatSize(spec.actionSpace);
    const scratch = {
      capacity,
      inputs: kernels.float32(capacity * this.inputSize),
      actions: spec.actionSpace.kind === 'box' ? kernels.float32(capacity * actionSize) : kernels.int32(capacity * actionSize),
      logProbs: kernels.float32(capacity),
      outputs: kernels.float32(capacity * this.actor.spec.outputSize),
      masks: kernels.int32(this.head === 'gaussian' ? 0 : capacity * maskWords(this.actor.spec.outputSize)),
    };
    this.#arrays.scratch = scratch;
    return scratch;
  }

  /** Network inputs of `count` raw observations, as an environment without wrappers gives them: normalized if the policy has a normalizer. */
  encodeObservations(observations: Float32Array | Float64Array, count: number, inputs: Float32Array): void {
    if (this.normalizer) normalizeObservations(this.normalizer, observations, count, inputs);
    else this.encodeInputs(observations, count, inputs);
  }

  /** Network inputs of `count` rows of observations as they are: ones among zeros for discrete values, else the float32 cast. */
  encodeInputs(observations: Float32Array | Float64Array, count: number, inputs: Float32Array): void {
    const space = this.spec.observationSpace;
    const length = count * this.inputSize;
    if (isStoredAsValues(space)) encodeValues(space, observations, count, inputs);
    else if (observations.length === length) inputs.set(observations);
    else for (let i = 0; i < length; i++) inputs[i] = observations[i]!;
  }

  /** Draws actions for the first `count` inputs of `scratch` into its actions and log-probabilities; `masks`, packed, say what is allowed. */
  sample(scratch: Pick<Scratch, 'inputs' | 'actions' | 'logProbs'>, count: number, key: SampleKey, masks?: Int32Array): void {
    this.kernels.act({
      network: this.actor,
      head: this.head,
      observations: scratch.inputs,
      count,
      actions: scratch.actions,
      logProbs: scratch.logProbs,
      masks,
      key: this.#key,
      iteration: key.iteration,
      step: key.step,
      firstEnv: key.firstEnv ?? 0,
      noiseRows: key.noiseRows,
      stream: learnerStreams[key.stream],
      greedy: key.greedy,
    });
  }

  /** The actor's outputs (count, outputSize) for the first `count` inputs of `scratch`, in its `outputs`: logits, or means of a Gaussian. */
  forward({ inputs, outputs }: Scratch, count: number): Float32Array {
    this.kernels.forward(this.actor, inputs, count, outputs);
    return outputs.subarray(0, count * this.actor.spec.outputSize);
  }

  /**
   * Actions for `count` raw observations into `actions`, (count, A): a part at a time, so that any number takes no memory. The bits are those of
   * all at once. `masks` (count, outputSize) are those of a vector environment. Throws `CohortError` where a policy that needs masks gets none.
   */
  decide(
    observations: Float32Array | Float64Array,
    count: number,
    actions: Int32Array | Float32Array,
    key: SampleKey,
    masks?: Uint8Array,
  ): void {
    if (this.spec.masked && !masks) refuseMaskless('policy.decide');
    const { outputSize } = this.actor.spec;
    const scratch = this.scratch(actingRows);
    const [width, size] = [observations.length / count, actions.length / count];
    for (let first = 0; first < count; first += actingRows) {
      const rows = Math.min(actingRows, count - first);
      this.encodeObservations(observations.subarray(first * width, (first + rows) * width), rows, scratch.inputs);
      if (masks) packMasks(masks.subarray(first * outputSize), rows, outputSize, scratch.masks);
      const part = { ...key, firstEnv: (key.firstEnv ?? 0) + first, noiseRows: key.noiseRows?.subarray(first) };
      this.sample(scratch, rows, part, masks && scratch.masks);
      actions.set(scratch.actions.subarray(0, rows * size), first * size);
    }
  }

  /**
   * The collector's view of the policy: sampled actions of one iteration, on observations that the training environment has normalized; with `noiseOfAll` at
   * every step that brings no noise rows of its own. `firstEnv` is the number of the first environment in the run.
   */
  actorFor(iteration: number, noiseOfAll?: Int32Array, firstEnv = 0): Actor {
    return {
      encode: (observations, count, inputs) => this.encodeInputs(observations, count, inputs),
      act: (inputs, count, actions, logProbs, step, masks, noiseRows = noiseOfAll) =>
        this.sample(
          { inputs, actions, logProbs },
          count,
          { iteration, step, stream: 'actions', greedy: false, firstEnv, noiseRows },
          masks,
        ),
    };
  }

  /** The mask of one action, packed, or nothing where there is none. Throws `CohortError` that begins with `subject` for one that does not fit. */
  takeMask(mask: unknown, subject: string, scratch: Scratch): Int32Array | undefined {
    if (mask === undefined && this.spec.masked) refuseMaskless(subject);
    if (mask === undefined) return undefined;
    const fault = maskFault(this.spec.actionSpace, mask);
    if (fault) throw mistake(subject, fault.expected, fault.got, 'give 1 for each value that is allowed, 0 for the others');
    const { outputSize } = this.actor.spec;
    packMasks(Uint8Array.from(mask as ArrayLike<number>), 1, outputSize, scratch.masks);
    return scratch.masks;
  }

  /** The critic's values of `count` inputs, into `values` (count); all arrays in kernel memory. */
  evaluate(inputs: Float32Array, count: number, values: Float32Array): void {
    this.kernels.forward(this.critic!, inputs, count, values);
  }

  /**
   * What the critic expects to be still to come, V(s), of `count` raw observations, into `values` (count): a part at a time. Throws `CohortError` for a
   * policy without a critic: that of GPG has none, that of PPO has one in training, and in `snapshot()`.
   */
  valuesOf(observations: Float32Array | Float64Array, count: number, values: Float32Array | Float64Array): void {
    if (!this.critic) throw mistake('policy.valuesOf', 'a policy with a critic', 'one without', 'take a snapshot of a run of PPO');
    const { inputs, logProbs } = this.scratch(actingRows);
    const width = observations.length / count;
    for (let first = 0; first < count; first += actingRows) {
      const rows = Math.min(actingRows, count - first);
      this.encodeObservations(observations.subarray(first * width, (first + rows) * width), rows, inputs);
      this.evaluate(inputs, rows, logProbs);
      values.set(logProbs.subarray(0, rows), first);
    }
  }

  /**
   * The action for one observation: the most probable one (or the mean) if `greedy`, which is the default, else a sample. Samples follow a stream
   * that starts anew with each policy. `actionMask` has 1 for each value that is allowed, as `info.actionMask`; a policy that was trained with masks needs
   * one. Throws `CohortError` if the observation is not of the observation space's shape, or not finite, and for a mask that does not fit.
   */
  act(observation: Observation, { greedy = true, actionMask }: ActOptions = {}): Action {
    const { observationSpace, actionSpace } = this.spec;
    const values = new Float64Array(flatSize(observationSpace));
    storeElement(observationSpace, observation, values, 0, ({ path, expected, got }) => {
      const wrong = path.length === 0 ? got : `${got} instead of ${expected} at ${writePath('observation', path)}`;
      const fitting = `an observation of ${describeSpace(observationSpace)} without NaN`;
      throw mistake('policy.act', fitting, wrong, 'pass the observation as the environment gave it');
    });
    const scratch = this.scratch(1);
    this.encodeObservations(values, 1, scratch.inputs);
    const masks = this.takeMask(actionMask, 'policy.act: actionMask', scratch);
    this.sample(scratch, 1, { iteration: 0, step: this.#calls++, stream: 'evaluation', greedy }, masks);
    const into = actionSpace.kind === 'box' ? new Float32Array(actionSpace.size) : undefined;
    return actionAt(actionSpace, scratch.actions, 0, into);
  }
}
