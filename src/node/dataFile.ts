/**
 * Files of questions and answers, as tasks.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CohortError, mistake, show } from '../core/errors.ts';
import { type DataColumns, type DataRow, readRows, rowsOf, textFormats } from '../lm/data/rows.ts';
import { taskFromRows, taskIdOf } from '../lm/data/task.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import { maxDataBytes } from '../run/data.ts';
import { sha256 } from '../run/sha256.ts';
import { codeOf } from './files.ts';
import { parquetRecords } from './parquet.ts';

/** Ends of names of data files. */
export const dataFormats = [...textFormats, 'parquet'] as const;
/** One of {@link dataFormats}. */
type DataFormat = (typeof dataFormats)[number];

/** How a file is read. */
export interface DataFileOptions {
  readonly columns?: DataColumns;
  /** The share of prompts that is held out; default 0.1. */
  readonly heldOut?: number | undefined;
}

/** The format of a data file by the end of its name; `undefined` for any other file. */
export function dataFormatOf(path: string): DataFormat | undefined {
  return dataFormats.find((format) => path.toLowerCase().endsWith(`.${format}`));
}

/**
 * The task of a file of questions and answers: JSON lines, CSV, values between tabs, or Parquet. Throws `CohortError` with the line for what is wrong
 * with it, for one of more than 64 MiB, and for Parquet without the optional package that reads it.
 */
export async function readDataTask(path: string, { columns = {}, heldOut }: DataFileOptions = {}): Promise<LanguageTask> {
  const bytes = await readBounded(path);
  const rows = await rowsOfFile(path, bytes, columns);
  const name = basename(path);
  return taskFromRows(rows, { id: taskIdOf(name), heldOut, source: { name, sha256: sha256(bytes) } });
}

async function rowsOfFile(path: string, bytes: Uint8Array, columns: DataColumns): Promise<DataRow[]> {
  const format = dataFormatOf(path) ?? 'jsonl';
  if (format === 'parquet') return rowsOf(await parquetRecords(bytes, path), columns, path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw mistake(path, 'text in UTF-8', 'other bytes', 'save the file as UTF-8', cause);
  }
  return readRows(text, format, columns, path);
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
