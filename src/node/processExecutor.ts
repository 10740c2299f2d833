/**
 * Runs of a matrix in processes of their own: the memory of one is its own, and one that dies takes no other with it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jobOf } from '../api/localExecutor.ts';
import { whenAborted } from '../core/aborted.ts';
import { unpackError } from '../core/packedError.ts';
import { type Executor, ProcessGone } from '../experiments/runner.ts';
import type { RunEvent } from '../run/events.ts';
import type { Job } from '../run/job.ts';
import { runFiles } from '../run/layout.ts';
import { giveBackLock } from './heldLock.ts';
import type { JobMessage, StopMessage } from './jobProtocol.ts';

/** What a process is asked to do. */
export type ProcessOrder =
  | { readonly kind: 'train'; readonly job: Job }
  /** Computes shards until its starter ends it. */
  | { readonly kind: 'shards'; readonly config: Readonly<Record<string, unknown>>; readonly modules: readonly string[] }
  | { readonly kind: 'measure'; readonly input: Readonly<Record<string, unknown>>; readonly modules: readonly string[] };

/** What a process answers: what every job tells, or what was measured. */
type Answer = JobMessage | { readonly kind: 'measured'; readonly seconds: number };

/** `Intel(R) Xeon(R) Processor, 2 cores`. */
export function machineName(): string {
  const [first] = cpus();
  return `${first?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`;
}

/** Starts a process of this package with an order. */
export function startProcess(order: ProcessOrder): ChildProcess {
  // Run from the sources (tests), the bundle of the last build is taken.
  const file = import.meta.url.endsWith('.ts') ? '../../dist/runProcess.js' : './runProcess.js';
  const path = fileURLToPath(new URL(file, import.meta.url));
  // Structured clones: JSON has no NaN.
  const child = fork(path, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced', execArgv: [] });
  // Whoever ends this process at once ends all that it started.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  child.send(order);
  return child;
}

/** Waits for the answer of a process; `onEvent` gets the events of a run. Rejects with what it failed with, or {@link ProcessGone}. */
function answerOf(child: ChildProcess, onEvent: (event: RunEvent) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    child.on('message', (answer: Answer) => {
      if (answer.kind === 'event') onEvent(answer.event);
      else if (answer.kind === 'failed') reject(unpackError(answer.error));
      else resolve(answer);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new ProcessGone(`the process of a run ended by itself (${signal ?? `exit code ${code}`})`)));
  });
}

/** Milliseconds after a signal until a process is killed in its iteration: the run goes on from its last checkpoint. */
const patience = 1500;

/** Whether a run was begun in that folder: it is then gone on with. */
export function isBegun(runDirectory: string): boolean {
  return existsSync(join(runDirectory, runFiles.config));
}

/** Trains in a process of its own, to the end of the run, or until the signal; rejects as {@link Executor.train} does. */
export async function trainInProcess(job: Job, runDirectory: string, { signal, onEvent }: Parameters<Executor['train']>[2]): Promise<void> {
  const child = startProcess({ kind: 'train', job });
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (child.connected) child.send({ kind: 'stop' } satisfies StopMessage);
    timer = setTimeout(() => child.kill('SIGKILL'), patience);
  };
  const forget = whenAborted(signal, stop);
  try {
    await answerOf(child, onEvent);
  } finally {
    clearTimeout(timer);
    forget();
    if (child.signalCode === 'SIGKILL') giveBackLock(runDirectory, child.pid);
  }
}

/** Runs in processes of their own; `modules` are the addresses of modules that each of them loads. */
export function processExecutor(modules: readonly string[] = []): Executor {
  return {
    async train(run, runDirectory, listener) {
      await trainInProcess(jobOf(run, runDirectory, isBegun(runDirectory), modules), runDirectory, listener);
      return undefined;
    },
    discard: (runDirectory) => rm(runDirectory, { recursive: true, force: true }),
    wait: (milliseconds) => delay(milliseconds),
    async measure({ input }, signal) {
      const child = startProcess({ kind: 'measure', input, modules });
      const forget = whenAborted(signal, () => void child.kill('SIGKILL'));
      try {
        const answer = await answerOf(child, () => {});
        return answer.kind === 'measured' ? answer.seconds : undefined;
      } finally {
        forget();
      }
    },
  };
}
