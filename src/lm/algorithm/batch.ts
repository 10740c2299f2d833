/**
 * Scored completions as the arrays of an update.
 */
import { type ScoredBatch, scoreBatch, type Validity } from '../../advantage/completions/index.ts';
import type { Sequences } from '../../kernels/transformer/spec.ts';
import { type Rollout, type RolloutGroup, sampledTokens, writePrompt } from '../model/rollouts.ts';

/** Where the tokens of completions are, that is those which the model sampled: what is appended between turns has no place in a loss or a mean. */
export interface Placed {
  /** (N) row of every completion in the (numGroups * groupSize, completionLength) arrays of a batch. */
  readonly rows: Int32Array;
  /** (N) its sampled tokens. */
  readonly lengths: Int32Array;
  /** (N) their places in the row, ascending, where they are not the first ones. */
  readonly places?: readonly (Int32Array | undefined)[] | undefined;
}

/** The place of sampled token `t` of completion `i` in a (rows, completionLength) array. */
export function placeOf({ rows, places }: Pick<Placed, 'rows' | 'places'>, i: number, t: number, completionLength: number): number {
  return rows[i]! * completionLength + (places?.[i]?.[t] ?? t);
}

/** The scored completions of some groups, checked; a completion whose reward failed is not among them. */
export interface ScoredCompletions extends ScoredBatch, Placed {
  readonly outcomes: Float64Array;
  /** (N) 1 where a completion ended by itself, 0 where it was cut off. */
  readonly ended: Uint8Array;
}

/**
 * The scored completions of `groups`, which stand in a batch with room for `groupSize` per group. If a greedy completion is needed and its
 * reward failed, its whole group is left out: it has no baseline.
 */
export function scoreGroups(groups: readonly RolloutGroup[], groupSize: number, validBy: Validity): ScoredCompletions {
  const scored: { readonly rollout: Rollout; readonly group: number; readonly row: number }[] = [];
  groups.forEach(({ rollouts, greedy }, group) => {
    if (greedy && greedy.score.status !== 'ok') return;
    rollouts.forEach((rollout, j) => {
      if (rollout.score.status === 'ok') scored.push({ rollout, group, row: group * groupSize + j });
    });
  });
  const batch = {
    rewards: Float64Array.from(scored, ({ rollout }) => rollout.score.total),
    outcomes: Float64Array.from(scored, ({ rollout }) => rollout.score.outcome),
    groups: Int32Array.from(scored, ({ group }) => group),
    lengths: Int32Array.from(scored, ({ rollout }) => sampledTokens(rollout)),
    rows: Int32Array.from(scored, ({ row }) => row),
    ended: Uint8Array.from(scored, ({ rollout }) => (rollout.ended ? 1 : 0)),
    // The entry of a group that is left out is never read.
    ...(groups[0]?.greedy ? { greedyRewards: Float64Array.from(groups, ({ greedy }) => greedy!.score.total) } : {}),
  };
  const places = scored.some(({ rollout }) => rollout.places) ? { places: scored.map(({ rollout }) => rollout.places) } : {};
  return { ...scoreBatch(batch, validBy), ...places };
}

/** Writes prompts, completions and the log-probabilities under the policy that sampled into a batch; the weights of the loss become 0. */
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

/** Writes one number per completion to all its sampled tokens: `advantageWeights` and `tokenWeights` of the loss. */
export function writePerToken(target: Float32Array, values: ArrayLike<number>, scored: Placed, completionLength: number): void {
  eachToken(scored, completionLength, (_, place, completion) => {
    target[place] = values[completion]!;
  });
}

/** Visits the sampled tokens of the scored completions in order: how many came before, the place in a (rows, completionLength) array, and the completion. */
export function eachToken(
  scored: Placed,
  completionLength: number,
  visit: (token: number, place: number, completion: number) => void,
): void {
  let token = 0;
  for (let i = 0; i < scored.rows.length; i++) {
    for (let t = 0; t < scored.lengths[i]!; t++) visit(token++, placeOf(scored, i, t, completionLength), i);
  }
}

/**
 * Writes the weights of a loss whose tokens have advantages of their own, (K) in the order of {@link eachToken}: each times the weight of its completion's tokens.
 * Returns (N) their means over the tokens of a completion.
 */
export function writeTokenAdvantages(
  { advantageWeights, spec: { completionLength } }: Sequences,
  scored: Placed,
  tokenWeights: Float64Array,
  advantages: Float64Array,
): Float64Array {
  const means = new Float64Array(scored.lengths.length);
  eachToken(scored, completionLength, (token, place, completion) => {
    advantageWeights[place] = tokenWeights[completion]! * advantages[token]!;
    means[completion]! += advantages[token]! / scored.lengths[completion]!;
  });
  return means;
}
