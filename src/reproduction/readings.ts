/**
 * The settings that arXiv 2510.03679 leaves open, and which reading of them the published PPO column supports. The rule is stated in docs/log.md
 * (2026-11-28); GPG's column, which is what is tested, has no part in it, and the seeds are used by no table.
 */
import { type Matrix, type MatrixInput, parseMatrix } from '../experiments/matrix.ts';
import { finalScores, type PolicyKind, type RunResult } from '../experiments/result.ts';
import { mean } from '../statistics/index.ts';
import { ppoScales, publishedFigure } from './published.ts';

/** One reading of what a task leaves open. */
export interface Reading {
  readonly env: string;
  readonly name: string;
  /** What is decided by it: readings of one step are compared with each other. */
  readonly step: string;
  /** Every open setting, so that a later recipe does not change what was run. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Fields that depend on the number of environments. */
  readonly fieldsAt?: (numEnvs: number) => Readonly<Record<string, unknown>>;
  readonly numEnvs: readonly number[];
  /** Whether `--recipe paper` is this one. */
  readonly isChosen?: boolean;
}

const constant = { annealLearningRate: false };
const annealed = { annealLearningRate: true };

const lander = { ...constant, entropyCoef: 0.01, numMinibatches: 4, bootstrapTruncated: false };
const cheetah = { ...constant, bootstrapTruncated: false };
const perEnv = { normalizeObservation: 'perEnv', normalizeReward: 'perEnv' };
const shared = { normalizeObservation: 'shared', normalizeReward: 'shared' };
const raw = { normalizeObservation: 'none', normalizeReward: 'none' };

const cartPole = (name: string, fields: Reading['fields'], isChosen = false): Reading => ({
  isChosen,
  env: 'CartPole-v1',
  name,
  step: 'schedule of the rate',
  fields,
  numEnvs: [32, 128],
});
const landerReading = (step: string, name: string, fields: Reading['fields'], more: Partial<Reading> = {}): Reading => ({
  env: 'LunarLander-v3',
  name,
  step,
  fields: { ...lander, ...fields },
  numEnvs: [1, 4, 16, 32],
  ...more,
});
const cheetahReading = (step: string, name: string, fields: Reading['fields'], numEnvs: readonly number[]): Reading => ({
  env: 'HalfCheetah-v4',
  name,
  step,
  fields: { ...cheetah, ...fields },
  numEnvs,
});

/** Every reading that was run, by task; the first of a step is the one nearest to the source. */
export const readingList: readonly Reading[] = [
  cartPole('annealed rate', annealed),
  cartPole('constant rate', constant, true),
  landerReading('entropy bonus', 'entropy bonus 0.01', {}),
  landerReading('entropy bonus', 'no entropy bonus', { entropyCoef: 0 }, { isChosen: true }),
  landerReading(
    'minibatches',
    'no entropy bonus, batch size 64',
    { entropyCoef: 0 },
    {
      fieldsAt: (numEnvs) => ({ numMinibatches: 16 * numEnvs }),
      numEnvs: [1, 4, 16],
    },
  ),
  landerReading(
    'time limits',
    'no entropy bonus, time limits bootstrapped',
    { entropyCoef: 0, bootstrapTruncated: true },
    { numEnvs: [1, 4, 16] },
  ),
  cheetahReading('normalization', 'observations and rewards per environment', perEnv, [1, 4, 16]),
  cheetahReading('normalization', 'observations and rewards shared', shared, [1, 4]),
  cheetahReading('normalization', 'observations per environment', { ...perEnv, normalizeReward: 'none' }, [1, 4]),
  { ...cheetahReading('normalization', 'no normalization', raw, [1, 4, 16]), isChosen: true },
  cheetahReading('time limits', 'no normalization, time limits bootstrapped', { ...raw, bootstrapTruncated: true }, [1, 4, 16]),
  cheetahReading('schedule of the rate', 'per environment, annealed rate', { ...perEnv, ...annealed }, [1]),
  ...['one-hot', 'index', 'row-column'].flatMap((observation) =>
    (observation === 'one-hot' ? [2.5e-4, 1e-3, 2.5e-3] : [2.5e-4, 1e-3]).map(
      (learningRate): Reading => ({
        env: 'CliffWalking-v1',
        name: `${observation} observation, rate ${learningRate}`,
        isChosen: observation === 'one-hot' && learningRate === 1e-3,
        step: 'observation and rate',
        fields: { ...constant, learningRate, envOptions: observation === 'one-hot' ? {} : { observation } },
        numEnvs: [1, 4, 16],
      }),
    ),
  ),
];

const cellName = ({ env, name }: Reading, numEnvs: number): string => `${env}, ${name}, N = ${numEnvs}`;

/** Seeds from here on choose among readings; no table uses them. */
export const firstReadingSeed = 101;

/** All of them as one matrix: PPO, two seeds that no table uses, four on CartPole. */
export const readings: Matrix = parseMatrix({
  name: 'readings',
  title: 'Readings of what arXiv 2510.03679 leaves open: PPO',
  seeds: '101-102',
  settings: { algorithm: 'ppo', recipe: 'paper' },
  cells: Object.fromEntries(
    readingList.flatMap((reading) =>
      reading.numEnvs.map((numEnvs) => [
        cellName(reading, numEnvs),
        { env: reading.env, numEnvs, ...reading.fields, ...reading.fieldsAt?.(numEnvs) },
      ]),
    ),
  ),
  seedsOf: [
    {
      where: {
        cell: [32, 128].flatMap((numEnvs) => ['annealed rate', 'constant rate'].map((name) => `CartPole-v1, ${name}, N = ${numEnvs}`)),
      },
      seeds: '101-104',
    },
  ],
} satisfies MatrixInput);

/** One published PPO cell beside ours under a reading. */
export interface ReadingCell {
  readonly numEnvs: number;
  readonly published: number;
  /** Mean over seeds; `undefined` where none was run. */
  readonly ours: number | undefined;
}

/** How a reading fits. */
export interface ReadingScore {
  readonly reading: Reading;
  readonly cells: readonly ReadingCell[];
  /** Root mean square of ours minus published over the cells, in units of the task's largest published PPO cell; `undefined` where a cell is missing. */
  readonly score: number | undefined;
  /** The score of the chosen reading of the task over the same cells; `undefined` where it has fewer. */
  readonly chosenScore: number | undefined;
}

/** Root mean square of ours minus published, in units of the task's largest published PPO cell; `undefined` where a cell is missing. */
function rootMeanSquare(env: string, cells: readonly ReadingCell[]): number | undefined {
  const squares = cells.flatMap(({ ours, published }) => (ours === undefined ? [] : [(ours - published) * (ours - published)]));
  return squares.length === cells.length && squares.length > 0 ? Math.sqrt(mean(squares)) / (ppoScales[env] ?? 1) : undefined;
}

/** Scores every reading on runs of the matrix {@link readings}. */
export function scoreReadings(runs: ReadonlyMap<string, readonly RunResult[]>, kind: PolicyKind): ReadingScore[] {
  const cellsOf = (reading: Reading): ReadingCell[] =>
    reading.numEnvs.flatMap((numEnvs): ReadingCell[] => {
      const published = publishedFigure(reading.env, 'ppo', numEnvs)?.mean;
      if (published === undefined) return [];
      const scores = finalScores(runs.get(cellName(reading, numEnvs)) ?? [], kind);
      return [{ numEnvs, published, ours: scores.length > 0 ? mean(scores) : undefined }];
    });
  const chosen = new Map(readingList.filter(({ isChosen }) => isChosen).map((reading) => [reading.env, cellsOf(reading)]));
  return readingList.map((reading) => {
    const cells = cellsOf(reading);
    const sizes = cells.map(({ numEnvs }) => numEnvs);
    const same = (chosen.get(reading.env) ?? []).filter(({ numEnvs }) => sizes.includes(numEnvs));
    const isComparable = same.length === cells.length;
    return {
      reading,
      cells,
      score: rootMeanSquare(reading.env, cells),
      chosenScore: isComparable ? rootMeanSquare(reading.env, same) : undefined,
    };
  });
}
