/**
 * How the calling thread and the threads that step environments talk. Commands and answers go through shared memory, so that a step costs no
 * message. Rare things (reset, state) are messages, for which a thread goes back to its event loop.
 */
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import { CohortError, type CohortErrorParts, failure, mistake } from '../../core/errors.ts';
import type { MujocoAddresses } from '../mujoco/addresses.ts';
import type { EnvOptions } from '../spec.ts';
import { shownNames } from '../vectorBuffers.ts';

/** What the threads are told to do. */
export const commands = { step: 1, listen: 2 } as const;

/** Entries of the control block before those of the threads: a cache line. */
const lineLength = 16;
const generationAt = 0;
const commandAt = 1;
/** Most looks at the control block before a thread sleeps: about 50 microseconds, longer than a policy takes to act for 32 environments. */
const maxLooks = 20_000;
const minLooks = 100;
/** Seconds without an answer after which a thread counts as dead. Counted one by one: a process that was stopped loses only one. */
const patience = 120;
/** Characters of an error's text that come over. */
const failureLength = 4096;

/** The arrays that threads fill, each its own rows. */
export type SharedArrays = Pick<VectorEnv, (typeof shownNames)[number]>;

/** What a thread is sent first: which environments to make, and where to put what they show. */
export interface ShardOrder {
  readonly id: string;
  readonly options: EnvOptions | undefined;
  /** Addresses of the modules that register custom environments. */
  readonly modules: readonly string[];
  /** Where MuJoCo is, if it is known by an address. */
  readonly mujoco: MujocoAddresses;
  /** The rigid-body module, if the calling thread has it. */
  readonly physics: WebAssembly.Module | undefined;
  /** Number of the thread, 0 for the calling one. */
  readonly thread: number;
  /** Its environments are `firstEnv .. firstEnv + numEnvs - 1` of the whole. */
  readonly firstEnv: number;
  readonly numEnvs: number;
  readonly arrays: SharedArrays;
  readonly actions: Int32Array | Float32Array;
  readonly control: Int32Array;
  readonly failure: Uint16Array;
}

/** What a thread is sent while it listens. */
export type ShardMessage =
  | { readonly kind: 'reset'; readonly seeds: readonly Seed[] | undefined }
  | { readonly kind: 'setState'; readonly state: EnvState }
  /** The thread writes its state into these arrays. */
  | { readonly kind: 'getState'; readonly into: EnvState };

/** What a thread sends: once, when its environments are made or could not be. */
export type ShardAnswer = { readonly ready: true } | { readonly ready: false; readonly failure: string };

/** A control block for so many threads, in shared memory. */
export function createControl(threads: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * lineLength * (1 + threads)));
}

/** Room for the text of an error, in shared memory. */
export function createFailure(): Uint16Array {
  return new Uint16Array(new SharedArrayBuffer(2 * failureLength));
}

const doneAt = (thread: number): number => lineLength * (1 + thread);
const failedAt = (thread: number): number => doneAt(thread) + 1;

let looks = maxLooks;

/**
 * Looks until an entry is (`wanted`), or is not, a value. Gives up sooner each time that it was in vain: where threads have to share a core,
 * looking takes the time that the other needs.
 */
function look(control: Int32Array, at: number, value: number, wanted: boolean): void {
  for (let k = 0; k < looks; k++) {
    if ((Atomics.load(control, at) === value) !== wanted) continue;
    looks = maxLooks;
    return;
  }
  looks = Math.max(minLooks, looks >> 1);
}

/** Tells all threads. Returns the number by which they will say that they are done. */
export function tell(control: Int32Array, command: number): number {
  control[commandAt] = command;
  const generation = (Atomics.load(control, generationAt) + 1) | 0;
  Atomics.store(control, generationAt, generation);
  Atomics.notify(control, generationAt);
  return generation;
}

/** Waits for a command after the one numbered `seen`. */
export function nextCommand(control: Int32Array, seen: number): { readonly generation: number; readonly command: number } {
  look(control, generationAt, seen, false);
  while (Atomics.load(control, generationAt) === seen) Atomics.wait(control, generationAt, seen);
  return { generation: Atomics.load(control, generationAt), command: control[commandAt]! };
}

/** Says that a thread is done with the command of that number, and whether it failed. */
export function finish(order: ShardOrder, generation: number, error: unknown): void {
  const { control, thread, failure, firstEnv } = order;
  const text = error === undefined ? '' : encodeFailure(error, firstEnv);
  for (let k = 0; k < text.length; k++) failure[k] = text.charCodeAt(k);
  control[failedAt(thread)] = text.length;
  Atomics.store(control, doneAt(thread), generation);
  Atomics.notify(control, doneAt(thread));
}

/** Waits until a thread is done. Returns its error, if it failed. */
export function awaitShard(control: Int32Array, thread: number, generation: number, told: Uint16Array): Error | undefined {
  const at = doneAt(thread);
  look(control, at, generation, true);
  for (let seconds = 0; seconds < patience; seconds++) {
    const done = Atomics.load(control, at);
    if (done === generation) {
      const length = control[failedAt(thread)]!;
      return length === 0 ? undefined : decodeFailure(String.fromCharCode(...told.subarray(0, length)));
    }
    Atomics.wait(control, at, done, 1000);
  }
  return failure(
    'threads',
    `an answer from thread ${thread} of the environments`,
    `none in ${patience} seconds`,
    'resume the run; with threads 1 if it happens again',
  );
}

/** An error as text. A number of an environment in it becomes its number among all. */
export function encodeFailure(error: unknown, firstEnv: number): string {
  if (!(error instanceof CohortError)) return JSON.stringify({ message: String(error).slice(0, failureLength / 8) });
  const { subject, expected, got, advice, kind } = error.parts;
  const placed = subject.replace(/\benvironment (\d+)/, (_, k: string) => `environment ${Number(k) + firstEnv}`);
  const cut = (text: string): string => text.slice(0, failureLength / 16);
  return JSON.stringify({ parts: { subject: cut(placed), expected: cut(expected), got: cut(got), advice: cut(advice), kind } });
}

/** The error behind a text. */
export function decodeFailure(text: string): Error {
  const { parts, message } = JSON.parse(text) as { parts?: CohortErrorParts; message?: string };
  return parts ? new CohortError(parts) : new Error(message);
}

/** Copies what environments show to where the others look. */
export function publish(env: VectorEnv, arrays: SharedArrays): void {
  for (const name of shownNames) arrays[name].set(env[name]);
}

/** Copies the arrays of a state into those of the same names. Throws {@link CohortError} for one of another length. */
export function copyState(state: EnvState, into: EnvState): void {
  for (const [name, array] of Object.entries(into)) {
    if (state[name]?.length !== array.length) {
      throw mistake(
        `getState on several threads: ${name}`,
        `${array.length} numbers, as in the first environment`,
        `${state[name]?.length ?? 'none'}`,
        'keep the lengths of the arrays in getState constant, or use threads 1',
      );
    }
    array.set(state[name]);
  }
}
