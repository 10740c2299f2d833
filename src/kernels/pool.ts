/**
 * Threads that share the kernels' memory. The waiting and the sharing of work happen inside the module (assembly/jobs.ts).
 */
import * as layout from './layout.ts';
import type { Arena } from './memory.ts';
import type { KernelExports } from './module.ts';

/** Starts a thread that runs `source`, statements in which `data` is in scope. */
export type SpawnThread = (source: string, data: unknown) => { terminate(): void };

/** The whole program of a pool thread: same module, same memory, then it lives inside wasm until the pool closes. */
export const threadSource = `
const { module, memory, control, thread } = data;
const imports = { env: { memory }, host: { now: () => performance.now() } };
new WebAssembly.Instance(module, imports).exports.worker(control, thread);
`;

/** The control block and the threads behind it. */
export class Pool {
  readonly control: number;
  readonly threads: number;
  readonly #arena: Arena;
  readonly #exports: KernelExports;
  readonly #handles: { terminate(): void }[] = [];
  /** Bytes of a thread's workspace: what it must have at the next run, and what it has. */
  #wantedBytes = 0;
  #workspaceBytes = 0;
  #closed = false;

  /** `threads` counts the calling thread. */
  constructor(arena: Arena, exports: KernelExports, threads: number) {
    this.#arena = arena;
    this.#exports = exports;
    this.threads = threads;
    this.control = arena.allocate(layout.controlTimes + threads * layout.controlTimesBytes, 'thread control');
  }

  /** Starts the other threads; they may take work as soon as they are there. */
  start(spawn: SpawnThread, module: WebAssembly.Module, memory: WebAssembly.Memory): void {
    for (let thread = 1; thread < this.threads; thread++) {
      this.#handles.push(spawn(threadSource, { module, memory, control: this.control, thread }));
    }
  }

  /** From the next run on every thread has a workspace of at least `bytes`. It is placed then: of all that a layout reserves, only the largest. */
  reserve(bytes: number): void {
    this.#wantedBytes = Math.max(this.#wantedBytes, Math.ceil(bytes / 4096) * 4096 + 4096);
  }

  /** Bytes of the workspaces that the next run will place. */
  get pendingBytes(): number {
    return this.#wantedBytes > this.#workspaceBytes ? this.#wantedBytes * this.threads : 0;
  }

  #placeWorkspaces(): void {
    const { words } = this.#arena;
    words[(this.control + layout.controlWorkspace) / 4] = this.#arena.allocate(this.pendingBytes, 'workspaces');
    words[(this.control + layout.controlWorkspaceBytes) / 4] = this.#wantedBytes;
    this.#workspaceBytes = this.#wantedBytes;
  }

  /** Runs jobs to their end; with `parallel`, on all threads. */
  run(parallel: boolean, job: number, second: number): void {
    if (this.#wantedBytes > this.#workspaceBytes) this.#placeWorkspaces();
    const { words } = this.#arena;
    const list = (this.control + layout.controlJobList) >> 2;
    words[list] = job;
    words[list + 1] = second;
    words[(this.control + layout.controlJobs) >> 2] = second === 0 ? 1 : 2;
    this.#exports.run(this.control, parallel && this.threads > 1 && !this.#closed ? 1 : 0);
  }

  /** Threads that have started, the calling one included. */
  get ready(): number {
    return 1 + Atomics.load(this.#arena.words, (this.control + layout.controlReady) / 4);
  }

  /** Milliseconds of one kind (0 forward, 1 backward) summed over threads. */
  milliseconds(kind: 0 | 1): number {
    let sum = 0;
    for (let thread = 0; thread < this.threads; thread++) {
      sum += this.#arena.doubles[(this.control + layout.controlTimes + thread * layout.controlTimesBytes) / 8 + kind]!;
    }
    return sum;
  }

  /** Ends the threads; later jobs run on the calling thread. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#exports.close(this.control);
    for (const handle of this.#handles) handle.terminate();
  }
}
