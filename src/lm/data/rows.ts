/**
 * Rows of questions and answers out of records, whatever their columns are called.
 */
import { type CohortError, mistake, show, suggest } from '../../core/errors.ts';
import type { Prompt } from '../tasks/prompt.ts';
import { checkPicturePath, type NamedPictures, picturesNamedIn, readPromptParts, storedPrompt } from './prompts.ts';
import { csvRecords, type DataRecord, jsonLineRecords } from './records.ts';

/** One question with its answer. */
export interface DataRow {
  /** A text, or texts and pictures. */
  readonly prompt: Prompt;
  /** The right answer, or a worked solution that marks it (`#### 72` as in GSM8K, `\boxed{72}`). */
  readonly answer: string;
  /** What the model is to imitate in its warm start; left out: the text of `answer`. */
  readonly solution?: string;
  /** Where it stands in its file, from 1. */
  readonly line?: number;
}

/** Which columns hold what; left out: the first of the usual names that the file has. */
export interface DataColumns {
  readonly prompt?: string | undefined;
  readonly answer?: string | undefined;
  readonly solution?: string | undefined;
}

/** The usual names, in the order in which they are looked for. */
export const usualColumns: Readonly<Record<keyof DataColumns, readonly string[]>> = {
  prompt: ['prompt', 'question', 'problem', 'input'],
  answer: ['answer', 'solution', 'output', 'target'],
  solution: ['solution'],
};

/** Most characters of a prompt, an answer or a solution. */
export const maxCharacters = 4096;

/** Formats of data files that are text, by the end of their names. */
export const textFormats = ['jsonl', 'ndjson', 'csv', 'tsv'] as const;

const noPictures: NamedPictures = new Map();

/**
 * The rows in the text of a data file. A prompt in JSON lines may be a list of texts and pictures, `["how many? ",{"image":"shapes/1.png"}]`; `pictures` are those that it
 * names. Throws {@link CohortError} with the line for what is not well formed, for a column that is not there, and for a value that is no text and no number, is
 * empty, or longer than 4,096 characters.
 */
export function readRows(
  text: string,
  format: (typeof textFormats)[number],
  columns: DataColumns = {},
  subject = 'data',
  pictures: NamedPictures = noPictures,
): DataRow[] {
  return rowsOf(recordsOf(text, format, subject), columns, subject, pictures);
}

/** The records in the text of a data file. Throws {@link CohortError} with the line for what is not well formed. */
export function recordsOf(text: string, format: (typeof textFormats)[number], subject: string): DataRecord[] {
  const plain = text.startsWith('\u{FEFF}') ? text.slice(1) : text;
  const isLines = format === 'jsonl' || format === 'ndjson';
  return isLines ? jsonLineRecords(plain, subject) : csvRecords(plain, subject, format === 'tsv' ? '\t' : ',');
}

/** The pictures that records name, each once, in the order in which they are first named. Throws {@link CohortError} with the line for paths that `checkPicturePath` refuses. */
export function pictureNames(records: readonly DataRecord[], columns: DataColumns, subject: string): string[] {
  const [first] = records;
  if (!first) return [];
  const prompt = columnOf('prompt', first, columns, subject)!;
  const names = records.flatMap(({ values, line }) =>
    picturesNamedIn(values[prompt]).map((name) => {
      checkPicturePath(name, `${subject}:${line}: ${prompt}`);
      return name;
    }),
  );
  return [...new Set(names)];
}

/** {@link readRows} of records that are there already. */
export function rowsOf(
  records: readonly DataRecord[],
  columns: DataColumns,
  subject: string,
  pictures: NamedPictures = noPictures,
): DataRow[] {
  const [first] = records;
  if (!first) throw mistake(subject, 'rows of questions and answers', 'none', 'write one {"prompt":"2+3=","answer":"5"} per line');
  const [prompt, answer] = [columnOf('prompt', first, columns, subject)!, columnOf('answer', first, columns, subject)!];
  const found = columnOf('solution', first, columns, subject);
  const solution = found === answer ? undefined : found;
  return records.map((record) => {
    const row = { prompt: promptAt(record, prompt, subject, pictures), answer: textAt(record, answer, subject), line: record.line };
    return solution === undefined ? row : { ...row, solution: textAt(record, solution, subject) };
  });
}

/** The column of a part; `undefined` for solutions that nobody named and that are not there. */
function columnOf(part: keyof DataColumns, first: DataRecord, columns: DataColumns, subject: string): string | undefined {
  const names = Object.keys(first.values);
  const said = columns[part];
  if (said !== undefined) {
    if (names.includes(said)) return said;
    throw mistake(`--${part}-column`, `a column of ${subject}`, show(said), suggest(said, names));
  }
  const column = usualColumns[part].find((name) => names.includes(name));
  if (column !== undefined || part === 'solution') return column;
  const expected = `a column ${usualColumns[part].join(', ')}`;
  throw mistake(`${subject}:${first.line}`, expected, names.join(', ') || 'none', `name yours: --${part}-column ${names[0] ?? '<name>'}`);
}

function promptAt(record: DataRecord, column: string, subject: string, pictures: NamedPictures): Prompt {
  const value = Object.hasOwn(record.values, column) ? record.values[column] : undefined;
  if (!Array.isArray(value)) return textAt(record, column, subject);
  return readPromptParts(value, `${subject}:${record.line}: ${column}`, { pictures, checkText });
}

function textAt({ line, values }: DataRecord, column: string, subject: string): string {
  const where = `${subject}:${line}: ${column}`;
  const value = Object.hasOwn(values, column) ? values[column] : undefined;
  const isNumber = (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'bigint';
  if (typeof value !== 'string' && !isNumber)
    throw mistake(where, 'a text or a number', show(value), 'mend the row, or name another column');
  return checkText(String(value), where);
}

function checkText(text: string, where: string): string {
  const refuse = (expected: string, got: string, advice: string): CohortError => mistake(where, expected, got, advice);
  if (text.trim() === '') throw refuse('a text that is not empty', show(text), 'fill it in, or leave the row out');
  if (text.length <= maxCharacters) return text;
  throw refuse(`at most ${maxCharacters} characters`, `${text.length}`, 'shorten it, or leave the row out: the model reads characters');
}

/** Rows as JSON lines, as a run folder keeps them; {@link readRows} reads them back. */
export function encodeRows(rows: readonly DataRow[]): Uint8Array {
  const lines = rows.map(({ prompt, answer, solution }) => `${JSON.stringify({ prompt: storedPrompt(prompt), answer, solution })}\n`);
  return new TextEncoder().encode(lines.join(''));
}
