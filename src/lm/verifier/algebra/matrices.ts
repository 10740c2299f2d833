/**
 * Works sums and products of matrices out, cell by cell in one form: whatever is written, the work is that of its cells.
 */
import type { FormulaMatrix, MatrixTerm } from '../matrixTerms.ts';
import type { NormalForms, Quotient } from './normalForm.ts';

/** The cells of a matrix, by rows. */
type QuotientMatrix = readonly (readonly Quotient[])[];

/** The matrix that a sum of products is; `undefined` where sizes do not fit. Throws {@link Exhausted} as {@link NormalForms} do. */
export function workOut(terms: readonly MatrixTerm[], forms: NormalForms): QuotientMatrix | undefined {
  let sum: QuotientMatrix | undefined;
  for (const { scalar, factors } of terms) {
    const [first, ...others] = factors.map((factor: FormulaMatrix) => factor.map((row) => row.map((cell) => forms.of(cell))));
    let value: QuotientMatrix | undefined = first;
    for (const other of others) value = value && times(value, other, forms);
    const by = forms.of(scalar);
    const scaled = value?.map((row) => row.map((cell) => forms.product(by, cell)));
    sum = scaled && (sum ? plus(sum, scaled, forms) : scaled);
    if (!sum) return undefined;
  }
  return sum;
}

function times(a: QuotientMatrix, b: QuotientMatrix, forms: NormalForms): QuotientMatrix | undefined {
  if (a[0]!.length !== b.length) return undefined;
  return a.map((row) =>
    b[0]!.map((_, j) => row.map((cell, k) => forms.product(cell, b[k]![j]!)).reduce((left, right) => forms.sum(left, right))),
  );
}

function plus(a: QuotientMatrix, b: QuotientMatrix, forms: NormalForms): QuotientMatrix | undefined {
  if (a.length !== b.length || a[0]!.length !== b[0]!.length) return undefined;
  return a.map((row, i) => row.map((cell, j) => forms.sum(cell, b[i]![j]!)));
}
