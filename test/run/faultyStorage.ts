/**
 * Storages that fail on purpose: a process that is killed, a disk that is full or broken at one operation, and processes that take turns.
 */
import { failure } from '../../src/core/errors.ts';
import type { RunStorage } from '../../src/run/storage.ts';

/** Called around every operation: does it, or throws instead. `half` does part of what can be done by halves (an append). */
export type Around = <R>(name: keyof RunStorage, path: string, work: () => Promise<R>, half: () => Promise<unknown>) => Promise<R>;

/** A storage whose every operation goes through `around`. */
export function guarded(storage: RunStorage, around: Around): RunStorage {
  const none = async (): Promise<void> => {};
  return {
    locate: storage.locate,
    read: (path, most) => around('read', path, () => storage.read(path, most), none),
    write: (path, bytes) => around('write', path, () => storage.write(path, bytes), none),
    writeNew: (path, bytes) => around('writeNew', path, () => storage.writeNew(path, bytes), none),
    append: (path, bytes, size, options) =>
      around(
        'append',
        path,
        () => storage.append(path, bytes, size, options),
        () => storage.append(path, bytes.slice(0, bytes.length >> 1), size),
      ),
    truncate: (path, size) => around('truncate', path, () => storage.truncate(path, size), none),
    size: (path) => around('size', path, () => storage.size(path), none),
    list: (directory) => around('list', directory, () => storage.list(directory), none),
    makeDirectory: (directory) => around('makeDirectory', directory, () => storage.makeDirectory(directory), none),
    remove: (path) => around('remove', path, () => storage.remove(path), none),
    removeDirectory: (directory) => around('removeDirectory', directory, () => storage.removeDirectory(directory), none),
    removeTemporaries: (directory) => around('removeTemporaries', directory, () => storage.removeTemporaries(directory), none),
  };
}

/** What happens at an operation: the process ends before, in the middle of or after it, or the operation fails (done by halves) and the process lives. */
export const faults = ['endsBefore', 'endsHalfway', 'endsAfter', 'fails'] as const;
export type Fault = (typeof faults)[number];

const broken = () => failure('disk', 'power', 'none', 'wait');

/** Breaks operation `at` (1 for the first) of all storages that it guards. */
export class Faulty {
  count = 0;
  readonly #at: number;
  readonly #fault: Fault;

  constructor(at: number, fault: Fault) {
    this.#at = at;
    this.#fault = fault;
  }

  readonly around: Around = async (_name, _path, work, half) => {
    this.count++;
    const isOver = this.#fault !== 'fails' && this.count > this.#at;
    if (isOver) throw broken();
    if (this.count !== this.#at) return work();
    if (this.#fault === 'endsAfter') await work();
    else if (this.#fault !== 'endsBefore') await half();
    throw broken();
  };
}

/** Processes that take turns at their operations, in an order that a seed decides. A process that is stopped never goes on. */
export class Turns {
  readonly #waiting: { readonly process: number; readonly go: () => void }[] = [];
  readonly #stopped = new Set<number>();
  readonly #draw: () => number;

  /** `draw` gives numbers from 0 to below 1. */
  constructor(draw: () => number) {
    this.#draw = draw;
  }

  /** What a process does its operations through. */
  of(process: number): Around {
    return async (_name, _path, work) => {
      if (this.#stopped.has(process)) await new Promise<never>(() => {});
      await new Promise<void>((go) => this.#waiting.push({ process, go }));
      return work();
    };
  }

  stop(process: number): void {
    this.#stopped.add(process);
  }

  /** Lets operations happen one at a time until `isOver`; `between` is called before each. */
  async run(isOver: () => boolean, between: () => void): Promise<void> {
    // A process that has just done one needs a few turns of the queue of promises until it asks for the next.
    const settle = async (): Promise<void> => {
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
    };
    for (let idle = 0; !isOver(); ) {
      await settle();
      between();
      const ready = this.#waiting.filter(({ process }) => !this.#stopped.has(process));
      const next = ready[Math.floor(this.#draw() * ready.length)];
      if (!next) {
        if (++idle > 1000) throw new Error('every process waits for ever');
        continue;
      }
      idle = 0;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      next.go();
    }
  }
}
