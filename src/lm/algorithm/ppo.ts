/**
 * PPO: a critic, which is what the group methods do without. It is a second transformer of the policy's size with one number per position instead of a
 * distribution. Everything that it needs stands here.
 *
 *     delta_t = r_t + gamma V(t+1) - V(t),   A_t = sum_k (gamma lambda)^k delta_(t+k),   whitened over all tokens     (arXiv 1506.02438, eq. 16)
 *     minimise  sum_t w_t (V_t - (A_t + V_old,t))^2 / 2,   w_t the weight of the token, A before whitening
 *
 * J. Schulman et al., arXiv 1707.06347; L. Ouyang et al. (on language models), arXiv 2203.02155. The value is not clipped, and the divergence from a
 * reference, if any, is a term of the loss and not of the reward.
 */
import { tokenGae, whitenTokens } from '../../advantage/completions/index.ts';
import type { Kernels } from '../../kernels/room.ts';
import type { Transformer } from '../../kernels/transformer/spec.ts';
import { initialize } from '../model/initialize.ts';
import { eachToken, writeTokenAdvantages } from './batch.ts';
import type { Learning, ThirdStop } from './groupMethods.ts';
import { takeStep } from './optimize.ts';

/** A value function with its optimizer. */
export interface Critic extends Required<ThirdStop> {
  readonly model: Transformer;
  /** Steps of its optimizer. */
  steps: number;
}

/** Keeps the critic's draws apart from the policy's, whose tensors have the numbers below. */
const firstTensor = 2 ** 16;

/** A critic with random weights whose head says 0. */
export function createCritic(kernels: Kernels, model: Transformer, key: Uint32Array): Critic {
  initialize(model, key, firstTensor);
  const critic: Critic = {
    model,
    steps: 0,
    writeAdvantages: (learning) => writeAdvantages(model, learning),
    afterUpdate: (learning) => ({ 'losses/value_loss': fitCritic(critic, kernels, learning) }),
  };
  return critic;
}

/** An advantage for every token, written as a weight of the loss, and what the critic is to be fitted to as targets. */
function writeAdvantages(model: Transformer, { config, estimator: { scale }, batch, range, scored, tokenWeights }: Learning): Float64Array {
  model.evaluate(batch, range);
  const { rewards, lengths } = scored;
  const { completionLength } = batch.spec;
  const values = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  eachToken(scored, completionLength, (token, place) => {
    values[token] = batch.values[place]!;
  });
  const { advantages, returns } = tokenGae({ values, rewards, lengths, gamma: config.gamma, gaeLambda: config.gaeLambda });
  const weights = scale.by === 'batch' ? whitenTokens(advantages, scale) : advantages;
  eachToken(scored, completionLength, (token, place) => {
    batch.targets[place] = returns[token]!;
  });
  return writeTokenAdvantages(batch, scored, tokenWeights, weights);
}

/** All passes of one iteration; the sum of `w_t (V_t - target_t)^2 / 2` before the last step. */
function fitCritic(critic: Critic, kernels: Kernels, { config, batch, range, scored }: Learning): number {
  const { model } = critic;
  for (let epoch = 0; epoch < config.criticEpochs; epoch++) {
    model.gradient(batch, { ...range, loss: 'value' });
    takeStep(kernels, model.parameters, config, config.criticLearningRate, ++critic.steps);
  }
  let loss = 0;
  eachToken(scored, batch.spec.completionLength, (_, place) => {
    const error = batch.values[place]! - batch.targets[place]!;
    loss += batch.tokenWeights[place]! * error * error * 0.5;
  });
  return loss;
}
