/**
 * Files of questions and answers, as tasks.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checkText } from '../core/arguments.ts';
import { CohortError, mistake, show } from '../core/errors.ts';
import { checkDataOptions, type DataFileOptions, dataFormatOf, taskOfFile } from '../lm/data/file.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import { maxDataBytes } from '../run/data.ts';
import { codeOf } from './files.ts';
import { parquetRecords } from './parquet.ts';
import { decodePicture, readPictureFile } from './pictures.ts';

/**
 * The task of a file of questions and answers: JSON lines, CSV, values between tabs, or Parquet. Prompts of JSON lines may name pictures, PNG or JPEG files beside it or in
 * folders below. Throws {@link CohortError} with the line for what is wrong with it, for one of more than 64 MiB, also as it is kept with its pictures, and for Parquet and
 * pictures without the optional packages that read them.
 */
export async function readDataTask(path: string, options: DataFileOptions = {}): Promise<LanguageTask> {
  checkText(path, 'readDataTask', 'the path of a data file', 'write for example readDataTask("sums.jsonl")');
  checkDataOptions(options, 'readDataTask');
  const bytes = await readBounded(path);
  const folder = dirname(path);
  const file = {
    ...{ name: basename(path), path, bytes },
    readPicture: async (name: string) => decodePicture(await readPictureFile(folder, name), join(folder, name)),
  };
  return taskOfFile(dataFormatOf(path) === 'parquet' ? { ...file, records: await parquetRecords(bytes, path) } : file, options);
}

async function readBounded(path: string): Promise<Uint8Array> {
  const refuse = (got: string, advice: string, cause?: unknown): CohortError =>
    mistake(path, 'a data file that can be read', got, advice, cause);
  try {
    const information = await stat(path);
    if (!information.isFile()) throw refuse(information.isDirectory() ? 'a folder' : 'no plain file', 'name the file in it');
    const { size } = information;
    if (size > maxDataBytes) throw refuse(`${size} bytes`, `take a part of it: at most ${maxDataBytes} bytes are read`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof CohortError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse(`${show(path)}, which does not exist`, 'check the path', error);
    throw refuse(`${show(path)} (${code ?? 'unreadable'})`, 'check its permissions', error);
  }
}
