import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../src/core/text.ts';
import {
  decimalsOf,
  formatCount,
  formatCounts,
  formatDifference,
  formatDuration,
  formatInterval,
  formatPercent,
  formatValue,
  nothing,
} from '../../src/report/numbers.ts';

describe('a value', () => {
  it.each([
    [455, '455.0'],
    [-455.04, '−455.0'],
    [4.554, '4.55'],
    [0.4555, '0.456'],
    [0.01234, '0.0123'],
    [0.0003, '0.000300'],
    [0.00003, '3.00e-5'],
    [1234.56, '1234.6'],
    [12_345.6, '12346'],
    [2_500_000, '2500000'],
    [-3.2e9, '−3.20e+9'],
    [0, '0.0'],
    [-0, '0.0'],
  ])('%f is written %s', (value, text) => expect(formatValue(value)).toBe(text));

  it.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])('%s is a dash', (value) => {
    for (const write of [formatValue, formatDifference, formatCount, formatDuration, formatPercent]) expect(write(value)).toBe(nothing);
    expect(formatInterval({ estimate: value, low: 1, high: 2 })).toBe(nothing);
  });

  it('keeps three digits of every size that needs no exponent, and never a hyphen in front', () => {
    const sizes = fc.double({ min: 1e-4, max: 1e8, noNaN: true });
    fc.assert(
      fc.property(sizes, fc.boolean(), (size, negative) => {
        const text = formatValue(negative ? -size : size);
        expect(text.startsWith('−')).toBe(negative);
        const back = Number(text.replace('−', ''));
        expect(Math.abs(back - size)).toBeLessThanOrEqual(0.5 * 10 ** -decimalsOf(size) + 1e-12 * size);
        expect(Math.abs(back / size - 1)).toBeLessThanOrEqual(0.0051);
      }),
    );
  });
});

describe('a difference', () => {
  it.each([
    [3.2, '+3.20'],
    [-12, '−12.0'],
    [0, '0.0'],
  ])('%f is written %s', (value, text) => expect(formatDifference(value)).toBe(text));

  it('has no sign where it rounds to 0', () => {
    expect([formatDifference(0.01, 1), formatDifference(-0.01, 1)]).toEqual(['0.0', '0.0']);
  });
});

describe('an interval', () => {
  it.each([
    [{ estimate: 455, low: 399.13, high: 510.18 }, '455.0 [399.1, 510.2]'],
    [{ estimate: 0.05, low: -2, high: 2.1 }, '0.05 [−2.00, 2.10]'],
    [{ estimate: -9.5, low: -10.5, high: -8.25 }, '−9.5 [−10.5, −8.3]'],
    [{ estimate: 455, low: null, high: null }, '455.0'],
    [{ estimate: 0.91 }, '0.910'],
  ])('%o is written %s', (interval, text) => expect(formatInterval(interval)).toBe(text));
});

describe('counts, times, shares and sizes', () => {
  it('have thousands separators', () => {
    expect([1, 999, 1000, 1234567, -4500].map(formatCount)).toEqual(['1', '999', '1,000', '1,234,567', '−4,500']);
    expect([formatCounts([]), formatCounts([1000, 1000]), formatCounts([2000, 1000])]).toEqual([nothing, '1,000', '1,000 to 2,000']);
  });

  it.each([
    [4.23, '4.2 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [723, '12 min 3 s'],
    [3599.6, '1 h'],
    [7440, '2 h 4 min'],
    [86_399, '1 d'],
    [262_800, '3 d 1 h'],
  ])('%f seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it('are in percent and in kilobytes', () => {
    expect([formatPercent(0.431), formatPercent(-0.5)]).toEqual(['43.1 %', '−50.0 %']);
    expect([1, 12_400, 1_240_000, 999_960_000].map(formatBytes)).toEqual(['1 kB', '12 kB', '1.2 MB', '1.0 GB']);
  });
});
