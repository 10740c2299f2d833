/**
 * How a GGUF file stretches rotary positions. It holds the result, `rope_freqs.weight`: by what every frequency is divided. The kernels know
 * only Llama 3.1's rule, so these divisors are held to what that rule gives: a file either says the same, or is refused.
 */
import { mistake, show } from '../../../core/errors.ts';
import type { RopeScaling } from '../../../kernels/transformer/spec.ts';
import { exp, log } from '../../../math/index.ts';

/** The three numbers that every model of Llama 3.1 and 3.2 has (Meta's `apply_scaling`, and the defaults of llama.cpp's converter). */
const lowFrequencyFactor = 1;
const highFrequencyFactor = 4;
const standardPositions = 8192;

/** Greatest relative difference: converters work in float32, where the middle of the rule loses some of seven digits. */
const tolerance = 1e-4;

/**
 * Divisors of the frequencies theta^(-2i / headDim) by Llama 3.1's rule: 1 for wavelengths below original / high, `factor` above original / low,
 * between them 1 / ((1 - s) / factor + s), s = (original / wavelength - low) / (high - low). Source: transformers' `_compute_llama3_parameters`.
 */
export function llama3Divisors(scaling: RopeScaling, theta: number, headDim: number): Float64Array {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaxPositionEmbeddings: original } = scaling;
  return Float64Array.from({ length: headDim / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * exp((log(theta) * 2 * i) / headDim);
    const share = Math.min(Math.max((original / wavelength - low) / (high - low), 0), 1);
    return 1 / ((1 - share) / factor + share);
  });
}

/**
 * The scaling that gives these divisors (headDim / 2); `undefined` where all are 1. `positions` are those that the model knew before, where the file
 * names them. Throws `CohortError` (kind usage) where Llama 3.1's rule does not give them.
 */
export function ropeScalingOf(
  divisors: Float32Array,
  theta: number,
  headDim: number,
  subject: string,
  positions = standardPositions,
): RopeScaling | undefined {
  if (divisors.every((divisor) => divisor === 1)) return undefined;
  // The slowest component has the whole factor.
  const factor = divisors[divisors.length - 1]!;
  const scaling = { factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositionEmbeddings: positions };
  const right = llama3Divisors(scaling, theta, headDim);
  const odd = divisors.findIndex((divisor, i) => !(Math.abs(divisor - right[i]!) <= tolerance * right[i]!));
  if (odd === -1) return scaling;
  throw mistake(
    `${subject}, tensor "rope_freqs.weight"`,
    `the divisors of Llama 3.1's rotary positions (entry ${odd}: ${right[odd]})`,
    show(divisors[odd]),
    'use a model whose rotary positions are not stretched, or stretched as those of Llama 3.1',
  );
}
