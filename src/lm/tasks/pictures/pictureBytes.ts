/**
 * What the readers of PNG and JPEG files share.
 */
import type { CohortError } from '../../../core/errors.ts';

/** Makes the error of a picture. */
export type Refuse = (expected: string, got: string, advice: string) => CohortError;

/** Pixels in a row, and rows. */
export interface Sides {
  readonly width: number;
  readonly height: number;
}

/** How a reader complains. */
export interface Checks {
  readonly refuse: Refuse;
  /** Throws if sides are out of bounds. */
  check(width: number, height: number): void;
}

/** What to do about a damaged file. */
export const saveAgain = 'save or copy the picture again';

/** Byte strings one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
