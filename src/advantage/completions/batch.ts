/**
 * What the estimators for language models read: one number per completion, and which prompt it answers. N completions, B groups (prompts).
 */
import { show } from '../../core/errors.ts';
import { batchError } from '../batch.ts';

/** Completions with their rewards. The completions of one prompt are one group and stand next to each other; groups may differ in size. */
export interface CompletionBatch {
  /** (N) total reward of every completion. */
  readonly rewards: Float64Array;
  /** (N) the group, 0 .. B-1, ascending; a number may be missing where nothing is left of a group. */
  readonly groups: Int32Array;
  /** (N) tokens of every completion, the end token included; at least 1. */
  readonly lengths: Int32Array;
  /** (N) the part of the reward that says right (at least 1) or wrong; left out: the total says it. */
  readonly outcomes?: Float64Array;
  /** (B) the reward of one greedy completion per prompt; only ReMax reads it. */
  readonly greedyRewards?: Float64Array;
}

/** The completions `start .. end - 1` are group number `group`. */
export interface GroupRange {
  readonly group: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The groups in order, those without completions left out.
 *
 * Example: groups 0, 0, 2: `{ group: 0, start: 0, end: 2 }`, `{ group: 2, start: 2, end: 3 }`.
 */
export function groupRanges(groups: Int32Array): GroupRange[] {
  const ranges: GroupRange[] = [];
  for (let start = 0, end = 0; start < groups.length; start = end) {
    while (end < groups.length && groups[end] === groups[start]) end++;
    ranges.push({ group: groups[start]!, start, end });
  }
  return ranges;
}

/** Whether all entries from `start` to `end - 1` are exactly equal: no tolerance, no standard deviation. */
export function allEqual(values: Float64Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (values[i] !== values[start]) return false;
  return true;
}

/** Throws {@link CohortError} unless the arrays fit together, rewards are finite, lengths whole and groups ascending. */
export function checkCompletionBatch(batch: CompletionBatch): void {
  const { rewards, groups, lengths, outcomes } = batch;
  const count = rewards.length;
  expectLength('groups', groups, count);
  expectLength('lengths', lengths, count);
  if (outcomes) expectLength('outcomes', outcomes, count);
  for (let i = 0; i < count; i++) {
    expectFinite(`rewards[${i}]`, rewards[i]!);
    if (outcomes) expectFinite(`outcomes[${i}]`, outcomes[i]!);
    if (lengths[i]! < 1) throw batchError(`lengths[${i}]`, 'at least 1 token', String(lengths[i]), 'count the end token');
    if (groups[i]! < (i > 0 ? groups[i - 1]! : 0)) {
      throw batchError(`groups[${i}]`, 'groups in ascending order from 0', String(groups[i]), 'put the completions of a prompt together');
    }
  }
}

/** Throws {@link CohortError} unless the array has that many entries. */
export function expectLength(name: string, array: { readonly length: number }, length: number): void {
  if (array.length === length) return;
  throw batchError(`batch.${name}`, `${length} entries, one per completion`, String(array.length), 'give every completion one');
}

function expectFinite(place: string, value: number): void {
  if (value - value === 0) return;
  throw batchError(place, 'a finite number', show(value), 'leave out the completions whose reward failed');
}
