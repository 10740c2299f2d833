/**
 * Long work on the thread of a run, in pieces: between them signals, messages and displays are served, and an abort ends it.
 */
import type { Platform } from '../core/platform.ts';

/** What long work needs of its surroundings. */
export interface Breathing {
  readonly platform: Pick<Platform, 'now' | 'pause'>;
  readonly signal?: AbortSignal | undefined;
}

/** What long work tells while it goes on. */
export interface Listening<Piece> {
  /** Is called with what a piece says of itself. */
  readonly onPiece?: ((piece: Piece) => void) | undefined;
}

// Short beside the patience of a person, long beside the cost of a pause.
const breathMilliseconds = 50;

/** Does all pieces of some work one after the other. */
export function atOnce<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

/** Does all pieces of some work and gives its result; `undefined` where the signal ended it before. The clock decides about pauses only. */
export async function inPieces<Piece, Result extends object>(
  work: Generator<Piece, Result>,
  { platform, signal, onPiece }: Breathing & Listening<Piece>,
): Promise<Result | undefined> {
  let last = platform.now();
  while (!signal?.aborted) {
    const piece = work.next();
    if (piece.done) return piece.value;
    onPiece?.(piece.value);
    if (platform.now() - last < breathMilliseconds) continue;
    await platform.pause();
    last = platform.now();
  }
  return undefined;
}
