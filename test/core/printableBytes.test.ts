/** The text that carries the modules: every byte comes back, and no bundler has to escape a character of it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOfPrintable } from '../../src/core/text.ts';
import { printableOf } from '../../tools/printableBytes.mjs';

it('is read as its comment says', () => {
  expect([...bytesOfPrintable('! |!')]).toEqual([1, 0, 88]);
});

it('gives back every byte', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(bytesOfPrintable(printableOf(all))).toEqual(all);
  expect(printableOf(all)).toMatch(/^[ -~]+$/);
  expect(printableOf(all)).not.toMatch(/["$'\\`]/);
});

it('gives back any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(bytesOfPrintable(printableOf(bytes))).toEqual(Uint8Array.from(bytes));
    }),
  );
});
