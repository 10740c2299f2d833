/** What makes environments of a program's own: a function, looked at before it is called. Apart from contract.ts, which pages load late. */
import { CohortError, show } from '../core/errors.ts';

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
