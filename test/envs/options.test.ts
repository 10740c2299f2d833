/** Options of environments: what every kind takes, and what is said of the rest. */
import { describe, expect, it } from 'vitest';
import { describeOption, readOptions } from '../../src/envs/options.ts';
import type { EnvOption } from '../../src/envs/spec.ts';

const table = {
  flag: { kind: 'boolean', meaning: '' },
  size: { kind: 'number', meaning: '' },
  chance: { kind: 'probability', meaning: '' },
  limit: { kind: 'steps', meaning: '' },
  seed: { kind: 'count', meaning: '' },
  name: { kind: 'choice', names: ['one', 'two'], meaning: '' },
  pair: { kind: 'numbers', names: ['low', 'high'], meaning: '' },
  map: { kind: 'map', names: ['a', 'b'], meaning: '' },
} as const satisfies Readonly<Record<string, EnvOption>>;

describe('an option', () => {
  it.each([
    ['flag', [true, false], [0, 1, 'true', null], 'true or false'],
    ['size', [0, -1.5, 1e300], [Number.NaN, Infinity, '1', null], 'a finite number'],
    ['chance', [0, 1, 0.25], [-0.1, 1.1, Number.NaN, '0.5'], 'a number from 0 to 1'],
    ['limit', [1, 200], [0, 1.5, 2 ** 53, '1'], 'a whole number of at least 1'],
    ['seed', [0, 2 ** 53 - 1], [-1, 0.5, 2 ** 53, null], 'a whole number of at least 0'],
    ['name', ['one', 'two'], ['three', 1, ['one']], 'one of one, two'],
    [
      'pair',
      [
        [1, 2],
        [-0.5, 0],
      ],
      [[1], [1, 2, 3], [1, '2'], [1, Number.NaN], '1,2', { 0: 1, 1: 2, length: 2 }],
      'a list of 2 finite numbers (low, high)',
    ],
    [
      'map',
      [['a'], ['ab', 'ba']],
      [[], [''], ['ab', 'a'], ['ac'], ['a', 1], 'ab', [['a']], [undefined]],
      'a list of rows, texts of equal length of the letters a, b',
    ],
  ] as const)('%s takes what it says and nothing else', (name, good, bad, words) => {
    expect(describeOption(table[name])).toBe(words);
    for (const value of good) expect(readOptions('Task-v0', table, { [name]: value })).toEqual({ [name]: value });
    for (const value of bad) {
      const expected = `Task-v0: ${name}: expected ${words}, got `;
      expect(() => readOptions('Task-v0', table, { [name]: value })).toThrow(expected);
    }
  });

  it('says where a map is wrong', () => {
    const told = (map: unknown) => () => readOptions('Task-v0', table, { map });
    expect(told(['ab', 'abb'])).toThrow('got 3 letters in row 1 and 2 in row 0; give another value');
    expect(told(['ab', 'bx'])).toThrow('got "x" at letter 1 of row 1;');
    expect(told(['ab', 7])).toThrow('got 7 as row 1;');
    expect(told(['ab', ''])).toThrow('got "" as row 1;');
  });

  it('of an unknown kind is a mistake of the table', () => {
    const odd = { size: { kind: 'numer', meaning: '' } } as unknown as Readonly<Record<string, EnvOption>>;
    expect(() => readOptions('Task-v0', odd, { size: 1 })).toThrow(/kind: expected one of boolean, .* got "numer"; did you mean number/);
    expect(() => readOptions('Task-v0', table, { flg: true })).toThrow(/option: expected one of flag, .* got "flg"; did you mean flag\?/);
    expect(readOptions('Task-v0', table, { flag: undefined })).toEqual({});
  });
});
