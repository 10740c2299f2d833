/**
 * The corollary on GRPO, arXiv 2510.03679: universal bins over the standard deviation of the returns.
 */

import type { EstimatorSettings } from '../../advantage/estimate.ts';
import { createEstimatorWorkspace } from '../../advantage/estimate.ts';
import { estimatedGroups } from '../enumeration.ts';
import {
  drawGradients,
  errorCurve,
  type Moments,
  meanVector,
  noMoments,
  noVectors,
  standardErrorOf,
  take,
  takeVector,
  trajectoriesPerCall,
} from '../monteCarlo.ts';
import { estimator, largerProblem, type Problem, stoppingProblem } from '../problem.ts';
import { type Bench, inParts, intervalText, listText, numberText, type Row } from '../row.ts';
import { createDrawing, generatorOf } from '../sampling.ts';
import { lengthsOf, returnsOf, weightedScores } from '../trajectories.ts';
import { cosine, norm } from '../vectors.ts';

const group = 'The corollary on GRPO';

/** Outcome GRPO with the population standard deviation, as the corollary has it. */
const grpo: EstimatorSettings = estimator({
  returns: 'episode',
  bins: 'universal',
  scale: 'group',
  standardDeviation: 'population',
});

/** Mean and standard deviation of the return of a trajectory, exactly. */
export function exactReturn({ table }: Problem): { readonly mean: number; readonly deviation: number } {
  const returns = returnsOf(table);
  let mean = 0;
  let square = 0;
  for (let c = 0; c < table.count; c++) {
    const value = returns[c * table.horizon]!;
    mean += table.probabilities[c]! * value;
    square += table.probabilities[c]! * value * value;
  }
  return { mean, deviation: Math.sqrt(square - mean * mean) };
}

const direction: Row = {
  name: 'grpo',
  group,
  statement: 'With equal lengths GRPO follows the true gradient, divided by the standard deviation of the returns, as N grows',
  source: 'corollary of proposition 2',
  kind: 'monte carlo',
  *run(bench) {
    const one = largerProblem(bench.seed);
    const { mdp, policy, exact } = one;
    const random = generatorOf(bench.seed, 'grpo');
    const sizes = [64, 1024];
    const means = yield* inParts(sizes, function* (groupSize) {
      const mean = noVectors(exact.length);
      yield* drawGradients(
        { mdp, policy, groupSize, settings: [grpo], random, trajectories: 256 * trajectoriesPerCall },
        bench,
        ([gradient]) => takeVector(mean, gradient!),
      );
      return mean;
    });
    const cosines = means.map((mean) => cosine(meanVector(mean), exact));
    const expected = 1 / exactReturn(one).deviation;
    const ratios = means.map((mean) => norm(meanVector(mean)) / norm(exact));
    const error = standardErrorOf(means[1]!) / norm(exact);
    const interval = [ratios[1]! - 1.96 * error, ratios[1]! + 1.96 * error] as const;
    // 1/N of the gradient is missing (the own return), and the estimate of the deviation is of that order, too.
    const room = 4 * error + (3 * expected) / sizes[1]!;
    return {
      computed: `N = ${sizes.join(', ')}: 1 - cosine ${listText(cosines.map((value) => 1 - value))}; length over the true one ${ratios[0]!.toFixed(4)}, ${ratios[1]!.toFixed(4)} [${interval.map((end) => end.toFixed(4)).join(', ')}], 1 / deviation is ${expected.toFixed(4)}`,
      checks: [
        { what: '1 - cosine, N = 64', value: 1 - cosines[0]!, max: 1e-3 },
        { what: '1 - cosine, N = 1024', value: 1 - cosines[1]!, max: 1e-3 },
        { what: 'length over the true one, N = 1024', value: ratios[1]!, interval, min: expected - room, max: expected + room },
      ],
    };
  },
};

const lengths: Row = {
  name: 'grpo-lengths',
  group,
  statement: "With random lengths GRPO's 1/length does not follow the gradient, however large the group; the sum over the steps does",
  source: 'corollary, which needs equal lengths; arXiv 2503.20783',
  kind: 'monte carlo',
  printed: 'GRPO is consistent',
  right: 'it is with equal lengths, or with the sum over the steps (Dr. GRPO) instead of their mean',
  *run(bench) {
    const one = stoppingProblem(bench.seed, 5);
    const { mdp, policy, exact, table } = one;
    const { mean, deviation } = exactReturn(one);
    const returns = returnsOf(table);
    const steps = lengthsOf(table);
    // Where the version with 1/length goes: E[(R - mean) / deviation * (1/length) sum of scores], over all trajectories.
    const limit = weightedScores(
      mdp,
      policy,
      table,
      (c) => (table.probabilities[c]! * (returns[c * table.horizon]! - mean)) / (deviation * steps[c]!),
    );
    const random = generatorOf(bench.seed, 'grpo-lengths');
    const input = { mdp, policy, groupSize: 4096, settings: [grpo, grpo], weightings: ['sum', 'mean'] as const, random };
    const sums = [noVectors(exact.length), noVectors(exact.length)];
    yield* drawGradients({ ...input, trajectories: 256 * trajectoriesPerCall }, bench, (gradients) => {
      for (const [k, gradient] of gradients.entries()) takeVector(sums[k]!, gradient);
    });
    const [sum, byLength] = sums.map((vectors) => cosine(meanVector(vectors), exact)) as [number, number];
    const exactCosine = cosine(limit, exact);
    return {
      computed: `N = 4096: 1 - cosine ${numberText(1 - sum)} with the sum, ${numberText(1 - byLength)} with 1/length, whose limit has exactly ${numberText(1 - exactCosine)}`,
      checks: [
        // Nothing is drawn for the limit: however near to 1 its cosine is, it is another direction.
        { what: '1 - cosine of the limit of 1/length', value: 1 - exactCosine, min: 1e-6 },
        { what: '1 - cosine with the sum over that of the limit', value: (1 - sum) / (1 - exactCosine), max: 0.2 },
        { what: '1 - cosine with 1/length over that of its limit', value: (1 - byLength) / (1 - exactCosine), min: 0.7, max: 1.3 },
      ],
    };
  },
};

const processLengths: Row = {
  name: 'grpo-process-lengths',
  group,
  statement:
    "What process GRPO subtracts, steps left times mean reward, is a baseline where lengths are equal; with random lengths it knows the trajectory's own future",
  source: 'section 3.3; proposition 1',
  kind: 'exact',
  *run({ seed, subjects: { estimate } }) {
    const biases: number[] = [];
    for (const one of [largerProblem(seed), stoppingProblem(seed, 4)]) {
      const { mdp, policy, table, exact } = one;
      // The limit of the group's mean step reward.
      const steps = lengthsOf(table);
      let [rewards, count] = [0, 0];
      for (let c = 0; c < table.count; c++) {
        count += table.probabilities[c]! * steps[c]!;
        for (let t = 0; t < steps[c]!; t++) rewards += table.probabilities[c]! * table.rewards[c * table.horizon + t]!;
      }
      const coefficients = new Float64Array(table.count * table.horizon);
      yield* estimatedGroups({ table, groupSize: 1, settings: estimator({ baseline: 'none' }), estimate }, (groups) => {
        for (let n = 0; n < groups.count; n++) {
          const c = groups.members[n]!;
          for (let t = 0; t < steps[c]!; t++) {
            const advantage = groups.estimate.advantages[t * groups.numEnvs + n]! - ((steps[c]! - t) * rewards) / count;
            coefficients[c * table.horizon + t] = groups.weights[n]! * advantage;
          }
        }
      });
      const gradient = weightedScores(mdp, policy, table, (c, t) => coefficients[c * table.horizon + t]!);
      biases.push(norm(gradient.map((value, k) => value - exact[k]!)) / norm(exact));
    }
    return {
      computed: `bias ${numberText(biases[0]!)} of the gradient with equal lengths, ${numberText(biases[1]!)} with random ones`,
      checks: [
        { what: 'relative bias, equal lengths', value: biases[0]!, max: 1e-11 },
        { what: 'relative bias, random lengths', value: biases[1]!, min: 1e-2 },
      ],
    };
  },
};

const deviationRow: Row = {
  name: 'standard-deviation',
  group,
  statement:
    "The standard deviation of a group's returns converges to the true one like 1 / sqrt(N), so dividing by it keeps the direction",
  source: 'corollary, by Slutsky’s theorem',
  kind: 'monte carlo',
  *run(bench) {
    const one = largerProblem(bench.seed);
    const { deviation } = exactReturn(one);
    const sizes = [16, 64, 256, 1024, 4096];
    const plain: EstimatorSettings = { ...grpo, scale: 'none' };
    const found = yield* inParts(sizes, (groupSize) => deviationErrors(one, groupSize, plain, deviation, bench));
    const curve = errorCurve('standard deviation', sizes, found);
    const errors = curve.points.map(({ error }) => error / deviation);
    return {
      computed: `N = ${sizes.join(', ')}: error ${listText(errors)} of the deviation, slope ${intervalText(curve.slope, curve.slopeInterval)}`,
      checks: [{ what: 'slope', value: curve.slope, interval: curve.slopeInterval, min: -0.6, max: -0.4 }],
    };
  },
};

/** Squared errors of what the estimator divides by: advantages without the scale over those with it. */
function* deviationErrors(
  one: Problem,
  groupSize: number,
  plain: EstimatorSettings,
  deviation: number,
  bench: Bench,
): Generator<number, Moments, void> {
  const { mdp, policy } = one;
  const { batch, draw } = createDrawing(mdp, policy, trajectoriesPerCall, groupSize, generatorOf(bench.seed, `deviation ${groupSize}`));
  const workspaces = [0, 1].map(() => createEstimatorWorkspace(mdp.horizon, trajectoriesPerCall));
  const moments = noMoments();
  const calls = groupSize < 256 ? 16 : groupSize < 4096 ? 64 : 192;
  for (let call = 0; call < calls; call++) {
    draw();
    const before = bench.subjects.estimate(batch, plain, workspaces[0]).advantages;
    const after = bench.subjects.estimate(batch, grpo, workspaces[1]).advantages;
    for (let first = 0; first < trajectoriesPerCall; first += groupSize) {
      const off = before[first]! / after[first]! - deviation;
      take(moments, off * off);
    }
    yield (call + 1) / calls;
  }
  return moments;
}

/** The rows of the corollary. */
export const corollary: readonly Row[] = [direction, lengths, processLengths, deviationRow];
