/**
 * Sums and products of matrices, as they are written; algebra/matrices.ts works them out.
 */
import { type Expression, readExpression } from './expression.ts';
import { negated } from './expressionTree.ts';
import { readCells } from './matrix.ts';
import { whole } from './rational.ts';

/** The cells of a matrix as formulas, by rows. */
export type FormulaMatrix = readonly (readonly Expression[])[];

/** A number, or another formula, times a product of matrices. */
export interface MatrixTerm {
  readonly scalar: Expression;
  readonly factors: readonly FormulaMatrix[];
}

const matrices = /\\begin ?\{([pb]?matrix)\}.*?\\end ?\{\1\}/gs;
const maxMatrices = 8;
/** 1. */
export const one: Expression = { kind: 'number', value: whole(1n) };

/** A sum of products of matrices, `A + 2 B C`; `undefined` where the text is none, such as with a power or a transpose in it. */
export function readMatrixTerms(text: string): MatrixTerm[] | undefined {
  const terms: MatrixTerm[] = [];
  let end = 0;
  for (const match of text.matchAll(matrices)) {
    const cells = readCells(match[0])?.map((row) => row.map(readExpression));
    if (!cells || !isComplete(cells) || terms.length >= maxMatrices) return undefined;
    const before = text.slice(end, match.index).trim();
    end = match.index + match[0].length;
    const last = terms.at(-1);
    if (last && (before === '' || before === '*')) {
      if (last.factors.length >= maxMatrices) return undefined;
      terms[terms.length - 1] = { ...last, factors: [...last.factors, cells] };
      continue;
    }
    const [, sign, rest = ''] = /^([-+]?) ?(.*?) ?\*?$/.exec(before) ?? [];
    if (last && sign === '') return undefined;
    const scalar = rest === '' ? one : readExpression(rest);
    if (!scalar) return undefined;
    terms.push({ scalar: sign === '-' ? negated(scalar) : scalar, factors: [cells] });
  }
  return terms.length > 0 && text.slice(end).trim() === '' ? terms : undefined;
}

/** Whether every cell is a formula. */
export function isComplete(cells: readonly (readonly (Expression | undefined)[])[]): cells is FormulaMatrix {
  return cells.every((row) => row.every((cell) => cell !== undefined));
}
