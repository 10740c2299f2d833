/**
 * What a public function checks of its arguments before it looks into them, so that nobody meets the engine's own errors.
 */
import { mistake, show } from './errors.ts';

/** Whether a value is a record: an object that is no list, no bytes and not nothing. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** A record. Throws `CohortError` for anything else. */
export function checkRecord(value: unknown, subject: string, expected: string, advice: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw mistake(subject, expected, show(value), advice);
}

/** Options: a record, or nothing. Throws `CohortError` for anything else. */
export function checkOptions(value: unknown, subject: string): void {
  if (value !== undefined) checkRecord(value, `${subject}: options`, 'a record of options', 'write for example { ... }, or leave it out');
}

/** A text that is not empty. Throws `CohortError` for anything else. */
export function checkText(value: unknown, subject: string, expected: string, advice: string): asserts value is string {
  if (typeof value !== 'string' || value === '') throw mistake(subject, expected, show(value), advice);
}

/** A function, or nothing where it is `optional`. Throws `CohortError` for anything else. */
export function checkFunction(value: unknown, subject: string, expected: string, advice: string, optional = false): void {
  if (typeof value === 'function' || (optional && value === undefined)) return;
  throw mistake(subject, expected, show(value), advice);
}

/** A whole number within bounds, or nothing. Throws `CohortError` for anything else. */
export function checkCount(value: unknown, subject: string, min: number, max: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max)) return;
  throw mistake(subject, `a whole number from ${min} to ${max}`, show(value), 'choose another one, or leave it out');
}
