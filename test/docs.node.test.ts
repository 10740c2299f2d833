/** Generated documents are what their generators make of the raw files. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('docs/parity.md is made of its raw files', async () => {
  const { parityReport } = (await import(new URL('../tools/parity/report.mjs', import.meta.url).href)) as { parityReport(): string };
  expect(readFileSync(new URL('../docs/parity.md', import.meta.url), 'utf8')).toBe(parityReport());
});
