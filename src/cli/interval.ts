/**
 * Means with their intervals, as every table and sentence of the command line writes them.
 */
import { type Interval, meanInterval } from '../statistics/index.ts';
import { formatNumber } from './terminal.ts';

type Write = (value: number | null) => string;
const oneDigit: Write = (value) => formatNumber(value);

/** Returns with one digit, accuracies and other numbers up to 1 with three: by the largest of the values. */
export function writerFor(values: readonly number[]): Write {
  const digits = values.some((value) => Math.abs(value) > 1) ? 1 : 3;
  return (value) => formatNumber(value, digits);
}

/** `455.0 [399.1, 510.2]`; the estimate alone where the ends are not known; a dash for nothing. */
export function intervalText(found: Interval | undefined, write: Write = oneDigit): string {
  if (!found) return '–';
  return Number.isNaN(found.low) ? write(found.estimate) : `${write(found.estimate)} [${write(found.low)}, ${write(found.high)}]`;
}

/** The mean over seeds with Student's 95 % interval; the value alone of one seed; a dash for none. */
export function overSeeds(values: readonly number[], write: Write = oneDigit): string {
  if (values.length === 0) return '–';
  return intervalText(meanInterval(values) ?? { estimate: values[0]!, low: Number.NaN, high: Number.NaN }, write);
}
