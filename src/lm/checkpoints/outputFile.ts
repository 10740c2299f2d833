/**
 * Files to be written, of which no more than a piece is in memory.
 */
import type { ModelFiles } from './files.ts';

/** A file to be written. */
export interface OutputFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Its bytes, in order. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** Bytes of a piece of a file that is copied. */
const pieceBytes = 4 * 2 ** 20;

/** A file of these bytes. */
export function bytesFile(name: string, bytes: Uint8Array): OutputFile {
  return {
    name,
    size: bytes.length,
    async *pieces() {
      yield bytes;
    },
  };
}

/** A file of JSON, as Python's `json.dump(value, indent=2)` sets it. */
export function jsonFile(name: string, value: unknown): OutputFile {
  return bytesFile(name, new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`));
}

/** Those of the named files that are there, byte for byte. */
export async function copiedFiles(files: ModelFiles, names: readonly string[]): Promise<OutputFile[]> {
  const copies: OutputFile[] = [];
  for (const name of names) {
    const size = await files.size(name);
    if (size === undefined) continue;
    copies.push({
      name,
      size,
      async *pieces() {
        for (let at = 0; at < size; at += pieceBytes) yield await files.read(name, at, Math.min(size, at + pieceBytes));
      },
    });
  }
  return copies;
}
