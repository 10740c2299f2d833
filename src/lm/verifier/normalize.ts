/**
 * Takes the typesetting off an answer: what is left are numbers, words, brackets and commas. Answers are at most 1,000 characters long, and every
 * regular expression here is without nested repetition.
 */
import { withoutMathMarks } from './formulas.ts';
import { dollar, privateUse, rowEnd, thousand, upright } from './marks.ts';

/** Marks that stand around a whole answer and say nothing, as (opening, closing). */
const wrappers: readonly (readonly [string, string])[] = [
  ['$$', '$$'],
  ['\\(', '\\)'],
  ['\\[', '\\]'],
  ['**', '**'],
  ['`', '`'],
];

/** Characters and commands of one meaning, as (pattern, writing). */
const synonyms: readonly (readonly [RegExp, string])[] = [
  [/[\u2212\u2012\u2013\ufe63\uff0d]/g, '-'], // minus signs and dashes
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\\[dt]binom(?![a-zA-Z])/g, '\\binom'],
  [/\\(?:left|right|displaystyle|limits|[bB]igg?[lr]?)(?![a-zA-Z])/g, ''],
  [/\\(?:leqslant|leq|le)(?![a-zA-Z])|≤|<=|⩽/g, '\\le '],
  [/\\(?:geqslant|geq|ge)(?![a-zA-Z])|≥|>=|⩾/g, '\\ge '],
  [/\\(?:neq|ne)(?![a-zA-Z])|≠|!=/g, '\\ne '],
  [/\\lt(?![a-zA-Z])/g, '<'],
  [/\\gt(?![a-zA-Z])/g, '>'],
  [/π/g, '\\pi '],
  [/√/g, '\\sqrt '],
  [/∞/g, '\\infty '],
  [/±/g, '\\pm '],
  [/∪/g, '\\cup '],
  [/∈/g, '\\in '],
  [/∅|\\varnothing(?![a-zA-Z])/g, '\\emptyset '],
  [/\\(?:lvert|rvert|vert|mid)(?![a-zA-Z])/g, '|'],
];

const textCommands =
  'text|textbf|textrm|textit|textnormal|texttt|textsf|mathrm|mathbf|mathit|mathsf|mbox|operatorname|boldsymbol|bm|pmb|emph';
const inText = new RegExp(`\\\\(${textCommands})\\s?\\{([^{}]{0,200})\\}`, 'g');
const uprightCommands = new Set(['text', 'textrm', 'textnormal', 'mathrm', 'mbox', 'operatorname']);
/** Prose in front of an answer. */
const lead = /^(?:(?:so|thus|hence|therefore),? )?(?:(?:the )?(?:final |correct )?answer(?: is|:)|ans(?:wer)?:) ?/i;

/** Removes LaTeX's spacing, sizes, text commands and other dress; blanks are single in the result, and there are none at its ends. */
export function normalize(answer: string): string {
  let text = unescaped(answer).replace(privateUse, '\uFFFD').replace(/\\\\/g, rowEnd).replace(/\\\$/g, dollar).trim();
  for (const [pattern, writing] of synonyms) text = text.replace(pattern, writing);
  text = withoutMathMarks(text)
    .replaceAll('$', dollar)
    .replace(/\\textcolor\s?\{[a-zA-Z!0-9]{1,30}\}/g, '')
    .replace(inText, (_, command: string, content: string) => inTextWords(command, content))
    // A digit, a LaTeX group separator, three digits: a thousand.
    .replace(/(\d)(?: ?\{ ?, ?\} ?|\\[,!]|\\ |,\\!)\s?(?=\d{3}(?!\d))/g, `$1${thousand}`)
    .replace(/\\[!]/g, '')
    .replace(/\\(?:[,;: ]|q?quad(?![a-zA-Z])|q?quad(?=[a-zA-Z]_))|[~\s]/g, ' ')
    .replace(/\\lbrace(?![a-zA-Z])/g, '\\{')
    .replace(/\\rbrace(?![a-zA-Z])/g, '\\}')
    .replace(/\\([%#&_])/g, '$1')
    .replace(/\^\s?(?:\{\s?\\circ\s?\}|\\circ(?![a-zA-Z]))|\\degree(?![a-zA-Z])|°/g, ' degrees ')
    .replace(/\\(?:times|cdot)(?![a-zA-Z])|[×·⋅]/g, '*')
    .replace(/\\(?:ldots|dots|cdots)(?![a-zA-Z])|…/g, '...')
    .replace(/[²³]/g, (mark, at: number, all: string) => (/[A-Za-z)]/.test(all[at - 1] ?? '') ? `^${mark === '²' ? 2 : 3}` : mark))
    .replace(/(?<=\d ?)[AP]\.?M\.?(?![A-Za-z])/g, (mark) => mark.toLowerCase().replaceAll('.', ''))
    .replace(/ {2,}/g, ' ')
    .replace(/ ?([_^]) ?/g, '$1')
    .trim();
  for (let before = ''; before !== text; ) {
    before = text;
    text = unwrap(text)
      .replace(/(?:[,;:]|(?<!\.\.)\.)$/, '')
      .replace(lead, '')
      .trim();
  }
  return text;
}

/** Halves the backslashes of a text that was escaped twice, as in JSON written into JSON: none stands alone, and a command follows one. */
function unescaped(text: string): string {
  const runs = text.match(/\\+/g);
  const isTwice = runs?.every((run) => run.length % 2 === 0) && /\\\\[a-zA-Z]{2}/.test(text);
  return isTwice ? text.replaceAll('\\\\', '\\') : text;
}

/** What a text command holds, apart from its surroundings; single letters keep that they are upright. */
function inTextWords(command: string, content: string): string {
  if (!uprightCommands.has(command)) return command.startsWith('text') || command === 'emph' ? ` ${content} ` : `{${content}}`;
  return ` ${content.replace(/(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])/g, `${upright}$&`)} `;
}

/** Takes one pair of wrappers off. */
function unwrap(text: string): string {
  for (const [open, close] of wrappers) {
    if (text.length >= open.length + close.length && text.startsWith(open) && text.endsWith(close)) {
      return text.slice(open.length, text.length - close.length);
    }
  }
  return isGroup(text) ? text.slice(1, -1) : text;
}

/** Whether one pair of braces encloses the whole. */
function isGroup(text: string): boolean {
  if (!text.startsWith('{') || !text.endsWith('}') || text.endsWith('\\}')) return false;
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') level++;
    else if (text[i] === '}' && --level === 0) return i === text.length - 1;
  }
  return false;
}
