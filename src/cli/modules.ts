/**
 * Files of the user that register environments and algorithms: `--module ./mine.js`. Only the command line names code; a run folder keeps
 * the name and the SHA-256 of a module as text, so that its absence can be reported.
 */

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Option } from 'commander';
import type { RecordedModule } from '../node/toolkit.ts';
import { type Library, loadLibrary } from './library.ts';
import { writeNote } from './output.ts';

/** A module that is loaded. */
export interface LoadedModule {
  /** As the user wrote it. */
  readonly file: string;
  /** `file:` URL, for the threads that load it too. */
  readonly url: string;
}

const flag = '--module';

/** The option of commands that load modules. */
export function moduleOption(): Option {
  return new Option(`${flag} <file>`, 'load environments, algorithms and tasks from this JavaScript file first; may be repeated').argParser(
    (file: string, before: readonly string[] = []) => [...before, file],
  );
}

/** The files that a command line names: they are loaded before the flags of `train` are known, which they may add to. */
export function saidModules(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    const next = words[index + 1];
    return word === flag && next !== undefined ? [next] : [];
  });
}

/** Loads modules, in order. Throws `CohortError` for one that cannot be read or does not do what a module must. */
export async function loadModules(files: readonly string[]): Promise<LoadedModule[]> {
  const modules = files.map((file) => ({ file, url: pathToFileURL(resolve(file)).href }));
  for (const { url } of modules) await (await loadLibrary()).useModule(url);
  return modules;
}

/** The flags that load them again. */
export function moduleWords(modules: readonly LoadedModule[]): string[] {
  return modules.flatMap(({ file }) => [flag, file]);
}

/** Throws `CohortError` for a run that needs a module that is not loaded; says on standard error which have changed since it was trained. */
export function requireModules(modules: readonly RecordedModule[], path: string, { modules: loaded }: Library): void {
  loaded.check({ modules }, path);
  for (const name of loaded.changed({ modules })) {
    writeNote(`note: ${name} has changed since the run was trained (another SHA-256)`);
  }
}
