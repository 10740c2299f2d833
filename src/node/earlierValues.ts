/**
 * What a run that goes on has done before, for its curve: read from its metrics.jsonl, a bounded part of it however long the run.
 */
import { readSync } from 'node:fs';
import { earlierOf } from '../display/earlier.ts';
import type { EarlierValue } from '../display/state.ts';
import { withPlainSync } from './files.ts';

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

/** The values of a metric in the order of the file. Empty where there is no such file: the curve then begins here. */
export function earlierValues(path: string, metric: string): EarlierValue[] {
  try {
    return withPlainSync(path, (file, size) => {
      if (size <= maxWhole) return wholeLines(file, 0, size).flatMap((line) => earlierOf(line, metric));
      return Array.from({ length: places }, (_, place) => {
        const from = Math.floor((place * (size - placeBytes)) / (places - 1));
        const [line] = wholeLines(file, from, placeBytes);
        return line === undefined ? [] : earlierOf(line, metric);
      }).flat();
    });
  } catch {
    return [];
  }
}
