/**
 * What beginning a run takes, wherever it trains: checked before anything looks into it.
 */
import { checkCount, checkFunction, checkOptions, checkRecord, checkText, isRecord } from '../core/arguments.ts';
import { mistake, show } from '../core/errors.ts';
import { checkPolicyShape } from '../policies/check.ts';
import type { RunOptions } from './context.ts';

/** The path of a run folder. Throws `CohortError` for anything else. */
export function checkFolder(value: unknown, subject: string): void {
  checkText(value, subject, 'the path of a run folder', "write for example 'runs/mine'");
}

/** A configuration, as far as it is a record. Throws `CohortError` for anything else. */
export function checkConfig(value: unknown, subject: string, example: string): void {
  checkRecord(value, subject, 'a configuration', `write for example { ${example} }`);
}

/** What a run begins from. */
function checkFrom(from: unknown, iteration: unknown, subject: string): void {
  checkCount(iteration, `${subject}: fromIteration`, 0, 100_000_000);
  const isRead = isRecord(from) && from.policy instanceof Uint8Array;
  if (typeof from === 'string') checkFolder(from, `${subject}: from`);
  else if (from !== undefined && !isRead) checkPolicyShape(from, `${subject}: from`);
}

/** What a run takes besides its configuration. Throws `CohortError` for anything else. */
export function checkRunOptions(options: unknown, subject: string): void {
  checkOptions(options, subject);
  const { runDirectory, signal, onEvent, display, from, fromIteration } = (options ?? {}) as Record<keyof RunOptions, unknown>;
  checkFrom(from, fromIteration, subject);
  if (runDirectory !== undefined) checkFolder(runDirectory, `${subject}: runDirectory`);
  checkFunction(onEvent, `${subject}: onEvent`, 'a function of an event', 'write (event) => ..., or leave it out', true);
  if (display !== undefined && typeof display !== 'boolean') {
    throw mistake(`${subject}: display`, 'true or false', show(display), 'write true to see the run while it goes on');
  }
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw mistake(`${subject}: signal`, 'an AbortSignal', show(signal), 'pass the signal of an AbortController, or leave it out');
}
