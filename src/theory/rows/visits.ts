/**
 * First visits against every visit, and rollouts in which an environment has several trajectories.
 */
import { estimatedGroups, expectedGradientSteps } from '../enumeration.ts';
import { estimator, type Problem, problem, stoppingProblem } from '../problem.ts';
import { type Estimator, inParts, listText, numberText, type Row } from '../row.ts';
import { enumerateTrajectories, returnsOf, type TrajectoryTable, weightedScores } from '../trajectories.ts';
import { largestDifference, relativeBias } from '../vectors.ts';
import { rounding } from './propositions.ts';

/** Per state: the mean return at the first hit of it, given that it is hit; and the mean over all visits. */
export function exactBinMeans({ table, mdp }: Pick<Problem, 'table' | 'mdp'>): {
  readonly first: Float64Array;
  readonly every: Float64Array;
} {
  const returns = returnsOf(table);
  const { numStates } = mdp;
  const sums = { first: new Float64Array(numStates), every: new Float64Array(numStates) };
  const weights = { first: new Float64Array(numStates), every: new Float64Array(numStates) };
  for (let c = 0; c < table.count; c++) {
    const seen = new Set<number>();
    for (let place = c * table.horizon; place < (c + 1) * table.horizon; place++) {
      const state = table.states[place]!;
      if (state < 0) break;
      const kinds = seen.has(state) ? (['every'] as const) : (['first', 'every'] as const);
      seen.add(state);
      for (const kind of kinds) {
        sums[kind][state]! += table.probabilities[c]! * returns[place]!;
        weights[kind][state]! += table.probabilities[c]!;
      }
    }
  }
  return { first: sums.first.map((sum, s) => sum / weights.first[s]!), every: sums.every.map((sum, s) => sum / weights.every[s]!) };
}

/**
 * Per state: what the estimator's baselines of state bins come to, `E[sum of b_hat over the visits that count] / E[number of those visits]`, over all
 * pairs of trajectories: where `b_hat` is the mean of those visits, that is the limit of growing groups.
 */
export function* estimatedBinMeans(one: Problem, visit: 'first' | 'every', estimate: Estimator): Generator<number, Float64Array, void> {
  const { table, mdp } = one;
  const sums = new Float64Array(mdp.numStates);
  const weights = new Float64Array(mdp.numStates);
  yield* estimatedGroups({ table, groupSize: 2, settings: estimator({ bins: 'state', visit }), estimate }, (groups) => {
    for (let n = 0; n < 2 * groups.count; n++) {
      const weight = groups.weights[Math.floor(n / 2)]!;
      const place = groups.members[n]! * groups.horizon;
      const states = table.states.subarray(place, place + groups.horizon);
      for (const [t, state] of states.entries()) {
        if (state < 0 || (visit === 'first' && states.indexOf(state) < t)) continue;
        sums[state]! += weight * groups.estimate.baseline[t * groups.numEnvs + n]!;
        weights[state]! += weight;
      }
    }
  });
  return sums.map((sum, state) => sum / weights[state]!);
}

const limits: Row = {
  name: 'visit-means',
  group: 'First and every visit',
  statement:
    'First visits average to the mean return at the first hit of a bin, every visit to the mean over all visits: two numbers, both of the past alone',
  source: 'equation 6 against section 3.1',
  kind: 'exact',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const exact = exactBinMeans(one);
    const visits = ['first', 'every'] as const;
    const found = yield* inParts(visits, (visit) => estimatedBinMeans(one, visit, estimate));
    const off = visits.map((visit, k) => largestDifference(found[k]!, exact[visit]));
    const apart = largestDifference(exact.first, exact.every);
    return {
      computed: `state bins, all pairs: ${listText([...found[0]!])} (first) and ${listText([...found[1]!])} (every), off by at most ${numberText(Math.max(...off))}`,
      checks: [
        { what: 'difference, first visits', value: off[0]!, max: rounding },
        { what: 'difference, every visit', value: off[1]!, max: rounding },
        { what: 'largest difference of the two means', value: apart, min: 1e-4 },
      ],
    };
  },
};

/** Rollouts of an environment that begins anew when its trajectory stops, and what their zero-tail returns have as gradient. */
function resettingRollouts(seed: number): Problem {
  const { mdp, policy } = stoppingProblem(seed, 3);
  const table: TrajectoryTable = enumerateTrajectories(mdp, policy, { resets: true });
  const returns = returnsOf(table);
  const exact = weightedScores(mdp, policy, table, (c, t) => table.probabilities[c]! * returns[c * table.horizon + t]!);
  return { mdp, policy, table, exact };
}

const segments: Row = {
  name: 'segments',
  group: 'Rollouts of a fixed length',
  statement:
    'Trajectories of one environment in one rollout are not independent: leaving out the own trajectory is biased a little, leaving out the own environment is not',
  source: 'section 3.2, "automatic resets can increase the effective size"; proposition 1',
  kind: 'exact',
  *run({ seed, subjects: { estimate } }) {
    const one = resettingRollouts(seed);
    const bins = ['universal', 'time', 'state'] as const;
    const parts = bins.flatMap((name) => (['leave-one-out', 'leave-one-env-out'] as const).map((baseline) => ({ name, baseline })));
    const gradients = yield* inParts(parts, ({ name, baseline }) =>
      expectedGradientSteps({ ...one, groupSize: 2, settings: estimator({ bins: name, baseline }), estimate }),
    );
    const biases = gradients.map((gradient) => relativeBias(gradient, one.exact));
    const byTrajectory = biases.filter((_, k) => k % 2 === 0);
    const byEnvironment = biases.filter((_, k) => k % 2 === 1);
    return {
      computed: `two environments, 3 steps with resets (${one.table.count} rollouts), ${bins.join(', ')} bins: bias ${listText(byTrajectory)} of the gradient without the own trajectory, at most ${numberText(Math.max(...byEnvironment))} without the own environment`,
      checks: [
        ...byEnvironment.map((value, k) => ({ what: `relative bias without the own environment, ${bins[k]} bins`, value, max: 1e-11 })),
        { what: 'largest relative bias without the own trajectory', value: Math.max(...byTrajectory), min: 1e-3, max: 0.5 },
      ],
    };
  },
};

/** The rows of visits and of rollouts of a fixed length. */
export const visitRows: readonly Row[] = [limits, segments];
