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
  readonly rounds: number;
}

/** Best and median of rates. */
export function summarize(rates: readonly number[]): Measurement {
  return { best: Math.max(...rates), median: median(rates), rounds: rates.length };
}

/**
 * Runs the candidates in turn, A B A B ..., so that a machine that changes its speed changes it for all. `work` does one batch and returns how
 * many units it did; a round lasts at least `seconds`.
 */
export function interleave<Name extends string>(
  candidates: Readonly<Record<Name, () => number>>,
  { rounds = 7, seconds = 0.2 }: { rounds?: number; seconds?: number } = {},
): Record<Name, Measurement> {
  const names = Object.keys(candidates) as Name[];
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]));
  const round = (work: () => number, length: number): number => {
    let units = 0;
    const begin = performance.now();
    let now = begin;
    do {
      units += work();
      now = performance.now();
    } while (now - begin < length * 1000);
    return (units / (now - begin)) * 1000;
  };
  for (const name of names) round(candidates[name], seconds);
  for (let i = 0; i < rounds; i++) for (const name of names) rates.get(name)!.push(round(candidates[name], seconds));
  return Object.fromEntries(names.map((name) => [name, summarize(rates.get(name)!)])) as Record<Name, Measurement>;
}

/** A rate for people: `1,234,567`. */
export function formatRate(rate: number): string {
  return Math.round(rate).toLocaleString('en-US');
}
