/** What configurations may hold. */
import { mistake, show } from '../core/errors.ts';

/** Throws `CohortError` unless the value comes back from JSON as it went in; fields without a value are left out there. */
export function checkJson(value: unknown, subject: string): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) checkJson(entry, `${subject}[${index}]`);
    return;
  }
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype === Object.prototype || prototype === null) {
    for (const [key, entry] of Object.entries(value as object)) checkJson(entry, `${subject}.${key}`);
    return;
  }
  throw mistake(subject, 'what JSON can hold', show(value), 'write a large whole number as text, leave out what is not finite');
}
