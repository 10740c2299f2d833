/**
 * What beginning a run takes, wherever it trains: checked before anything looks into it.
 */
import { checkFunction, checkOptions, checkRecord, checkText } from '../core/arguments.ts';
import { mistake, show } from '../core/errors.ts';
import type { RunOptions } from './context.ts';

/** The path of a run folder. Throws `CohortError` for anything else. */
export function checkFolder(value: unknown, subject: string): void {
  checkText(value, subject, 'the path of a run folder', "write for example 'runs/mine'");
}

/** A configuration, as far as it is a record. Throws `CohortError` for anything else. */
export function checkConfig(value: unknown, subject: string, example: string): void {
  checkRecord(value, subject, 'a configuration', `write for example { ${example} }`);
}

/** What a run takes besides its configuration. Throws `CohortError` for anything else. */
export function checkRunOptions(options: unknown, subject: string): void {
  checkOptions(options, subject);
  const { runDirectory, signal, onEvent } = (options ?? {}) as Record<keyof RunOptions, unknown>;
  if (runDirectory !== undefined) checkFolder(runDirectory, `${subject}: runDirectory`);
  checkFunction(onEvent, `${subject}: onEvent`, 'a function of an event', 'write (event) => ..., or leave it out', true);
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw mistake(`${subject}: signal`, 'an AbortSignal', show(signal), 'pass the signal of an AbortController, or leave it out');
}
