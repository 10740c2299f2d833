/**
 * Results that a command line names: run folders, folders of several seeds, files of results, and folders that hold such files.
 */

import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Cell, RunResult } from '../node/toolkit.ts';
import { findRun, runArgument } from './findRun.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { SuggestedArgument } from './options.ts';
import { writeNote } from './output.ts';

// A line of results has a few kilobytes; what is larger than this is no file of ours.
const maxBytes = 500_000_000;

/** The argument of commands that compare: one path or more. */
export function resultsArgument(): SuggestedArgument {
  const runs = runArgument({});
  return new SuggestedArgument('<runs...>', 'run folders, of one seed or several, and results of sweeps', runs.suggest);
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readFile(path: string, subject: string, library: Library): RunResult[] {
  const size = lookAt(path)?.size ?? 0;
  if (size > maxBytes) throw library.mistake(subject, 'a file of results', `${library.show(path)} of ${size} bytes`, 'name a smaller one');
  try {
    return library.readResults(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)), path);
  } catch (error) {
    if (error instanceof library.CohortError) throw error;
    if (error instanceof TypeError)
      throw library.mistake(subject, 'a file of results', `${library.show(path)}, which is no text in UTF-8`, 'name another file');
    throw library.explainFileError(error, path);
  }
}

/** Files of results in a folder; none where it cannot be read. */
function filesIn(folder: string, { resultsEnding }: Library): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(resultsEnding) && name !== 'metrics.jsonl' && name !== 'completions.jsonl')
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The runs of a run folder that have ended; what has not is said on standard error. */
async function readFolder(path: string, subject: string, library: Library): Promise<RunResult[]> {
  const { seeds } = findRun(path, subject, library);
  const results: RunResult[] = [];
  for (const { directory, begun, summary } of seeds) {
    if (begun && summary && summary.status !== 'interrupted') results.push(await library.readResult(directory));
    else writeNote(`note: ${shownPath(directory)} has not ended and is left out`);
  }
  return results;
}

/**
 * The results at these paths as cells: runs that differ in nothing but the seed belong together. Throws `CohortError` for a path that holds none, and
 * where no run has ended.
 */
export async function readCells(paths: readonly string[], subject: string, library: Library): Promise<Cell[]> {
  const results: RunResult[] = [];
  for (const path of paths) {
    const information = lookAt(path);
    if (information?.isFile() && basename(path).endsWith(library.resultsEnding)) results.push(...readFile(path, subject, library));
    else {
      const files = information?.isDirectory() ? filesIn(path, library) : [];
      if (files.length > 0) for (const file of files) results.push(...readFile(file, subject, library));
      else results.push(...(await readFolder(path, subject, library)));
    }
  }
  if (results.length > 0) return library.groupRuns(results);
  throw library.mistake(subject, 'runs that have ended', 'none', 'let one finish, or resume it');
}
