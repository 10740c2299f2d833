/**
 * Files of questions and answers, as tasks.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CohortError, mistake, show } from '../core/errors.ts';
import type { DataRecord } from '../lm/data/records.ts';
import { type DataColumns, pictureNames, recordsOf, rowsOf, textFormats } from '../lm/data/rows.ts';
import { taskFromRows, taskIdOf } from '../lm/data/task.ts';
import type { Picture } from '../lm/tasks/pictures/canvas.ts';
import { fitPicture } from '../lm/tasks/pictures/fit.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import { maxDataBytes } from '../run/data.ts';
import { sha256 } from '../run/sha256.ts';
import { codeOf } from './files.ts';
import { parquetRecords } from './parquet.ts';
import { decodePicture, readPictureFile } from './pictures.ts';

/** Ends of names of data files. */
export const dataFormats = [...textFormats, 'parquet'] as const;
/** One of {@link dataFormats}. */
type DataFormat = (typeof dataFormats)[number];

/** How a file is read. */
export interface DataFileOptions {
  readonly columns?: DataColumns;
  /** The share of prompts that is held out; default 0.1. */
  readonly heldOut?: number | undefined;
  /**
   * Pictures are scaled into squares of so many pixels a side, a multiple of 4. Default: as they are, if all have one size that divides into patches and is
   * at most 64 x 64, else 32.
   */
  readonly pictureSize?: number | undefined;
}

/** The format of a data file by the end of its name; `undefined` for any other file. */
export function dataFormatOf(path: string): DataFormat | undefined {
  return dataFormats.find((format) => path.toLowerCase().endsWith(`.${format}`));
}

/**
 * The task of a file of questions and answers: JSON lines, CSV, values between tabs, or Parquet. Prompts of JSON lines may name pictures, PNG or JPEG files beside it or in
 * folders below. Throws `CohortError` with the line for what is wrong with it, for one of more than 64 MiB, also as it is kept with its pictures, and for Parquet and pictures without
 * the optional packages that read them.
 */
export async function readDataTask(path: string, { columns = {}, heldOut, pictureSize }: DataFileOptions = {}): Promise<LanguageTask> {
  const bytes = await readBounded(path);
  const records = await recordsOfFile(path, bytes);
  const named = pictureNames(records, columns, path);
  const rows = rowsOf(records, columns, path, await readPictures(dirname(path), named, pictureSize));
  const name = basename(path);
  const task = taskFromRows(rows, { id: taskIdOf(name), heldOut, source: { name, sha256: sha256(bytes) } });
  const kept = task.data!.rows.length;
  if (kept <= maxDataBytes) return task;
  const advice = 'choose smaller pictures (--picture-size 16), or take a part of the file';
  throw mistake(path, `rows that take at most ${maxDataBytes} bytes with their pictures`, `${kept}`, advice);
}

async function recordsOfFile(path: string, bytes: Uint8Array): Promise<DataRecord[]> {
  const format = dataFormatOf(path) ?? 'jsonl';
  if (format === 'parquet') return parquetRecords(bytes, path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw mistake(path, 'text in UTF-8', 'other bytes', 'save the file as UTF-8', cause);
  }
  return recordsOf(text, format, path);
}

/** Largest pictures that stay as they are, and the side of the square that larger ones, and those of several sizes, are scaled into. */
const usual = { largest: 64, side: 32 } as const;

/** The pictures of a folder by their names, scaled. Throws `CohortError` for one that cannot be read. */
async function readPictures(folder: string, names: readonly string[], size: number | undefined): Promise<Map<string, Picture>> {
  const pictures = new Map<string, Picture>();
  const read = async (name: string): Promise<Picture> => decodePicture(await readPictureFile(folder, name), join(folder, name));
  for (const name of names) {
    const picture = await read(name);
    // A large one is scaled at once: it would take 48 MiB.
    pictures.set(name, size === undefined && isSmall(picture) ? picture : fitPicture(picture, size ?? usual.side));
  }
  const [first] = pictures.values();
  if (size !== undefined || !first) return pictures;
  const same = [...pictures.values()].every(({ width, height }) => width === first.width && height === first.height);
  if (same && first.width % 4 === 0 && first.height % 4 === 0) return pictures;
  for (const [name, picture] of pictures) pictures.set(name, fitPicture(picture, usual.side));
  return pictures;
}

function isSmall({ width, height }: Picture): boolean {
  return width <= usual.largest && height <= usual.largest;
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
