import { expect, it } from 'vitest';
import { csvField } from '../../src/core/csv.ts';

it.each([
  ['plain', 'plain'],
  [-1.5, '-1.5'],
  [undefined, ''],
  ['a, "b"', '"a, ""b"""'],
  ['two\nlines', '"two\nlines"'],
  // What a spreadsheet would run is text; a negative number is a number.
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-cmd', "'-cmd"],
  ['@sum', "'@sum"],
  ['\tx', "'\tx"],
])('%j is written %s', (value, written) => {
  expect(csvField(value)).toBe(written);
});
