/**
 * Cuts a rollout of T steps in N environments into trajectories: maximal runs of steps, cut by resets and by the rollout's two edges.
 */
import { mistake } from '../core/errors.ts';
import { endings, type Trajectories } from '../core/trajectory.ts';
import type { Rollout } from './buffer.ts';

/**
 * What {@link cutTrajectories} reads of a rollout. Where a step is both `terminated` and `truncated`, the first wins; `startedByReset` and
 * `elapsedAtStart`, left out, are 0 everywhere.
 */
export type RolloutFlags = Pick<Rollout, 'numSteps' | 'numEnvs' | 'terminated' | 'truncated'> &
  Partial<Pick<Rollout, 'startedByReset' | 'elapsedAtStart'>>;

/** Room for `capacity` trajectories; T * N is always enough. Make it once and hand it to every {@link cutTrajectories}. */
export function createTrajectories(capacity: number): Trajectories {
  return {
    count: 0,
    env: new Int32Array(capacity),
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    startedByReset: new Uint8Array(capacity),
    endedBy: new Uint8Array(capacity),
    elapsed: new Int32Array(capacity),
  };
}

/**
 * The trajectories of a rollout, ordered by environment, then by start. Every step belongs to exactly one.
 *
 * Example: one environment, five steps, the second of which terminates: `[0, 2)` ended by `terminated`, `[2, 5)` ended by `edge`.
 *
 * `out` is overwritten and returned; without it, arrays of T * N entries are made.
 * Throws `CohortError` if an array has the wrong length or `out` is too small.
 */
export function cutTrajectories(flags: RolloutFlags, out?: Trajectories): Trajectories {
  const { numSteps, numEnvs, terminated, truncated, startedByReset, elapsedAtStart } = flags;
  const size = numSteps * numEnvs;
  expectLength('terminated', terminated, size);
  expectLength('truncated', truncated, size);
  if (startedByReset) expectLength('startedByReset', startedByReset, numEnvs);
  if (elapsedAtStart) expectLength('elapsedAtStart', elapsedAtStart, numEnvs);
  const into = out ?? createTrajectories(size);
  const { env, start, end, endedBy, elapsed } = into;
  let count = 0;
  for (let n = 0; n < numEnvs; n++) {
    let first = 0;
    for (let t = 0; t < numSteps; t++) {
      const step = t * numEnvs + n;
      const ended = terminated[step] !== 0 ? endings.terminated : truncated[step] !== 0 ? endings.truncated : endings.edge;
      if (ended === endings.edge && t < numSteps - 1) continue;
      if (count === env.length) {
        const advice = 'make it with createTrajectories(numSteps * numEnvs)';
        throw mistake('cutTrajectories: out', 'room for every trajectory of the rollout', `room for ${count}`, advice);
      }
      const fromReset = first > 0 || startedByReset?.[n] === 1;
      env[count] = n;
      start[count] = first;
      end[count] = t + 1;
      into.startedByReset[count] = fromReset ? 1 : 0;
      endedBy[count] = ended;
      elapsed[count] = fromReset ? 0 : (elapsedAtStart?.[n] ?? 0);
      count++;
      first = t + 1;
    }
  }
  into.count = count;
  return into;
}

function expectLength(name: string, array: { readonly length: number }, length: number): void {
  if (array.length === length) return;
  const advice = 'give one entry per environment, and per step where the array is (T, N)';
  throw mistake(`cutTrajectories: ${name}`, `${length} entries`, String(array.length), advice);
}
