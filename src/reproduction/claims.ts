/**
 * The claims of arXiv 2510.03679 about its table and figures, and the one of arXiv 2511.03527 that says the opposite about group size, as comparisons of
 * means: a claim says that a weighted sum of means of cells is above 0.
 */

import { finalScores, type PolicyKind, type RunResult, scoreOfEvaluation } from '../experiments/result.ts';
import { type JudgedClaim, judgeClaim } from '../experiments/verdict.ts';

/** The scores of a cell, one per seed; empty where it was not run. */
export type ScoresOf = (cell: {
  readonly env: string;
  readonly method: string;
  readonly numEnvs: number;
  readonly binning?: string;
}) => readonly number[];

/** Scores of a cell at a number of environment steps, one per seed: the last evaluation at or before it. */
export type ScoresAt = (cell: Parameters<ScoresOf>[0], steps: number) => readonly number[];

type Terms = readonly { readonly weight: number; readonly scores: readonly number[] }[];

/** A claim, with the comparison that tests it. */
export interface Claim {
  /** What is claimed, as one sentence. */
  readonly text: string;
  readonly source: string;
  /** What is compared, in words. */
  readonly comparison: string;
  terms(scoresOf: ScoresOf, scoresAt: ScoresAt): Terms;
}

const paper = 'arXiv 2510.03679';
/** Environment steps per environment and iteration, by task; times 200 iterations is what one environment does. */
const stepsPerIteration: Readonly<Record<string, number>> = {
  'CartPole-v1': 128,
  'CliffWalking-v1': 128,
  'HalfCheetah-v4': 2048,
  'LunarLander-v3': 1024,
};
const iterations = 200;

/** Mean over cells of one side minus the mean over cells of the other. */
function difference(above: readonly (readonly number[])[], below: readonly (readonly number[])[]): Terms {
  const side = (cells: readonly (readonly number[])[], sign: number): Terms =>
    cells.map((scores) => ({ weight: sign / cells.length, scores }));
  return [...side(above, 1), ...side(below, -1)];
}

function largerHelpsMore(env: string, large: number): Claim {
  return {
    text: `A larger group helps GPG more than it helps PPO, on ${env}.`,
    source: paper,
    comparison: `(GPG at N = ${large} minus GPG at N = 1) minus the same of PPO`,
    terms: (of) => [
      { weight: 1, scores: of({ env, method: 'gpg', numEnvs: large }) },
      { weight: -1, scores: of({ env, method: 'gpg', numEnvs: 1 }) },
      { weight: -1, scores: of({ env, method: 'ppo', numEnvs: large }) },
      { weight: 1, scores: of({ env, method: 'ppo', numEnvs: 1 }) },
    ],
  };
}

function ppoAhead(env: string, sizes: readonly number[]): Claim {
  return {
    text: `With few environments PPO is ahead, on ${env}.`,
    source: paper,
    comparison: `PPO minus GPG, mean over N = ${sizes.join(', ')}`,
    terms: (of) =>
      difference(
        sizes.map((numEnvs) => of({ env, method: 'ppo', numEnvs })),
        sizes.map((numEnvs) => of({ env, method: 'gpg', numEnvs })),
      ),
  };
}

function gpgAhead(env: string, numEnvs: number): Claim {
  return {
    text: `At N = ${numEnvs} GPG is at least as good as PPO, on ${env}.`,
    source: paper,
    comparison: 'GPG minus PPO',
    terms: (of) => difference([of({ env, method: 'gpg', numEnvs })], [of({ env, method: 'ppo', numEnvs })]),
  };
}

function fewerAreEfficient(env: string, method: string): Claim {
  const [few, many] = [4, 32];
  // What four environments have done at the end of their run.
  const steps = few * iterations * (stepsPerIteration[env] ?? 0);
  return {
    text: `Fewer environments learn more per environment step: ${method}, ${env}.`,
    source: `${paper}, Figure 3`,
    comparison: `N = ${few} minus N = ${many}, both after ${steps.toLocaleString('en-US')} steps`,
    terms: (_, at) => difference([at({ env, method, numEnvs: few }, steps)], [at({ env, method, numEnvs: many }, steps)]),
  };
}

const lander = 'LunarLander-v3';
const sizesOfFigure4 = [1, 4, 16, 32];

/** Claims about Table 1 and Figures 2 and 3. */
export const tableClaims: readonly Claim[] = [
  ...['CartPole-v1', 'CliffWalking-v1', 'LunarLander-v3'].map((env) => largerHelpsMore(env, 128)),
  largerHelpsMore('HalfCheetah-v4', 32),
  ppoAhead(lander, [4, 16]),
  ppoAhead('HalfCheetah-v4', [1, 4]),
  ...['CartPole-v1', 'CliffWalking-v1', 'LunarLander-v3'].map((env) => gpgAhead(env, 128)),
  gpgAhead('HalfCheetah-v4', 32),
  ...['CartPole-v1', 'HalfCheetah-v4', lander].flatMap((env) => ['gpg', 'ppo'].map((method) => fewerAreEfficient(env, method))),
];

/** Claims about Figure 4. */
export const binningClaims: readonly Claim[] = [
  {
    text: 'A universal bin is worse than time bins.',
    source: `${paper}, Figure 4`,
    comparison: `time minus universal, mean over N = ${sizesOfFigure4.join(', ')}`,
    terms: (of) =>
      difference(
        sizesOfFigure4.map((numEnvs) => of({ env: lander, method: 'gpg', numEnvs, binning: 'time' })),
        sizesOfFigure4.map((numEnvs) => of({ env: lander, method: 'gpg', numEnvs, binning: 'universal' })),
      ),
  },
  ...['space', 'space-time'].map(
    (bins): Claim => ({
      text: `The best bin width shrinks as the group grows (${bins} bins).`,
      source: `${paper}, Figure 4`,
      comparison: '(width 1.0 minus width 0.2, mean over N = 1, 4) minus the same over N = 16, 32',
      terms: (of) => {
        const cell =
          (width: string) =>
          (numEnvs: number): readonly number[] =>
            of({ env: lander, method: 'gpg', numEnvs, binning: `${bins} ${width}` });
        const [small, large] = [
          [1, 4],
          [16, 32],
        ];
        return [
          ...difference(small.map(cell('1.0')), small.map(cell('0.2'))),
          ...difference(large.map(cell('0.2')), large.map(cell('1.0'))),
        ];
      },
    }),
  ),
];

/**
 * arXiv 2511.03527 finds smaller groups better than larger ones; arXiv 2510.03679 the opposite. Both on the same runs: at equal iterations and at equal
 * environment steps.
 */
export const groupSizeClaims: readonly Claim[] = ['CartPole-v1', 'HalfCheetah-v4', lander].flatMap((env): Claim[] => {
  const [few, many] = [4, 32];
  const steps = few * iterations * (stepsPerIteration[env] ?? 0);
  return [
    {
      text: `Larger groups are better at equal iterations, on ${env}.`,
      source: paper,
      comparison: `GPG, N = ${many} minus N = ${few}, both after ${iterations} iterations`,
      terms: (of) => difference([of({ env, method: 'gpg', numEnvs: many })], [of({ env, method: 'gpg', numEnvs: few })]),
    },
    {
      text: `Smaller groups are better at equal environment steps, on ${env}.`,
      source: 'arXiv 2511.03527',
      comparison: `GPG, N = ${few} minus N = ${many}, both after ${steps.toLocaleString('en-US')} steps`,
      terms: (_, at) => difference([at({ env, method: 'gpg', numEnvs: few }, steps)], [at({ env, method: 'gpg', numEnvs: many }, steps)]),
    },
  ];
});

/** A claim with its verdict. */
export interface ClaimResult extends JudgedClaim {
  readonly claim: Claim;
}

/** The mean return of a run at a number of steps: of the last evaluation at or before it. */
export function scoreAt(run: RunResult, steps: number, kind: PolicyKind): number | undefined {
  const index = run.evaluations.progress.findLastIndex((progress) => progress <= steps);
  return index < 0 ? undefined : scoreOfEvaluation(run, index, kind);
}

/** Judges claims on runs; `runsOf` finds the runs of a cell. */
export function judgeClaims(
  claims: readonly Claim[],
  runsOf: (cell: Parameters<ScoresOf>[0]) => readonly RunResult[],
  kind: PolicyKind,
): ClaimResult[] {
  const known = (scores: readonly (number | undefined)[]): number[] => scores.filter((score) => score !== undefined);
  const scoresOf: ScoresOf = (cell) => finalScores(runsOf(cell), kind);
  const scoresAt: ScoresAt = (cell, steps) => known(runsOf(cell).map((run) => scoreAt(run, steps, kind)));
  return claims.map((claim) => ({ claim, ...judgeClaim(claim.terms(scoresOf, scoresAt)) }));
}
