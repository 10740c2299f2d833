/**
 * Proposition 1 (a baseline that knows only the past changes no mean) and proposition 2 (the surrogate's gradient; consistency), arXiv 2510.03679.
 */
import type { BinKey } from '../../advantage/binStep.ts';
import { exp } from '../../math/index.ts';
import { expectedGradientSteps } from '../enumeration.ts';
import { exactGradient } from '../finiteMdp.ts';
import { estimator, largerProblem, type Problem, problem, random } from '../problem.ts';
import { type Bench, inParts, numberText, type Row } from '../row.ts';
import { createDrawing, generatorOf, groupGradient } from '../sampling.ts';
import { largestDifference, relativeBias } from '../vectors.ts';

/** Rounding of sums over all groups. */
export const rounding = 1e-12;

/** The binnings that look at what a finite decision process has. */
export const finiteBins = ['universal', 'time', 'state', 'state-time'] as const;

const first = 'Proposition 1: a baseline that knows only the past';
const second = 'Proposition 2: the surrogate, and growing groups';

/** A random number for every history: states up to t, actions up to t - 1 (and the action at t, if asked). */
function randomBaseline({ table }: Problem, seed: number, seesAction: boolean): (trajectory: number, t: number) => number {
  const draw = random(seed + 99);
  const numbers = new Map<string, number>();
  return (c, t) => {
    const place = c * table.horizon;
    const past = `${table.states.subarray(place, place + t + 1)} ${table.actions.subarray(place, place + t + (seesAction ? 1 : 0))}`;
    if (!numbers.has(past)) numbers.set(past, 20 * draw() - 10);
    return numbers.get(past)!;
  };
}

const pastBaseline: Row = {
  name: 'past-baseline',
  group: first,
  statement: 'Any baseline b(s_1..t, a_1..t-1) leaves the expected gradient as it is; one that sees a_t does not',
  source: 'proposition 1',
  kind: 'exact',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const settings = estimator({ baseline: 'none' });
    const [past, present] = yield* inParts([false, true], (seesAction) => {
      const baseline = randomBaseline(one, seed, seesAction);
      return expectedGradientSteps({ ...one, groupSize: 1, settings, estimate, plus: (c, t) => -baseline(c, t) });
    });
    const off = largestDifference(past!, one.exact);
    const bias = relativeBias(present!, one.exact);
    return {
      computed: `random numbers from -10 to 10, one per history: off by ${numberText(off)}; one per history and action: biased by ${numberText(bias)} times the gradient`,
      checks: [
        { what: 'difference, baseline of the past', value: off, max: rounding },
        { what: 'relative bias, baseline that sees the action', value: bias, min: 1e-3 },
      ],
    };
  },
};

const leaveOneOut: Row = {
  name: 'leave-one-out',
  group: first,
  statement: 'The mean of the other trajectories in the bin is such a baseline: the expected gradient is the true one, for every binning',
  source: 'proposition 1; section 3.2',
  kind: 'exact',
  *run({ seed, subjects: { estimate }, pairsOnly }) {
    const one = problem(seed);
    const parts = (pairsOnly ? [2] : [2, 3]).flatMap((groupSize) => finiteBins.map((bins) => ({ groupSize, bins })));
    const gradients = yield* inParts(parts, ({ groupSize, bins }) =>
      expectedGradientSteps({ ...one, groupSize, settings: estimator({ bins, baseline: 'leave-one-out' }), estimate }),
    );
    const checks = parts.map(({ groupSize, bins }, k) => ({
      what: `difference, ${bins} bins, N = ${groupSize}`,
      value: largestDifference(gradients[k]!, one.exact),
      max: rounding,
    }));
    const worst = Math.max(...checks.map(({ value }) => value));
    const groups = pairsOnly ? 'all pairs' : 'all pairs and triples';
    return { computed: `${groups} of 216 trajectories, ${finiteBins.join(', ')} bins: off by at most ${numberText(worst)}`, checks };
  },
};

const leaveOneOutHistory: Row = {
  name: 'leave-one-out-history',
  group: first,
  statement: 'The same holds for bins of the history, for first and every visit, and with a discount for the discounted reward-to-go',
  source: 'proposition 1, remark',
  kind: 'exact',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const history: BinKey = (step) => (step.time === 0 ? 'start' : [step.observation[0]!, step.actionAt(step.time - 1)[0]!]);
    const parts = (['first', 'every'] as const).flatMap((visit) => ([1, 0.9] as const).map((gamma) => ({ visit, gamma })));
    const gradients = yield* inParts(parts, ({ visit, gamma }) =>
      expectedGradientSteps({
        ...one,
        groupSize: 2,
        settings: estimator({ bins: history, visit, gamma, baseline: 'leave-one-out' }),
        estimate,
      }),
    );
    const checks = parts.map(({ visit, gamma }, k) => ({
      what: `difference, ${visit} visit, gamma ${gamma}`,
      value: largestDifference(gradients[k]!, exactGradient(one.mdp, one.policy, gamma).gradient),
      max: rounding,
    }));
    const worst = Math.max(...checks.map(({ value }) => value));
    return { computed: `bins of (state, last action), gamma 1 and 0.9, all pairs: off by at most ${numberText(worst)}`, checks };
  },
};

/** Clip range of the surrogate; at ratio 1 it does not matter. */
const clip = 0.2;
/** Step of the central differences. */
const step = 1e-5;

/** The gradient of the surrogate of a batch with respect to the logits, by central differences. */
function surrogateGradient(
  one: Problem,
  bench: Bench,
  batch: ReturnType<typeof createDrawing>['batch'],
  advantages: Float64Array,
): Float64Array {
  const { mdp, policy } = one;
  const { numActions } = mdp;
  const { numEnvs, observations, actions } = batch;
  /** The surrogate with one logit moved. */
  const valueAt = (moved: number, by: number): number => {
    const factor = exp(by);
    const state = Math.floor(moved / numActions);
    const total = 1 + policy.probabilities[moved]! * (factor - 1);
    let sum = 0;
    for (let place = 0; place < advantages.length; place++) {
      const pair = observations![place]! * numActions + actions![place]!;
      const ratio = observations![place] === state ? (pair === moved ? factor : 1) / total : 1;
      sum += bench.subjects.surrogate(ratio, advantages[place]!, clip);
    }
    return sum / numEnvs;
  };
  return Float64Array.from(policy.probabilities, (_, k) => (valueAt(k, step) - valueAt(k, -step)) / (2 * step));
}

const surrogateRow: Row = {
  name: 'surrogate',
  group: second,
  statement: 'At the parameters that collected the rollout, the clipped surrogate has the gradient (1/N) sum of A grad log pi',
  source: 'proposition 2 (i)',
  kind: 'identity',
  *run(bench) {
    const one = largerProblem(bench.seed);
    const { batch, draw } = createDrawing(one.mdp, one.policy, 64, 64, generatorOf(bench.seed, 'surrogate'));
    const gradient = new Float64Array(one.exact.length);
    const checks = [];
    for (const [k, bins] of finiteBins.entries()) {
      draw();
      const { advantages } = bench.subjects.estimate(batch, estimator({ bins }));
      groupGradient(one.policy, one.mdp.numActions, batch, advantages, 0, 'sum', gradient);
      const off = relativeBias(surrogateGradient(one, bench, batch, advantages), gradient);
      checks.push({ what: `relative difference, ${bins} bins`, value: off, max: 1e-6 });
      yield (k + 1) / finiteBins.length;
    }
    const worst = Math.max(...checks.map(({ value }) => value));
    return {
      computed: `64 trajectories, central differences with step ${step}: off by at most ${numberText(worst)} times the gradient`,
      checks,
    };
  },
};

/** The rows of the two propositions that need no sampling. */
export const propositions: readonly Row[] = [pastBaseline, leaveOneOut, leaveOneOutHistory, surrogateRow];

/** The heading of proposition 2, under which the Monte Carlo rows stand as well. */
export const secondProposition = second;
