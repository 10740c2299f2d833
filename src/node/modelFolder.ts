/**
 * Writing a model as a folder of files, each in pieces and whole before it has its name.
 */
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { mistake, show } from '../core/errors.ts';
import type { OutputFile } from '../lm/checkpoints/outputFile.ts';
import { codeOf, explainFileError } from './files.ts';

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
    for (const file of files) await writeFile(folder, file);
  } catch (error) {
    throw explainFileError(error, folder);
  }
}

async function writeFile(folder: string, { name, pieces }: OutputFile): Promise<void> {
  const unfinished = join(folder, `.${name}.${process.pid}.part`);
  const handle = await open(unfinished, 'wx');
  try {
    for await (const piece of pieces()) await handle.writeFile(piece);
    await handle.sync();
    await handle.close();
    await rename(unfinished, join(folder, name));
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(unfinished).catch(() => undefined);
    throw error;
  }
}
