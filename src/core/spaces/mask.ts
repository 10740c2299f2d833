/** Action masks: which values of an action are allowed now. */
import { mistake, show } from '../errors.ts';
import type { Mask, PlainSpace } from './types.ts';

/**
 * How many values each entry of an action has: `[n]` for a discrete space, `nvec`, or 2 for each entry of 0 or 1. A policy has one categorical distribution
 * for each, and a mask one entry for each value. Empty for other spaces.
 */
export function headSizes(space: PlainSpace): number[] {
  if (space.kind === 'discrete') return [space.n];
  if (space.kind === 'multiDiscrete') return Array.from(space.nvec);
  return space.kind === 'multiBinary' ? Array.from({ length: space.n }, () => 2) : [];
}

/** What is wrong with a mask of a space: what was expected, and what was got. */
export interface MaskFault {
  readonly expected: string;
  readonly got: string;
}

/** What is wrong with a mask; nothing where it fits and allows something in every entry of the action. */
export function maskFault(space: PlainSpace, mask: unknown): MaskFault | undefined {
  const sizes = headSizes(space);
  const length = sizes.reduce((sum, size) => sum + size, 0);
  if (length === 0) return { expected: 'no mask, for these actions have no values to choose from', got: show(mask) };
  const isList = Array.isArray(mask) || ArrayBuffer.isView(mask);
  const list = isList ? (mask as unknown as ArrayLike<unknown>) : [];
  const expected = `${length} entries of 0 or 1, one per value`;
  if (list.length !== length) return { expected, got: isList ? `${list.length} entries` : show(mask) };
  let at = 0;
  for (const [head, size] of sizes.entries()) {
    let allowed = 0;
    for (const end = at + size; at < end; at++) {
      const entry = list[at];
      if (entry !== 0 && entry !== 1 && entry !== true && entry !== false) return { expected, got: `${show(entry)} at entry ${at}` };
      if (entry) allowed++;
    }
    const where = sizes.length === 1 ? '' : ` for entry ${head} of the action`;
    if (allowed === 0) return { expected: `a mask that allows at least one value${where}`, got: 'one that allows nothing' };
  }
  return undefined;
}

/** For each entry of the action the indices that a mask allows. Throws `CohortError` for a mask that does not fit. */
export function maskedHeads(space: PlainSpace, mask: Mask): number[][] {
  const fault = maskFault(space, mask);
  if (fault) throw mistake('mask', fault.expected, fault.got, 'give 1 for each value that is allowed, 0 for the others');
  let begin = 0;
  return headSizes(space).map((size) => {
    const indices = Array.from({ length: size }, (_, k) => k).filter((k) => mask[begin + k]);
    begin += size;
    return indices;
  });
}

/** Words of the mask of one row: one bit per output, the lowest first. */
export function maskWords(outputSize: number): number {
  return Math.ceil(outputSize / 32);
}

/** Packs rows of masks (count, outputSize), entries that are not 0 allowed, into bits (count, {@link maskWords}). */
export function packMasks(masks: ArrayLike<number>, count: number, outputSize: number, bits: Int32Array): void {
  const words = maskWords(outputSize);
  bits.fill(0, 0, count * words);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < outputSize; k++) if (masks[i * outputSize + k] !== 0) bits[i * words + (k >> 5)]! |= 1 << (k & 31);
  }
}
