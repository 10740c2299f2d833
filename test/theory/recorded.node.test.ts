/** The table of the repository is what `verify` says: the statements of every row, and the numbers of those that are quick. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { theoryStatements, verifyTheory } from '../../src/theory/verifyTheory.ts';

const lines = readFileSync(new URL('../../experiments/theory/verify.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const events = lines.map((line) => JSON.parse(line) as { event: string; name: string });
const recorded = events.filter(({ event }) => event === 'row').map(({ event: _event, ...row }) => row);

it('the recorded rows are those of the table; red after a change: the command of tools/theory.mjs writes them again', async () => {
  expect(recorded.map(({ name }) => name)).toEqual(theoryStatements.map(({ name }) => name));
  for (const [k, statement] of theoryStatements.entries()) expect(recorded[k]).toMatchObject(statement);
  const quick = ['past-baseline', 'surrogate', 'visit-means', 'rloo', 'slip-equation-1', 'slip-equation-15', 'slip-discount'];
  const { rows } = await verifyTheory({ only: quick });
  expect(rows).toEqual(recorded.filter(({ name }) => quick.includes(name)));
  expect(events.at(-1)).toMatchObject({ event: 'summary', rows: theoryStatements.length, fails: 0, holds: true, interrupted: false });
});
