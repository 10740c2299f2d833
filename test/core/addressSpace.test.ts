import { describe, expect, it } from 'vitest';
import { explainAddresses } from '../../src/core/addressSpace.ts';

describe('explainAddresses', () => {
  it('leaves an error alone where the machine still has addresses; test/cli/limits.node.test.ts has the other case', () => {
    const cause = new RangeError('too large');
    expect(explainAddresses(cause)).toBe(cause);
  });
});
