/**
 * The files of a checkpoint, wherever they lie: in a folder, on a page, at an address. They are read in pieces, because one may be larger than memory.
 */

/** Files by their names; nothing in them is ever executed. */
export interface ModelFiles {
  /** What messages call the place: a path, or a name. */
  readonly place: string;
  /** The names of all files, without folders. */
  list(): Promise<readonly string[]>;
  /** Bytes of a file; `undefined` where there is none of that name. */
  size(file: string): Promise<number | undefined>;
  /** Bytes `start` to `end` (not included) of a file, all of which are there. Throws `CohortError` where they cannot be read. */
  read(file: string, start: number, end: number): Promise<Uint8Array>;
}

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
