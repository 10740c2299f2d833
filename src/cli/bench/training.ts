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

const parts = ['env', 'forward', 'backward', 'optimizer', 'advantage'] as const;

/** Share of the time, by part; what is left is shuffling, normalizing and bookkeeping. */
type Split = Record<string, number>;

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
  const split: Split = {};
  const begin = performance.now();
  let chunkBegin = 0;
  let chunkSteps = 0;
  let measured = 0;
  let total = 1;
  for await (const { metrics } of run) {
    const now = performance.now();
    // V8 runs baseline code for the first tenths of a second.
    if (now - begin < 700) {
      chunkBegin = now;
      continue;
    }
    chunkSteps += steps;
    total = now - begin - 700;
    for (const part of parts) split[part] = (split[part] ?? 0) + metrics[`time/${part}`]!;
    if (now - chunkBegin >= 250) {
      rates.push((chunkSteps / (now - chunkBegin)) * 1000);
      measured += now - chunkBegin;
      chunkBegin = now;
      chunkSteps = 0;
    }
    if (measured >= seconds * 1000) break;
  }
  // Forward and backward are summed over threads: with two threads they can reach 200 %.
  for (const part of parts) split[part] = (split[part]! * 1000) / total;
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
    const where = parts.map((part) => `${part} ${Math.round(split[part]! * 100)} %`).join(', ');
    writeResult(options, { suite: 'training', name, unit: 'steps/s', best, median }, { ...cell, split }, `   ${where}`);
  }
};
