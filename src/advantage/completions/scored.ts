/**
 * A batch of completions that was checked once, with the facts about its groups that every method needs.
 */
import { batchError, checkName } from '../batch.ts';
import { allEqual, type CompletionBatch, checkCompletionBatch, type GroupRange, groupRanges } from './batch.ts';

/** What the completions of a valid group differ in: the `total` reward, or its `outcome` part, so that a shaped reward does not make an all-wrong group valid. */
export const validities = ['total', 'outcome'] as const;
/** One of {@link validities}. */
export type Validity = (typeof validities)[number];

/** A checked batch. Only {@link scoreBatch} makes one, and nothing checks it again. */
export interface ScoredBatch extends CompletionBatch {
  readonly validBy: Validity;
  /** The groups with at least one completion, in order. */
  readonly ranges: readonly GroupRange[];
  /** (B) 1 where the completions of the group are not all worth exactly the same; 0 for a group of one, and for numbers without completions. */
  readonly valid: Uint8Array;
  /** Number of valid groups. */
  readonly validGroups: number;
  /** Groups in which every outcome is at least 1. */
  readonly allRight: number;
  /** Groups in which no outcome is at least 1; such a group is valid if wrong answers are worth different amounts. */
  readonly allWrong: number;
}

/** An outcome of at least this is right: the contract of a task. */
const rightFrom = 1;

/**
 * Checks a batch and counts its groups; a batch that was scored by the same `validBy` is returned as it is. `validBy` defaults to that of a scored batch,
 * else to `total`.
 *
 * Example: rewards 1, 0 | 1, 1 | 5 give `valid` 1, 0, 0, one valid group, two that are all right, none that is all wrong.
 *
 * Throws {@link CohortError} if the arrays do not fit together, for an unknown `validBy`, and for `outcome` without outcomes.
 */
export function scoreBatch<Batch extends CompletionBatch>(batch: Batch, validBy?: Validity): Batch & ScoredBatch {
  const scored = batch as Batch & Partial<ScoredBatch>;
  if (scored.ranges && (validBy === undefined || validBy === scored.validBy)) return scored as Batch & ScoredBatch;
  checkCompletionBatch(batch);
  const by = validBy ?? 'total';
  const values = comparedBy(batch, by);
  const { outcomes = batch.rewards } = batch;
  const ranges = groupRanges(batch.groups);
  const valid = new Uint8Array((ranges.at(-1)?.group ?? -1) + 1);
  let [validGroups, allRight, allWrong] = [0, 0, 0];
  for (const { group, start, end } of ranges) {
    const right = outcomes.subarray(start, end).reduce((count, outcome) => count + (outcome >= rightFrom ? 1 : 0), 0);
    if (right === end - start) allRight++;
    if (right === 0) allWrong++;
    if (allEqual(values, start, end)) continue;
    valid[group] = 1;
    validGroups++;
  }
  return { ...batch, validBy: by, ranges, valid, validGroups, allRight, allWrong };
}

function comparedBy(batch: CompletionBatch, validBy: Validity): Float64Array {
  checkName('validBy', validBy, validities);
  if (validBy === 'total') return batch.rewards;
  if (batch.outcomes) return batch.outcomes;
  throw batchError('validBy outcome', 'batch.outcomes', 'none', 'give the outcome of every completion, or choose total');
}
