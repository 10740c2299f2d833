/**
 * Matrices: the cells of `pmatrix`, `bmatrix`, and `array` in brackets, and sums and products of them. Determinants and cases are left as they are.
 */
import { type Expression, readExpression } from './expression.ts';
import { negated, product } from './expressionTree.ts';
import { rowEnd } from './marks.ts';

const environment = /^\\begin ?\{(pmatrix|bmatrix|array|matrix)\}(.*)\\end ?\{\1\}$/s;
const maxCells = 64;

/** The cells' texts by rows; `undefined` where the text is no matrix, or its rows differ in length. */
export function readCells(text: string): string[][] | undefined {
  const match = environment.exec(text);
  if (!match || match[2]!.includes('\\begin')) return undefined;
  const body = match[1] === 'array' ? match[2]!.replace(/^ ?\{[lcr| ]{1,20}\}/, '') : match[2]!;
  const rows = body.split(rowEnd).map((row) => row.trim());
  if (rows.at(-1) === '') rows.pop();
  const cells = rows.map((row) => row.split('&').map((cell) => cell.trim()));
  const width = cells[0]?.length ?? 0;
  return width > 0 && cells.every((row) => row.length === width) && width * cells.length <= maxCells ? cells : undefined;
}

/** The cells of a matrix as formulas, by rows. */
export type FormulaMatrix = readonly (readonly Expression[])[];

/** A number, or another formula, times a product of matrices. */
export interface MatrixTerm {
  readonly scalar: Expression;
  readonly factors: readonly FormulaMatrix[];
}

const matrices = /\\begin ?\{([pb]?matrix)\}.*?\\end ?\{\1\}/gs;
const maxMatrices = 8;
const one: Expression = { kind: 'number', value: { numerator: 1n, denominator: 1n } };

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

/** The matrix that a sum of products is, its cells as sums of products; `undefined` where sizes do not fit. */
export function workOut(terms: readonly MatrixTerm[]): FormulaMatrix | undefined {
  let sum: FormulaMatrix | undefined;
  for (const { scalar, factors } of terms) {
    let value: FormulaMatrix | undefined = factors[0];
    for (const factor of factors.slice(1)) value = value && times(value, factor);
    const scaled = value?.map((row) => row.map((cell) => product([scalar, cell])));
    sum = scaled && (sum ? plus(sum, scaled) : scaled);
    if (!sum) return undefined;
  }
  return sum;
}

function times(a: FormulaMatrix, b: FormulaMatrix): FormulaMatrix | undefined {
  if (a[0]!.length !== b.length) return undefined;
  return a.map((row) => b[0]!.map((_, j): Expression => ({ kind: 'sum', terms: row.map((cell, k) => product([cell, b[k]![j]!])) })));
}

function plus(a: FormulaMatrix, b: FormulaMatrix): FormulaMatrix | undefined {
  if (a.length !== b.length || a[0]!.length !== b[0]!.length) return undefined;
  return a.map((row, i) => row.map((cell, j): Expression => ({ kind: 'sum', terms: [cell, b[i]![j]!] })));
}
