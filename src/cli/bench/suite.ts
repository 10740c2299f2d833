/** What a suite of measurements is, and how its results are written. */
import type { Library } from '../library.ts';
import { writeLine } from '../output.ts';
import type { Measurement } from './measure.ts';

/** How a suite is measured. */
export interface BenchOptions {
  readonly json: boolean;
  /** Only settings whose name holds this text, such as `ppo 128` or `2 threads`. */
  readonly only: string;
  /** Seconds per setting. */
  readonly seconds: number;
}

/** Measures and writes its own table, or JSON lines. */
export type BenchSuite = (options: BenchOptions, library: Library) => Promise<void>;

/** One setting and its rates. */
export type BenchResult = Measurement & Readonly<Record<'suite' | 'name' | 'unit', string>>;

/** Writes one row of the table, ending in `note`, or one JSON line with `facts` as well. */
export function writeResult({ json }: BenchOptions, result: BenchResult, facts: object = {}, note = ''): void {
  const { name, unit, best, median } = result;
  const rate = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(12);
  writeLine(
    json ? JSON.stringify({ ...result, ...facts }) : `  ${name.padEnd(32)} ${rate(best)} ${unit} best ${rate(median)} median${note}`,
  );
}
