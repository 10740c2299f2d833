import { describe, expect, it } from 'vitest';
import { kinds, tryMutations } from './mutations.ts';

// Continuous integration tries ten times as many.
const seeds = 200;

describe('a file of a stranger', () => {
  it.each(kinds)(`%s/%s: read or refused in one sentence, in each of ${seeds} mutations`, async (...kind) => {
    const { raw, refused } = await tryMutations(kind, seeds);
    expect(raw.slice(0, 3)).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect({}).not.toHaveProperty('polluted');
  });
});
