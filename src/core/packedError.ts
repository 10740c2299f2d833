/**
 * Errors as plain data: what crosses from a thread or a process to another, where classes are lost.
 */
import { CohortError, type CohortErrorParts } from './errors.ts';

/** What was thrown, as plain data. */
export interface PackedError {
  /** Name of its class. */
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Of a {@link CohortError}. */
  readonly parts?: Omit<CohortErrorParts, 'cause'>;
  readonly cause?: PackedError;
}

/** Packs whatever was thrown, with its causes. */
export function packError(thrown: unknown): PackedError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { name, message, stack, cause } = thrown;
  const packed = { name, message, ...(stack !== undefined && { stack }), ...(cause instanceof Error && { cause: packError(cause) }) };
  if (!(thrown instanceof CohortError)) return packed;
  const { cause: _packed, ...parts } = thrown.parts;
  return { ...packed, parts };
}

/** An error of the same name, words, stack and causes; a {@link CohortError} if it was one. */
export function unpackError({ name, message, stack, parts, cause: packed }: PackedError): Error {
  const cause = packed && unpackError(packed);
  const error = parts ? new CohortError({ ...parts, ...(cause && { cause }) }) : new Error(message, cause && { cause });
  error.name = name;
  // Of the thread where it was thrown; the one here says nothing.
  error.stack = stack ?? `${name}: ${message}`;
  return error;
}
