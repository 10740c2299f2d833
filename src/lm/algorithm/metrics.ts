/**
 * What an iteration reports: counts, means over completions, and how far the policy moved.
 */
import type { CompletionEstimator } from '../../advantage/completions/index.ts';
import type { Sequences } from '../../kernels/transformer/spec.ts';
import { exp } from '../../math/index.ts';
import { attachPictures } from '../../run/completionPictures.ts';
import type { CompletionRecord } from '../../run/events.ts';
import type { LanguageConfig } from '../config/config.ts';
import { type Rollout, type RolloutGroup, sampledTokens } from '../model/rollouts.ts';
import { picturesOf, promptText } from '../tasks/prompt.ts';
import { eachToken, type Placed, type ScoredCompletions } from './batch.ts';
import type { Collection } from './collector.ts';
import { sequenceRatios } from './sequenceRatio.ts';

/** What an iteration sampled. */
export interface Counted {
  /** Completions, greedy ones and branches included. */
  readonly rollouts: number;
  readonly tokens: number;
  /** Those whose reward failed. */
  readonly failed: number;
  /** Nats per token, branches not included. */
  readonly entropy: number;
}

/** Counts all completions that were drawn, and the branches. */
export function countTokens(
  { drawn, failed }: Pick<Collection, 'drawn' | 'failed'>,
  branches: Omit<Counted, 'entropy'> = { rollouts: 0, tokens: 0, failed: 0 },
): Counted {
  let [rollouts, tokens, entropy] = [0, 0, 0];
  for (const group of drawn) {
    for (const rollout of group.greedy ? [...group.rollouts, group.greedy] : group.rollouts) {
      rollouts++;
      tokens += sampledTokens(rollout);
      entropy += rollout.entropy;
    }
  }
  return {
    rollouts: rollouts + branches.rollouts,
    tokens: tokens + branches.tokens,
    failed: failed + branches.failed,
    entropy: entropy / tokens,
  };
}

/** Means over all completions that were sampled, in the batch or not; rewards over those that could be computed. */
export function completionMetrics(
  { drawn, attempts, wasted, validGroups, allRight, allWrong }: Collection,
  { rollouts, failed }: Counted,
): Record<string, number> {
  const all = drawn.flatMap((group) => group.rollouts);
  const scored = all.filter(({ score }) => score.status === 'ok');
  const mean = (of: (rollout: Rollout) => number, over = scored): number =>
    over.reduce((sum, rollout) => sum + of(rollout), 0) / Math.max(1, over.length);
  const components = Object.keys(scored[0]?.score.components ?? {});
  return {
    'completions/reward': mean(({ score }) => score.total),
    'completions/accuracy': mean(({ score }) => (score.outcome >= 1 ? 1 : 0)),
    'completions/length': mean(sampledTokens, all),
    'completions/truncated_frac': mean(({ ended }) => (ended ? 0 : 1), all),
    ...Object.fromEntries(components.map((name) => [`reward/${name}`, mean(({ score }) => score.components[name] ?? 0)])),
    'reward/failed': failed / rollouts,
    'group/valid_frac': validGroups / drawn.length,
    'group/all_right_frac': allRight / drawn.length,
    'group/all_wrong_frac': allWrong / drawn.length,
    'group/attempts': attempts,
    'group/wasted': wasted,
  };
}

/**
 * How far the policy moved from the one that sampled: Schulman's k3 estimate of the divergence, mean over tokens of `(r - 1) - log r`, and the
 * fraction of tokens, or with a loss by sequences of completions, whose ratio lies outside the clip range; none where nothing is clipped.
 */
export function ratioStatistics(
  batch: Sequences,
  scored: Placed,
  { clipLow, clipHigh }: Pick<LanguageConfig, 'clipLow' | 'clipHigh'>,
  loss: CompletionEstimator['loss'] = 'clipped',
): { approxKl: number; clipFraction: number | undefined } {
  let [tokens, divergence, clipped] = [0, 0, 0];
  const isOutside = (ratio: number): boolean => ratio < 1 - clipLow || ratio > 1 + clipHigh;
  eachToken(scored, batch.spec.completionLength, (_, place) => {
    const logRatio = batch.logProbs[place]! - batch.oldLogProbs[place]!;
    const ratio = exp(logRatio);
    divergence += ratio - 1 - logRatio;
    if (isOutside(ratio)) clipped++;
    tokens++;
  });
  const approxKl = tokens === 0 ? 0 : divergence / tokens;
  if (loss === 'gated') return { approxKl, clipFraction: undefined };
  if (loss !== 'sequence') return { approxKl, clipFraction: tokens === 0 ? 0 : clipped / tokens };
  const ratios = sequenceRatios(batch, scored);
  return { approxKl, clipFraction: ratios.filter(isOutside).length / Math.max(1, ratios.length) };
}

/** The first completion of a group, to be shown, with the pictures of its prompt. */
export function sampleOf(group: RolloutGroup): CompletionRecord {
  return attachPictures(recordOf(group, group.rollouts[0]!), picturesOf(group.problem.prompt));
}

function recordOf({ problem }: RolloutGroup, { text, ended, score }: Rollout): CompletionRecord {
  return { prompt: promptText(problem.prompt), completion: text, total: score.total, components: score.components, ended };
}

/** A completion with its place in the update. */
export interface KeptCompletion extends CompletionRecord {
  /** The prompt's number within the iteration, from 0, in the order of drawing. */
  readonly group: number;
  /** Tokens, the end token included. */
  readonly tokens: number;
  /** Sum of the log-probabilities of its tokens, in nats. */
  readonly logProb: number;
  /** What the method made of the reward; the mean over tokens where they differ. `null` where the update did not use the completion. */
  readonly advantage: number | null;
  /** How its reward came out: `ok`, or why there is none. */
  readonly status: Rollout['score']['status'];
}

/**
 * Every completion that was sampled for an update, by prompt, in the order of drawing, with the pictures of the prompts; `advantages` are those of
 * `scored`.
 */
export function allCompletions(
  { drawn, batch }: Pick<Collection, 'drawn' | 'batch'>,
  { rows }: Pick<ScoredCompletions, 'rows'>,
  advantages: Float64Array,
  groupSize: number,
): KeptCompletion[][] {
  const placeOf = new Map(batch.map((group, index) => [group, index]));
  const advantageAt = new Map(Array.from(rows, (row, i) => [row, advantages[i]!]));
  return drawn.map((group, number) => {
    const place = placeOf.get(group);
    const pictures = picturesOf(group.problem.prompt);
    return group.rollouts.map((rollout, j) => {
      const advantage = (place === undefined ? undefined : advantageAt.get(place * groupSize + j)) ?? null;
      const logProb = rollout.logProbs.reduce((sum, value) => sum + value, 0);
      const told = { group: number, tokens: sampledTokens(rollout), logProb, advantage, status: rollout.score.status };
      return attachPictures({ ...recordOf(group, rollout), ...told }, pictures);
    });
  });
}
