/**
 * `bench training`: environment steps per second of whole iterations (collect, advantage, update) on CartPole-v1, and where they go.
 */
import type { Library } from '../library.ts';
import { type Measurement, summarize } from './measure.ts';
import { type BenchSuite, writeResult } from './suite.ts';

/** One setting. */
interface TrainingCell {
  readonly algorithm: string;
  readonly numEnvs: number;
  readonly numSteps: number;
  readonly threads: number;
  readonly arithmetic: 'plain' | 'fused';
}

const warmUpMilliseconds = 700;

const parts = ['env', 'forward', 'backward', 'optimizer', 'advantage'] as const;

/** Share of the time, by part; what is left is shuffling, normalizing and bookkeeping. */
type Split = Readonly<Record<string, number>>;

/** Parts whose seconds are summed over threads. */
const threaded: readonly string[] = ['forward', 'backward'];

/**
 * What is shown of a split whose parts may be summed over threads: shares of the time of all threads for those, of the time that passed for the others,
 * so that all of them together are at most the whole.
 */
export function sharesOf(split: Split, threads: number): Split {
  const shares = Object.entries(split).map(([part, share]) => [part, threaded.includes(part) ? share / threads : share] as const);
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  // Clocks of several threads may overlap by a little.
  return Object.fromEntries(shares.map(([part, share]) => [part, sum > 1 ? share / sum : share]));
}

/** Trains without evaluation for about `seconds` after a warm-up; one rate per chunk of about a quarter of a second. */
async function measureTraining(cell: TrainingCell, seconds: number, { train }: Library): Promise<Measurement & { split: Split }> {
  const run = train({
    env: 'CartPole-v1',
    recipe: 'none',
    iterations: 10_000_000,
    evaluationInterval: 0,
    finalEvaluationEpisodes: 1,
    evaluationMaxSteps: 1,
    ...cell,
  });
  const steps = cell.numEnvs * cell.numSteps;
  const rates: number[] = [];
  const split: Record<string, number> = {};
  const begin = performance.now();
  // The end of the iteration from which it is measured.
  let first: number | undefined;
  let last = begin;
  let chunkBegin = begin;
  let chunkSteps = 0;
  for await (const { metrics } of run) {
    last = performance.now();
    // V8 runs baseline code for the first tenths of a second.
    if (first === undefined) {
      chunkBegin = last;
      if (last - begin >= warmUpMilliseconds) first = last;
      continue;
    }
    chunkSteps += steps;
    for (const part of parts) split[part] = (split[part] ?? 0) + metrics[`time/${part}`]!;
    if (last - chunkBegin >= 250) {
      rates.push((chunkSteps / (last - chunkBegin)) * 1000);
      chunkBegin = last;
      chunkSteps = 0;
    }
    if (chunkBegin - first >= seconds * 1000) break;
  }
  // Forward and backward are summed over threads: with two threads they can reach 200 %.
  for (const part of parts) split[part] = (split[part]! * 1000) / (last - first!);
  return { ...summarize(rates), split };
}

/** The settings of the table in the documentation, for every algorithm. */
function* cellsOf({ algorithms }: Library): Generator<TrainingCell> {
  for (const { name: algorithm } of algorithms.list()) {
    for (const numEnvs of [128, 4]) {
      for (const threads of [1, 2]) {
        for (const arithmetic of ['plain', 'fused'] as const) yield { algorithm, numEnvs, numSteps: 128, threads, arithmetic };
      }
    }
  }
}

/** The whole table. */
export const benchTraining: BenchSuite = async (options, library) => {
  for (const cell of cellsOf(library)) {
    const { algorithm, numEnvs, numSteps, threads, arithmetic } = cell;
    const name = `${algorithm} ${numEnvs} x ${numSteps}, ${threads} thread${threads > 1 ? 's' : ''}, ${arithmetic}`;
    if (!name.includes(options.only)) continue;
    const { best, median, split } = await measureTraining(cell, options.seconds, library);
    const shares = sharesOf(split, threads);
    const where = parts.map((part) => `${part} ${Math.round(shares[part]! * 100)} %`).join(', ');
    writeResult(options, { suite: 'training', name, unit: 'steps/s', best, median }, { ...cell, split, shares }, `   ${where}`);
  }
};
