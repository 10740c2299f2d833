/**
 * Writing a model as a folder of files, each in pieces and whole before it has its name.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mistake, show } from '../core/errors.ts';
import type { OutputFile } from '../lm/checkpoints/outputFile.ts';
import { codeOf, explainFileError, replaceFile } from './files.ts';

/** Throws `CohortError` for a folder that holds files, unless `force`. */
export async function checkModelFolder(folder: string, force: boolean): Promise<void> {
  try {
    const names = await readdir(folder);
    if (names.length === 0 || force) return;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw explainFileError(error, folder);
  }
  throw mistake('--output', 'a new folder', `${show(folder)}, which holds files`, 'name another one, or add --force to write into it');
}

/** Writes the files. Throws `CohortError` where that fails; files that are not whole are taken away. */
export async function writeModelFolder(folder: string, files: readonly OutputFile[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, pieces } of files) await replaceFile(join(folder, name), pieces());
  } catch (error) {
    throw explainFileError(error, folder);
  }
}
