/**
 * Takes the typesetting off an answer: what is left are numbers, words, brackets and commas. Answers are at most 1,000 characters long, and every
 * regular expression here is without nested repetition.
 */

/** Marks that stand around a whole answer and say nothing, as (opening, closing). */
const wrappers: readonly (readonly [string, string])[] = [
  ['$$', '$$'],
  ['\\(', '\\)'],
  ['\\[', '\\]'],
  ['**', '**'],
  ['`', '`'],
];

/** Removes LaTeX's spacing, sizes, text commands and other dress; blanks are single in the result, and there are none at its ends. */
export function normalize(answer: string): string {
  let text = answer
    .replace(/[\u2212\u2012\u2013\ufe63\uff0d]/g, '-') // minus signs and dashes
    .replace(/\\(?:text|textbf|textrm|textit|mathrm|mathbf|mathit|mbox|operatorname)\s?\{([^{}]{0,200})\}/g, ' $1 ')
    .replace(/\\[dtc]frac(?![a-zA-Z])/g, '\\frac')
    .replace(/\\(?:left|right|displaystyle|bigl?|bigr|Bigl?|Bigr)(?![a-zA-Z])/g, '')
    // A digit, a LaTeX group separator, three digits: a thousand.
    .replace(/(\d)(?:\{,\}|\\[,!]|\\ |,\\!)(?=\d{3}(?!\d))/g, '$1,')
    .replace(/\\[!]/g, '')
    .replace(/\\(?:[,;: ]|quad(?![a-zA-Z])|qquad(?![a-zA-Z]))|[~\s]/g, ' ')
    .replace(/\\lbrace(?![a-zA-Z])/g, '\\{')
    .replace(/\\rbrace(?![a-zA-Z])/g, '\\}')
    .replace(/\\([%$#&_])/g, '$1')
    .replace(/\^\s?(?:\{\s?\\circ\s?\}|\\circ(?![a-zA-Z]))|\\degree(?![a-zA-Z])|°/g, ' degrees ')
    .replace(/\\(?:times|cdot)(?![a-zA-Z])|[×·]/g, '*')
    .replace(/ {2,}/g, ' ')
    .replace(/ \^/g, '^')
    .trim();
  for (let before = ''; before !== text; ) {
    before = text;
    text = unwrap(text)
      .replace(/[.,;:]$/, '')
      .trim();
  }
  return text;
}

/** Takes one pair of wrappers off. `$5` is five dollars, `$5$` is five. */
function unwrap(text: string): string {
  for (const [open, close] of wrappers) {
    if (text.length >= open.length + close.length && text.startsWith(open) && text.endsWith(close)) {
      return text.slice(open.length, text.length - close.length);
    }
  }
  const isMath = text.length >= 2 && text.startsWith('$') && text.endsWith('$') && text.indexOf('$', 1) === text.length - 1;
  return isMath ? text.slice(1, -1) : text;
}
