/**
 * Modules of users, in Node.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { mistake, show } from '../core/errors.ts';
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
    const got = `${show(path)}, ${gotOf[error.code ?? ''] ?? `which cannot be read (${error.code})`}`;
    const advice = 'name the file that registers your environments and algorithms';
    throw mistake('module', 'a JavaScript file that can be read', got, advice, error);
  });
  try {
    return { exports: await import(/* @vite-ignore */ /* webpackIgnore: true */ url), bytes };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes("'cohort-rl'")) {
      const advice = 'install it beside the file, or take box, discrete and the rest from the argument: export default ({ box }) => ...';
      throw mistake(show(path), 'the package cohort-rl, which it imports', 'none that is found from there', advice, error);
    }
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION' || !/\.[cm]?ts$/.test(path)) throw error;
    const got = `${show(path)} and Node ${process.versions.node}`;
    throw mistake(
      'module',
      'a Node that runs TypeScript (22.18 or newer)',
      got,
      'use a newer Node, or compile the file to JavaScript',
      error,
    );
  }
};
