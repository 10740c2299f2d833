/**
 * Reads the head of a file from front to back in pieces of bounded size, so that nothing that the file claims decides how much memory is taken.
 */
import { failure, show } from '../../../core/errors.ts';
import type { ModelFiles } from '../files.ts';

/** Bytes that are asked for at once. */
const pieceBytes = 1 << 18;
/** Longest head that is read: a vocabulary of 256,000 tokens with its merges takes less than a tenth of it. */
const longestHead = 64 * 1024 * 1024;
/** Texts up to this length are read byte by byte, which is faster than a decoder for most tokens. */
const shortText = 24;
/** What to do about a broken file. */
export const otherCopy = 'use another copy of the file';

/** A place in a file that moves forward. Every `take` function counts on a `need` before it. */
export class Pieces {
  /** What messages begin with. */
  readonly subject: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly #files: ModelFiles;
  readonly #file: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Where `#bytes` begins in the file. */
  #begin = 0;
  /** The place, counted from `#begin`. */
  #at = 0;

  constructor(files: ModelFiles, file: string, size: number, subject: string) {
    this.#files = files;
    this.#file = file;
    this.size = size;
    this.subject = subject;
  }

  /** Bytes before the place. */
  get position(): number {
    return this.#begin + this.#at;
  }

  /** Bytes that the head may still have: those of the file, or of the longest head. */
  get left(): number {
    return Math.min(this.size, longestHead) - this.position;
  }

  /** Whether the next `count` bytes are in memory. */
  has(count: number): boolean {
    return count <= this.#bytes.length - this.#at;
  }

  /** Brings the next `count` bytes into memory. Throws `CohortError` (kind failure), which names `what` they are, if the file or the longest head ends before. */
  async need(count: number, what: string): Promise<void> {
    if (this.has(count)) return;
    this.refuseBeyond(count, what);
    const start = this.position;
    const end = Math.min(this.size, start + Math.max(count, pieceBytes));
    this.#bytes = await this.#files.read(this.#file, start, end);
    if (this.#bytes.length !== end - start) {
      throw failure(this.subject, `${end - start} bytes from byte ${start}`, `${this.#bytes.length}`, otherCopy);
    }
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#begin = start;
    this.#at = 0;
  }

  /** Throws `CohortError` (kind failure) if the file or the longest head has no `count` more bytes. */
  refuseBeyond(count: number, what: string): void {
    if (count <= this.left) return;
    const isCut = count > this.size - this.position;
    const got = isCut
      ? `${this.size - this.position} (the file is cut short, or a length in it is wrong)`
      : `a header beyond ${longestHead} bytes`;
    throw failure(this.subject, `at least ${count} bytes for ${what}`, got, otherCopy);
  }

  /** The next `count` bytes themselves, not a copy. */
  takeBytes(count: number): Uint8Array {
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A whole number of 32 bits without sign. */
  takeU32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** A whole number of 64 bits without sign. Throws `CohortError` (kind failure) from 2^53 on. */
  takeU64(what: string): number {
    const low = this.takeU32();
    const high = this.takeU32();
    if (high >= 2 ** 21) {
      throw failure(this.subject, `a number below 2^53 as ${what}`, `${BigInt(high) * 4294967296n + BigInt(low)}`, otherCopy);
    }
    return high * 4294967296 + low;
  }

  /** A text: its length and its bytes in UTF-8. Throws `CohortError` (kind failure) for one that is longer than `longest` bytes or than the file, or no UTF-8. */
  async text(longest: number, what: string): Promise<string> {
    await this.need(8, what);
    const length = this.takeU64(`length of ${what}`);
    if (length > longest) throw failure(this.subject, `at most ${longest} bytes as ${what}`, `${length}`, otherCopy);
    await this.need(length, what);
    return this.#takeText(length, what);
  }

  /** A list of texts. `most` bounds their number, which {@link refuseBeyond} must have held to the file's size too. */
  async texts(count: number, longest: number, what: string): Promise<string[]> {
    const texts: string[] = [];
    while (texts.length < count) {
      // Most are read without waiting: a promise for every one of 300,000 takes longer than the reading.
      if (this.has(8)) {
        const length = this.#view.getUint32(this.#at, true) + this.#view.getUint32(this.#at + 4, true) * 4294967296;
        if (length <= longest && this.has(8 + length)) {
          this.#at += 8;
          texts.push(this.#takeText(length, what));
          continue;
        }
      }
      texts.push(await this.text(longest, what));
    }
    return texts;
  }

  #takeText(length: number, what: string): string {
    const bytes = this.takeBytes(length);
    if (length <= shortText) {
      const short = shortTextOf(bytes);
      if (short !== undefined) return short;
    }
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw failure(this.subject, `UTF-8 as ${what}`, `${length} other bytes before byte ${show(this.position)}`, otherCopy);
    }
  }
}

/** The text of bytes that are UTF-8 of characters below U+0800; `undefined` for others. */
function shortTextOf(bytes: Uint8Array): string | undefined {
  const codes: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte < 0x80) codes.push(byte);
    else {
      const next = bytes[++i];
      // 0xc0 and 0xc1 would write a character longer than it need be.
      if (byte < 0xc2 || byte > 0xdf || next === undefined || (next & 0xc0) !== 0x80) return undefined;
      codes.push(((byte & 31) << 6) | (next & 63));
    }
  }
  return String.fromCharCode(...codes);
}
