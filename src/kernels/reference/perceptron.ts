/**
 * Every kernel once more in float64 and plain loops: the oracle of the tests. Not part of the exact path, and not fast.
 */
import type { Activation, NetworkHandle } from '../parameters.ts';
import { referenceDense, referenceDenseBackward } from './layers.ts';
import { referenceEntropy, referenceLogSoftmax, shareOf } from './losses.ts';

/** A dense layer in float64: `weight` is (outputs, inputs), row-major. */
export interface ReferenceLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** A perceptron in float64; every layer but the last is followed by the activation. */
export interface ReferenceNetwork {
  readonly activation: Activation;
  readonly layers: readonly ReferenceLayer[];
}

/** What the forward pass leaves for the backward pass: per layer its input, and what it gave before the activation. */
export interface ReferencePass {
  /** (count, outputSize). */
  readonly outputs: Float64Array;
  readonly inputs: readonly Float64Array[];
  readonly sums: readonly Float64Array[];
}

/** Gradients of one layer. */
export interface ReferenceGradient {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** The numbers of a network in kernel memory, as float64; `block` as in `ParameterTensor.get`. */
export function referenceNetwork(handle: NetworkHandle, block: 'values' | 'gradients' = 'values'): ReferenceNetwork {
  const { spec, parameters } = handle;
  const sizes = [spec.inputSize, ...spec.hiddenSizes, spec.outputSize];
  const read = (name: string): Float64Array => Float64Array.from(parameters.tensor(name)!.get(block));
  const layers = sizes.slice(1).map((outputs, index) => ({
    inputs: sizes[index]!,
    outputs,
    weight: read(`${spec.name}.${index}.weight`),
    bias: read(`${spec.name}.${index}.bias`),
  }));
  return { activation: spec.activation, layers };
}

const geluScale = Math.sqrt(2 / Math.PI);

/** The activation of one number; gelu in its tanh form (arXiv 1606.08415). */
export function activationOf(activation: Activation, x: number): number {
  if (activation === 'tanh') return Math.tanh(x);
  if (activation === 'relu') return Math.max(0, x);
  return 0.5 * x * (1 + Math.tanh(geluScale * (x + 0.044715 * x ** 3)));
}

/** Its derivative; relu's at 0 is 0, as in torch. */
export function slopeOf(activation: Activation, x: number): number {
  if (activation === 'tanh') return 1 - Math.tanh(x) ** 2;
  if (activation === 'relu') return x > 0 ? 1 : 0;
  const t = Math.tanh(geluScale * (x + 0.044715 * x ** 3));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluScale * (1 + 3 * 0.044715 * x * x);
}

/** Forward pass of `count` rows. */
export function referenceForward(network: ReferenceNetwork, rows: ArrayLike<number>, count: number): ReferencePass {
  const inputs: Float64Array[] = [];
  const sums: Float64Array[] = [];
  let current: Float64Array = Float64Array.from(rows).subarray(0, count * network.layers[0]!.inputs);
  network.layers.forEach((layer, index) => {
    inputs.push(current);
    const sum = referenceDense(current, layer.weight, layer.bias, layer.inputs);
    sums.push(sum);
    const last = index === network.layers.length - 1;
    current = last ? sum : sum.map((x) => activationOf(network.activation, x));
  });
  return { outputs: current, inputs, sums };
}

/** Gradients of all layers from those of the outputs, (count, outputSize). */
export function referenceBackward(network: ReferenceNetwork, pass: ReferencePass, outputGradients: Float64Array): ReferenceGradient[] {
  const gradients: ReferenceGradient[] = [];
  let g = outputGradients;
  for (let index = network.layers.length - 1; index >= 0; index--) {
    const layer = network.layers[index]!;
    const [weight, bias] = [new Float64Array(layer.weight.length), new Float64Array(layer.outputs)];
    const before = referenceDenseBackward(g, pass.inputs[index]!, layer.weight, layer.inputs, weight, bias);
    gradients.unshift({ weight, bias });
    if (index > 0) g = before.map((value, i) => value * slopeOf(network.activation, pass.sums[index - 1]![i]!));
  }
  return gradients;
}

/** Log-probability and entropy of one row, and their derivatives by the outputs (and the log standard deviations). */
export interface ReferenceHead {
  readonly logProb: number;
  readonly entropy: number;
  readonly logProbSlopes: Float64Array;
  readonly entropySlopes: Float64Array;
  /** By the log standard deviations; empty for a categorical head. */
  readonly logProbByLogStd: Float64Array;
  readonly entropyByLogStd: Float64Array;
}

/** Categorical head: softmax over `logits`. */
export function referenceCategorical(logits: Float64Array, action: number): ReferenceHead {
  const logs = referenceLogSoftmax(logits);
  const probabilities = logs.map((l) => Math.exp(l));
  const entropy = referenceEntropy(logs);
  return {
    logProb: logs[action]!,
    entropy,
    logProbSlopes: probabilities.map((p, k) => (k === action ? 1 : 0) - p),
    entropySlopes: probabilities.map((p, k) => -p * (logs[k]! + entropy)),
    logProbByLogStd: new Float64Array(0),
    entropyByLogStd: new Float64Array(0),
  };
}

/**
 * Several categorical heads, `sizes` outputs each, one after another: log-probabilities and entropies are sums. A mask has one entry per output; what it
 * does not allow has probability 0 and no slope.
 */
export function referenceCategoricals(
  logits: Float64Array,
  sizes: readonly number[],
  actions: ArrayLike<number>,
  mask?: ArrayLike<number>,
): ReferenceHead {
  const [logProbSlopes, entropySlopes] = [new Float64Array(logits.length), new Float64Array(logits.length)];
  const sums = { logProb: 0, entropy: 0 };
  let begin = 0;
  for (const [head, size] of sizes.entries()) {
    const places = Array.from({ length: size }, (_, k) => begin + k).filter((k) => mask?.[k] !== 0);
    const one = referenceCategorical(
      Float64Array.from(places, (k) => logits[k]!),
      places.indexOf(begin + actions[head]!),
    );
    sums.logProb += one.logProb;
    sums.entropy += one.entropy;
    for (const [i, k] of places.entries()) {
      logProbSlopes[k] = one.logProbSlopes[i]!;
      entropySlopes[k] = one.entropySlopes[i]!;
    }
    begin += size;
  }
  return { ...sums, logProbSlopes, entropySlopes, logProbByLogStd: new Float64Array(0), entropyByLogStd: new Float64Array(0) };
}

/** Gaussian head with independent dimensions; sums over dimensions. */
export function referenceGaussian(mean: Float64Array, logStd: Float64Array, action: ArrayLike<number>): ReferenceHead {
  let logProb = 0;
  let entropy = 0;
  const z = mean.map((m, a) => (action[a]! - m) / Math.exp(logStd[a]!));
  z.forEach((value, a) => {
    logProb += -0.5 * value * value - logStd[a]! - 0.5 * Math.log(2 * Math.PI);
    entropy += 0.5 + 0.5 * Math.log(2 * Math.PI) + logStd[a]!;
  });
  return {
    logProb,
    entropy,
    logProbSlopes: z.map((value, a) => value / Math.exp(logStd[a]!)),
    entropySlopes: new Float64Array(mean.length),
    logProbByLogStd: z.map((value) => value * value - 1),
    entropyByLogStd: new Float64Array(mean.length).fill(1),
  };
}

/** 0.5 max((v - R)^2, (clipped v - R)^2) of one row and its derivative by v; `clip` undefined means the unclipped error alone. */
export function referenceValue(value: number, target: number, old: number, clip?: number): { loss: number; slope: number } {
  const error = value - target;
  if (clip === undefined) return { loss: 0.5 * error * error, slope: error };
  const move = value - old;
  const error2 = old + Math.min(Math.max(move, -clip), clip) - target;
  const first = shareOf(error * error, error2 * error2);
  const inside = Math.abs(move) <= clip ? 1 : 0;
  return { loss: 0.5 * Math.max(error * error, error2 * error2), slope: first * error + (1 - first) * inside * error2 };
}

/** One Adam step on float64 arrays, in place, with torch's clipping by the global norm; returns the norm before clipping. */
export function referenceAdam(
  state: { values: Float64Array; gradients: Float64Array; firstMoments: Float64Array; secondMoments: Float64Array },
  options: { learningRate: number; beta1: number; beta2: number; epsilon: number; maxGradNorm: number; step: number },
): number {
  const { values, gradients, firstMoments, secondMoments } = state;
  const { learningRate, beta1, beta2, epsilon, maxGradNorm, step } = options;
  const norm = Math.sqrt(gradients.reduce((sum, g) => sum + g * g, 0));
  const scale = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
  for (let i = 0; i < values.length; i++) {
    const g = gradients[i]! * scale;
    firstMoments[i] = beta1 * firstMoments[i]! + (1 - beta1) * g;
    secondMoments[i] = beta2 * secondMoments[i]! + (1 - beta2) * g * g;
    const denominator = Math.sqrt(secondMoments[i]!) / Math.sqrt(1 - beta2 ** step) + epsilon;
    values[i]! -= ((learningRate / (1 - beta1 ** step)) * firstMoments[i]!) / denominator;
  }
  return norm;
}

/**
 * The uniform number of a word of Philox, in 0 .. 1, or one minus it: exact in float64, which the kernel rounds to float32 for categorical heads. A normal
 * number is the inverse distribution of it, so that the mirrored one is its opposite.
 */
export function referenceUniform(word: number, mirrored = false): number {
  const uniform = ((word >>> 8) + 0.5) * 2 ** -24;
  return mirrored ? 1 - uniform : uniform;
}

/** The categorical rule of the kernel in float64: the lowest k whose cumulative probability exceeds the uniform. */
export function referenceDraw(logits: Float64Array, uniform: number): number {
  const most = Math.max(...logits);
  const weights = logits.map((z) => Math.exp(z - most));
  const threshold = uniform * weights.reduce((sum, w) => sum + w, 0);
  let cumulative = 0;
  for (let k = 0; k + 1 < weights.length; k++) {
    cumulative += weights[k]!;
    if (cumulative > threshold) return k;
  }
  return weights.length - 1;
}

/** Standard normal cumulative distribution, by the series of erf (converges everywhere that float64 reaches here). */
export function referenceNormalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 400; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
