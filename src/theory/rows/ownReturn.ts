/**
 * What it does to the gradient that the mean of a bin contains the own return: arXiv 2510.03679, equation 6.
 */
import { expectedGradientSteps } from '../enumeration.ts';
import { reference } from '../formulas.ts';
import { estimator, largerProblem, problem } from '../problem.ts';
import { inParts, listText, numberText, type Row } from '../row.ts';
import { createDrawing, generatorOf } from '../sampling.ts';
import { cosine, largestDifference, relativeBias, scaled } from '../vectors.ts';
import { finiteBins, rounding } from './propositions.ts';

const group = 'The own return in the mean';

const shrinkage: Row = {
  name: 'shrinkage',
  group,
  statement:
    'With universal or time bins and equal lengths, the own return in the mean makes the expected gradient (N - 1) / N of the true one',
  source: 'equation 6; from R_i - mean = (n - 1) / n (R_i - mean of the others)',
  kind: 'exact',
  *run({ seed, subjects: { estimate }, pairsOnly }) {
    const one = problem(seed);
    const parts = (pairsOnly ? [2] : [2, 3]).flatMap((groupSize) => (['universal', 'time'] as const).map((bins) => ({ groupSize, bins })));
    const gradients = yield* inParts(parts, ({ groupSize, bins }) =>
      expectedGradientSteps({ ...one, groupSize, settings: estimator({ bins }), estimate }),
    );
    const checks = parts.map(({ groupSize, bins }, k) => ({
      what: `difference, ${bins} bins, N = ${groupSize}`,
      value: largestDifference(gradients[k]!, scaled(one.exact, (groupSize - 1) / groupSize)),
      max: rounding,
    }));
    const worst = Math.max(...checks.map(({ value }) => value));
    const factors = pairsOnly ? '1/2 for N = 2' : '1/2 for N = 2 and 2/3 for N = 3';
    return { computed: `factor ${factors}: off by at most ${numberText(worst)}`, checks };
  },
};

const stateBins: Row = {
  name: 'state-bins',
  group,
  statement: 'With state bins it also turns the direction: bins with many members count more, by (n - 1) / n; the bias falls as N grows',
  source: 'equation 6; section 4, "lower variance at the cost of bias"',
  kind: 'exact',
  *run({ seed, subjects: { estimate }, pairsOnly }) {
    const one = problem(seed);
    const sizes = pairsOnly ? [2] : [2, 3];
    const bins = ['state', 'state-time'] as const;
    const parts = bins.flatMap((name) => sizes.map((groupSize) => ({ name, groupSize })));
    const gradients = yield* inParts(parts, ({ name, groupSize }) =>
      expectedGradientSteps({ ...one, groupSize, settings: estimator({ bins: name }), estimate }),
    );
    const checks = [];
    const words = [];
    for (const [k, name] of bins.entries()) {
      const own = gradients.slice(k * sizes.length, (k + 1) * sizes.length);
      const biases = own.map((gradient) => relativeBias(gradient, one.exact));
      const cosines = own.map((gradient) => cosine(gradient, one.exact));
      words.push(`${name} bins: bias ${listText(biases)} of the gradient, cosine ${cosines.map((value) => value.toFixed(4)).join(', ')}`);
      // 1 / N is the bias of the pure shrinkage.
      for (const [i, groupSize] of sizes.entries()) {
        checks.push({ what: `bias beyond 1/N, ${name} bins, N = ${groupSize}`, value: biases[i]! - 1 / groupSize, min: 1e-3 });
        checks.push({ what: `1 - cosine, ${name} bins, N = ${groupSize}`, value: 1 - cosines[i]!, min: 1e-6, max: 0.2 });
      }
      if (biases.length > 1) checks.push({ what: `fall of the bias, ${name} bins`, value: biases[0]! - biases[1]!, min: 1e-2 });
    }
    return { computed: `N = ${sizes.join(', ')}: ${words.join('; ')}`, checks };
  },
};

const ownAndOthers: Row = {
  name: 'own-and-others',
  group,
  statement: 'At the first visit to a bin with n trajectories, the advantage with the own return is (n - 1) / n times the one without it',
  source: 'algebra; equation 6',
  kind: 'identity',
  *run({ seed, subjects: { estimate } }) {
    const { mdp, policy } = largerProblem(seed);
    const { batch, draw } = createDrawing(mdp, policy, 48, 12, generatorOf(seed, 'own-and-others'));
    const checks = [];
    let steps = 0;
    for (const [k, bins] of finiteBins.entries()) {
      draw();
      const own = estimate(batch, estimator({ bins })).advantages;
      const others = estimate(batch, estimator({ bins, baseline: 'leave-one-out' })).advantages;
      let worst = 0;
      for (const { step, count } of reference.firstVisits(batch, bins)) {
        // Alone in its bin, leave-one-out looks into a coarser one; the own mean gives 0.
        const expected = count > 1 ? ((count - 1) / count) * others[step]! : 0;
        worst = Math.max(worst, Math.abs(own[step]! - expected));
        steps++;
      }
      checks.push({ what: `difference, ${bins} bins`, value: worst, max: rounding });
      yield (k + 1) / finiteBins.length;
    }
    const worst = Math.max(...checks.map(({ value }) => value));
    return { computed: `${steps} first visits in drawn groups of 12: off by at most ${numberText(worst)}`, checks };
  },
};

const aloneInBin: Row = {
  name: 'alone-in-bin',
  group,
  statement:
    'Leaving out the own trajectory is unbiased only because a step that is alone in its bin is compared in a coarser one: an advantage of 0 there would be biased',
  source: 'section 3.2; proposition 1',
  kind: 'exact',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const [zeros, chain] = yield* inParts(['own', 'leave-one-out'] as const, (baseline) =>
      expectedGradientSteps({ ...one, groupSize: 2, settings: estimator({ bins: 'state-time', baseline }), estimate }),
    );
    // In pairs, the mean with the own return is 1/2 of leave-one-out where both are in the bin, and 0 where one is alone.
    const bias = relativeBias(scaled(zeros!, 2), one.exact);
    const off = largestDifference(chain!, one.exact);
    return {
      computed: `state-time bins, all pairs: with 0 biased by ${numberText(bias)} times the gradient, with the coarser bin off by ${numberText(off)}`,
      checks: [
        { what: 'relative bias with 0', value: bias, min: 1e-3 },
        { what: 'difference with the coarser bin', value: off, max: rounding },
      ],
    };
  },
};

/** The rows of the own return. */
export const ownReturn: readonly Row[] = [shrinkage, stateBins, ownAndOthers, aloneInBin];
