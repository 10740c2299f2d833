import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  choice,
  describeFields,
  describeRange,
  flag,
  inGroup,
  integer,
  integerList,
  optionalInteger,
  optionalReal,
  parseConfig,
  real,
} from '../../src/core/config.ts';
import { CohortError } from '../../src/core/errors.ts';

const schema = z.strictObject({
  ...inGroup('Rollout', { numEnvs: integer({ description: 'parallel environments', default: 32, min: 1, max: 4096 }) }),
  ...inGroup('Rollout', { gamma: real({ description: 'discount factor', default: 0.99, min: 0, max: 1 }) }),
  ...inGroup('Update', { targetKl: optionalReal({ description: 'largest divergence', min: 0, max: 10 }) }),
  ...inGroup('Run', { stopAfter: optionalInteger({ description: 'end after this iteration', min: 1, max: 100 }) }),
  ...inGroup('Update', { anneal: flag({ description: 'let the rate fall', default: true }) }),
  ...inGroup('Group baseline', { bins: choice({ description: 'binning', default: 'time', names: ['time', 'space'] }) }),
  ...inGroup('Network', { hiddenSizes: integerList({ description: 'widths', default: [64, 64], min: 1, max: 512, most: 3 }) }),
});
const defaults = { numEnvs: 32, gamma: 0.99, anneal: true, bins: 'time', hiddenSizes: [64, 64] };

function messageOf(input: unknown, nameOf?: (field: string) => string): string {
  try {
    parseConfig(schema, input, 'configuration', nameOf);
  } catch (error) {
    expect(error).toBeInstanceOf(CohortError);
    return (error as CohortError).message;
  }
  throw new Error('nothing was thrown');
}

describe('parseConfig', () => {
  it('fills in the defaults and keeps what was given', () => {
    expect(parseConfig(schema, {}, 'configuration')).toEqual(defaults);
    expect(parseConfig(schema, { gamma: 1, targetKl: 0.5 }, 'configuration')).toEqual({ ...defaults, gamma: 1, targetKl: 0.5 });
  });

  it.each([
    ['numEnvs', 0],
    ['numEnvs', 4097],
    ['numEnvs', 1.5],
    ['numEnvs', '32'],
    ['numEnvs', Number.NaN],
    ['gamma', -0.01],
    ['gamma', Number.POSITIVE_INFINITY],
    ['gamma', null],
    ['stopAfter', 0],
    ['anneal', 'yes'],
    ['hiddenSizes', [0]],
    ['hiddenSizes', [1, 1, 1, 1]],
    ['hiddenSizes', 64],
  ])('refuses %s = %o, naming the field, what it may be and what it was', (name, value) => {
    const message = messageOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^configuration: ${name}: expected .+, got .+; `));
    expect(message).not.toContain('got nothing');
  });

  it('leaves an optional field out that is null, and no other', () => {
    expect(parseConfig(schema, { targetKl: null, stopAfter: null, numEnvs: 4 }, 'x')).toEqual({ ...defaults, numEnvs: 4 });
    expect(Object.keys(parseConfig(schema, { targetKl: null }, 'x'))).not.toContain('targetKl');
    expect(messageOf({ gamma: null })).toMatch(/gamma: expected a number from 0 to 1, got null/);
    expect(messageOf({ constructor: null })).toMatch(/got "constructor"/);
    expect(messageOf(null)).toMatch(/got null/);
  });

  it('says the range, the value and the default', () => {
    expect(messageOf({ numEnvs: 0 })).toBe(
      'configuration: numEnvs: expected a whole number from 1 to 4096, got 0; it is "parallel environments" (default 32)',
    );
  });

  it('names the nearest field or choice', () => {
    expect(messageOf({ numEnv: 1 })).toMatch(/expected known fields, got "numEnv"; did you mean numEnvs\?/);
    expect(messageOf({ bins: 'tiem' })).toMatch(/expected one of time, space, got "tiem"; did you mean time\?/);
  });

  it('writes a field the way the user wrote it', () => {
    expect(messageOf({ numEnvs: -1 }, () => '--num-envs')).toMatch(/^configuration: --num-envs: /);
  });

  it.each([[null], [[]], ['text'], [3]])('refuses %o instead of a record', (input) => {
    expect(messageOf(input)).toMatch(/^configuration: expected a record of fields, got /);
  });
});

describe('a field', () => {
  const field = inGroup('Rollout', { rate: real({ description: 'how fast', default: 0.5, min: 0, max: 1 }) }).rate;
  const describedAs = (rate: z.core.$ZodType) => describeFields(z.strictObject({ rate }))[0];

  it('takes other words and another default, and stays what it was', () => {
    const before = { name: 'rate', group: 'Rollout', description: 'how fast', type: 'number', default: 0.5, min: 0, max: 1 };
    expect(describedAs(field.meta({ group: 'Mine', description: 'mine' }))).toEqual({ ...before, group: 'Mine', description: 'mine' });
    expect(describedAs(field.describe('mine'))).toEqual({ ...before, description: 'mine' });
    expect(describedAs(field.default(0.25))).toEqual({ ...before, default: 0.25 });
    expect(parseConfig(z.strictObject({ rate: field.default(0.25) }), {}, 'configuration')).toEqual({ rate: 0.25 });
    expect(describedAs(field)).toEqual(before);
  });

  it('may be in two groups', () => {
    const shared = flag({ description: 'shared', default: true });
    expect([inGroup('A', { shared }), inGroup('B', { shared })].map((fields) => describedAs(fields.shared)?.group)).toEqual(['A', 'B']);
  });

  it('may be one of zod itself', () => {
    const own = z.number().min(2).default(3).meta({ description: 'own' });
    expect(describedAs(own)).toMatchObject({ group: 'Run', description: 'own', type: 'number', default: 3, min: 2 });
    expect(describedAs(z.int().min(1).optional())).toMatchObject({ type: 'integer', min: 1 });
  });
});

describe('describeFields', () => {
  const fields = describeFields(schema);

  it('keeps the order and knows type, default and range of every field', () => {
    expect(fields.map(({ name }) => name)).toEqual(Object.keys(schema.shape));
    expect(fields.map(({ type }) => type)).toEqual(['integer', 'number', 'number', 'integer', 'boolean', 'choice', 'integers']);
    expect(fields.map((field) => field.default)).toEqual([32, 0.99, undefined, undefined, true, 'time', [64, 64]]);
    expect(fields[0]).toMatchObject({ group: 'Rollout', description: 'parallel environments', min: 1, max: 4096 });
    expect(fields[2]).toMatchObject({ group: 'Update', description: 'largest divergence', min: 0, max: 10 });
  });

  it('writes a range in words', () => {
    expect(fields.map(describeRange)).toEqual([
      'a whole number from 1 to 4096',
      'a number from 0 to 1',
      'a number from 0 to 10',
      'a whole number from 1 to 100',
      'true or false',
      'one of time, space',
      'a list of whole numbers from 1 to 512',
    ]);
  });
});
