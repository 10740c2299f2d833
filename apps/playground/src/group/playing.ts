/** A group of trajectories, played in slices that leave the page its frames. */
import { type PlayedGroup, type Policy, playGroup } from 'cohort-rl/play';

type Arguments = Parameters<typeof playGroup>;

/** N environments, and how a number becomes a seed for each. */
export interface GroupEnvironments {
  readonly env: Arguments[1];
  seedsOf(seed: number): Arguments[2]['seeds'];
}

/** Milliseconds of work between two frames. */
const sliceMilliseconds = 6;

/** Runs a generator a slice at a time; `undefined` where `isStale` says that nobody waits any more. */
export async function inSlices<Result>(
  work: Generator<unknown, Result, void>,
  isStale: () => boolean,
  pause: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve)),
): Promise<Result | undefined> {
  let until = performance.now() + sliceMilliseconds;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await pause();
    if (isStale()) return undefined;
    until = performance.now() + sliceMilliseconds;
  }
}

/**
 * The group of a seed: environment i begins with the entropy [seed, i], as in training, and acts with random numbers that the seed chooses. The same policy and
 * seed give the same group.
 */
export function groupOf(
  policy: Policy,
  { env, seedsOf }: GroupEnvironments,
  numSteps: number,
  seed: number,
): Generator<number, PlayedGroup, void> {
  return playGroup(policy, env, { numSteps, seeds: seedsOf(seed), index: seed });
}

/** Whether two groups went through the same states: the policy has not changed. */
export function isSameGroup(a: PlayedGroup, b: PlayedGroup): boolean {
  return a.rawObservations.length === b.rawObservations.length && a.rawObservations.every((value, i) => value === b.rawObservations[i]);
}
