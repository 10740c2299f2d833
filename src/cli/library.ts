/**
 * The one door to the library, loaded only by commands that need it.
 */

/** Everything that commands use of it. */
export type Library = typeof import('../node/toolkit.ts');

/** Loads the library. */
export function loadLibrary(): Promise<Library> {
  return import('../node/toolkit.ts');
}
