/**
 * Growing groups, proposition 2 (ii) of arXiv 2510.03679: the error of the gradient, its bias and its spread, from drawn groups.
 */
import type { EstimatorSettings } from '../../advantage/estimate.ts';
import { log } from '../../math/index.ts';
import {
  drawGradients,
  errorCurve,
  fitSlope,
  largestDeviation,
  type Moments,
  meanOf,
  meanVector,
  noMoments,
  normal95,
  noVectors,
  standardErrorOf,
  take,
  takeVector,
  varianceOf,
} from '../monteCarlo.ts';
import { estimator, largerProblem } from '../problem.ts';
import { type Bench, type Check, inParts, intervalText, listText, numberText, type Outcome, type Row } from '../row.ts';
import { generatorOf } from '../sampling.ts';
import { minus, norm } from '../vectors.ts';
import { finiteBins, secondProposition } from './propositions.ts';

const group = secondProposition;

/** Sizes of the groups. */
const sizes = [16, 64, 256, 1024, 4096] as const;
/** Trajectories drawn per size. */
const trajectories = 64 * 4096;
/** How many standard errors a mean may be off: four entries, a few sizes; by chance once in some thousand seeds. */
const mostDeviations = 4.5;

interface Estimated {
  readonly name: string;
  readonly settings: EstimatorSettings;
}

/** The error of several estimators at all sizes. */
function* curvesOf(estimated: readonly Estimated[], name: string, bench: Bench): Generator<number, Outcome, void> {
  const { mdp, policy, exact } = largerProblem(bench.seed);
  const random = generatorOf(bench.seed, name);
  const settings = estimated.map((one) => one.settings);
  const squared = yield* inParts(sizes, function* (groupSize): Generator<number, Moments[], void> {
    const moments = settings.map(noMoments);
    const input = { mdp, policy, groupSize, settings, random, trajectories };
    yield* drawGradients(input, bench, (gradients) => {
      for (const [k, gradient] of gradients.entries()) {
        let off = 0;
        for (let i = 0; i < gradient.length; i++) off += (gradient[i]! - exact[i]!) * (gradient[i]! - exact[i]!);
        take(moments[k]!, off);
      }
    });
    return moments;
  });
  const curves = estimated.map((one, k) =>
    errorCurve(
      one.name,
      sizes,
      squared.map((moments) => moments[k]!),
    ),
  );
  const slopes = curves.map(({ slope }) => slope);
  return {
    computed: `N = ${sizes[0]} to ${sizes.at(-1)}, slopes from ${numberText(Math.min(...slopes))} to ${numberText(Math.max(...slopes))}: ${curves
      .map(({ name: curve, slope, slopeInterval }) => `${curve} ${intervalText(slope, slopeInterval)}`)
      .join('; ')}`,
    checks: curves.map(({ name: curve, slope, slopeInterval }) => ({
      what: `slope, ${curve}`,
      value: slope,
      interval: slopeInterval,
      min: -0.6,
      max: -0.4,
    })),
    curves,
  };
}

const consistency: Row = {
  name: 'consistency',
  group,
  statement:
    'As N grows the gradient converges to the true one: its error falls like 1 / sqrt(N), a slope of -0.5, with the own return and without it',
  source: 'proposition 2 (ii)',
  kind: 'monte carlo',
  run: (bench) =>
    curvesOf(
      finiteBins.flatMap((bins) => [
        { name: `${bins}, own`, settings: estimator({ bins }) },
        { name: `${bins}, others`, settings: estimator({ bins, baseline: 'leave-one-out' }) },
      ]),
      'consistency',
      bench,
    ),
};

const everyVisit: Row = {
  name: 'every-visit',
  group,
  statement: 'It also converges where every visit to a bin counts instead of the first one of each trajectory',
  source: 'section 3.2; proposition 2 (ii)',
  kind: 'monte carlo',
  run: (bench) =>
    curvesOf(
      [
        { name: 'universal, own', settings: estimator({ bins: 'universal', visit: 'every' }) },
        { name: 'state, own', settings: estimator({ bins: 'state', visit: 'every' }) },
        { name: 'state, others', settings: estimator({ bins: 'state', visit: 'every', baseline: 'leave-one-out' }) },
      ],
      'every-visit',
      bench,
    ),
};

/** Groups that are small enough for a bias to be seen. */
const smallSizes = [16, 64, 256] as const;

const ownBias: Row = {
  name: 'own-bias',
  group,
  statement: 'The bias of the own return falls like 1 / N: a slope of -1; with universal bins it is 1 / N of the gradient',
  source: 'proposition 2 (ii); equation 6',
  kind: 'monte carlo',
  *run(bench) {
    const { mdp, policy, exact } = largerProblem(bench.seed);
    const random = generatorOf(bench.seed, 'own-bias');
    const bins = ['universal', 'state', 'state-time'] as const;
    // Leave-one-out is unbiased (proposition 1), and sees the same groups: the bias is the mean difference, with little noise.
    const settings = bins.flatMap((name) => [estimator({ bins: name }), estimator({ bins: name, baseline: 'leave-one-out' })]);
    const found = yield* inParts(smallSizes, function* (groupSize) {
      const differences = bins.map(() => noVectors(exact.length));
      yield* drawGradients({ mdp, policy, groupSize, settings, random, trajectories }, bench, (gradients) => {
        for (const [k, vectors] of differences.entries()) takeVector(vectors, minus(gradients[2 * k]!, gradients[2 * k + 1]!));
      });
      return differences.map((vectors) => ({
        bias: norm(meanVector(vectors)) / norm(exact),
        error: standardErrorOf(vectors) / norm(exact),
      }));
    });
    const checks: Check[] = [];
    const words = bins.map((name, k) => {
      const points = smallSizes.map((size, i) => ({ size, ...found[i]![k]! }));
      const { slope, standardError } = fitSlope(
        points.map(({ size, bias, error }) => ({ x: log(size), y: log(bias), error: error / bias })),
      );
      const interval = [slope - normal95 * standardError, slope + normal95 * standardError] as const;
      checks.push({ what: `slope, ${name} bins`, value: slope, interval, min: -1.25, max: -0.75 });
      if (name === 'universal') {
        for (const { size, bias, error } of points) {
          const off = Math.abs(bias - 1 / size) / error;
          checks.push({ what: `universal bins, N = ${size}: deviation from 1/N in standard errors`, value: off, max: mostDeviations });
        }
      }
      return `${name} bins ${listText(points.map(({ bias }) => bias))} of the gradient, slope ${intervalText(slope, interval)}`;
    });
    return { computed: `N = ${smallSizes.join(', ')}: ${words.join('; ')}`, checks };
  },
};

const othersBias: Row = {
  name: 'others-bias',
  group,
  statement: 'Without the own return there is no bias at any N: the mean over many groups is the true gradient within its error',
  source: 'proposition 1',
  kind: 'monte carlo',
  *run(bench) {
    const { mdp, policy, exact } = largerProblem(bench.seed);
    const random = generatorOf(bench.seed, 'others-bias');
    const settings = finiteBins.map((bins) => estimator({ bins, baseline: 'leave-one-out' }));
    const found = yield* inParts([16, 64], function* (groupSize) {
      const means = settings.map(() => noVectors(exact.length));
      yield* drawGradients({ mdp, policy, groupSize, settings, random, trajectories: 2 * trajectories }, bench, (gradients) => {
        for (const [k, vectors] of means.entries()) takeVector(vectors, gradients[k]!);
      });
      return means.map((vectors, k) => ({
        what: `${finiteBins[k]} bins, N = ${groupSize}: largest deviation in standard errors`,
        value: largestDeviation(vectors, exact),
        noise: standardErrorOf(vectors) / norm(exact),
      }));
    });
    const all = found.flat();
    const checks: Check[] = all.map(({ what, value }) => ({ what, value, max: mostDeviations }));
    // A mean that is too noisy to be off would show nothing.
    checks.push({ what: 'largest standard error, in gradients', value: Math.max(...all.map(({ noise }) => noise)), max: 0.02 });
    const worst = Math.max(...all.map(({ value }) => value));
    const noise = numberText(Math.max(...all.map((one) => one.noise)));
    return {
      computed: `N = 16, 64, four binnings: off by at most ${numberText(worst)} standard errors, which are at most ${noise} of the gradient`,
      checks,
    };
  },
};

/** Parts that a ratio is measured in, for its interval. */
const parts = 16;

const spread: Row = {
  name: 'variance',
  group,
  statement:
    'At N = 16, time bins have less variance than the universal bin; with the own return, finer bins still less variance and more bias',
  source: 'sections 3.2 and 4',
  kind: 'monte carlo',
  *run(bench) {
    const { mdp, policy, exact } = largerProblem(bench.seed);
    const random = generatorOf(bench.seed, 'variance');
    const settings = finiteBins.map((bins) => estimator({ bins }));
    const whole = settings.map(() => noVectors(exact.length));
    const ratios = settings.map(noMoments);
    yield* inParts(
      Array.from({ length: parts }, (_, part) => part),
      function* (): Generator<number, void, void> {
        const means = settings.map(() => noVectors(exact.length));
        yield* drawGradients({ mdp, policy, groupSize: 16, settings, random, trajectories: trajectories / parts }, bench, (gradients) => {
          for (const [k, gradient] of gradients.entries()) {
            takeVector(means[k]!, gradient);
            takeVector(whole[k]!, gradient);
          }
        });
        const variances = means.map(varianceOf);
        for (const [k, moments] of ratios.entries()) take(moments, variances[k]! / variances[0]!);
      },
    );
    const biases = whole.map((vectors) => norm(minus(meanVector(vectors), exact)) / norm(exact));
    const measured = ratios.map(meanOf);
    const shown = finiteBins.map((bins, k) => ({ bins, ...measured[k]!, bias: biases[k]! }));
    return {
      computed: `variance over that of the universal bin: ${shown
        .slice(1)
        .map(({ bins, mean, interval }) => `${bins} ${intervalText(mean, interval)}`)
        .join(', ')}; bias in gradients: ${shown.map(({ bins, bias }) => `${bins} ${numberText(bias)}`).join(', ')}`,
      checks: [
        { what: 'variance of time bins over universal, upper end', value: measured[1]!.interval[1], max: 1 },
        {
          what: 'variance of state-time bins over time bins, upper end',
          value: measured[3]!.interval[1] / measured[1]!.interval[0],
          max: 1,
        },
        { what: 'bias of state-time bins over that of time bins', value: biases[3]! / biases[1]!, min: 1.1 },
      ],
    };
  },
};

/** The rows of growing groups. */
export const convergence: readonly Row[] = [consistency, everyVisit, ownBias, othersBias, spread];
