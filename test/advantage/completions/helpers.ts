/** Batches of completions for the tests of their estimators. */
import fc from 'fast-check';
import type { CompletionBatch } from '../../../src/advantage/completions/index.ts';

/** One completion. */
export interface Completion {
  readonly reward: number;
  readonly length: number;
  readonly outcome?: number;
}

/** A batch from its groups; `greedy` is the greedy reward per group. */
export function batchOf(groups: readonly (readonly Completion[])[], greedy?: readonly number[]): CompletionBatch {
  const all = groups.flat();
  return {
    rewards: Float64Array.from(all, ({ reward }) => reward),
    lengths: Int32Array.from(all, ({ length }) => length),
    groups: Int32Array.from(groups.flatMap((group, b) => group.map(() => b))),
    outcomes: Float64Array.from(all, ({ outcome, reward }) => outcome ?? reward),
    ...(greedy && { greedyRewards: Float64Array.from(greedy) }),
  };
}

/** A batch from rewards alone; every completion has one token unless `lengths` says how many. */
export function rewardsOf(rewards: readonly (readonly number[])[], lengths?: readonly (readonly number[])[]): CompletionBatch {
  return batchOf(rewards.map((group, b) => group.map((reward, i) => ({ reward, length: lengths?.[b]?.[i] ?? 1 }))));
}

/** Four groups: a mixed group, an all-right one, an all-wrong one and a half-right one. */
export const fixture: readonly (readonly number[])[] = [
  [1, 0, 0, 0],
  [1, 1, 1, 1],
  [0, 0, 0, 0],
  [1, 1, 0, 0],
];

/** Rewards 0 or 1 mostly, so that groups without spread are common, and any others. */
const reward = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1) },
  { weight: 1, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
);

/** Groups of completions; `size` and `length` fixed where given. */
export function groupsOf({ size, length }: { size?: number; length?: number } = {}): fc.Arbitrary<Completion[][]> {
  const completion = fc.record({ reward, length: length === undefined ? fc.integer({ min: 1, max: 9 }) : fc.constant(length) });
  const group = (n: number): fc.Arbitrary<Completion[]> => fc.array(completion, { minLength: n, maxLength: n });
  const sizes = size === undefined ? fc.integer({ min: 2, max: 6 }) : fc.constant(size);
  return sizes.chain((n) => fc.array(group(n), { minLength: 1, maxLength: 6 }));
}

/** How many numbers the made-up gradient has. */
const width = 3;

/**
 * `sum over i of share_i A_i sum over t of s_it`, where the score s_it of token t of a completion is made up from the completion itself, so that it stays
 * the same wherever in a batch the completion stands.
 */
export function gradientOf(batch: CompletionBatch, shares: Float64Array, advantages: Float64Array, scale = 1): number[] {
  const gradient = new Array<number>(width).fill(0);
  for (let i = 0; i < shares.length; i++) {
    for (let t = 0; t < batch.lengths[i]!; t++) {
      for (let k = 0; k < width; k++) {
        const scoreOfToken = Math.sin(3 * k + t + 7 * batch.rewards[i]! + batch.lengths[i]!);
        gradient[k]! += scale * shares[i]! * advantages[i]! * scoreOfToken;
      }
    }
  }
  return gradient;
}

/** Largest difference of two lists, entry by entry; infinite where one is NaN or the lengths differ. */
export function farthest(first: ArrayLike<number>, second: ArrayLike<number>): number {
  if (first.length !== second.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < first.length; i++) {
    const apart = Math.abs(first[i]! - second[i]!);
    if (!(apart <= most)) most = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
  }
  return most;
}
