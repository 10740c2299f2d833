/**
 * Finds the answer that a text marks as its own. One pass, no regular expressions: completions may be long and hostile.
 */
import { lastBoxes } from './boxes.ts';

/** What marked an answer. */
export type AnswerMark = 'boxed' | 'answer' | 'hashes' | 'sentence';

/** A marked answer as it stands in the text, trimmed. */
export interface ExtractedAnswer {
  readonly text: string;
  readonly mark: AnswerMark;
}

/** Most characters of a text that are looked at, from its end: answers come last. */
export const longestText = 200_000;
/** How deep marks are unwrapped, as in `<answer>\boxed{5}</answer>`. */
const deepest = 4;
const closeTag = '</answer>';

interface Marked extends ExtractedAnswer {
  readonly start: number;
}

/**
 * The last marked answer: `\boxed{...}` (or `\fbox`, braces balanced; `\boxed 5`), `<answer>...</answer>`, what follows `####` up to the end of
 * its line, or `The final answer is $...$` (the prompt of Minerva, arXiv 2206.14858); the mark that begins last wins, whatever its kind. Boxes with
 * nothing but commas, `and`, `or` or a line of one sign between them are one list. Marks within an answer are unwrapped. `####` with words is a heading
 * where another mark stands before it. Of more than 200,000 characters the last are read. `undefined` where there is no mark; one that is not closed is
 * none.
 */
export function extractAnswer(text: string): ExtractedAnswer | undefined {
  let source = text.length > longestText ? text.slice(-longestText) : text;
  let found: ExtractedAnswer | undefined;
  for (let depth = 0; depth < deepest; depth++) {
    let last: Marked | undefined;
    const others = [lastTag(source), lastBox(source), lastSentence(source)];
    // Behind another mark, #### with words is a heading.
    const hashes = lastHashes(source);
    const isHeading = hashes && /^ ?\*{0,2}[A-Za-z]{2}/.test(hashes.text) && others.some((marked) => marked && marked.start < hashes.start);
    for (const marked of [...others, isHeading ? undefined : hashes]) {
      if (marked && (!last || marked.start > last.start)) last = marked;
    }
    // A box in a box is its answer only where nothing stands beside it.
    if (!last || (found?.mark === 'boxed' && last.mark === 'boxed' && !/^[\s$]*(?:\\boxed|\\fbox).*\}[\s$]*$/s.test(source))) break;
    found = { text: last.text.trim(), mark: last.mark };
    source = last.text;
  }
  return found;
}

function lastTag(text: string): Marked | undefined {
  const end = text.lastIndexOf(closeTag);
  if (end < 0) return undefined;
  const start = text.lastIndexOf('<answer>', end);
  return start < 0 ? undefined : { start, text: text.slice(start + '<answer>'.length, end), mark: 'answer' };
}

function lastBox(text: string): Marked | undefined {
  const box = lastBoxes(text);
  return box && { start: box.start, text: box.text, mark: 'boxed' };
}

/** The formula of the last sentence that says the answer. */
function lastSentence(text: string): Marked | undefined {
  const start = Math.max(text.lastIndexOf('final answer is $'), text.lastIndexOf('final answer is: $'));
  if (start < 0) return undefined;
  const open = text.indexOf('$', start);
  // `$$...$$` is a formula of its own line.
  const [from, close] = text[open + 1] === '$' ? [open + 2, '$$'] : [open + 1, '$'];
  const end = text.indexOf(close, from);
  const content = text.slice(from, end);
  // Else the signs are those of amounts: `$10,000 and $200`.
  const isFormula = end > from && content === content.trim() && !/\d/.test(text[end + close.length] ?? '');
  return isFormula ? { start, text: content, mark: 'sentence' } : undefined;
}

function lastHashes(text: string): Marked | undefined {
  const start = text.lastIndexOf('####');
  if (start < 0) return undefined;
  const line = text.indexOf('\n', start);
  const tag = text.indexOf(closeTag, start);
  const end = Math.min(line < 0 ? text.length : line, tag < 0 ? text.length : tag);
  return { start, text: text.slice(start + 4, end), mark: 'hashes' };
}
