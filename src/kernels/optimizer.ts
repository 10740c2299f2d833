/**
 * Adam on the flat block of all parameters, with torch's clipping by the global norm.
 */
import { mistake } from '../core/errors.ts';
import * as layout from './layout.ts';
import type { Arena } from './memory.ts';
import type { KernelExports } from './module.ts';
import type { ParameterStore } from './parameters.ts';
import { decayRanges } from './transformer/parameters.ts';

/** One step of Adam. */
export interface AdamStep {
  readonly parameters: ParameterStore;
  readonly learningRate: number;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Added outside the root, as in torch; must be positive. */
  readonly epsilon: number;
  /** Global norm to clip the gradients to; 0 or missing means none. */
  readonly maxGradNorm?: number | undefined;
  /** Number of this step, counted from 1. */
  readonly step: number;
  /**
   * Decoupled weight decay of a transformer's matrices, before the step: value *= 1 - learningRate * weightDecay. Default 0.
   * I. Loshchilov and F. Hutter, arXiv 1711.05101, as torch's AdamW.
   */
  readonly weightDecay?: number;
  /** So many blocks of a transformer, and its embedding, are not decayed: without a gradient nothing moves them then. Default 0. */
  readonly frozenLayers?: number;
}

/** One step of gradient descent. */
export interface SgdStep {
  readonly parameters: ParameterStore;
  readonly learningRate: number;
  /** Default 0: m = momentum m + g, value -= learningRate m; the first moments hold m. */
  readonly momentum?: number;
  /** Global norm to clip the gradients to; 0 or missing means none. */
  readonly maxGradNorm?: number | undefined;
}

/** The optimizer of one set of kernels. */
export interface Optimizer {
  /** Returns the gradient norm before clipping. */
  step(options: AdamStep): number;
  /** The same for gradient descent. */
  sgdStep(options: SgdStep): number;
  milliseconds(): number;
  /** Address of a few float64 that nobody reads. */
  readonly scratch: number;
}

/** base^exponent by squaring: multiplications only, so that the bits are the same everywhere. */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** Prepares the record that the kernel reads; `now` is a clock in milliseconds. */
export function createOptimizer(arena: Arena, exports: KernelExports, now: () => number): Optimizer {
  const record = arena.allocate(layout.adamWords * 4, 'optimizer');
  const scratch = arena.allocate(layout.statisticCount * 8, 'optimizer');
  const w = record / 4;
  const { words, floats } = arena;
  let spent = 0;
  const place = (parameters: ParameterStore, maxGradNorm: number): void => {
    const { values, gradients, untrained } = parameters;
    words[w + layout.adamValues] = values.byteOffset + untrained * 4;
    words[w + layout.adamGradients] = gradients.byteOffset;
    words[w + layout.adamFirst] = parameters.firstMoments.byteOffset;
    words[w + layout.adamSecond] = parameters.secondMoments.byteOffset;
    words[w + layout.adamLength] = gradients.length;
    floats[w + layout.adamMaxNormF] = maxGradNorm;
  };
  return {
    scratch,
    milliseconds: () => spent,
    sgdStep({ parameters, learningRate, momentum = 0, maxGradNorm = 0 }) {
      const start = now();
      place(parameters, maxGradNorm);
      floats[w + layout.adamBeta1F] = momentum;
      floats[w + layout.adamStepSizeF] = learningRate;
      const norm = exports.sgd(record);
      spent += now() - start;
      return norm;
    },
    step({ parameters, learningRate, beta1 = 0.9, beta2 = 0.999, epsilon, maxGradNorm = 0, step, weightDecay = 0, frozenLayers = 0 }) {
      if (!(epsilon > 0) || !(Number.isInteger(step) && step >= 1)) {
        throw mistake(
          'adamStep',
          'a positive epsilon and a step counted from 1',
          `epsilon ${epsilon}, step ${step}`,
          'pass for example 1e-5 and the number of updates so far plus one',
        );
      }
      const start = now();
      place(parameters, maxGradNorm);
      if (weightDecay > 0) {
        for (const range of decayRanges(parameters, frozenLayers)) {
          exports.scale(parameters.values.byteOffset + range.start * 4, range.length * 4, 1 - learningRate * weightDecay);
        }
      }
      floats[w + layout.adamBeta1F] = beta1;
      floats[w + layout.adamOneMinusBeta1F] = 1 - beta1;
      floats[w + layout.adamBeta2F] = beta2;
      floats[w + layout.adamOneMinusBeta2F] = 1 - beta2;
      floats[w + layout.adamStepSizeF] = learningRate / (1 - integerPower(beta1, step));
      floats[w + layout.adamInverseRootF] = 1 / Math.sqrt(1 - integerPower(beta2, step));
      floats[w + layout.adamEpsilonF] = epsilon;
      const norm = exports.adam(record);
      spent += now() - start;
      return norm;
    },
  };
}
