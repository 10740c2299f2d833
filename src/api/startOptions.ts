/**
 * What a run is said to begin from, before anything is read: whether anything is, and refusing it.
 */
import { isRecord } from '../core/arguments.ts';
import { mistake, show } from '../core/errors.ts';
import type { StartOptions } from '../policies/start.ts';

/** The first of the options that say what a run begins from; `undefined` where none does. */
export function saidStart(given: StartOptions): keyof StartOptions | undefined {
  return (['from', 'fromIteration', 'withOptimizer'] as const).find((name) => given[name] !== undefined);
}

/** Throws `CohortError` for a language model that is to begin from something: it begins from its warm start. */
export function refuseStart(given: StartOptions, subject: string): void {
  const key = saidStart(given);
  if (key === undefined) return;
  const got = isRecord(given[key]) ? 'a policy' : show(given[key]);
  const advice = 'leave it out; `resume` with more iterations goes on with a run';
  throw mistake(`${subject}: ${key}`, 'none: a language model begins from its warm start', got, advice);
}
