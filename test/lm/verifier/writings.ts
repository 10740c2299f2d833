/**
 * Harmless rewritings of an answer: the same answer in other LaTeX. Each gives the text as it stands where it has nothing to change.
 */

/** What each rewriting changes, and how. */
export const rewritings: Readonly<Record<string, (answer: string) => string>> = {
  'in dollars': (answer) => `$${answer}$`,
  'in blanks': (answer) => ` ${answer} `,
  'a space behind': (answer) => `${answer}\\,`,
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

/** An answer as it stands and in the writings that change it, by name. */
export function writingsOf(answer: string): (readonly [string, string])[] {
  const others = Object.entries(rewritings).map(([name, rewrite]) => [name, rewrite(answer)] as const);
  return [['as it stands', answer], ...others.filter(([, text]) => text !== answer)];
}

/** Answers that are not right for the problem: that of another problem, and its own with another last digit. */
export function otherAnswers(golds: readonly string[], index: number): string[] {
  const gold = golds[index]!;
  let other = (index + 7) % golds.length;
  while (bare(golds[other]!) === bare(gold)) other = (other + 1) % golds.length;
  return [golds[other]!, withOtherDigit(gold)].filter((answer) => answer !== gold);
}

/** An answer with its last digit one more; itself where it has none. */
function withOtherDigit(answer: string): string {
  return answer.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
}

/** Enough of a normal form to tell that two golds are one. */
function bare(text: string): string {
  const fractions = text.replace(/\\[dt]frac/g, '\\frac').replace(/\\frac ?(\d) ?(\d)/g, '\\frac{$1}{$2}');
  return fractions.replace(/ |\^\\circ|\\!|,|\\/g, '');
}
