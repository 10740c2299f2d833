import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutTo,
  formatNumber,
  formatSeconds,
  groupDigits,
  padTo,
  paintFor,
  table,
  visibleWidth,
  wantsColor,
} from '../../src/cli/terminal.ts';

describe('wantsColor', () => {
  it('follows the terminal, and NO_COLOR before FORCE_COLOR', () => {
    expect(wantsColor({ isTTY: true }, {})).toBe(true);
    expect(wantsColor({ isTTY: false }, {})).toBe(false);
    expect(wantsColor({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColor({ isTTY: true }, { FORCE_COLOR: '0' })).toBe(false);
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
    expect(wantsColor({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    // no-color.org: an empty value does not count.
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
  });

  it('paints whatever standard output is', () => {
    expect(paintFor(true)('red', 'x')).toBe('\u001B[31mx\u001B[39m');
    expect(paintFor(false)('red', 'x')).toBe('x');
  });
});

describe('cutTo and padTo', () => {
  const paint = paintFor(true);
  const painted = fc
    .array(fc.tuple(fc.constantFrom('red', 'bold', 'dim'), fc.string({ unit: fc.constantFrom('a', 'Z', ' ', '█', '–', '9') })))
    .map((pieces) => pieces.map(([style, text]) => paint(style as 'red', text)).join(''));

  it('never exceed the width, keep what fits, and close colors', () => {
    fc.assert(
      fc.property(painted, fc.nat(40), (text, width) => {
        const cut = cutTo(text, width);
        expect(visibleWidth(cut)).toBe(Math.min(visibleWidth(text), width));
        if (visibleWidth(text) <= width) expect(cut).toBe(text);
        else if (width > 0) {
          expect(stripVTControlCharacters(cut)).toBe(`${stripVTControlCharacters(text).slice(0, width - 1)}…`);
          if (cut.includes('\u001B')) expect(cut.endsWith('\u001B[0m')).toBe(true);
        }
        expect(visibleWidth(padTo(cut, width))).toBe(width);
      }),
    );
  });

  it('pad numbers on the left', () => {
    expect(padTo('7', 3, 'left')).toBe('  7');
    expect(padTo('long', 2)).toBe('long');
  });
});

describe('numbers in words', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1234.6, '1,235'],
    [10_000_000, '10,000,000'],
  ])('groupDigits(%d) is %s', (value, text) => expect(groupDigits(value)).toBe(text));

  it.each([
    [0.04, '0.0 s'],
    [59.9, '59.9 s'],
    [59.97, '1 min 00 s'],
    [185, '3 min 05 s'],
    [7440, '2 h 04 min'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('formatSeconds(%d) is %s', (value, text) => expect(formatSeconds(value)).toBe(text));

  it('writes a dash for no value', () => {
    expect([formatNumber(null), formatNumber(undefined), formatNumber(Number.NaN), formatNumber(1.25, 2)]).toEqual(['–', '–', '–', '1.25']);
  });
});

it('table aligns columns, numbers to the right, and ends no line with blanks', () => {
  const lines = table(
    ['name', 'n'],
    [
      ['a', '1'],
      ['longer', '1000'],
    ],
    { paint: paintFor(false), rightAligned: [1] },
  );
  expect(lines).toEqual(['name       n', 'a          1', 'longer  1000']);
});
