/**
 * PPO's critic: a second transformer of the policy's size with one number per position instead of a distribution. It is what the group methods do
 * without, and everything that it needs stands here.
 *
 *     delta_t = r_t + gamma V(t+1) - V(t),   A_t = sum_k (gamma lambda)^k delta_(t+k),   whitened over all tokens     (arXiv 1506.02438, eq. 16)
 *     minimise  sum_t share_t (V_t - (A_t + V_old,t))^2 / 2,   A before whitening
 *
 * J. Schulman et al., arXiv 1707.06347; L. Ouyang et al. (on language models), arXiv 2203.02155. The value is not clipped, and the divergence from a
 * reference, where there is one, is a term of the loss and not of the reward.
 */
import { type CompletionEstimator, tokenGae, whitenTokens } from '../../advantage/completions/index.ts';
import type { Kernels } from '../../kernels/index.ts';
import { createTransformer } from '../../kernels/transformer/index.ts';
import type { Sequences, SequencesRange, Transformer, TransformerSpec } from '../../kernels/transformer/spec.ts';
import type { LanguageConfig } from '../config/config.ts';
import { initialize } from '../model/initialize.ts';
import { type LearningBatch, takeStep } from './learner.ts';

/** A value function with its optimizer. */
export interface Critic {
  readonly model: Transformer;
  /** Steps of its optimizer. */
  steps: number;
}

/** Keeps the critic's draws apart from the policy's, whose tensors have the numbers below. */
const firstTensor = 2 ** 16;

/** A critic with random weights whose head says 0. */
export function createCritic(kernels: Kernels, spec: TransformerSpec, key: Uint32Array): Critic {
  const model = createTransformer(kernels, spec);
  initialize(model, key, firstTensor);
  return { model, steps: 0 };
}

/** Runs over the tokens of the scored completions: their number so far, and their place in the batch's (N, completionLength) arrays. */
function eachToken(
  { rows, lengths }: LearningBatch,
  batch: Sequences,
  visit: (token: number, place: number, completion: number) => void,
): void {
  let token = 0;
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * batch.spec.completionLength;
    for (let t = 0; t < lengths[i]!; t++) visit(token++, start + t, i);
  }
}

/**
 * An advantage for every token, written into the batch as weights (share times advantage), and what the critic is to be fitted to as targets.
 * `shares` is one per completion.
 */
export function writeCriticWeights(
  { model }: Critic,
  batch: Sequences,
  range: SequencesRange,
  completions: LearningBatch,
  shares: Float64Array,
  config: LanguageConfig,
  { scale }: CompletionEstimator,
): void {
  model.evaluate(batch, range);
  const { rewards, lengths } = completions;
  const values = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  eachToken(completions, batch, (token, place) => {
    values[token] = batch.values[place]!;
  });
  const { advantages, returns } = tokenGae({ values, rewards, lengths, gamma: config.gamma, gaeLambda: config.gaeLambda });
  const weights = scale.by === 'batch' ? whitenTokens(advantages, scale) : advantages;
  eachToken(completions, batch, (token, place, completion) => {
    batch.advantageWeights[place] = shares[completion]! * weights[token]!;
    batch.targets[place] = returns[token]!;
  });
}

/** All passes of one iteration; the mean of `share * (V - target)^2 / 2` before the last step. */
export function updateCritic(
  critic: Critic,
  batch: Sequences,
  range: SequencesRange,
  completions: LearningBatch,
  config: LanguageConfig,
  kernels: Kernels,
): number {
  const { model } = critic;
  for (let epoch = 0; epoch < config.criticEpochs; epoch++) {
    model.gradient(batch, { ...range, loss: 'value' });
    takeStep(kernels, model.parameters, config, config.criticLearningRate, ++critic.steps);
  }
  let loss = 0;
  eachToken(completions, batch, (_, place) => {
    const error = batch.values[place]! - batch.targets[place]!;
    loss += batch.tokenWeights[place]! * error * error * 0.5;
  });
  return loss;
}
