/**
 * Modules of users, in Node.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CohortError, show } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';

const gotOf: Readonly<Record<string, string>> = {
  ENOENT: 'which does not exist',
  ENOTDIR: 'which does not exist',
  EISDIR: 'which is a folder',
};

/** Imports the file at a `file:` address. Throws `CohortError` where it cannot be read, and whatever the import throws. */
export const loadModule: NonNullable<Platform['loadModule']> = async (url) => {
  const path = fileURLToPath(url);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new CohortError({
      subject: 'module',
      expected: 'a JavaScript file that can be read',
      got: `${show(path)}, ${gotOf[error.code ?? ''] ?? `which cannot be read (${error.code})`}`,
      advice: 'name the file that registers your environments and algorithms',
      cause: error,
    });
  });
  return { exports: await import(/* @vite-ignore */ /* webpackIgnore: true */ url), bytes };
};
