/**
 * What a collector needs of a policy.
 */
export interface Actor {
  /** Writes the network inputs of `count` observations: `inputs` is (count, inputSize). */
  encode(observations: Float32Array | Float64Array, count: number, inputs: Float32Array): void;
  /**
   * Samples actions (count, A) and their log-probabilities; `step` is part of the random key. `masks` are rows of bits, as `packMasks` makes them, where
   * not everything is allowed. `noiseRows`, (count) in kernel memory: e where a row is drawn with the random numbers of environment e, ~e where with those of
   * e mirrored; left out: each with its own.
   */
  act(
    inputs: Float32Array,
    count: number,
    actions: Int32Array | Float32Array,
    logProbs: Float32Array,
    step: number,
    masks?: Int32Array,
    noiseRows?: Int32Array,
  ): void;
}
