import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError, editDistance, mistake, nearestNames, show, suggest } from '../../src/core/errors.ts';

describe('CohortError', () => {
  it('writes its parts as one sentence', () => {
    const cause = new Error('below');
    const error = new CohortError({ subject: '--seed', expected: 'a whole number', got: '"x"', advice: 'write --seed 1', cause });
    expect(error.message).toBe('--seed: expected a whole number, got "x"; write --seed 1');
    expect(error.name).toBe('CohortError');
    expect(error.cause).toBe(cause);
    // A printed error shows no cause that is not there.
    expect(mistake('--seed', 'a whole number', '"x"', 'write --seed 1')).not.toHaveProperty('cause');
    expect(Object.keys(mistake('--seed', 'a whole number', '"x"', 'write --seed 1').parts)).not.toContain('cause');
    expect(error).toBeInstanceOf(Error);
    expect(error.parts.subject).toBe('--seed');
  });
});

describe('show', () => {
  it.each([
    ['text', '"text"'],
    [3n, '3n'],
    [undefined, 'nothing'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [-0.5, '-0.5'],
    [true, 'true'],
    [[1, 'a', undefined], '[1, "a", nothing]'],
    [new Float32Array(3), 'Float32Array of 12 bytes'],
    [{ a: 1, b: 2 }, 'an object with a, b'],
    [{}, 'an object with no keys'],
    [Array.from({ length: 9 }), 'a list of 9'],
    [function named() {}, 'a function (named)'],
  ])('writes %o', (value, text) => {
    expect(show(value)).toBe(text);
  });

  it('stays on one short line however long a string is', () => {
    expect(show('x'.repeat(1000))).toHaveLength(62);
    expect(show('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['cartpoel', 'CartPole', 1],
    ['kitten', 'sitting', 3],
    ['gamma', 'gama', 1],
  ])('%s and %s are %d apart', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, zero only for the same word, and at most the longer length', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});

describe('suggestions', () => {
  const ids = ['CartPole-v0', 'CartPole-v1', 'CliffWalking-v0', 'CliffWalkingSlippery-v1'];

  it('puts the nearest name first', () => {
    expect(nearestNames('cartpole-v1', ids)[0]).toBe('CartPole-v1');
    expect(nearestNames('CartPoel-v1', ids)[0]).toBe('CartPole-v1');
    expect(nearestNames('CliffWalking-v1', ids)[0]).toBe('CliffWalking-v0');
  });

  it('takes the beginning of a name for the name', () => {
    expect(nearestNames('Cliff', ids)).toEqual(['CliffWalking-v0', 'CliffWalkingSlippery-v1']);
  });

  it('lists everything where nothing is near', () => {
    expect(nearestNames('Pendulum', ids)).toEqual([]);
    expect(suggest('Pendulum', ids)).toBe(`choose one of ${ids.join(', ')}`);
    expect(suggest('cartpole-v1', ids)).toMatch(/^did you mean CartPole-v1/);
  });

  it('gives at most as many as asked', () => {
    expect(nearestNames('CartPole', ids, 1)).toHaveLength(1);
  });
});
