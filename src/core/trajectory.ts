/**
 * Trajectories of a rollout: maximal runs of steps of one environment, cut by resets and by the two edges of the rollout.
 */

/** How a trajectory ended: cut by the rollout's edge, by the task's rules, or by a time limit. */
export type Ending = 'edge' | 'terminated' | 'truncated';

/** The codes of {@link Ending} in `Trajectories.endedBy`. */
export const endings: Readonly<Record<Ending, number>> = { edge: 0, terminated: 1, truncated: 2 };

/** Views into a time-major (T, N) rollout; entry i of every array is trajectory i. Ordered by environment, then by start. */
export interface Trajectories {
  /** How many trajectories there are; the arrays may be longer (they are reused). */
  count: number;
  /** Environment 0 .. N-1. */
  readonly env: Int32Array;
  /** First step, a row of the rollout. */
  readonly start: Int32Array;
  /** One past the last step. */
  readonly end: Int32Array;
  /** 1 if the first step is the first of its episode, 0 if the episode began before the rollout. */
  readonly startedByReset: Uint8Array;
  /** A code of {@link endings}. */
  readonly endedBy: Uint8Array;
  /** Steps that the episode had already run when the trajectory starts (0 after a reset). */
  readonly elapsed: Int32Array;
}
