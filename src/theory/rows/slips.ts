/**
 * Places of arXiv 2510.03679 whose printed form does not hold, each beside the right form. A row holds if the right form does and the printed one does not.
 */

import { exp, log } from '../../math/index.ts';
import { expectedGradientSteps } from '../enumeration.ts';
import { exactGradient, softmaxPolicy } from '../finiteMdp.ts';
import { reference } from '../formulas.ts';
import { estimator, largerProblem, type Problem, problem } from '../problem.ts';
import { inParts, listText, numberText, type Row } from '../row.ts';
import { createDrawing, generatorOf } from '../sampling.ts';
import { dot, largestDifference, relativeBias, scaled } from '../vectors.ts';
import { rounding } from './propositions.ts';
import { actionValue, binMean, coarserBins, factorized, firstHit, positiveBins, slipsGroup } from './slipsOfBins.ts';
import { exactBinMeans } from './visits.ts';

const group = slipsGroup;

const missingN: Row = {
  name: 'slip-equation-1',
  group,
  statement: 'The estimator of proposition 1 is a mean over the group',
  source: 'equation 1',
  kind: 'exact',
  printed: 'a sum over the N trajectories, without 1/N',
  right: '(1/N) times the sum',
  *run({ seed, subjects: { estimate } }) {
    const small = problem(seed + 4, 2);
    const settings = estimator({ bins: 'time', baseline: 'leave-one-out' });
    const parts = [2, 3].flatMap((groupSize) => [false, true].map((average) => ({ groupSize, average })));
    const gradients = yield* inParts(parts, (part) => expectedGradientSteps({ ...small, ...part, settings, estimate }));
    const factors = gradients.map((gradient) => dot(gradient, small.exact) / dot(small.exact, small.exact));
    return {
      computed: `N = 2, 3: as printed ${listText([factors[0]!, factors[2]!])} times the gradient, right ${listText([factors[1]!, factors[3]!])}`,
      checks: parts.map(({ groupSize, average }, k) => ({
        what: `difference from ${average ? '1' : 'N'} times the gradient, N = ${groupSize}`,
        value: largestDifference(gradients[k]!, scaled(small.exact, average ? 1 : groupSize)),
        max: rounding,
      })),
    };
  },
};

const undiscounted: Row = {
  name: 'slip-discount',
  group,
  statement: 'The returns of proposition 1 are unbiased for the undiscounted Q',
  source: 'proposition 1',
  kind: 'exact',
  printed: 'q is unbiased for Q',
  right: 'for the undiscounted Q; with a discount, the gradient is that of the discounted reward-to-go, without weights gamma^t',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const settings = estimator({ gamma: 0.9, bins: 'state', baseline: 'leave-one-out' });
    const got = yield* expectedGradientSteps({ ...one, groupSize: 2, settings, estimate });
    const bias = relativeBias(got, one.exact);
    const off = largestDifference(got, exactGradient(one.mdp, one.policy, 0.9).gradient);
    return {
      computed: `gamma 0.9: biased by ${numberText(bias)} of the undiscounted gradient, off the discounted one by ${numberText(off)}`,
      checks: [
        { what: 'relative bias', value: bias, min: 1e-4 },
        { what: 'difference from the discounted gradient', value: off, max: rounding },
      ],
    };
  },
};

const zeroDeviation: Row = {
  name: 'slip-equation-4',
  group,
  statement: 'A group whose returns are all equal teaches nothing, and gives numbers',
  source: 'equation 4',
  kind: 'identity',
  printed: '(R - mean) / std, which is 0 / 0 where all returns are equal',
  right: '(R - mean) / (std + delta)',
  *run({ seed, subjects: { estimate } }) {
    const { mdp, policy } = largerProblem(seed);
    // A power of two: sums and means of equal rewards are exact.
    const equal = { ...mdp, rewards: mdp.rewards.map(() => 0.125) };
    const { batch, draw } = createDrawing(equal, policy, 8, 8, generatorOf(seed, 'slip-equation-4'));
    draw();
    yield 0.5;
    const settings = estimator({ returns: 'episode', bins: 'universal', scale: 'group', standardDeviation: 'population' });
    const { advantages } = estimate(batch, settings);
    const largest = largestDifference(advantages, new Float64Array(advantages.length));
    const lost = reference.grpoOutcome(batch).filter(Number.isNaN).length;
    return {
      computed: `eight equal returns: ${lost} of ${advantages.length} advantages are NaN as printed, all are ${numberText(largest)} right`,
      checks: [
        { what: 'advantages that are NaN as printed', value: lost, min: advantages.length },
        { what: 'largest advantage', value: largest, max: 0 },
      ],
    };
  },
};

/** Moves the logits of a policy. */
function moved({ policy, mdp }: Problem, by: Float64Array, rate: number): ReturnType<typeof softmaxPolicy> {
  return softmaxPolicy(
    policy.probabilities.map((probability, k) => exp(log(probability) + rate * by[k]!)),
    mdp.numActions,
  );
}

const ascent: Row = {
  name: 'slip-algorithm-1',
  group,
  statement: 'The surrogate is ascended, once per minibatch',
  source: 'algorithm 1, lines 7 and 8',
  kind: 'exact',
  printed: 'gradient descent on the objective (line 7), then another update (line 8)',
  right: 'one step of ascent per minibatch, no line 8',
  *run({ seed, subjects: { estimate } }) {
    const one = problem(seed);
    const gradient = yield* expectedGradientSteps({ ...one, groupSize: 2, settings: estimator({}), estimate });
    const { value } = exactGradient(one.mdp, one.policy);
    const rate = 0.1;
    const changes = [rate, -rate].map((by) => exactGradient(one.mdp, moved(one, gradient, by)).value - value);
    return {
      computed: `a step of ${rate} along the expected gradient changes the expected return by ${numberText(changes[0]!)}, against it, as printed, by ${numberText(changes[1]!)}`,
      checks: [
        { what: 'change by ascent', value: changes[0]!, min: 1e-6 },
        { what: 'change by descent', value: changes[1]!, max: -1e-6 },
      ],
    };
  },
};

const splitting: Row = {
  name: 'slip-equation-11',
  group,
  statement: 'The advantage is split at the true baseline b: A = R - b_hat',
  source: 'equation 11, appendix A (ii)',
  kind: 'identity',
  printed: '(R + b) + (b_hat - b)',
  right: '(R - b) + (b - b_hat)',
  *run({ seed, subjects: { estimate } }) {
    const one = largerProblem(seed);
    const { batch, draw } = createDrawing(one.mdp, one.policy, 64, 64, generatorOf(seed, 'slip-equation-11'));
    const exact = exactBinMeans(one).first;
    draw();
    yield 0.5;
    const { advantages, baseline } = estimate(batch, estimator({ bins: 'state' }));
    const returns = reference.rewardToGo(batch);
    const b = Float64Array.from(batch.observations!, (state) => exact[state]!);
    const right = advantages.map((_, step) => returns[step]! - b[step]! + (b[step]! - baseline[step]!));
    const printed = advantages.map((_, step) => returns[step]! + b[step]! + (baseline[step]! - b[step]!));
    const [off, wrong] = [largestDifference(advantages, right), largestDifference(advantages, printed)];
    return {
      computed: `64 drawn trajectories, state bins: off by at most ${numberText(wrong)} as printed, ${numberText(off)} right`,
      checks: [
        { what: 'difference as printed', value: wrong, min: 1e-2 },
        { what: 'difference of the right form', value: off, max: rounding },
      ],
    };
  },
};

const lambdaOne: Row = {
  name: 'slip-lambda',
  group,
  statement: 'lambda = 1 alone does not remove the critic',
  source: 'sections 2.5 and 3.1, on REINFORCE++',
  kind: 'identity',
  printed: 'lambda = 1 eliminates the critic',
  right: 'lambda = 1 keeps it as a baseline, R - V; V = 0 eliminates it',
  *run({ seed, subjects: { gae } }) {
    const { mdp, policy } = largerProblem(seed);
    const { batch, draw } = createDrawing(mdp, policy, 16, 16, generatorOf(seed, 'slip-lambda'));
    draw();
    yield 0.5;
    const { numSteps, numEnvs, rewards, observations } = batch;
    const returns = reference.rewardToGo(batch);
    const zeros = new Float64Array(numEnvs);
    const critic = Float64Array.from(observations!, (state) => 1 + state);
    const given = {
      numSteps,
      numEnvs,
      rewards,
      dones: new Float64Array(rewards.length),
      nextValues: zeros,
      nextDone: zeros,
      gamma: 1,
      gaeLambda: 1,
    };
    const arithmetic = 'float64' as const;
    const withCritic = gae({ ...given, values: critic, arithmetic });
    const without = gae({ ...given, values: new Float64Array(rewards.length), arithmetic });
    const kept = largestDifference(withCritic, returns);
    const asBaseline = largestDifference(
      withCritic,
      returns.map((value, step) => value - critic[step]!),
    );
    const off = largestDifference(without, returns);
    return {
      computed: `with a critic, off the return by ${numberText(kept)} and off R - V by ${numberText(asBaseline)}; with V = 0, off the return by ${numberText(off)}`,
      checks: [
        { what: 'difference from the return, with a critic', value: kept, min: 1e-2 },
        { what: 'difference from R - V', value: asBaseline, max: rounding },
        { what: 'difference from the return, V = 0', value: off, max: rounding },
      ],
    };
  },
};

/** The rows of the slips, in the order of the paper. That the corollary needs equal lengths stands with the corollary: `grpo-lengths`. */
export const slips: readonly Row[] = [
  actionValue,
  lambdaOne,
  zeroDeviation,
  binMean,
  firstHit,
  missingN,
  undiscounted,
  ascent,
  splitting,
  factorized,
  positiveBins,
  coarserBins,
];

/** A slip of notation: nothing can be computed of it. */
export interface NotationSlip {
  readonly place: string;
  readonly printed: string;
  readonly right: string;
}

/** Slips of notation and of reference. */
export const notationSlips: readonly NotationSlip[] = [
  {
    place: 'proposition 1',
    printed: 'indices from 1 to T there, from 0 elsewhere; q takes the rewards in one place',
    right: 'one indexing',
  },
  { place: 'equation 9', printed: 'grad eta(tau)', right: 'grad eta(theta)' },
  { place: 'table 1', printed: 'dominant on all benchmarks', right: 'CliffWalking is a tie at -17.00' },
  {
    place: 'appendix B',
    printed: 'the settings of CliffWalking are those of CleanRL',
    right: 'CleanRL has none, and its ppo.py takes no discrete observations',
  },
];
