/**
 * Bins of the past alone, as keys: what a trajectory did last, what it has gathered. A baseline may look at all of a trajectory's past (arXiv 2510.03679,
 * proposition 1).
 */
import type { BinKey } from './binStep.ts';
import { roundHalfEven } from './roundHalfEven.ts';

/** The last action of the trajectory, of real numbers the signs; none at its first step. */
const lastAction: BinKey = (step) => {
  if (step.time === 0) return 'none';
  const action = step.actionAt(step.time - 1);
  const values = action instanceof Int32Array ? Array.from(action) : Array.from(action, Math.sign);
  // A number is compared several times as fast as a list of one.
  return values.length === 1 ? values[0]! : values;
};

/** The sum of the trajectory's rewards so far, in multiples of a width. The steps of a trajectory are asked for in order, so that it adds each reward once. */
function gathered(width: number): BinKey {
  let [trajectory, time, sum] = [-1, 0, 0];
  return (step) => {
    if (step.trajectory !== trajectory) [trajectory, time, sum] = [step.trajectory, 0, 0];
    while (time < step.time) sum += step.rewardAt(time++);
    return roundHalfEven(sum / width);
  };
}

/**
 * The key of named bins of the history, to which the step number comes; `undefined` for other bins.
 *
 * Example: `return-time` of width 2, rewards 1, 2, 4: keys 0, 0, 2 (0.5 and 1.5 are rounded half to even).
 */
export function historyKey(bins: string, width: number): BinKey | undefined {
  return bins === 'action-time' ? lastAction : bins === 'return-time' ? gathered(width) : undefined;
}
