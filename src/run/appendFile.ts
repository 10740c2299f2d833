/**
 * A file that only grows: lines wait in memory and are appended together.
 */
import { isChanged, otherSize, type RunStorage } from './storage.ts';

/** Bytes that wait before a file asks to be written; bounds the memory. */
const maxWaiting = 1 << 20;

/**
 * An append-only file with a buffer. After a failed write nothing is lost: the next one begins by cutting off what got through. A file that somebody
 * else has written meanwhile is left alone.
 */
export class AppendFile {
  readonly path: string;
  readonly #storage: RunStorage;
  #written: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Bytes of the last write, if it failed. */
  #attempted = 0;

  /** `written` is the size of the file as it stands. */
  constructor(storage: RunStorage, path: string, written: number) {
    this.#storage = storage;
    this.path = path;
    this.#written = written;
  }

  /** Size in bytes once everything is written. */
  get size(): number {
    return this.#written + this.#waitingBytes;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#waitingBytes === 0;
  }

  /** Whether so much waits that it should be written now. */
  get isFull(): boolean {
    return this.#waitingBytes >= maxWaiting;
  }

  /** Adds bytes, or a text as UTF-8, to what waits. */
  add(content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  /** Writes what waits. Throws the storage's error; what waits goes on waiting then. */
  async flush(sync: boolean): Promise<void> {
    const count = this.#waiting.length;
    if (count === 0 && !sync) return;
    const length = this.#waitingBytes;
    const bytes = new Uint8Array(length);
    let position = 0;
    for (const piece of this.#waiting) {
      bytes.set(piece, position);
      position += piece.length;
    }
    await this.#cutAttempt();
    try {
      await this.#storage.append(this.path, bytes, this.#written, { sync });
    } catch (error) {
      // Part of it may be there, unless nothing was tried.
      if (!isChanged(error)) this.#attempted = length;
      throw error;
    }
    this.#written += length;
    this.#waitingBytes -= length;
    this.#waiting.splice(0, count);
  }

  /** Cuts off what a failed write may have left. */
  async #cutAttempt(): Promise<void> {
    if (this.#attempted === 0) return;
    const size = await this.#storage.size(this.path);
    if (size !== undefined && size !== this.#written) {
      // More than this one tried to write is somebody else's.
      if (size < this.#written || size > this.#written + this.#attempted) {
        throw otherSize(this.#storage.locate(this.path), this.#written, size);
      }
      await this.#storage.truncate(this.path, this.#written);
    }
    this.#attempted = 0;
  }
}
