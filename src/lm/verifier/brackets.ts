/**
 * Cuts a text where it is in no brackets.
 */

/** Where the bracket that is open at the start is closed (just behind it); -1 if it is not. `from` is just behind the opening one. */
export function closingOf(text: string, from: number): number {
  let level = 1;
  for (let i = from; i < text.length; i++) {
    level += levelChange(text[i]!);
    if (level === 0) return i + 1;
  }
  return -1;
}

/** Brackets of all kinds count alike: `[1, 2)` is an interval. */
function levelChange(character: string): number {
  if ('([{'.includes(character)) return 1;
  return ')]}'.includes(character) ? -1 : 0;
}

/** Whether every bracket is closed, and none before it is open. */
export function isBalanced(text: string): boolean {
  let level = 0;
  for (const character of text) {
    level += levelChange(character);
    if (level < 0) return false;
  }
  return level === 0;
}

/** A list's parts, and whether an `or` stands between two of them. */
export interface Parts {
  readonly parts: readonly string[];
  readonly hasOr: boolean;
}

/**
 * Splits at the commas, semicolons, `and` and `or` that stand in no brackets. A comma that touches a digit and three more is a separator of thousands
 * where the three begin with a zero, or where other parts are separated otherwise.
 */
export function splitList(text: string): Parts {
  const cuts = findCuts(text);
  const loose = cuts.some(({ touching }) => !touching);
  const parts: string[] = [];
  let start = 0;
  let hasOr = false;
  for (const { at, end, touching, word } of cuts) {
    if (touching && (loose || text[end] === '0')) continue;
    const part = text.slice(start, at).trim();
    // A comma before the `and` separates nothing of its own.
    if (part !== '' || word === '') parts.push(part);
    if (word === 'or') hasOr = true;
    start = end;
  }
  const last = text.slice(start).trim();
  if (last !== '' || parts.length === 0 || start === 0 || !/[;,] ?$/.test(text)) parts.push(last);
  return { parts, hasOr };
}

interface Cut {
  readonly at: number;
  readonly end: number;
  /** A comma that may be a separator of thousands. */
  readonly touching: boolean;
  readonly word: string;
}

function findCuts(text: string): Cut[] {
  const cuts: Cut[] = [];
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    level += levelChange(character);
    if (level !== 0) continue;
    if (character === ',' || character === ';') {
      cuts.push({ at: i, end: i + 1, touching: character === ',' && isThousand(text, i), word: '' });
    } else if ((character === 'a' || character === 'o') && !/[A-Za-z\\]/.test(text[i - 1] ?? ' ')) {
      const word = text.startsWith('and', i) ? 'and' : text.startsWith('or', i) ? 'or' : '';
      if (word !== '' && i > 0 && !/[A-Za-z]/.test(text[i + word.length] ?? 'a'))
        cuts.push({ at: i, end: i + word.length, touching: false, word });
    }
  }
  return cuts;
}

function isThousand(text: string, comma: number): boolean {
  return (
    /(?<![\d.])[1-9]\d{0,2}$/.test(text.slice(Math.max(0, comma - 4), comma)) && /^\d{3}(?![\d])/.test(text.slice(comma + 1, comma + 5))
  );
}

/** Cuts at every match of `separators` (sticky, with a group for what it is) in no brackets: parts, and the separators between them. */
export function splitAt(text: string, separators: RegExp): { readonly parts: readonly string[]; readonly between: readonly string[] } {
  const parts: string[] = [];
  const between: string[] = [];
  let level = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    level += levelChange(text[i]!);
    if (level !== 0) continue;
    separators.lastIndex = i;
    const match = separators.exec(text);
    if (!match) continue;
    parts.push(text.slice(start, i).trim());
    between.push(match[1]!);
    start = i + match[0].length;
    i = start - 1;
  }
  parts.push(text.slice(start).trim());
  return { parts, between };
}
