/** Errors that cross from a thread to another keep what a person and a program read of them. */
import { describe, expect, it } from 'vitest';
import { CohortError, failure, outOfMemory } from '../../src/core/errors.ts';
import { packError, unpackError } from '../../src/core/packedError.ts';

const crossed = (thrown: unknown): Error => unpackError(structuredClone(packError(thrown)));

describe('a packed error', () => {
  it('is a CohortError again, with its parts, its stack and its causes', () => {
    const cause = new RangeError('too large');
    const thrown = failure('kernels', 'memory', 'none', 'take fewer', cause);
    const error = crossed(thrown);
    expect(error).toBeInstanceOf(CohortError);
    expect(error.message).toBe('kernels: expected memory, got none; take fewer');
    expect(error.stack).toBe(thrown.stack);
    expect((error as CohortError).parts).toMatchObject({ subject: 'kernels', kind: 'failure' });
    expect(error.cause).toMatchObject({ name: 'RangeError', message: 'too large', stack: cause.stack });
  });

  it('keeps the code that a program acts on', () => {
    const parts = { subject: 'a', expected: 'b', got: 'c', advice: 'd', code: outOfMemory };
    expect((crossed(new CohortError(parts)) as CohortError).parts).toEqual(parts);
  });

  it('keeps the name of any other error, and the words of what is none', () => {
    expect(crossed(new TypeError('no function'))).toMatchObject({ name: 'TypeError', message: 'no function' });
    expect(crossed('only words')).toMatchObject({ name: 'Error', message: 'only words' });
  });
});
