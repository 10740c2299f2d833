/**
 * Mirrored pairs (`antithetic`): two trajectories that are not independent, so that Proposition 1 of arXiv 2510.03679 asks for another baseline.
 */
import { expectedGradientOfPairs, jointOfPairs } from '../mirroredPairs.ts';
import { estimator, pairedProblem } from '../problem.ts';
import { inParts, numberText, type Row } from '../row.ts';
import { largestDifference, relativeBias } from '../vectors.ts';
import { finiteBins, rounding } from './propositions.ts';

/** Bins in which the bias is measured. */
const biasedBins = ['universal', 'time', 'state-time'] as const;

const mirroredPairsRow: Row = {
  name: 'mirrored-pairs',
  group: 'Mirrored pairs: trajectories that are not independent',
  statement:
    'Where two trajectories act with mirrored random numbers, leaving out both of a pair gives the true expected gradient, and a baseline that holds the partner does not',
  source: 'proposition 1, for trajectories that are not independent',
  kind: 'exact',
  *run({ seed, subjects: { estimate } }) {
    const one = pairedProblem(seed);
    const joint = jointOfPairs(one);
    const parts = [
      ...finiteBins.map((bins) => ({ bins, baseline: 'leave-one-pair-out' }) as const),
      ...biasedBins.map((bins) => ({ bins, baseline: 'leave-one-out' }) as const),
    ];
    const gradients = yield* inParts(parts, (part) => expectedGradientOfPairs({ ...one, joint, settings: estimator(part), estimate }));
    const checks = parts.map(({ bins, baseline }, k) =>
      baseline === 'leave-one-pair-out'
        ? { what: `difference, ${bins} bins, both left out`, value: largestDifference(gradients[k]!, one.exact), max: rounding }
        : { what: `relative bias, ${bins} bins, the partner in`, value: relativeBias(gradients[k]!, one.exact), min: 1e-3 },
    );
    const off = Math.max(...checks.filter(({ max }) => max !== undefined).map(({ value }) => value));
    const biases = checks.filter(({ min }) => min !== undefined).map(({ value }) => numberText(value));
    return {
      computed: `all groups of two pairs of 16 trajectories: both left out, off by at most ${numberText(off)}; with the partner in, biased by ${biases.join(', ')} times the gradient (${biasedBins.join(', ')} bins)`,
      checks,
    };
  },
};

/** The row. */
export const mirroredPairs: readonly Row[] = [mirroredPairsRow];
