import { describe, expect, it } from 'vitest';
import { kinds, tryMutations } from './mutations.ts';

/** 20,000 of every kind, the figure of docs/untrusted.md: COHORT_MUTATIONS=20000. */
const seeds = Number(process.env.COHORT_MUTATIONS ?? 2000);

describe('a file of a stranger', () => {
  it.each(kinds)(`%s/%s: read or refused in one sentence, in each of ${seeds} mutations`, async (...kind) => {
    const { raw } = await tryMutations(kind, seeds);
    expect(raw.slice(0, 3)).toEqual([]);
  });
});
