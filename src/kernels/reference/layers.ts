/**
 * The layers of a transformer in float64 and plain loops, each a forward and backward pair. A backward function returns the gradient of the
 * layer's input and adds that of its parameters to the arrays it is given. Rows are positions of one sequence.
 */
import type { RopeScaling, RotaryLayout } from '../transformer/spec.ts';

/** Rows of the embedding, (T, size): row t is that of `tokens[t]`. */
export function referenceEmbedding(weight: Float64Array, tokens: ArrayLike<number>, size: number): Float64Array {
  const output = new Float64Array(tokens.length * size);
  for (let t = 0; t < tokens.length; t++) output.set(weight.subarray(tokens[t]! * size, (tokens[t]! + 1) * size), t * size);
  return output;
}

/** Adds the gradient of the rows, (T, size), to that of the embedding. */
export function referenceEmbeddingBackward(
  outputGradients: Float64Array,
  tokens: ArrayLike<number>,
  size: number,
  weightGradients: Float64Array,
): void {
  for (let t = 0; t < tokens.length; t++) {
    for (let k = 0; k < size; k++) weightGradients[tokens[t]! * size + k]! += outputGradients[t * size + k]!;
  }
}

/** A dense layer: weight (outputs, inputs), bias (outputs) or none, input (T, inputs); output (T, outputs). */
export function referenceDense(input: Float64Array, weight: Float64Array, bias: Float64Array | undefined, inputs: number): Float64Array {
  const outputs = weight.length / inputs;
  const rows = input.length / inputs;
  const output = new Float64Array(rows * outputs);
  for (let t = 0; t < rows; t++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias ? bias[o]! : 0;
      for (let k = 0; k < inputs; k++) sum += weight[o * inputs + k]! * input[t * inputs + k]!;
      output[t * outputs + o] = sum;
    }
  }
  return output;
}

/** Backward of {@link referenceDense}: returns (T, inputs). */
export function referenceDenseBackward(
  outputGradients: Float64Array,
  input: Float64Array,
  weight: Float64Array,
  inputs: number,
  weightGradients: Float64Array,
  biasGradients?: Float64Array,
): Float64Array {
  const outputs = weight.length / inputs;
  const rows = input.length / inputs;
  const inputGradients = new Float64Array(input.length);
  for (let t = 0; t < rows; t++) {
    for (let o = 0; o < outputs; o++) {
      const slope = outputGradients[t * outputs + o]!;
      if (slope === 0) continue;
      if (biasGradients) biasGradients[o]! += slope;
      for (let k = 0; k < inputs; k++) {
        weightGradients[o * inputs + k]! += slope * input[t * inputs + k]!;
        inputGradients[t * inputs + k]! += slope * weight[o * inputs + k]!;
      }
    }
  }
  return inputGradients;
}

/** weight * x / sqrt(mean(x^2) + epsilon) of every row: B. Zhang and R. Sennrich, arXiv 1910.07467. */
export function referenceRmsNorm(input: Float64Array, weight: Float64Array, epsilon: number): Float64Array {
  const size = weight.length;
  const output = new Float64Array(input.length);
  for (let start = 0; start < input.length; start += size) {
    let squares = 0;
    for (let k = 0; k < size; k++) squares += input[start + k]! ** 2;
    const inverse = 1 / Math.sqrt(squares / size + epsilon);
    for (let k = 0; k < size; k++) output[start + k] = weight[k]! * input[start + k]! * inverse;
  }
  return output;
}

/** Backward of {@link referenceRmsNorm}: returns (T, size). */
export function referenceRmsNormBackward(
  outputGradients: Float64Array,
  input: Float64Array,
  weight: Float64Array,
  epsilon: number,
  weightGradients: Float64Array,
): Float64Array {
  const size = weight.length;
  const inputGradients = new Float64Array(input.length);
  for (let start = 0; start < input.length; start += size) {
    let squares = 0;
    let projection = 0;
    for (let k = 0; k < size; k++) {
      squares += input[start + k]! ** 2;
      projection += outputGradients[start + k]! * weight[k]! * input[start + k]!;
    }
    const inverse = 1 / Math.sqrt(squares / size + epsilon);
    for (let k = 0; k < size; k++) {
      weightGradients[k]! += outputGradients[start + k]! * input[start + k]! * inverse;
      const along = (input[start + k]! * projection * inverse * inverse) / size;
      inputGradients[start + k] = (outputGradients[start + k]! * weight[k]! - along) * inverse;
    }
  }
  return inputGradients;
}

/** How positions are written into heads. */
export interface ReferenceRotary {
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly rotaryLayout: RotaryLayout;
  readonly ropeScaling?: RopeScaling | undefined;
}

/**
 * Rotary positions on rows of heads, (T, width): every pair of every head of row t is rotated by position * theta^(-2 i / headDim), with position
 * `firstPosition + t`. J. Su et al., arXiv 2104.09864. The backward pass is the rotation the other way, `direction` -1.
 */
export function referenceRotary(
  input: Float64Array,
  width: number,
  { headDim, ropeTheta, ropeScaling, rotaryLayout }: ReferenceRotary,
  direction: 1 | -1 = 1,
  firstPosition = 0,
): Float64Array {
  const half = headDim / 2;
  const output = new Float64Array(input.length);
  for (let start = 0; start < input.length; start += headDim) {
    const position = firstPosition + Math.floor(start / width);
    for (let i = 0; i < half; i++) {
      const angle = direction * position * referenceFrequency(ropeTheta ** ((-2 * i) / headDim), ropeScaling);
      const [first, second] = rotaryLayout === 'half' ? [start + i, start + i + half] : [start + 2 * i, start + 2 * i + 1];
      output[first] = input[first]! * Math.cos(angle) - input[second]! * Math.sin(angle);
      output[second] = input[second]! * Math.cos(angle) + input[first]! * Math.sin(angle);
    }
  }
  return output;
}

/** The frequency of Llama 3.1's stretched positions, by wavelengths: long ones divided by the factor, short ones as they are, in between in between. */
function referenceFrequency(frequency: number, scaling: RopeScaling | undefined): number {
  if (!scaling) return frequency;
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositionEmbeddings: positions } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength > positions / lowFrequencyFactor) return frequency / factor;
  if (wavelength < positions / highFrequencyFactor) return frequency;
  const smooth = (positions / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** How many heads share what: query head h reads key and value head floor(h * numKeyValueHeads / heads). */
export interface ReferenceHeads {
  readonly numAttentionHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
}

/** What attention gives: outputs (T, heads * headDim), and probabilities (heads, T, T), zero above the diagonal. */
export interface ReferenceAttention {
  readonly outputs: Float64Array;
  readonly probabilities: Float64Array;
}

/**
 * Causal attention of grouped queries: queries (T, heads * headDim), keys and values (T, numKeyValueHeads * headDim), scores divided by
 * sqrt(headDim). J. Ainslie et al., arXiv 2305.13245.
 */
export function referenceAttention(
  queries: Float64Array,
  keys: Float64Array,
  values: Float64Array,
  { numAttentionHeads: heads, numKeyValueHeads, headDim }: ReferenceHeads,
): ReferenceAttention {
  const count = queries.length / (heads * headDim);
  const outputs = new Float64Array(queries.length);
  const probabilities = new Float64Array(heads * count * count);
  for (let head = 0; head < heads; head++) {
    const shared = Math.floor((head * numKeyValueHeads) / heads);
    for (let t = 0; t < count; t++) {
      const query = (t * heads + head) * headDim;
      const row = probabilities.subarray((head * count + t) * count, (head * count + t) * count + t + 1);
      for (let s = 0; s <= t; s++) {
        const key = (s * numKeyValueHeads + shared) * headDim;
        let score = 0;
        for (let k = 0; k < headDim; k++) score += queries[query + k]! * keys[key + k]!;
        row[s] = score / Math.sqrt(headDim);
      }
      const top = row.reduce((most, x) => Math.max(most, x), -Infinity);
      const sum = row.reduce((total, x) => total + Math.exp(x - top), 0);
      for (let s = 0; s <= t; s++) {
        row[s] = Math.exp(row[s]! - top) / sum;
        const value = (s * numKeyValueHeads + shared) * headDim;
        for (let k = 0; k < headDim; k++) outputs[query + k]! += row[s]! * values[value + k]!;
      }
    }
  }
  return { outputs, probabilities };
}

/** Backward of {@link referenceAttention}. */
export function referenceAttentionBackward(
  outputGradients: Float64Array,
  queries: Float64Array,
  keys: Float64Array,
  values: Float64Array,
  probabilities: Float64Array,
  { numAttentionHeads: heads, numKeyValueHeads, headDim }: ReferenceHeads,
): { queries: Float64Array; keys: Float64Array; values: Float64Array } {
  const count = queries.length / (heads * headDim);
  const gradients = {
    queries: new Float64Array(queries.length),
    keys: new Float64Array(keys.length),
    values: new Float64Array(keys.length),
  };
  for (let head = 0; head < heads; head++) {
    const shared = Math.floor((head * numKeyValueHeads) / heads);
    for (let t = 0; t < count; t++) {
      const query = (t * heads + head) * headDim;
      const row = probabilities.subarray((head * count + t) * count, (head * count + t) * count + t + 1);
      const slopes = new Float64Array(t + 1);
      let mean = 0;
      for (let s = 0; s <= t; s++) {
        const at = (s * numKeyValueHeads + shared) * headDim;
        for (let k = 0; k < headDim; k++) {
          slopes[s]! += outputGradients[query + k]! * values[at + k]!;
          gradients.values[at + k]! += row[s]! * outputGradients[query + k]!;
        }
        mean += row[s]! * slopes[s]!;
      }
      for (let s = 0; s <= t; s++) {
        const at = (s * numKeyValueHeads + shared) * headDim;
        const slope = (row[s]! * (slopes[s]! - mean)) / Math.sqrt(headDim);
        for (let k = 0; k < headDim; k++) {
          gradients.queries[query + k]! += slope * keys[at + k]!;
          gradients.keys[at + k]! += slope * queries[query + k]!;
        }
      }
    }
  }
  return gradients;
}

/** silu(gate) * up with silu(x) = x / (1 + exp(-x)): N. Shazeer, arXiv 2002.05202. */
export function referenceSwiglu(gates: Float64Array, ups: Float64Array): Float64Array {
  return gates.map((x, i) => (x / (1 + Math.exp(-x))) * ups[i]!);
}

/** Backward of {@link referenceSwiglu}. */
export function referenceSwigluBackward(
  outputGradients: Float64Array,
  gates: Float64Array,
  ups: Float64Array,
): { gates: Float64Array; ups: Float64Array } {
  const logistic = gates.map((x) => 1 / (1 + Math.exp(-x)));
  return {
    gates: outputGradients.map((g, i) => g * ups[i]! * logistic[i]! * (1 + gates[i]! * (1 - logistic[i]!))),
    ups: outputGradients.map((g, i) => g * gates[i]! * logistic[i]!),
  };
}
