/**
 * Completions into the arrays of a batch, and steps of the optimizer.
 */
import type { CompletionBatch } from '../../advantage/completions/index.ts';
import type { Kernels } from '../../kernels/index.ts';
import type { ParameterStore } from '../../kernels/parameters.ts';
import type { Sequences } from '../../kernels/transformer/spec.ts';
import { exp } from '../../math/index.ts';
import type { LanguageConfig } from '../config/config.ts';
import { type Rollout, type RolloutGroup, writePrompt } from '../model/rollouts.ts';

/** The scored completions of some groups; a completion whose reward failed is not among them. */
export interface LearningBatch extends CompletionBatch {
  readonly outcomes: Float64Array;
  /** (N) row of every completion in the (N, C) arrays of a batch. */
  readonly rows: Int32Array;
}

/**
 * The scored completions of `groups`, which stand in a batch with room for `groupSize` per group. Where a greedy completion is needed and its
 * reward failed, its whole group is left out: it has no baseline.
 */
export function learningBatch(groups: readonly RolloutGroup[], groupSize: number): LearningBatch {
  const scored: { readonly rollout: Rollout; readonly group: number; readonly row: number }[] = [];
  groups.forEach(({ rollouts, greedy }, group) => {
    if (greedy && greedy.score.status !== 'ok') return;
    rollouts.forEach((rollout, j) => {
      if (rollout.score.status === 'ok') scored.push({ rollout, group, row: group * groupSize + j });
    });
  });
  return {
    rewards: Float64Array.from(scored, ({ rollout }) => rollout.score.total),
    outcomes: Float64Array.from(scored, ({ rollout }) => rollout.score.outcome),
    groups: Int32Array.from(scored, ({ group }) => group),
    lengths: Int32Array.from(scored, ({ rollout }) => rollout.tokens.length),
    rows: Int32Array.from(scored, ({ row }) => row),
    // Of a group that is left out nobody reads it.
    ...(groups[0]?.greedy ? { greedyRewards: Float64Array.from(groups, ({ greedy }) => greedy!.score.total) } : {}),
  };
}

/** Writes prompts, completions and the log-probabilities under the policy that sampled into a batch; weights and shares become 0. */
export function writeGroups(batch: Sequences, groups: readonly RolloutGroup[]): void {
  const { groupSize, completionLength } = batch.spec;
  batch.advantageWeights.fill(0);
  batch.tokenWeights.fill(0);
  groups.forEach(({ prompt, rollouts }, g) => {
    writePrompt(batch, g, prompt);
    rollouts.forEach(({ tokens, logProbs }, j) => {
      const row = g * groupSize + j;
      batch.completions.set(tokens, row * completionLength);
      batch.completionLengths[row] = tokens.length;
      batch.oldLogProbs.set(logProbs, row * completionLength);
    });
  });
}

/** Writes one number per completion to all its tokens: `weights` and `shares` of the loss. */
export function writePerToken(
  target: Float32Array,
  values: ArrayLike<number>,
  { rows, lengths }: Pick<LearningBatch, 'rows' | 'lengths'>,
  completionLength: number,
): void {
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * completionLength;
    target.fill(values[i]!, start, start + lengths[i]!);
  }
}

/** One step of the configured optimizer, the `step`-th, counted from 1; returns the gradient's norm before clipping. */
export function takeStep(kernels: Kernels, parameters: ParameterStore, config: LanguageConfig, learningRate: number, step: number): number {
  const { optimizer, beta1, beta2, adamEpsilon, weightDecay, momentum, maxGradNorm } = config;
  if (optimizer === 'sgd') return kernels.sgdStep({ parameters, learningRate, momentum, maxGradNorm });
  return kernels.adamStep({ parameters, learningRate, beta1, beta2, epsilon: adamEpsilon, maxGradNorm, step, weightDecay });
}

/**
 * How far the policy moved from the one that sampled: Schulman's k3 estimate of the divergence, mean over tokens of `(r - 1) - log r`, and the
 * share of tokens whose ratio lies outside the clip range.
 */
export function ratioStatistics(
  batch: Sequences,
  { rows, lengths }: LearningBatch,
  { clipLow, clipHigh }: Pick<LanguageConfig, 'clipLow' | 'clipHigh'>,
): { approxKl: number; clipFraction: number } {
  let tokens = 0;
  let divergence = 0;
  let clipped = 0;
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * batch.spec.completionLength;
    for (let at = start; at < start + lengths[i]!; at++) {
      const logRatio = batch.logProbs[at]! - batch.oldLogProbs[at]!;
      const ratio = exp(logRatio);
      divergence += ratio - 1 - logRatio;
      if (ratio < 1 - clipLow || ratio > 1 + clipHigh) clipped++;
      tokens++;
    }
  }
  return { approxKl: tokens === 0 ? 0 : divergence / tokens, clipFraction: tokens === 0 ? 0 : clipped / tokens };
}
