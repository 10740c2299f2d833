/** Checks of stored data say where a value stands and what may stand there. */
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import {
  either,
  finite,
  listOf,
  nullable,
  objectOf,
  oneOf,
  optional,
  recordOf,
  such,
  text,
  whole,
  yesOrNo,
} from '../../src/core/stored.ts';

const check = objectOf({
  name: text({ min: 1, max: 5 }),
  size: whole({ min: 1, max: 9 }),
  rate: optional(finite({ min: 0 })),
  on: yesOrNo,
  kind: oneOf('a', 'b'),
  list: listOf(whole(), { min: 1, max: 2 }),
  inner: nullable(objectOf({ even: such(whole(), (value) => value % 2 === 0, 'an even number') })),
  words: recordOf(text({ min: 1 }), either<string | boolean>('text or yes', text(), yesOrNo)),
});
const good = { name: 'x', size: 1, on: true, kind: 'a', list: [1], inner: { even: 2 }, words: { w: 'x', v: true } };
const read = (change: object): unknown => check({ ...good, ...change }, { subject: 'file', path: [], advice: 'mend it' });

describe('checks of stored data', () => {
  it('give back what is right', () => {
    for (const change of [{}, { rate: 0.5 }, { rate: undefined }, { inner: null }, { words: {} }])
      expect(read(change)).toEqual({ ...good, ...change });
  });

  it.each([
    [{ name: '' }, /^file, name: expected string to have >=1 characters, got ""; mend it$/],
    [{ name: 'abcdef' }, /name: expected string to have <=5 characters/],
    [{ size: 1.5 }, /size: expected int, got 1.5/],
    [{ size: 10 }, /size: expected number to be <=9, got 10/],
    [{ size: 2 ** 53 }, /size: expected int/],
    [{ size: '1' }, /size: expected number, got "1"/],
    [{ rate: -1 }, /rate: expected number to be >=0, got -1/],
    [{ rate: Number.NaN }, /rate: expected number, got NaN/],
    [{ rate: null }, /rate: expected number/],
    [{ on: 1 }, /on: expected boolean, got 1/],
    [{ kind: 'c' }, /kind: expected one of "a"\|"b", got "c"/],
    [{ list: [] }, /list: expected array to have >=1 items/],
    [{ list: [1, 2, 3] }, /list: expected array to have <=2 items/],
    [{ list: [1, 'x'] }, /list\.1: expected number, got "x"/],
    [{ list: { 0: 1 } }, /list: expected array/],
    [{ inner: { even: 3 } }, /inner\.even: expected an even number, got 3/],
    [{ inner: { even: 2, odd: 1 } }, /^file, inner: expected known fields, got "odd"; mend it$/],
    [{ inner: [] }, /inner: expected object/],
    [{ words: { w: 3 } }, /words\.w: expected text or yes, got 3/],
    [{ words: { '': 'x' } }, /words\.: expected string to have/],
    [{ words: [] }, /words: expected record/],
    [{ nmae: 'x' }, /^file: expected known fields, got "nmae"; did you mean name\?$/],
    [{ name: undefined }, /name: expected string, got nothing/],
  ])('refuse %j', (change, says) => {
    expect(() => read(change)).toThrow(CohortError);
    expect(() => read(change)).toThrow(says);
  });

  it('see fields of the value alone, not those of its prototype', () => {
    expect(() => objectOf({ toString: text() })({}, { subject: 'file', path: [], advice: 'mend it' })).toThrow(
      /toString: expected string, got nothing/,
    );
  });
});
