/** Files that were written, in memory. */
import type { OutputFile } from '../../../../src/lm/checkpoints/outputFile.ts';

/** The bytes of every file by its name, of which each has as many as it says. */
export async function bytesOfFiles(files: readonly OutputFile[]): Promise<Record<string, Uint8Array>> {
  const contents: Record<string, Uint8Array> = {};
  for (const { name, size, pieces } of files) {
    if (Object.hasOwn(contents, name)) throw new Error(`two files are ${name}`);
    const bytes = new Uint8Array(size);
    let at = 0;
    for await (const piece of pieces()) {
      bytes.set(piece, at);
      at += piece.length;
    }
    if (at !== size) throw new Error(`${name}: ${at} bytes, not ${size}`);
    contents[name] = bytes;
  }
  return contents;
}
