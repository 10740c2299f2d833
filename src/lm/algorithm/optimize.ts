/**
 * Steps of the optimizer.
 */

import type { ParameterStore } from '../../kernels/parameters.ts';
import type { Kernels } from '../../kernels/room.ts';
import type { LanguageConfig } from '../config/config.ts';

/**
 * One step of the configured optimizer, the `step`-th, counted from 1; returns the gradient's norm before clipping. Blocks without a gradient, the first
 * `frozenLayers` and the embedding, stay as they are.
 */
export function takeStep(
  kernels: Kernels,
  parameters: ParameterStore,
  config: LanguageConfig,
  learningRate: number,
  step: number,
  frozenLayers = 0,
): number {
  const { optimizer, beta1, beta2, adamEpsilon, weightDecay, momentum, maxGradNorm } = config;
  if (optimizer === 'sgd') return kernels.sgdStep({ parameters, learningRate, momentum, maxGradNorm });
  return kernels.adamStep({ parameters, learningRate, beta1, beta2, epsilon: adamEpsilon, maxGradNorm, step, weightDecay, frozenLayers });
}
