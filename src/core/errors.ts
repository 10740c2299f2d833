/**
 * The one error class for everything that a user can put right, and the helper that finds the name they meant.
 */
import { escapeLines } from './show.ts';
import { formatBytes } from './text.ts';

export { escapeControls, show } from './show.ts';

/** What a {@link CohortError} says: every part is a noun phrase or a sentence without a full stop. */
export interface CohortErrorParts {
  /** What spoke: a flag, a function, a file. */
  readonly subject: string;
  /** What was expected. */
  readonly expected: string;
  /** What was got; values are written as the user wrote them. */
  readonly got: string;
  /** What to do now. */
  readonly advice: string;
  /** Names the reason where a program acts on it: {@link outOfMemory}. */
  readonly code?: string;
  /** How much memory it would have taken, where the reason is {@link outOfMemory} and that is known. */
  readonly bytes?: number;
  /** Whose mistake: `usage` is exit code 2 at the command line, everything else 1. Default `usage`. */
  readonly kind?: 'usage' | 'failure';
  readonly cause?: unknown;
}

/** An error that a person can fix: `subject: expected X, got Y; do Z`. Shown without a stack trace at the command line. */
export class CohortError extends Error {
  readonly parts: CohortErrorParts;
  constructor(parts: CohortErrorParts) {
    super(
      // Names of files and what stands in them may be a stranger's.
      escapeLines(`${parts.subject}: expected ${parts.expected}, got ${parts.got}; ${parts.advice}`),
      parts.cause === undefined ? undefined : { cause: parts.cause },
    );
    this.name = 'CohortError';
    this.parts = parts;
  }
}

/** What a caller wrote wrongly, as an error. */
export function mistake(subject: string, expected: string, got: string, advice: string, cause?: unknown): CohortError {
  return new CohortError({ subject, expected, got, advice, ...(cause !== undefined && { cause }) });
}

/** What went wrong, or is damaged, without a mistake of the caller: an error of kind `failure`. */
export function failure(subject: string, expected: string, got: string, advice: string, cause?: unknown): CohortError {
  return new CohortError({ subject, expected, got, advice, kind: 'failure', ...(cause !== undefined && { cause }) });
}

/** The code of an error that says that another process writes a run. */
export const locked = 'locked';

/** The code of an error that says that memory is too small. */
export const outOfMemory = 'outOfMemory';

/** What to throw for `cause`: an error of these parts if memory ran out (a {@link outOfMemory}, or the engine's `RangeError`), else `cause` itself. */
export function explainMemory(cause: unknown, parts: CohortErrorParts): unknown {
  const isFull = cause instanceof CohortError ? cause.parts.code === outOfMemory : cause instanceof RangeError;
  if (!isFull) return cause;
  const { bytes } = cause instanceof CohortError ? cause.parts : {};
  const got = bytes === undefined ? parts.got : `${parts.got}: ${formatBytes(bytes)}`;
  return new CohortError({ ...parts, got, code: outOfMemory, cause });
}

/** The longest name that is compared with others: the cost grows with the square of the length, and nobody mistypes more. */
const longestName = 100;

/**
 * Damerau-Levenshtein distance (optimal string alignment), without regard to case; `Infinity` for names of more than 100 letters.
 *
 * `editDistance('cartpoel', 'CartPole') === 1`
 */
export function editDistance(first: string, second: string): number {
  if (first.length > longestName || second.length > longestName) return Number.POSITIVE_INFINITY;
  const a = first.toLowerCase();
  const b = second.toLowerCase();
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

/** The candidates that a mistyped name probably meant, nearest first; empty when nothing is near, or `name` is longer than 100 letters. */
export function nearestNames(name: string, candidates: readonly string[], most = 3): string[] {
  if (name.length > longestName) return [];
  const limit = Math.max(2, Math.floor(name.length / 3));
  return candidates
    .map((candidate) => {
      const distance = editDistance(name, candidate);
      const begins = candidate.toLowerCase().startsWith(name.toLowerCase()) && name.length >= 2;
      return { candidate, distance: begins ? Math.min(distance, 1) : distance };
    })
    .filter(({ distance }) => distance <= limit)
    .sort((x, y) => x.distance - y.distance || (x.candidate < y.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** The advice for an unknown name: the nearest names if there are any, else the whole list, as for what is no text. */
export function suggest(name: unknown, candidates: readonly string[]): string {
  const near = typeof name === 'string' ? nearestNames(name, candidates) : [];
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`;
  return `choose one of ${candidates.join(', ')}`;
}
