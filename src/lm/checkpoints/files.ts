/**
 * The files of a checkpoint that a program or a page has.
 */

import type { ModelFiles } from '../../core/platform.ts';

export type { ModelFiles };

/** Files that are in memory, or that a page was given: `Blob`s (a `File` is one) and bytes by their names. */
export function filesOf(place: string, contents: Readonly<Record<string, Uint8Array | Blob>>): ModelFiles {
  const find = (file: string): Uint8Array | Blob | undefined => (Object.hasOwn(contents, file) ? contents[file] : undefined);
  return {
    place,
    list: async () => Object.keys(contents),
    async size(file) {
      const found = find(file);
      return found instanceof Uint8Array ? found.length : found?.size;
    },
    async read(file, start, end) {
      const found = find(file)!;
      if (found instanceof Uint8Array) return found.slice(start, end);
      return new Uint8Array(await found.slice(start, end).arrayBuffer());
    },
  };
}
