import type * as z from 'zod/mini';
import { choice, flag, inGroup, integer, integerList, optionalReal, real } from '../core/config.ts';
import { activations, hiddenLimits } from './spec.ts';

/** Configuration fields of the perceptron. */
export const networkFields = inGroup('Network', {
  hiddenSizes: integerList({
    description: 'widths of the hidden layers, first to last; an empty list is a linear policy',
    default: [64, 64],
    min: 1,
    max: hiddenLimits.width,
    most: hiddenLimits.layers,
  }),
  activation: choice({ description: 'activation of the hidden layers', default: 'tanh', names: activations }),
}) satisfies z.core.$ZodShape;

/** Configuration fields of the update: the clipped surrogate and Adam. The defaults are those of CleanRL's `ppo.py`. */
export const updateFields = inGroup('Update', {
  updateEpochs: integer({ description: 'passes over each rollout', default: 4, min: 1, max: 1000 }),
  numMinibatches: integer({ description: 'minibatches per pass', default: 4, min: 1, max: 65_536 }),
  learningRate: real({ description: 'learning rate of Adam', default: 2.5e-4, min: 0, max: 1 }),
  annealLearningRate: flag({ description: 'let the learning rate fall linearly to 0 over the iterations', default: true }),
  clipCoef: real({ description: 'clip range of the probability ratio', default: 0.2, min: 0, max: 10 }),
  entropyCoef: real({ description: 'weight of the entropy bonus', default: 0.01, min: 0, max: 10 }),
  maxGradNorm: real({ description: 'the gradient is scaled down to this norm; 0 means no limit', default: 0.5, min: 0, max: 1e9 }),
  normalizeAdvantage: flag({
    description: 'shift and scale the advantages of each minibatch to mean 0 and sample standard deviation 1',
    default: true,
  }),
  targetKl: optionalReal({
    description: 'stop the passes of an iteration when the approximate KL divergence exceeds this',
    min: 0,
    max: 1e9,
  }),
  adamEpsilon: real({ description: 'epsilon of Adam', default: 1e-5, min: 1e-30, max: 1 }),
}) satisfies z.core.$ZodShape;
