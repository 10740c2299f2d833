/** Runs by hand. */
import type { Cell, RunResult } from '../../src/experiments/result.ts';

/** What a run of a test has of its own. */
interface Told {
  readonly seed?: number;
  readonly method?: string;
  /** Steps and score of each evaluation. */
  readonly evaluations?: readonly (readonly [number, number])[];
  readonly iterations?: number[];
  readonly seconds?: number[];
}

/** A run of target `T`; iteration and second of an evaluation are its number unless they are said. */
export function runOf({ seed = 0, method = 'gpg', evaluations = [], iterations, seconds }: Told): RunResult {
  const numbers = evaluations.map((_, index) => index);
  const returns = evaluations.map(([, score]) => [score]);
  return {
    ...{ identity: 'id', cell: '', source: 'cohort-rl', road: 'environments', target: 'T', method, seed, settings: {}, status: 'done' },
    iterations: (iterations ?? numbers).at(-1) ?? 0,
    progress: { unit: 'steps', count: evaluations.at(-1)?.[0] ?? 0 },
    seconds: (seconds ?? numbers).at(-1) ?? 0,
    evaluations: {
      iteration: iterations ?? numbers,
      progress: evaluations.map(([step]) => step),
      seconds: seconds ?? numbers,
      sampled: returns,
      greedy: returns,
    },
    ...{ parametersSha256: null, versions: {}, machine: 'none' },
  };
}

/** A cell. */
export function cellOf(name: string, runs: readonly RunResult[]): Cell {
  return { name, runs };
}
