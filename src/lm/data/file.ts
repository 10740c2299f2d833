/**
 * Data files as tasks, wherever their bytes come from: a disk in Node, a chosen file or an address in a page.
 */
import { checkOptions, checkRecord } from '../../core/arguments.ts';
import { mistake, show } from '../../core/errors.ts';
import { maxDataBytes } from '../../run/data.ts';
import { sha256 } from '../../run/sha256.ts';
import type { Picture } from '../tasks/pictures/canvas.ts';
import { fitPicture } from '../tasks/pictures/fit.ts';
import type { LanguageTask } from '../tasks/task.ts';
import type { DataRecord } from './records.ts';
import { type DataColumns, pictureNames, recordsOf, rowsOf, textFormats } from './rows.ts';
import { taskFromRows, taskIdOf } from './task.ts';

/** Ends of names of data files. */
export const dataFormats = [...textFormats, 'parquet'] as const;
/** One of {@link dataFormats}. */
export type DataFormat = (typeof dataFormats)[number];

/** How a data file is read. */
export interface DataFileOptions {
  /** Which columns hold what; left out: the first of the usual names that the file has. */
  readonly columns?: DataColumns | undefined;
  /** The share of prompts that is held out; default 0.1. */
  readonly heldOut?: number | undefined;
  /**
   * Pictures are scaled into squares of so many pixels a side, a multiple of 4 from 4 to 256. Default: as they are, if all have one size that divides into
   * patches and is at most 64 x 64, else 32.
   */
  readonly pictureSize?: number | undefined;
}

/** The bytes of a data file. */
export interface DataFile {
  /** Its name without a folder, of which its task gets the id. */
  readonly name: string;
  /** How messages name it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its records, where it is no text. */
  readonly records?: DataRecord[];
  /** The picture that rows name so, in its own size; throws {@link CohortError} for one that cannot be read. */
  readPicture(name: string): Promise<Picture>;
}

/** The format of a data file by the end of its name; `undefined` for any other file. */
export function dataFormatOf(path: string): DataFormat | undefined {
  return dataFormats.find((format) => path.toLowerCase().endsWith(`.${format}`));
}

/** Throws {@link CohortError} for options that are none, and for a size of pictures out of range. */
export function checkDataOptions(options: DataFileOptions, subject: string): void {
  checkOptions(options, subject);
  const { columns, pictureSize: side } = options;
  if (columns !== undefined)
    checkRecord(columns, `${subject}: columns`, 'a record of names', 'write { prompt: "question" }, or leave it out');
  if (side === undefined || (Number.isInteger(side) && side >= 4 && side <= 256 && side % 4 === 0)) return;
  throw mistake(`${subject}: pictureSize`, 'a multiple of 4 from 4 to 256', show(side), 'leave it out for 32 at most');
}

/**
 * The task of a data file. Throws {@link CohortError} with the line for what is wrong with it, for one of more than 64 MiB, also as it is kept with its
 * pictures, and for pictures that cannot be read.
 */
export async function taskOfFile(file: DataFile, { columns = {}, heldOut, pictureSize }: DataFileOptions): Promise<LanguageTask> {
  const { name, path, bytes } = file;
  const records =
    file.records ?? recordsOf(textOf(bytes, path), textFormats.find((format) => format === dataFormatOf(name)) ?? 'jsonl', path);
  const rows = rowsOf(records, columns, path, await readPictures(file, pictureNames(records, columns, path), pictureSize));
  const task = taskFromRows(rows, { id: taskIdOf(name), heldOut, source: { name, sha256: sha256(bytes) } });
  const kept = task.data!.rows.length;
  if (kept <= maxDataBytes) return task;
  const advice = 'choose smaller pictures (--picture-size 16), or take a part of the file';
  throw mistake(path, `rows that take at most ${maxDataBytes} bytes with their pictures`, `${kept}`, advice);
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw mistake(path, 'text in UTF-8', 'other bytes', 'save the file as UTF-8', cause);
  }
}

/** Largest pictures that stay as they are, and the side of the square that larger ones, and those of several sizes, are scaled into. */
const usual = { largest: 64, side: 32 } as const;

/** Pictures by their names, scaled. */
async function readPictures(file: DataFile, names: readonly string[], size: number | undefined): Promise<Map<string, Picture>> {
  const pictures = new Map<string, Picture>();
  for (const name of names) {
    const picture = await file.readPicture(name);
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
