/** Long tables of observations in few lines: a humanoid shows 348 numbers, thirteen times the same ten, thirteen times the same six. */
import type { SpaceRow } from './spec.ts';

/** One line: a row of the table, or several that differ in a word. */
export interface TableLine extends SpaceRow {
  /** `7`, `5 to 21`, or inside of something repeated `+0 to +5`, counted from its first number. */
  readonly index: string;
  /** Set where the line stands above the numbers of something repeated, and is none itself. */
  readonly heads?: true;
}

/** Longest part that is looked for. */
const longestPart = 16;
/** Least runs that are worth a line: of names with one beginning, of names with one end. */
const leastBeginning = 3;
const leastEnd = 4;
/** Lists of up to so many words are written out. */
const longList = 20;
/** Lists of so many words are written once. */
const leastNamed = 5;

const wordsOf = ({ name }: SpaceRow): string[] => name.split(' ');

/** Whether two rows say the same of their numbers. */
const isAlike = (a: SpaceRow, b: SpaceRow): boolean => a.meaning === b.meaning && a.unit === b.unit && a.min === b.min && a.max === b.max;

/** How many words all lists begin with; at least one of each is left over. */
function sharedWords(lists: readonly (readonly string[])[]): number {
  let count = 0;
  while (lists.every((words) => words.length > count + 1 && words[count] === lists[0]![count])) count++;
  return count;
}

/** Writes a list; one that was written before is named by the line where it stands. */
function enumerate(words: readonly string[], at: string, written: Map<string, string>): string {
  const list = words.length <= longList ? words.join(', ') : `${words[0]}, ${words[1]}, …, ${words.at(-1)}`;
  const before = written.get(list);
  if (before !== undefined) return `those at ${before}`;
  if (words.length >= leastNamed) written.set(list, at);
  return list;
}

/** A part that is repeated for one thing after another. */
interface Repeated {
  readonly things: readonly string[];
  /** The rows of one part, without the name of the thing. */
  readonly part: readonly SpaceRow[];
}

/** `size` rows from `at` as the part of one thing: names that begin with it. */
function partAt(rows: readonly SpaceRow[], at: number, size: number): { thing: string; part: SpaceRow[] } | undefined {
  const part = rows.slice(at, at + size);
  const shared = part.length === size ? sharedWords(part.map(wordsOf)) : 0;
  if (shared === 0) return undefined;
  const thing = wordsOf(part[0]!).slice(0, shared).join(' ');
  return { thing, part: part.map((row) => ({ ...row, name: row.name.slice(thing.length + 1) })) };
}

/** The repetition that begins at a row and covers the most. */
function repeatedAt(rows: readonly SpaceRow[], at: number): Repeated | undefined {
  let best: Repeated | undefined;
  for (let size = 2; size <= longestPart; size++) {
    const first = partAt(rows, at, size);
    if (!first) continue;
    const things = [first.thing];
    for (let next = at + size; ; next += size) {
      const other = partAt(rows, next, size);
      if (!other?.part.every((row, k) => row.name === first.part[k]!.name && isAlike(row, first.part[k]!))) break;
      things.push(other.thing);
    }
    if (things.length > 1 && things.length * size > (best ? best.things.length * best.part.length : 0)) best = { things, part: first.part };
  }
  return best;
}

/** How many rows from `at` are alike and fit the first in one word: the first one of their names, or the last. */
function runAt(rows: readonly SpaceRow[], at: number, place: 0 | -1): number {
  const first = rows[at]!;
  const word = wordsOf(first).at(place);
  let end = at;
  while (end < rows.length && isAlike(rows[end]!, first) && wordsOf(rows[end]!).length > 1 && wordsOf(rows[end]!).at(place) === word) end++;
  return end - at;
}

/** The lines of a table, with numbers counted from 0 after `sign`; `written` has the lists that were written so far. */
function linesOf(rows: readonly SpaceRow[], written: Map<string, string>, sign = ''): TableLine[] {
  const lines: TableLine[] = [];
  const range = (from: number, count: number): string => (count === 1 ? `${sign}${from}` : `${sign}${from} to ${sign}${from + count - 1}`);
  for (let at = 0; at < rows.length; ) {
    const row = rows[at]!;
    const repeated = repeatedAt(rows, at);
    const beginning = runAt(rows, at, 0);
    const ending = runAt(rows, at, -1);
    let count = 1;
    if (repeated && repeated.things.length * repeated.part.length > Math.max(beginning, ending)) {
      const { things, part } = repeated;
      count = things.length * part.length;
      const name = `${things.length} times ${part.length} numbers`;
      lines.push({
        index: range(at, count),
        name,
        meaning: `${part.length} for each of: ${enumerate(things, `${at}`, written)}`,
        heads: true,
      });
      lines.push(...linesOf(part, written, '+'));
    } else if (beginning >= leastBeginning && beginning >= ending) {
      count = beginning;
      const names = rows.slice(at, at + count).map(wordsOf);
      const shared = sharedWords(names);
      const rest = enumerate(
        names.map((words) => words.slice(shared).join(' ')),
        `${sign}${at}`,
        new Map(),
      );
      lines.push({ ...row, index: range(at, count), name: `${names[0]!.slice(0, shared).join(' ')} ${rest}` });
    } else if (ending >= leastEnd) {
      count = ending;
      const names = rows.slice(at, at + count).map(wordsOf);
      const shared = sharedWords(names.map((words) => words.toReversed()));
      const things = enumerate(
        names.map((words) => words.slice(0, -shared).join(' ')),
        `${at}`,
        written,
      );
      lines.push({ ...row, index: range(at, count), name: names[0]!.slice(-shared).join(' '), meaning: `${row.meaning}: ${things}` });
    } else lines.push({ ...row, index: range(at, 1) });
    at += count;
  }
  return lines;
}

/** A table of numbers in lines for a reader. More than `most` rows are folded: what is repeated stands once, with the names of what it is repeated for. */
export function foldRows(rows: readonly SpaceRow[], most = 25): TableLine[] {
  return rows.length > most ? linesOf(rows, new Map()) : rows.map((row, k) => ({ ...row, index: String(k) }));
}
