/** All rows, triples and drawn groups included: about half a minute per seed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { theoryStatements, verifyTheory } from '../../src/theory/verifyTheory.ts';
import { wrongSubjects } from './wrong.ts';

describe('all rows', () => {
  it.each([2, 3])('hold, seed %d', async (seed) => {
    const { rows, holds } = await verifyTheory({ seed });
    expect(rows.filter(({ verdict }) => verdict === 'fails').map(({ name, failures }) => [name, failures])).toEqual([]);
    expect([rows.length, holds]).toEqual([theoryStatements.length, true]);
  });

  it('are the recorded ones, to the last bit', async () => {
    const lines = readFileSync(new URL('../../experiments/theory/verify.ndjson', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    const recorded = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ event }) => event === 'row');
    expect((await verifyTheory()).rows.map((row) => ({ event: 'row', ...row }))).toEqual(recorded);
  });

  it('of drawn groups can each fail', async () => {
    const only = ['segments', ...theoryStatements.filter(({ kind }) => kind === 'monte carlo').map(({ name }) => name)];
    const failed = new Set<string>();
    for (const what of [
      'a baseline that sees the action',
      'the size of the advantage',
      'no baseline at all',
      'the own return where it should be left out',
    ]) {
      const left = only.filter((name) => !failed.has(name));
      if (left.length === 0) break;
      const { rows } = await verifyTheory({ only: left, subjects: wrongSubjects[what] });
      for (const { name, verdict } of rows) if (verdict === 'fails') failed.add(name);
    }
    expect(only.filter((name) => !failed.has(name))).toEqual([]);
  });
});
