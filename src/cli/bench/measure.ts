/**
 * Measuring: warm up, then several rounds; the best and the median are what a machine shared with others can say.
 */
import { median } from '../../statistics/index.ts';

/** Rates of several rounds. */
export interface Measurement {
  /** Highest rate: the machine at its quietest. */
  readonly best: number;
  /** Middle rate. */
  readonly median: number;
}

/** Best and median of rates. */
export function summarize(rates: readonly number[]): Measurement {
  return { best: Math.max(...rates), median: median(rates) };
}

const rounds = 5;

/**
 * Runs the candidates in turn, A B A B ..., so that a machine that changes its speed changes it for all. A candidate does one batch and returns how
 * many units it did; a round lasts at least `seconds`.
 */
export function interleave(candidates: Readonly<Record<string, () => number>>, seconds: number): [name: string, Measurement][] {
  const round = (work: () => number): number => {
    let units = 0;
    const begin = performance.now();
    let now = begin;
    do {
      units += work();
      now = performance.now();
    } while (now - begin < seconds * 1000);
    return (units / (now - begin)) * 1000;
  };
  const measured = Object.entries(candidates).map(([name, work]) => ({ name, work, rates: [] as number[] }));
  for (const { work } of measured) round(work);
  for (let i = 0; i < rounds; i++) for (const { work, rates } of measured) rates.push(round(work));
  return measured.map(({ name, rates }) => [name, summarize(rates)]);
}
