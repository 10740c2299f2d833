/**
 * What a public function checks of its arguments before it looks into them, so that nobody meets the engine's own errors.
 */
import { CohortError, mistake, show } from './errors.ts';

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

/** What an environment, or its maker, did not keep to. */
export interface Breach {
  /** Of what: `reward`, `observation[3]`, `step`; empty for the environment as a whole. */
  readonly part: string;
  readonly expected: string;
  readonly got: string;
  /** What to change. */
  readonly advice: string;
}

/** Throws a breach as a `CohortError`; `where` names environment and step. */
export function throwBreach({ part, ...said }: Breach, where: string, kind: 'usage' | 'failure' = 'failure', cause?: unknown): never {
  const subject = part === '' ? where : `${where}: ${part}`;
  throw new CohortError({ ...said, subject, kind, ...(cause !== undefined && { cause }) });
}

/** Whether a value is a promise. What it is rejected with is then nobody's: the breach is told instead. */
export function isPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (typeof (value as { readonly then?: unknown }).then !== 'function') return false;
    Promise.resolve(value).catch(() => {});
    return true;
  } catch {
    return false;
  }
}

/** Whether a function is a class, which only `new` can call. */
export function isClass(value: unknown): value is new (...values: never[]) => unknown {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** The name of a class, as it may stand in a sentence. */
export function classNameOf({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' && /^[\w$]{1,40}$/.test(name) ? name : 'YourEnv';
}

/** What is given as a maker. */
export function makerBreach(maker: unknown): Breach | undefined {
  const expected = 'a function that makes the environment';
  if (isClass(maker)) {
    const name = classNameOf(maker);
    return { part: '', expected, got: `the class ${name}`, advice: `write () => new ${name}()` };
  }
  if (typeof maker === 'function') return undefined;
  const isLate = isPromise(maker);
  return {
    part: '',
    expected,
    got: isLate ? 'a promise' : show(maker),
    advice: `${isLate ? 'await it, and ' : ''}write () => new YourEnv()`,
  };
}
