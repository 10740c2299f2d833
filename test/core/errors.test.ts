import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError, editDistance, escapeControls, mistake, nearestNames, show, suggest } from '../../src/core/errors.ts';

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

  it('keeps its lines and nothing else that moves a cursor', () => {
    const { message } = mistake('a\u001b[2Jb', 'one\nline', '\r', 'two');
    expect(message).toBe('a\\u001b[2Jb: expected one\nline, got \\r; two');
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

  it('writes what a terminal would act on as an escape', () => {
    expect(show('a\u001b]52;c;eA==\u0007b')).toBe('"a\\u001b]52;c;eA==\\u0007b"');
    expect(show('one\ntwo\tthree\r')).toBe('"one\\ntwo\\tthree\\r"');
    expect(show('\u007f\u0085\u009b\u202e\u2066\u2028\ufeff')).toBe('"\\u007f\\u0085\\u009b\\u202e\\u2066\\u2028\\ufeff"');
    expect(show('\ud800 𝄞 é 中')).toBe('"\\ud800 𝄞 é 中"');
    expect(show({ 'a\u001b[2J': 1 })).toBe('an object with a\\u001b[2J');
    expect(show(Symbol('a\u001bb'))).toBe('Symbol(a\\u001bb)');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    const unsafe = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;
    const anything = fc.anything({ withTypedArray: true, withBigInt: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), anything), (value) => {
        expect(show(value)).not.toMatch(unsafe);
        expect(mistake(String(show(value)), 'a', 'b', 'c').message).not.toMatch(unsafe);
      }),
    );
    expect(escapeControls('\u001b[2Jé')).toBe('\\u001b[2Jé');
  });

  it('goes three lists deep, and no deeper', () => {
    let nested: unknown[] = [1];
    for (let depth = 0; depth < 20_000; depth++) nested = [nested];
    expect(show(nested)).toBe('[[[a list of 1]]]');
    expect(show([[[1, 2], 'x']])).toBe('[[[1, 2], "x"]]');
    expect(show(Array(2))).toBe('[nothing, nothing]');
  });

  it('keeps long numbers and names short, and reads what cannot be read', () => {
    expect(show(2n ** 500_000n)).toBe('a whole number of more than 40 digits');
    expect(show({ ['k'.repeat(1000)]: 1 }).length).toBeLessThan(60);
    expect(show(Object.create(null))).toBe('an object with no keys');
    expect(show(class Named {})).toBe('a function (Named)');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(show(proxy)).toBe('a value of type object that cannot be read');
    expect(show([proxy])).toBe('a value of type object that cannot be read');
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

  it('are not sought for what is no name: more than 100 letters, or no text', () => {
    const long = `${'C'.repeat(100)}x`;
    expect(editDistance(long, 'CartPole')).toBe(Number.POSITIVE_INFINITY);
    expect(editDistance('C'.repeat(100), 'C'.repeat(99))).toBe(1);
    expect(nearestNames(long, [long.slice(0, 100)])).toEqual([]);
    expect(nearestNames('C'.repeat(100), ['C'.repeat(99)])).toEqual(['C'.repeat(99)]);
    for (const value of [5, null, undefined, Object.create(null), [], 'A'.repeat(1e6)])
      expect(suggest(value, ['a', 'b'])).toBe('choose one of a, b');
  });

  it('gives at most as many as asked', () => {
    expect(nearestNames('CartPole', ids, 1)).toHaveLength(1);
  });
});
