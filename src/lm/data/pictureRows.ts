/**
 * Rows of questions with pictures, out of JSON lines: `{"prompt":["how many? ",{"image":"shapes/1.png"}],"answer":"3"}`. The pictures are named, not read:
 * whoever has the files reads them.
 */
import { type CohortError, mistake, show } from '../../core/errors.ts';
import { isVisible } from '../../core/text.ts';
import { type DataRecord, jsonLineRecords } from './records.ts';
import { maxCharacters } from './rows.ts';

/** A picture in a row: where its file lies in the folder of the rows, with `/` between folders. */
export interface PictureName {
  readonly image: string;
}

/** One question of texts and pictures with its answer. */
export interface PictureRow {
  /** At least one part; texts are not empty. */
  readonly prompt: readonly (string | PictureName)[];
  readonly answer: string;
  /** What the model is to imitate in its warm start; left out: the text of `answer`. */
  readonly solution?: string;
  /** Where it stands in its file, from 1. */
  readonly line: number;
}

/** Most parts of a prompt, and most characters of a path. */
const limits = { parts: 64, path: 255 } as const;

/**
 * The rows in the text of a file of JSON lines. A prompt is a text, or a list of texts and pictures; `answer` and `solution` are texts or numbers; other
 * fields are left out. Throws {@link CohortError} with the line for anything else, for texts that are empty or longer than 4,096 characters, and for
 * pictures that {@link checkPicturePath} refuses.
 */
export function readPictureRows(text: string, subject = 'data'): PictureRow[] {
  const records = jsonLineRecords(text.startsWith('\u{FEFF}') ? text.slice(1) : text, subject);
  if (records.length === 0) throw mistake(subject, 'rows of questions and answers', 'none', example);
  return records.map((record) => {
    const row = { prompt: promptOf(record, subject), answer: textOf(record, 'answer', subject), line: record.line };
    return Object.hasOwn(record.values, 'solution') ? { ...row, solution: textOf(record, 'solution', subject) } : row;
  });
}

/** The pictures of rows, each once, in the order in which they are first named. */
export function pictureNamesOf(rows: readonly PictureRow[]): string[] {
  return [...new Set(rows.flatMap(({ prompt }) => prompt.flatMap((part) => (typeof part === 'string' ? [] : [part.image]))))];
}

const example = 'write for example {"prompt":["how many circles? ",{"image":"shapes/1.png"}],"answer":"3"}';

/**
 * Checks the path of a picture: relative, within the folder of its rows, the same on every system, `.png`, `.jpg` or `.jpeg`. Whether the file is there, and
 * no link, is for its reader to see. Throws {@link CohortError}.
 */
export function checkPicturePath(path: unknown, subject: string): asserts path is string {
  const refuse = (got: string, advice: string): CohortError =>
    mistake(subject, 'the path of a picture within the folder of its rows', got, advice);
  if (typeof path !== 'string') throw refuse(show(path), example);
  const named = path.length > limits.path ? `one of ${path.length} characters` : show(path);
  if (path === '' || path.length > limits.path) throw refuse(named, `give 1 to ${limits.path} characters`);
  if (!isVisible(path)) throw refuse(named, 'leave out characters that cannot be seen');
  if (/[\\:]/.test(path)) throw refuse(named, 'write / between folders, and no drive, address or backslash');
  if (path.startsWith('/')) throw refuse(named, 'start at the folder of the rows, not at the root');
  if (path.split('/').some((name) => name === '' || name === '.' || name === '..')) {
    throw refuse(named, 'name folder after folder, without . or .. or //');
  }
  if (!/\.(png|jpe?g)$/i.test(path)) throw refuse(named, 'name a file that ends in .png, .jpg or .jpeg');
}

function promptOf(record: DataRecord, subject: string): (string | PictureName)[] {
  const where = `${subject}:${record.line}: prompt`;
  const value = Object.hasOwn(record.values, 'prompt') ? record.values.prompt : undefined;
  if (typeof value === 'string') return [checkText(value, where)];
  if (!Array.isArray(value)) throw mistake(where, 'a text, or a list of texts and pictures', show(value), example);
  if (value.length === 0 || value.length > limits.parts) {
    throw mistake(where, `1 to ${limits.parts} texts and pictures`, `${value.length}`, 'mend the row, or leave it out');
  }
  return value.map((part: unknown, i) => partOf(part, `${where}[${i}]`));
}

function partOf(part: unknown, where: string): string | PictureName {
  // Blanks between pictures are no mistake.
  if (typeof part === 'string') return part !== '' && part.trim() === '' ? part : checkText(part, where);
  const isPicture = typeof part === 'object' && part !== null && !Array.isArray(part) && Object.keys(part).join() === 'image';
  if (!isPicture) throw mistake(where, 'a text, or a picture as {"image":"file.png"}', show(part), example);
  const { image } = part as Record<string, unknown>;
  checkPicturePath(image, where);
  return { image };
}

function textOf({ line, values }: DataRecord, column: string, subject: string): string {
  const where = `${subject}:${line}: ${column}`;
  const value = Object.hasOwn(values, column) ? values[column] : undefined;
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (typeof value !== 'string' && !isNumber) throw mistake(where, 'a text or a number', show(value), example);
  return checkText(String(value), where);
}

function checkText(text: string, where: string): string {
  if (text.trim() === '') throw mistake(where, 'a text that is not empty', show(text), 'fill it in, or leave it out');
  if (text.length <= maxCharacters) return text;
  throw mistake(where, `at most ${maxCharacters} characters`, `${text.length}`, 'shorten it, or leave the row out');
}
