/**
 * Files of the user that bring environments and algorithms: `--module ./mine.js`, and `train ./mine.js` for short. Only the command line names code; a
 * run folder keeps the name and the SHA-256 of a module as text, so that its absence can be reported.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Option } from 'commander';
import type { RecordedModule } from '../node/toolkit.ts';
import { commandLine } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { writeNote } from './output.ts';

/** A module that is loaded. */
export interface LoadedModule {
  /** As the user wrote it. */
  readonly file: string;
  /** `file:` URL, for the threads that load it too; an export is named behind `#`. */
  readonly url: string;
  /** Ids of the environments that it brings. */
  readonly environments: readonly string[];
}

const flag = '--module';

/** The option of commands that load modules. */
export function moduleOption(): Option {
  return new Option(
    `${flag} <file>`,
    'load environments, algorithms and tasks from this file first (JavaScript; file:name for one export); may be repeated',
  ).argParser((file: string, before: readonly string[] = []) => [...before, file]);
}

/** A file of code, perhaps with one of its exports. */
const codeFile = /^(?<file>.*\.[cm]?[jt]s)(?::(?<wanted>[\w$]+))?$/i;

/** Flags whose value may look like such a file and is none. */
const textFlags: readonly string[] = [flag, '--config', '--run-dir', '--from', '--name', '--tag', '--env-option', '--log'];

/** Whether a word that stands where an environment is named names a file of code. */
export function isCodeFile(word: string): boolean {
  return codeFile.test(word);
}

/** The files that `--module` names. */
function flaggedModules(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    const next = words[index + 1];
    return word === flag && next !== undefined ? [next] : [];
  });
}

/**
 * The files that a command line names: they are loaded before the flags of `train` are known, which they may add to. `train ./mine.js` names one
 * without a flag.
 */
export function saidModules(words: readonly string[]): string[] {
  const flagged = flaggedModules(words);
  if (words.find((word) => !word.startsWith('-')) !== 'train') return flagged;
  const target = words.find((word, index) => !word.startsWith('-') && isCodeFile(word) && !textFlags.includes(words[index - 1] ?? ''));
  return target === undefined || flagged.includes(target) ? flagged : [...flagged, target];
}

/** The address of a file, and of the export that may be named behind it. */
function addressOf(word: string): string {
  const { file = word, wanted } = existsSync(word) ? {} : (codeFile.exec(word)?.groups ?? {});
  const { href } = pathToFileURL(resolve(file));
  return wanted === undefined ? href : `${href}#${wanted}`;
}

/** Loads modules, in order. Throws `CohortError` for one that cannot be read or does not do what a module must. */
export async function loadModules(files: readonly string[]): Promise<LoadedModule[]> {
  const loaded: LoadedModule[] = [];
  for (const file of files) {
    const url = addressOf(file);
    loaded.push({ file, url, environments: await (await loadLibrary()).useModule(url) });
  }
  return loaded;
}

/** Throws `CohortError` where a module brings several things and one was asked for: says how to name each. */
export function refuseSeveral(ids: readonly string[], noun: string, file: string, command: readonly string[], { mistake }: Library): never {
  const written = ids.map((id) => `\`${commandLine(...command, id, flag, file)}\``);
  const got = `${file}, which brings ${ids.join(', ')}`;
  throw mistake(command.join(' '), `a module that brings one ${noun}`, got, `say which: ${written.join(' or ')}`);
}

/** The environment that is meant: the id itself, or that of the module that was named instead. Throws `CohortError` where that brings none, or several. */
export function environmentOf(target: string, modules: readonly LoadedModule[], library: Library): string {
  const module = modules.find(({ file }) => file === target);
  if (!module) return target;
  const { environments, file } = module;
  const [only, ...others] = environments;
  if (only === undefined) {
    const advice = 'export the class of an environment, or call registerEnv; name a built-in environment to train it with the module';
    throw library.mistake('train', 'a module that brings an environment', `${file}, which brings none`, advice);
  }
  return others.length === 0 ? only : refuseSeveral(environments, 'environment', file, ['train'], library);
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
