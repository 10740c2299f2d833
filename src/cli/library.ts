/**
 * The one door to the library: the package's own entry, as a user would import it, loaded only by commands that need it.
 */

/** What `import 'cohort-rl'` gives. */
export type Library = typeof import('../node/index.ts');

/** Loads the library. */
export function loadLibrary(): Promise<Library> {
  return import('../node/index.ts');
}
