/**
 * Finds the boxes of a text: `\boxed{...}`, `\fbox{...}`, `\boxed 5`. One pass over the text.
 */
import { isBalanced } from './brackets.ts';

/** A box: where it begins and ends in the text, and what it holds. */
export interface Box {
  readonly command: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const commands = ['\\boxed', '\\fbox'];
/** Most boxes of a row that are one list. */
const maxRow = 16;
/** What may stand between two boxes of one list, blanks taken out; before a box also its name; and a line of one sign, `+++`. */
const separators =
  /^([-+*|~=_#])\1{2,}$|^(?:[,;&$]|and(?![a-z])|or(?![a-z])|\\[()[\],;:!]|\\q?quad|\\text\{(?:and|or),?\})*(?:[a-zA-Z](?:_\d|_\{\d{1,3}\})?=)?$/;
/** Longest text between two boxes of one list. */
const longestGap = 40;

/**
 * The box that is closed last, and with it those before it that nothing but commas, `and` or `or` separates: their contents as one list. Boxes of one
 * text are one. Braces written `\{` are text.
 */
export function lastBoxes(text: string): Box | undefined {
  const boxes = findBoxes(text);
  const last = boxes.at(-1);
  if (!last) return undefined;
  const row = [last];
  let hasOr = false;
  for (let i = boxes.length - 2; i >= 0 && row.length < maxRow; i--) {
    const [before, next] = [boxes[i]!, row[0]!];
    const gap = next.start - before.end <= longestGap ? text.slice(before.end, next.start) : 'far';
    if (before.command !== next.command || !separators.test(gap.replace(/\s+/g, ''))) break;
    if (gap.includes('or')) hasOr = true;
    row.unshift(before);
  }
  const contents = row.map((box) => box.text.trim());
  if (new Set(contents).size === 1 || !contents.every(isBalanced)) return last;
  return { ...last, start: row[0]!.start, text: contents.join(hasOr ? ' or ' : ', ') };
}

/**
 * The last boxes as one list where words with an `and` among them stand between: `\boxed{1} paper and \boxed{2} bins`. They may be a list, or a
 * thought and its correction. `undefined` where there are no such boxes, empty where no `and` stands between them.
 */
export function looseList(text: string): string | undefined {
  const boxes = findBoxes(text);
  const last = boxes.at(-1);
  if (!last) return undefined;
  const row = [last];
  for (let i = boxes.length - 2; i >= 0 && row.length < maxRow; i--) {
    const [before, next] = [boxes[i]!, row[0]!];
    if (next.start - before.end > longestGap || /[.!?\n]/.test(text.slice(before.end, next.start))) break;
    row.unshift(before);
  }
  const between = text.slice(row[0]!.end, last.start);
  const contents = row.map((box) => box.text.trim());
  const isLoose = row.length > 1 && new Set(contents).size > 1 && contents.every(isBalanced);
  return isLoose ? (/(?<![a-z])and(?![a-z])/.test(between) ? contents.join(', ') : '') : undefined;
}

/** The boxes that stand in no other box, in order; of nested ones the outer. */
function findBoxes(text: string): Box[] {
  // For every brace that is open: where its box begins and where its content does, or -1.
  const starts: number[] = [];
  const contents: number[] = [];
  const boxes: Box[] = [];
  const add = (box: Box): void => {
    while (boxes.length > 0 && boxes.at(-1)!.start > box.start) boxes.pop();
    boxes.push(box);
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') {
      const box = beginBox(text, i);
      if (box === undefined) {
        i++;
      } else if (typeof box === 'number') {
        starts.push(i);
        contents.push(box);
        i = box - 1;
      } else {
        add(box);
        i = box.end - 1;
      }
    } else if (character === '{') {
      starts.push(-1);
      contents.push(-1);
    } else if (character === '}' && starts.length > 0) {
      const start = starts.pop()!;
      const content = contents.pop()!;
      if (start >= 0)
        add({ command: text.startsWith('\\f', start) ? '\\fbox' : '\\boxed', start, end: i + 1, text: text.slice(content, i) });
    }
  }
  return boxes;
}

/** Where the content of a box begins whose backslash stands at `i`, or the whole box where it has no braces; `undefined` if there is none. */
function beginBox(text: string, i: number): number | Box | undefined {
  // Escaped twice: `\\boxed{5}`.
  const from = text[i + 1] === '\\' ? i + 1 : i;
  const name = commands.find((command) => text.startsWith(command, from));
  if (!name) return undefined;
  let at = from + name.length;
  // A few blanks at most, so that the work stays linear.
  while (at < from + name.length + 4 && text[at] === ' ') at++;
  if (text[at] === '{') return at + 1;
  if (from > i || at === from + name.length || name === '\\fbox') return undefined;
  const bare = /^(?:[-+]?[\d.,]*\d(?=\.?(?:[\s$]|$))|[A-Z](?=\.?(?:[\s$]|$))|[^$\n{}\\]{1,60}(?=\$)|\\frac[^$\n]{1,60}(?=\$))/.exec(
    text.slice(at, at + 80),
  );
  return bare ? { command: name, start: i, end: at + bare[0].length, text: bare[0] } : undefined;
}
