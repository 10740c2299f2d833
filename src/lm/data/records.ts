/**
 * Records out of the text of a data file: JSON lines, or CSV with a header. Strict: what is not well formed is refused with its line.
 */
import { type CohortError, mistake, show } from '../../core/errors.ts';
import { parseJsonObject } from '../../core/json.ts';

/** Most rows of a file. */
export const maxRows = 200_000;

/** One record of a file, before anybody has looked at its columns. */
export interface DataRecord {
  /** Its line, from 1; where it is no line of a text, its row. */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The error of a file with more rows than are read. */
export function tooManyRows(subject: string): CohortError {
  return mistake(subject, `at most ${maxRows} rows`, 'more', 'take a part of the file: `head -n 100000` makes one');
}

/** The records of JSON lines; blank lines are left out. Throws {@link CohortError} with the line for one that is no JSON object. */
export function jsonLineRecords(text: string, subject: string): DataRecord[] {
  const records: DataRecord[] = [];
  let line = 0;
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const words = text.slice(start, end).trim();
    line++;
    start = end + 1;
    if (words === '') continue;
    const values = parseJsonObject(words);
    if (!values) {
      const advice = 'write one object per line, for example {"prompt":"2+3=","answer":"5"}';
      throw mistake(`${subject}:${line}`, 'a JSON object', show(words), advice);
    }
    if (records.length >= maxRows) throw tooManyRows(subject);
    records.push({ line, values });
  }
  return records;
}

/** A field of CSV and where the text goes on. */
interface Field {
  readonly value: string;
  readonly next: number;
}

/**
 * The records of comma-separated values as RFC 4180 writes them: the first line names the columns, a field with commas, quotes or ends of lines stands in
 * double quotes, and a quote in it is written twice. Throws {@link CohortError} with the line for a row of another length, a quote that is not closed or
 * stands in a field without quotes, and columns without a name, or of the same.
 */
export function csvRecords(text: string, subject: string, separator = ','): DataRecord[] {
  let line = 1;
  const refuse = (at: number, expected: string, got: string, advice: string): CohortError =>
    mistake(`${subject}:${at}`, expected, got, advice);

  function quoted(start: number): Field {
    const first = line;
    let value = '';
    let from = start + 1;
    for (;;) {
      const quote = text.indexOf('"', from);
      if (quote < 0)
        throw refuse(first, 'a closing quote', 'none to the end of the file', 'close it, and write a quote within quotes twice');
      value += text.slice(from, quote);
      if (text[quote + 1] !== '"') {
        line += value.split('\n').length - 1;
        return { value, next: quote + 1 };
      }
      value += '"';
      from = quote + 2;
    }
  }

  function bare(start: number): Field {
    let end = start;
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
    const value = text.slice(start, end);
    if (!value.includes('"')) return { value, next: end };
    throw refuse(
      line,
      'a field in quotes where it holds a quote',
      show(value),
      'put the field in quotes, and write the quotes in it twice',
    );
  }

  let header: readonly string[] | undefined;
  const records: DataRecord[] = [];
  for (let at = 0; at < text.length; ) {
    const first = line;
    const fields: string[] = [];
    for (;;) {
      const { value, next } = text[at] === '"' ? quoted(at) : bare(at);
      fields.push(value);
      at = next;
      if (text[at] !== separator) break;
      at++;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    if (at < text.length && text[at] !== '\n') {
      throw refuse(line, 'a comma or the end of the line behind a quoted field', show(text[at]), 'write a quote within quotes twice');
    }
    at++;
    line++;
    if (fields.length === 1 && fields[0] === '') continue;
    if (!header) {
      header = fields;
      const wrong = fields.find((name, index) => name === '' || fields.indexOf(name) !== index);
      if (wrong !== undefined) throw refuse(first, 'columns with names that differ', show(fields), 'write for example prompt,answer');
      continue;
    }
    if (fields.length !== header.length) {
      const got = `${fields.length} (${show(fields)})`;
      throw refuse(first, `${header.length} fields, as the header has`, got, 'put fields that hold a comma in double quotes');
    }
    if (records.length >= maxRows) throw tooManyRows(subject);
    records.push({ line: first, values: Object.fromEntries(header.map((name, index) => [name, fields[index]])) });
  }
  return records;
}
