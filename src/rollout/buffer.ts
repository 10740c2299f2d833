/**
 * The rollout: what N environments did in T steps, time-major (T, N), in memory that is allocated once.
 */
import { flatSize, inputSizeOf, isStoredAsValues, maskWords, outputSizeOf, type Space } from '../core/space.ts';

/** Where the arrays that kernels read come from; the wasm memory has this shape, plain arrays will do in tests. */
export interface Allocator {
  float32(length: number): Float32Array;
  int32(length: number): Int32Array;
}

/** Arrays of a rollout; with its trajectories it is what an estimator reads (`AdvantageBatch`). Rows `0 .. numSteps - 1` are steps; row `numSteps` of the inputs is what comes after the last one. */
export interface Rollout {
  /** T, rows in the buffer (a multiple of the steps of one iteration when trajectories are carried over). */
  readonly numSteps: number;
  /** N. */
  readonly numEnvs: number;
  /** Length of one network input. */
  readonly inputSize: number;
  /** Length of one raw observation. */
  readonly observationSize: number;
  /** (T + 1, N, inputSize) what the network saw; the last row is the edge. */
  readonly inputs: Float32Array;
  /** Whether observations are values that are encoded as ones among zeros; else they are the inputs. */
  readonly encodes: boolean;
  /** (T, N, observationSize) what the environment showed, before encoding. */
  readonly observations: Float32Array;
  /** (N, observationSize) what it showed after the last row. */
  readonly edgeObservations: Float32Array;
  /** (T, N, A) indices, or numbers. */
  readonly actions: Int32Array | Float32Array;
  /** A: entries of one action, 1 for a discrete one. */
  readonly actionSize: number;
  /** Values that an action's mask tells of, and words of a packed mask; both 0 where everything is allowed. */
  readonly maskSize: number;
  readonly maskWords: number;
  /** (T, N, maskWords) what was allowed, packed; only of environments with masks. */
  readonly masks?: Int32Array | undefined;
  /** (T, N) log-probability of the action under the policy that took it. */
  readonly logProbs: Float32Array;
  /** (T, N). */
  readonly rewards: Float64Array;
  /** (T, N) 1 where the episode ended with this step. */
  readonly terminated: Uint8Array;
  /** (T, N) 1 where the episode was cut after this step. */
  readonly truncated: Uint8Array;
  /** (T, N, observationSize) the true last observation of an episode that ended with this step; only where it was asked for. */
  readonly finalObservations?: Float32Array;
  /** (N) or (N, A), and (N): for steps that the rollout does not keep. */
  readonly spareActions: Int32Array | Float32Array;
  readonly spareLogProbs: Float32Array;
  readonly spareMasks?: Int32Array | undefined;
  /** (N) 1 where row 0 is the first step of an episode. */
  readonly startedByReset: Uint8Array;
  /** (N) steps that the episode had run before row 0. */
  readonly elapsedAtStart: Int32Array;
}

/** A rollout's size. */
export interface RolloutShape {
  readonly numSteps: number;
  readonly numEnvs: number;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Whether the environments have masks, which are then kept. */
  readonly masked?: boolean;
  /** Whether to keep the last observations of episodes. */
  readonly keepFinalObservations?: boolean;
}

/** Allocates a rollout; network inputs, actions and log-probabilities come from `allocator`. */
export function createRollout(shape: RolloutShape, allocator: Allocator): Rollout {
  const { numSteps, numEnvs, observationSpace, actionSpace, masked = false } = shape;
  const maskSize = masked ? outputSizeOf(actionSpace) : 0;
  const words = maskWords(maskSize);
  const inputSize = inputSizeOf(observationSpace);
  const steps = numSteps * numEnvs;
  const observationSize = flatSize(observationSpace);
  const inputs = allocator.float32((steps + numEnvs) * inputSize);
  const encodes = isStoredAsValues(observationSpace);
  const actionSize = flatSize(actionSpace);
  const actionRows = (count: number) =>
    actionSpace.kind === 'box' ? allocator.float32(count * actionSize) : allocator.int32(count * actionSize);
  const shown = encodes ? new Float32Array((steps + numEnvs) * observationSize) : inputs;
  return {
    numSteps,
    numEnvs,
    inputSize,
    observationSize,
    inputs,
    encodes,
    observations: shown.subarray(0, steps * observationSize),
    edgeObservations: shown.subarray(steps * observationSize),
    actionSize,
    actions: actionRows(steps),
    maskSize,
    maskWords: words,
    // Rows that nothing was collected in yet allow everything.
    masks: masked ? allocator.int32(steps * words).fill(-1) : undefined,
    logProbs: allocator.float32(steps),
    spareActions: actionRows(numEnvs),
    spareLogProbs: allocator.float32(numEnvs),
    spareMasks: masked ? allocator.int32(numEnvs * words) : undefined,
    rewards: new Float64Array(steps),
    terminated: new Uint8Array(steps),
    truncated: new Uint8Array(steps),
    finalObservations: shape.keepFinalObservations ? new Float32Array(steps * observationSize) : undefined,
    startedByReset: new Uint8Array(numEnvs).fill(1),
    elapsedAtStart: new Int32Array(numEnvs),
  };
}
