/**
 * How a command ends badly: one screen in the user's words, an exit code, and a stack trace only with --debug.
 */
import { visibleText } from '../node/early.ts';
import type { CohortError } from '../node/toolkit.ts';
import { invocation } from './invocation.ts';
import { paintFor, wantsColor } from './terminal.ts';

/** What the process answers: done, failed, wrong usage, interrupted by Ctrl-C (128 + SIGINT, as shells write it; see `interruptedCode`). */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A failure as plain data: what crosses from a worker thread, where classes are lost. */
export interface FailureReport {
  readonly message: string;
  readonly stack?: string;
  /** `usage` and `failure` are the user's to fix; `unexpected` is ours. */
  readonly kind: 'usage' | 'failure' | 'unexpected';
}

// By shape, not by class: the library is loaded late, and an error may come from another copy of it.
function isCohortError(error: unknown): error is CohortError {
  return error instanceof Error && error.name === 'CohortError' && 'parts' in error;
}

/** Limits of the machine, by the code of the error that tells of them, with what to do. */
const limits: Readonly<Record<string, string>> = {
  EMFILE: 'raise the limit on open files (`ulimit -n 1024`)',
  ENFILE: 'this machine has too many open files: close other programs',
  ENOMEM: 'this machine has no memory left: close other programs, or use a smaller configuration',
  EAGAIN: 'raise the limit on processes and threads (`ulimit -u`), or run fewer seeds and threads at once',
  ENOSPC: 'free some space on the disk',
  EDQUOT: 'free some space within the quota',
  EIO: 'check the disk',
  ERR_WORKER_OUT_OF_MEMORY: 'use a smaller configuration, or raise the limit (NODE_OPTIONS=--max-old-space-size=8192)',
  ERR_WORKER_INIT_FAILED:
    'raise the limits on open files and threads (`ulimit -n 1024`, `ulimit -u`), or run fewer seeds and threads at once',
};

/** The code of an error of the machine; what crossed from another thread has it in its words only. */
function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : (/^(E[A-Z]+): /.exec(error.message)?.[1] ?? '');
}

/** Describes whatever was thrown. */
export function reportFailure(error: unknown): FailureReport {
  if (isCohortError(error)) return { message: error.message, stack: withCauses(error), kind: error.parts.kind ?? 'usage' };
  const advice = error instanceof Error ? limits[codeOf(error)] : undefined;
  if (error instanceof Error && advice !== undefined) {
    return { message: `${error.message}; ${advice}`, stack: withCauses(error), kind: 'failure' };
  }
  if (error instanceof Error) return { message: `${error.name}: ${error.message}`, stack: withCauses(error), kind: 'unexpected' };
  return { message: String(error), kind: 'unexpected' };
}

function withCauses(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by ${withCauses(error.cause)}` : stack;
}

/** Whether stack traces are wanted. */
function wantsDebug(): boolean {
  return process.argv.includes('--debug') || (process.env.COHORT_DEBUG ?? '0') !== '0';
}

// A message may quote a whole file; one screen of it is enough.
const maxLines = 10;
const maxColumns = 1000;

/** The lines that a user reads on standard error. */
export function failureLines(report: FailureReport, options: { debug: boolean; color: boolean }): string[] {
  const paint = paintFor(options.color);
  // It may quote what a stranger wrote.
  const lines = report.message.split('\n').map((line) => visibleText(line.length > maxColumns ? `${line.slice(0, maxColumns)}…` : line));
  const shown = lines.length > maxLines ? [...lines.slice(0, maxLines - 1), '…'] : lines;
  const written = [`${paint('red', 'error:')} ${shown[0]}`, ...shown.slice(1)];
  if (report.kind === 'unexpected') {
    written.push(
      'This is a mistake in cohort-rl, not in what you typed.',
      `Please report it with the output of the same command and --debug, and of \`${invocation()} --version\` and \`node --version\`.`,
    );
  }
  if (options.debug && report.stack) written.push(paint('dim', report.stack.split('\n').map(visibleText).join('\n')));
  return written;
}

/** Writes a failure to standard error. */
export function printReport(report: FailureReport): void {
  const lines = failureLines(report, { debug: wantsDebug(), color: wantsColor(process.stderr) });
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Writes the failure to standard error and gives the exit code. */
export function printFailure(error: unknown): number {
  const report = reportFailure(error);
  printReport(report);
  return report.kind === 'usage' ? exitCodes.usage : exitCodes.failed;
}
