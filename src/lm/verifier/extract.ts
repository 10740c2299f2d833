/**
 * Finds the answer that a text marks as its own. One pass, no regular expressions: completions may be long and hostile.
 */

/** What marked an answer. */
export type AnswerMark = 'boxed' | 'answer' | 'hashes';

/** A marked answer as it stands in the text, trimmed. */
export interface ExtractedAnswer {
  readonly text: string;
  readonly mark: AnswerMark;
}

/** Most characters of a text that are looked at, from its end: answers come last. */
const longestText = 1_000_000;
/** How deep marks are unwrapped, as in `<answer>\boxed{5}</answer>`. */
const deepest = 4;
const closeTag = '</answer>';

interface Marked extends ExtractedAnswer {
  readonly start: number;
}

/**
 * The last marked answer: `\boxed{...}` (or `\fbox`, braces balanced), `<answer>...</answer>`, or what follows `####` up to the end of its
 * line; the mark that begins last wins, whatever its kind. Marks within an answer are unwrapped. `undefined` where there is none; a mark that is
 * not closed is none.
 */
export function extractAnswer(text: string): ExtractedAnswer | undefined {
  let source = text.length > longestText ? text.slice(-longestText) : text;
  let found: ExtractedAnswer | undefined;
  for (let depth = 0; depth < deepest; depth++) {
    let last: Marked | undefined;
    for (const marked of [lastTag(source), lastHashes(source), lastBox(source)]) {
      if (marked && (!last || marked.start > last.start)) last = marked;
    }
    if (!last) break;
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

function lastHashes(text: string): Marked | undefined {
  const start = text.lastIndexOf('####');
  if (start < 0) return undefined;
  const line = text.indexOf('\n', start);
  const tag = text.indexOf(closeTag, start);
  const end = Math.min(line < 0 ? text.length : line, tag < 0 ? text.length : tag);
  return { start, text: text.slice(start + 4, end), mark: 'hashes' };
}

/** The box that is closed last. Braces written `\{` are text. */
function lastBox(text: string): Marked | undefined {
  // For every brace that is open: where its box begins and where its content does, or -1.
  const boxes: number[] = [];
  const contents: number[] = [];
  let last: { start: number; content: number; end: number } | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') {
      const content = boxContent(text, i);
      if (content > 0) {
        boxes.push(i);
        contents.push(content);
        i = content - 1;
      } else {
        i++;
      }
    } else if (character === '{') {
      boxes.push(-1);
      contents.push(-1);
    } else if (character === '}' && boxes.length > 0) {
      const start = boxes.pop()!;
      const content = contents.pop()!;
      if (start >= 0) last = { start, content, end: i };
    }
  }
  return last && { start: last.start, text: text.slice(last.content, last.end), mark: 'boxed' };
}

/** Where the content of a box begins whose backslash stands at `i`; 0 if there is no box. */
function boxContent(text: string, i: number): number {
  const name = ['\\boxed', '\\fbox'].find((command) => text.startsWith(command, i));
  if (!name) return 0;
  let brace = i + name.length;
  // A few blanks at most, so that the work stays linear.
  while (brace < i + name.length + 4 && text[brace] === ' ') brace++;
  return text[brace] === '{' ? brace + 1 : 0;
}
