/**
 * Harmless rewritings of an answer: the same answer in other LaTeX. Each gives the text as it stands where it has nothing to change.
 */

/** What each rewriting changes, and how. */
export const rewritings: Readonly<Record<string, (answer: string) => string>> = {
  'in dollars': (answer) => `$${answer}$`,
  'as display': (answer) => `\\[${answer}\\]`,
  'a full stop': (answer) => `${answer}.`,
  'no blanks': (answer) => (/\\text|\\mbox|[a-zA-Z] [a-zA-Z]|\d [\\\d]/.test(answer) ? answer : answer.replaceAll(' ', '')),
  'blanks around signs': (answer) =>
    /\\(?:text|mbox|begin)|,\\!/.test(answer) ? answer : answer.replace(/(?<=[\w)}])([-+=,])(?=[\w(\\])/g, '$1 '),
  dfrac: (answer) => answer.replace(/\\[dt]?frac/g, '\\dfrac'),
  'braces around arguments': (answer) => answer.replace(/\\frac ?(\d) ?(\d)/g, '\\frac{$1}{$2}').replace(/\\sqrt(\d)/g, '\\sqrt{$1}'),
  'no braces around digits': (answer) =>
    answer.replace(/\\frac\{(\d)\}\{(\d)\}(?!\d)/g, '\\frac$1$2').replace(/\\sqrt\{(\d)\}(?!\d)/g, '\\sqrt$1'),
  'left and right': (answer) => (answer.includes('\\left') ? answer : answer.replace(/^([([])(.*)([)\]])$/, '\\left$1$2\\right$3')),
  'braces around exponents': (answer) => answer.replace(/\^(\d)(?!\d)/g, '^{$1}').replace(/_(\d)(?!\d)/g, '_{$1}'),
  'a dot for a product': (answer) => answer.replace(/(?<![_^{\d.])(\d+) ?(?=\\sqrt|\\pi|[a-hj-z](?![a-z]))/g, '$1\\cdot '),
  'thin spaces': (answer) => answer.replace(/, ?(?=[-\d\\])(?!\\!)/g, ',\\, '),
  'degrees without braces': (answer) => answer.replace(/\^\\circ/g, '^{\\circ}'),
};

/** An answer with its last digit one more; itself where it has none. */
export function withOtherDigit(answer: string): string {
  return answer.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
}
