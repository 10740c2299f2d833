/**
 * Dollars around formulas, told from dollars before amounts.
 */

/**
 * Takes the marks of formulas off a text whose `\$` are replaced: `$5$`, `$69$,$84$`, `$125$ miles`; in `$5 and $6` and `5$` they stay. Also
 * `\(...\)` and `\[...\]` within the text.
 */
export function withoutMathMarks(text: string): string {
  const pieces = text.replaceAll('$$', '$').split('$');
  // Outside the formulas may stand separators and words, never a digit or a command.
  const isMath =
    pieces.length % 2 === 1 && pieces.length > 1 && pieces.every((piece, i) => i % 2 === 1 || /^[^\d\\{}=+*/^_]*$/.test(piece));
  const inner = isMath && pieces.every((piece, i) => i % 2 === 0 || piece.trim() !== '') ? pieces.join('') : text;
  return inner.replace(/\\[()[\]]/g, '');
}
