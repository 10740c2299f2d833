/**
 * Pairs that act with mirrored random numbers, without sampling: the joint distribution of two trajectories whose actions are drawn with u and with 1 - u, and
 * from it the exact expectation of the gradient over groups of two such pairs.
 */
import { describe, expect, it } from 'vitest';
import { type BinName, binNames } from '../../src/advantage/binnings.ts';
import type { EstimatorSettings } from '../../src/advantage/estimate.ts';
import type { BaselineName } from '../../src/advantage/groupBaseline.ts';
import { expectedGradientOfPairs, jointOfPairs } from '../../src/theory/mirroredPairs.ts';
import { estimator, pairedProblem } from '../../src/theory/problem.ts';
import { settle } from '../../src/theory/row.ts';
import { largestDifference, relativeBias } from '../../src/theory/vectors.ts';

const one = pairedProblem(1);
const { table, exact } = one;
const joint = jointOfPairs(one);

/** The exact expectation of the estimator over groups of two pairs. */
function expected(settings: Partial<EstimatorSettings>): Float64Array {
  return settle(expectedGradientOfPairs({ ...one, joint, settings: estimator(settings) }));
}

describe('mirrored pairs', () => {
  it('each of a pair acts as the policy does, and the two are not independent', () => {
    let dependence = 0;
    for (let c = 0; c < table.count; c++) {
      let [asFirst, asSecond] = [0, 0];
      for (let d = 0; d < table.count; d++) {
        asFirst += joint[c * table.count + d]!;
        asSecond += joint[d * table.count + c]!;
        dependence = Math.max(dependence, Math.abs(joint[c * table.count + d]! - table.probabilities[c]! * table.probabilities[d]!));
      }
      expect(asFirst).toBeCloseTo(table.probabilities[c]!, 14);
      expect(asSecond).toBeCloseTo(table.probabilities[c]!, 14);
    }
    expect(dependence).toBeGreaterThan(0.01);
  });

  const biasOf = (bins: BinName, baseline: BaselineName): number => relativeBias(expected({ bins, baseline }), exact);

  it.each(binNames)('%s bins: with both of a pair left out the gradient is unbiased', (bins) => {
    expect(largestDifference(expected({ bins, baseline: 'leave-one-pair-out' }), exact)).toBeLessThan(1e-12);
  });

  it('no baseline: unbiased', () => {
    expect(largestDifference(expected({ baseline: 'none' }), exact)).toBeLessThan(1e-12);
  });

  it.each(['universal', 'time', 'state-time'] as const)('%s bins: with the partner in the baseline it is biased', (bins) => {
    expect(biasOf(bins, 'leave-one-env-out')).toBeGreaterThan(0.05);
    expect(biasOf(bins, 'leave-one-out')).toBeGreaterThan(0.05);
  });
});
