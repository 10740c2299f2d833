/**
 * `b = sum over j of T_j R_j / sum over j of T_j`, T_j the length of trajectory j and R_j its return, over the group, the own trajectory included (OPO, arXiv
 * 2505.23585, equation 7): the baseline of least variance where the squared gradient of log pi grows with the length.
 */
import type { Baseline } from '../groupBaseline.ts';

/**
 * The baseline of OPO.
 *
 * Example: returns 1 and 0 of trajectories with 3 and 1 steps: 3/4 at every step.
 */
export function lengthWeighted(): Baseline {
  return {
    name: 'length-weighted',
    levels: () => [],
    fill({ groups, numGroups = 1 }, { numEnvs, trajectories, returns, participates }, _workspace, out) {
      const { count, env, start, end } = trajectories;
      const [reference, sum, steps] = [new Float64Array(numGroups), new Float64Array(numGroups), new Float64Array(numGroups)];
      const groupOf = (i: number): number => (groups ? groups[env[i]!]! : 0);
      const takesPart = (step: number): boolean => participates === undefined || participates[step] !== 0;
      for (let i = 0; i < count; i++) {
        const first = start[i]! * numEnvs + env[i]!;
        if (!takesPart(first)) continue;
        const group = groupOf(i);
        const length = end[i]! - start[i]!;
        // Deviations from the first return, so that equal returns give exactly that baseline.
        if (steps[group] === 0) reference[group] = returns[first]!;
        sum[group]! += length * (returns[first]! - reference[group]!);
        steps[group]! += length;
      }
      for (let i = 0; i < count; i++) {
        const group = groupOf(i);
        const baseline = steps[group]! > 0 ? reference[group]! + sum[group]! / steps[group]! : 0;
        for (let t = start[i]!; t < end[i]!; t++) if (takesPart(t * numEnvs + env[i]!)) out[t * numEnvs + env[i]!] = baseline;
      }
    },
  };
}
