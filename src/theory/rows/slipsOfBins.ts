/**
 * Slips of arXiv 2510.03679 about values and bins; see slips.ts.
 */
import { estimatedGroups, expectedGradientSteps } from '../enumeration.ts';
import { exactGradient, type FiniteMdp, softmaxPolicy } from '../finiteMdp.ts';
import { estimator, type Problem, problem } from '../problem.ts';
import { inParts, listText, numberText, type Row } from '../row.ts';
import { enumerateTrajectories, returnsOf, weightedScores } from '../trajectories.ts';
import { largestDifference, norm, relativeBias } from '../vectors.ts';
import { finiteBins, rounding } from './propositions.ts';
import { estimatedBinMeans, exactBinMeans } from './visits.ts';

/** The heading of all slips. */
export const slipsGroup = 'Slips of the paper: as printed, and the right form';
const group = slipsGroup;

/** Q and V of every step and class by enumeration, from the estimator's returns: means over what has the same (t, s, a), or the same (t, s). */
function conditionalMeans({ mdp, table }: Problem, returns: Float64Array): { readonly q: Float64Array; readonly v: Float64Array } {
  const { horizon, numStates, numActions } = mdp;
  const sums = { q: new Float64Array(horizon * numStates * numActions), v: new Float64Array(horizon * numStates) };
  const weights = { q: new Float64Array(sums.q.length), v: new Float64Array(sums.v.length) };
  const indices = (place: number): { readonly q: number; readonly v: number } => {
    const v = (place % horizon) * numStates + table.states[place]!;
    return { q: v * numActions + table.actions[place]!, v };
  };
  for (let place = 0; place < returns.length; place++) {
    const at = indices(place);
    for (const kind of ['q', 'v'] as const) {
      const weight = table.probabilities[Math.floor(place / horizon)]!;
      sums[kind][at[kind]]! += weight * returns[place]!;
      weights[kind][at[kind]]! += weight;
    }
  }
  const means = (kind: 'q' | 'v'): Float64Array =>
    Float64Array.from(returns, (_, place) => sums[kind][indices(place)[kind]]! / weights[kind][indices(place)[kind]]!);
  return { q: means('q'), v: means('v') };
}

/** Section 2.1: Q without its action. */
export const actionValue: Row = {
  name: 'slip-action-value',
  group,
  statement: 'Q conditions on the action',
  source: 'section 2.1',
  kind: 'exact',
  printed: 'Q(s, a) = E[sum r | S_0 = s]',
  right: 'Q(s, a) = E[sum r | S_0 = s, A_0 = a]',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const { mdp, policy, table } = one;
    const returns = new Float64Array(table.count * table.horizon);
    yield* estimatedGroups({ table, groupSize: 1, settings: estimator({ baseline: 'none' }), estimate }, (groups) => {
      for (let n = 0; n < groups.count; n++) {
        for (let t = 0; t < groups.horizon; t++) {
          returns[groups.members[n]! * groups.horizon + t] = groups.estimate.advantages[t * groups.numEnvs + n]!;
        }
      }
    });
    const { q, v } = conditionalMeans(one, returns);
    const gradientWith = (values: Float64Array): Float64Array =>
      weightedScores(mdp, policy, table, (c, t) => table.probabilities[c]! * values[c * table.horizon + t]!);
    const printed = norm(gradientWith(v)) / norm(one.exact);
    const off = largestDifference(gradientWith(q), one.exact);
    return {
      computed: `the policy gradient with Q as printed has length ${numberText(printed)} of the true one; with the right Q it is off by ${numberText(off)}`,
      checks: [
        { what: 'length with Q as printed', value: printed, max: rounding },
        { what: 'difference with the right Q', value: off, max: rounding },
      ],
    };
  },
};

/** Section 3.1: the value of a state for the mean of its bin. */
export const binMean: Row = {
  name: 'slip-bin-mean',
  group,
  statement: 'The baseline of a bin is the mean over the states of the bin',
  source: 'section 3.1',
  kind: 'exact',
  printed: 'b(s) = E[V(s)], the value of the state itself',
  right: "b(s) = E[V(s') | f(s') = f(s)]",
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const { mdp, table } = one;
    const { horizon } = mdp;
    const returns = returnsOf(table);
    const { v } = conditionalMeans(one, returns);
    // Time bins, step 0: the values of the states, and their mean.
    let right = 0;
    const values = new Float64Array(mdp.numStates);
    for (let c = 0; c < table.count; c++) {
      right += table.probabilities[c]! * v[c * horizon]!;
      values[table.states[c * horizon]!] = v[c * horizon]!;
    }
    let baseline = 0;
    yield* estimatedGroups({ table, groupSize: 2, settings: estimator({ bins: 'time' }), estimate }, (groups) => {
      for (let g = 0; g < groups.count; g++) baseline += groups.weights[g]! * groups.estimate.baseline[2 * g]!;
    });
    const off = Math.abs(baseline - right);
    const apart = Math.max(...values.map((value) => Math.abs(value - baseline)));
    return {
      computed: `time bins, step 0, all pairs: E b_hat = ${numberText(baseline)}; values of the states ${listText([...values])}; off their mean by ${numberText(off)}`,
      checks: [
        { what: 'difference from the mean over the bin', value: off, max: rounding },
        { what: 'largest difference from the value of a state', value: apart, min: 1e-2 },
      ],
    };
  },
};

/** Section 3.1: all visits for the first. */
export const firstHit: Row = {
  name: 'slip-first-visit',
  group,
  statement: 'With first visits, the baseline of a bin is the mean return at the first hit',
  source: 'section 3.1 against equation 6; f is declared on S and written f(s, t)',
  kind: 'exact',
  printed: 'b(s) weighted by how often states are visited',
  right: 'b(x) = E[R at the first hit of x | x is hit]',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const exact = exactBinMeans(one);
    const found = yield* estimatedBinMeans(one, 'first', estimate);
    const [printed, right] = [largestDifference(found, exact.every), largestDifference(found, exact.first)];
    return {
      computed: `state bins, all pairs: ${listText([...found])}; off by at most ${numberText(printed)} as printed, ${numberText(right)} right`,
      checks: [
        { what: 'difference as printed', value: printed, min: 1e-4 },
        { what: 'difference of the right form', value: right, max: rounding },
      ],
    };
  },
};

/** Equation 15: a product of dependent events. */
export const factorized: Row = {
  name: 'slip-equation-15',
  group,
  statement: "The error of a bin's baseline and the event that a trajectory visits the bin are not independent",
  source: 'equation 15',
  kind: 'exact',
  printed: 'E[|b_hat - b| 1{visit}] = E[|b_hat - b| given a visit by anybody] P(visit)',
  right: 'E[|b_hat - b| 1{visit}] = E[|b_hat - b| p_hat], p_hat the share of the group that visits: trajectories can be exchanged',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const { table, mdp } = one;
    const { first: b } = exactBinMeans(one);
    const sums = Array.from({ length: mdp.numStates }, () => ({ one: 0, share: 0, error: 0, nonempty: 0, visit: 0 }));
    yield* estimatedGroups({ table, groupSize: 2, settings: estimator({ bins: 'state' }), estimate }, (groups) => {
      for (let g = 0; g < groups.count; g++) {
        for (const [state, sum] of sums.entries()) {
          // The first step of each member in the state; its baseline is the bin's.
          const steps = [0, 1].map((k) => {
            const place = groups.members[2 * g + k]! * groups.horizon;
            const t = table.states.subarray(place, place + groups.horizon).indexOf(state);
            return t < 0 ? -1 : t * groups.numEnvs + 2 * g + k;
          });
          const visits = steps.filter((step) => step >= 0);
          if (visits.length === 0) continue;
          const weight = groups.weights[g]!;
          const error = Math.abs(groups.estimate.baseline[visits[0]!]! - b[state]!);
          // An unordered pair stands for both orders: either may be "the" trajectory, each half of the time, and gets the baseline of its own step.
          sum.one +=
            (weight * steps.reduce((total, step) => total + (step < 0 ? 0 : Math.abs(groups.estimate.baseline[step]! - b[state]!)), 0)) / 2;
          sum.share += (weight * error * visits.length) / 2;
          sum.error += weight * error;
          sum.nonempty += weight;
          sum.visit += (weight * visits.length) / 2;
        }
      }
    });
    const right = Math.max(...sums.map((sum) => Math.abs(sum.one - sum.share)));
    const printed = sums.map((sum) => (sum.error / sum.nonempty) * sum.visit - sum.one);
    const worst = Math.max(...printed.map(Math.abs));
    return {
      computed: `all pairs, state bins: E[|b_hat - b| 1{visit}] = ${listText(sums.map((sum) => sum.one))}; the printed product is off by ${numberText(worst)}, the right form by ${numberText(right)}`,
      checks: [
        { what: 'difference as printed', value: worst, min: 1e-4 },
        { what: 'difference of the right form', value: right, max: rounding },
      ],
    };
  },
};

/** The assumption of proposition 2. */
export const positiveBins: Row = {
  name: 'slip-assumption',
  group,
  statement: 'Only bins of positive probability matter',
  source: 'assumption of proposition 2',
  kind: 'exact',
  printed: 'every bin is visited with a probability above 0',
  right: 'bins that are never visited change nothing',
  *run({ seed, subjects: { estimate } }) {
    const { mdp, policy } = problem(seed);
    // The last state is never entered.
    const without = (rows: Float64Array): Float64Array =>
      softmaxPolicy(
        rows.map((probability, k) => (k % mdp.numStates === mdp.numStates - 1 ? 0 : probability)),
        mdp.numStates,
      ).probabilities;
    const closed: FiniteMdp = { ...mdp, initial: without(mdp.initial), transitions: without(mdp.transitions) };
    const table = enumerateTrajectories(closed, policy);
    const { gradient: exact } = exactGradient(closed, policy);
    const gradients = yield* inParts(finiteBins, (bins) =>
      expectedGradientSteps({
        mdp: closed,
        policy,
        table,
        groupSize: 2,
        settings: estimator({ bins, baseline: 'leave-one-out' }),
        estimate,
      }),
    );
    const off = Math.max(...gradients.map((gradient) => largestDifference(gradient, exact)));
    const visited = new Set(table.states).size;
    return {
      computed: `${visited} of ${mdp.numStates} states can be visited, all pairs, four binnings: off by at most ${numberText(off)}`,
      checks: [
        { what: 'states that can be visited', value: visited, max: mdp.numStates - 1 },
        { what: 'difference', value: off, max: rounding },
      ],
    };
  },
};

/** The text of figure 4. */
export const coarserBins: Row = {
  name: 'slip-figure-4',
  group,
  statement: 'Coarse bins have less bias only where the own return is in the mean',
  source: 'text of figure 4',
  kind: 'exact',
  printed: 'coarser bins reduce bias',
  right: 'they reduce the 1/n of the own return; without it no binning has a bias',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const order = ['universal', 'state', 'state-time'] as const;
    const parts = (['own', 'leave-one-out'] as const).flatMap((baseline) => order.map((bins) => ({ baseline, bins })));
    const biases = (yield* inParts(parts, (part) =>
      expectedGradientSteps({ ...one, groupSize: 2, settings: estimator(part), estimate }),
    )).map((gradient) => relativeBias(gradient, one.exact));
    const [own, others] = [biases.slice(0, 3), biases.slice(3)];
    return {
      computed: `${order.join(', ')} bins, N = 2: bias ${listText(own)} of the gradient with the own return, at most ${numberText(Math.max(...others))} without`,
      checks: [
        { what: 'rise of the bias from universal to state bins, own return', value: own[1]! - own[0]!, min: 1e-2 },
        { what: 'rise of the bias from state to state-time bins, own return', value: own[2]! - own[1]!, min: 1e-2 },
        { what: 'largest bias without the own return', value: Math.max(...others), max: 1e-11 },
      ],
    };
  },
};
