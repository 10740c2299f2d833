/**
 * How reports write numbers: one place, so that a value looks the same in a table, a caption and a page.
 */
import { withMinus } from '../core/text.ts';

/** Stands where there is no number. */
export const nothing = '–';

/** From here on, and below {@link smallest}, digits say less than an exponent. */
const largest = 1e9;
const smallest = 1e-4;

/** What may be missing: no number, or one that is not finite, is written as {@link nothing}. */
export type MaybeNumber = number | null | undefined;

const isNumber = (value: MaybeNumber): value is number => typeof value === 'number' && Number.isFinite(value);

/** Decimals for values of this size: `12345`, `1234.5`, `12.3`, `1.23`, `0.123`, `0.0123`. */
export function decimalsOf(size: number): number {
  const magnitude = Math.abs(size);
  if (magnitude >= 1e4) return 0;
  if (magnitude >= 10 || magnitude === 0) return 1;
  if (magnitude >= 1) return 2;
  return magnitude >= 0.1 ? 3 : magnitude >= 0.01 ? 4 : magnitude >= 0.001 ? 5 : 6;
}

const needsExponent = (value: number): boolean => value !== 0 && (Math.abs(value) >= largest || Math.abs(value) < smallest);

/** A measured value with the digits that fit its size: `455.0`, `−4.55`, `0.455`, `3.00e-5`. Example: −0.01 with 1 decimal: `0.0`. */
export function formatValue(value: MaybeNumber, decimals?: number): string {
  if (!isNumber(value)) return nothing;
  if (decimals === undefined && needsExponent(value)) return withMinus(value.toExponential(2));
  return withMinus(value.toFixed(decimals ?? decimalsOf(value)));
}

/** A difference, its sign always written: `+3.20`, `−12.0`, `0.0`. */
export function formatDifference(value: MaybeNumber, decimals?: number): string {
  const text = formatValue(value, decimals);
  return isNumber(value) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** An estimate with both ends of its interval; either end may be missing. */
export interface EstimateWithEnds {
  readonly estimate: MaybeNumber;
  readonly low?: MaybeNumber;
  readonly high?: MaybeNumber;
}

/** `455.0 [399.1, 510.2]`, all three with the same decimals, those of the largest; the estimate alone where an end is missing. */
export function formatInterval({ estimate, low, high }: EstimateWithEnds): string {
  if (!isNumber(estimate)) return nothing;
  if (!isNumber(low) || !isNumber(high)) return formatValue(estimate);
  const size = Math.max(...[estimate, low, high].map(Math.abs));
  const decimals = needsExponent(size) ? undefined : decimalsOf(size);
  const [middle, below, above] = [estimate, low, high].map((value) => formatValue(value, decimals));
  return `${middle} [${below}, ${above}]`;
}

/** A count with thousands separators: `1,234,567`. Fractions are rounded. */
export function formatCount(value: MaybeNumber): string {
  if (!isNumber(value)) return nothing;
  return withMinus(Math.round(value).toFixed(0)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The lowest and highest of some counts: `1,000`, or `1,000 to 2,000` where they differ; {@link nothing} of none. */
export function formatCounts(values: readonly number[]): string {
  if (values.length === 0) return nothing;
  const [low, high] = [formatCount(Math.min(...values)), formatCount(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** Seconds as people say them, in at most two units: `4.2 s`, `12 min 3 s`, `2 h 4 min`, `3 d 1 h`. */
export function formatDuration(seconds: MaybeNumber): string {
  if (!isNumber(seconds)) return nothing;
  if (seconds < 0) return withMinus(`-${formatDuration(-seconds)}`);
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const units = [
    { size: 86_400, names: ['d', 'h'], part: 3600 },
    { size: 3600, names: ['h', 'min'], part: 60 },
    { size: 60, names: ['min', 's'], part: 1 },
  ] as const;
  for (const { size, names, part } of units) {
    const parts = Math.round(seconds / part);
    const perWhole = size / part;
    if (parts >= perWhole) {
      const rest = parts % perWhole;
      return `${Math.floor(parts / perWhole)} ${names[0]}${rest > 0 ? ` ${rest} ${names[1]}` : ''}`;
    }
  }
  return `${Math.round(seconds)} s`;
}

/** A share of 0 to 1 in percent: `43.1 %`. */
export function formatPercent(share: MaybeNumber): string {
  return isNumber(share) ? `${withMinus((share * 100).toFixed(1))} %` : nothing;
}
