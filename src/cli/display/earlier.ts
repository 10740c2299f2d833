/**
 * What a run that goes on has done before, for its curve: read from its metrics.jsonl, a bounded part of it however long the run.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** A value of what is followed, and the iteration that it is of. */
export interface EarlierValue {
  readonly iteration: number;
  readonly value: number;
}

// Beyond this size a file is read at places instead of whole: as many as a curve has columns, each longer than a line.
const maxWhole = 4_000_000;
const places = 256;
const placeBytes = 8192;

/** The whole lines of a piece of the file. */
function wholeLines(file: number, from: number, bytes: number): string[] {
  const buffer = Buffer.alloc(bytes);
  const text = buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, from));
  const lines = text.split('\n').slice(0, -1);
  return from === 0 ? lines : lines.slice(1);
}

function readValue(line: string, metric: string): EarlierValue[] {
  try {
    const row = JSON.parse(line) as Record<string, unknown>;
    const { iteration, [metric]: value } = row;
    return typeof iteration === 'number' && typeof value === 'number' ? [{ iteration, value }] : [];
  } catch {
    return [];
  }
}

/** The values of a metric in the order of the file. Empty where there is no such file: the curve then begins here. */
export function earlierValues(path: string, metric: string): EarlierValue[] {
  let file: number | undefined;
  try {
    const information = statSync(path);
    // Opening a pipe would wait for its writer.
    if (!information.isFile()) return [];
    const { size } = information;
    file = openSync(path, 'r');
    if (size <= maxWhole) return wholeLines(file, 0, size).flatMap((line) => readValue(line, metric));
    const values: EarlierValue[] = [];
    for (let place = 0; place < places; place++) {
      const from = Math.floor((place * (size - placeBytes)) / (places - 1));
      const [line] = wholeLines(file, from, placeBytes);
      if (line !== undefined) values.push(...readValue(line, metric));
    }
    return values;
  } catch {
    return [];
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
