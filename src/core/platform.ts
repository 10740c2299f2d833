/**
 * What a platform must bring. Node and the browser each have one; nothing else in the house knows where it runs.
 */

/** A thread that runs kernel shards; the handle can only end it. */
export interface ThreadHandle {
  terminate(): void;
}

/** An optional package that simulates environments. */
export type OptionalEngine = '@mujoco/mujoco';

/** A thread that steps environments; see `src/envs/threads`. */
export interface EnvWorkerHandle extends ThreadHandle {
  post(message: unknown): void;
  /** The first message that it sends. Rejects if it fails before. Until then it keeps the process alive. */
  readonly answer: Promise<unknown>;
}

/** A completion whose reward is computed in another thread, which draws the problem again. */
export interface RewardQuestion {
  /** What the problem was drawn from. */
  readonly seed: readonly number[];
  readonly split: string;
  readonly completion: string;
  readonly ended: boolean;
}

/** What a reward function gave there, or why it gave nothing. */
export type RewardReply = { readonly value: unknown } | { readonly error: string } | 'timedOut';

/** A thread that computes rewards. */
export interface RewardThread extends ThreadHandle {
  /** The rewards, one after another, each within so many seconds. Rejects where the module of the task cannot be loaded. */
  ask(questions: readonly RewardQuestion[], seconds: number): Promise<RewardReply[]>;
}

/** A place where frames of text replace one another: a terminal. */
export interface Frames {
  readonly columns: number;
  readonly rows: number;
  readonly hasColor: boolean;
  /** Shows these lines, none wider than `columns`, in place of the last ones. */
  show(lines: readonly string[]): void;
  /** Leaves the last frame where it is and lets go of the place. */
  close(): void;
}

/** Where people read what a program does. */
export interface Screen {
  /** One line below the others. */
  writeLine(line: string): void;
  /**
   * Begins a place for frames; missing where lines only follow one another. `draw` is called, once the place is there, whenever a frame is due: some
   * times a second, and when the size has changed.
   */
  openFrames?(draw: () => void): Promise<Frames>;
}

/** SHA-256 over bytes that come in pieces. */
export interface Hasher {
  update(bytes: Uint8Array): unknown;
  /** The digest, 64 hexadecimal digits. Nothing may be added afterwards. */
  hex(): string;
}

/** The files of a checkpoint by their names, wherever they lie; read in pieces, because one may be larger than memory. Nothing in them is ever executed. */
export interface ModelFiles {
  /** What messages call the place: a path, or a name. */
  readonly place: string;
  /** The names of all files, without folders. */
  list(): Promise<readonly string[]>;
  /** Bytes of a file; `undefined` where there is none of that name. */
  size(file: string): Promise<number | undefined>;
  /** Bytes `start` to `end` (not included) of a file, all of which are there. Throws `CohortError` where they cannot be read. */
  read(file: string, start: number, end: number): Promise<Uint8Array>;
  /** Begins a digest of such files with what the platform has; missing where that takes no pieces. */
  hasher?(): Hasher;
}

/** Where a model lies: the files of a folder, or `gguf`, the one of them that the user named. */
export interface FoundModel {
  readonly files: ModelFiles;
  readonly gguf?: string | undefined;
}

/** Everything that differs between Node and a browser, except files. */
export interface Platform {
  /** For `config.json`: `node 20.20.2 linux x64`. */
  readonly name: string;
  /** A monotonic clock in milliseconds; used for speeds and time splits, never for results. */
  now(): number;
  /** Seconds since 1970, for time stamps in files. */
  wallTime(): number;
  /** A setting of the surroundings that is kept nowhere, such as a key: an environment variable. Missing where there are none. */
  secret?(name: string): string | undefined;
  /** Lets the event loop breathe, so that signals and displays are served. */
  pause(): Promise<void>;
  /** Starts a thread from source text; missing where there are no threads. */
  spawnThread?(source: string, data: unknown): ThreadHandle;
  /** Starts a thread that steps environments, those that need that package or those that need none; missing where there are no threads. */
  spawnEnvWorker?(needs?: OptionalEngine): EnvWorkerHandle;
  /** Loads a module of the user by its address: what it exports, and its text. Missing where there are none. */
  loadModule?(url: string): Promise<{ readonly exports: Readonly<Record<string, unknown>>; readonly bytes: Uint8Array }>;
  /** A thread for the rewards of a task that one of these modules exports; missing where there are none. */
  openRewards?(modules: readonly string[], task: string): RewardThread;
  /**
   * The files of a pretrained model at a path: those of a folder, or `gguf`, the one that the path names; `withoutWeights`: what has to be downloaded is so without them.
   * Missing where there are no paths.
   */
  openModelFiles?(path: string, options?: { readonly withoutWeights?: boolean }): Promise<FoundModel>;
  /** The optional packages that read tokenizers and chat templates; missing where a program has to bring them. */
  loadTokenizers?(): Promise<unknown>;
  /** Where a run is shown that is to be shown; missing where nobody looks. */
  readonly screen?: Screen;
  /** Switches on relaxed SIMD where that takes a flag (Node 20). */
  enableRelaxedSimd?(): void;
}
