/**
 * What an answer is when it is read.
 */
import type { Expression } from './expression.ts';
import type { MatrixTerm } from './matrixTerms.ts';
import type { NumberAnswer } from './number.ts';
import type { Rational } from './rational.ts';
import type { Unit } from './units.ts';

/** An answer as a value. `name` is what stands before an equals sign; `text` is the whole without its dress, and equal texts are equal
 * answers; `valueText` what stands behind the equals sign. */
export type Answer = { readonly text: string; readonly name?: string | undefined; readonly valueText?: string | undefined } & (
  | ({ readonly kind: 'number' } & NumberAnswer)
  /** In order; `brackets` are the two that enclose it, so that (1, 2) and [1, 2] differ. `x < 5` is the interval that it says. */
  | { readonly kind: 'tuple'; readonly brackets: string; readonly elements: readonly Answer[]; readonly glued: readonly Rational[] }
  /** Without brackets: in any order. `glued` are the numbers that it writes if its comma is no list's; `isDecimal` where it is hardly one: `1000,99`. */
  | {
      readonly kind: 'list';
      readonly elements: readonly Answer[];
      readonly hasOr: boolean;
      readonly glued: readonly Rational[];
      readonly isDecimal: boolean;
    }
  /** `\{1, 2\}`: order and repetition do not matter. */
  | { readonly kind: 'set'; readonly elements: readonly Answer[] }
  /** Sets and intervals with `\cup` between them, in any order. */
  | { readonly kind: 'union'; readonly elements: readonly Answer[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Answer[])[] }
  /** A sum or product of matrices. */
  | { readonly kind: 'matrices'; readonly terms: readonly MatrixTerm[] }
  /** A word or several, see `wordsOf`. */
  | { readonly kind: 'words'; readonly words: string }
  /** A choice's letter and what it labels. */
  | { readonly kind: 'choice'; readonly letter: string; readonly rest: Answer | undefined }
  /** An equation, or an inequality that is no interval; `sides` with the operator between them, `writing` the same for turned ones. */
  | {
      readonly kind: 'relation';
      readonly writing: string;
      readonly operators: readonly string[];
      readonly sides: readonly (Expression | undefined)[];
    }
  /** A formula: only the same `writing` is known to be the same without algebra. `tree` is missing where it could not be taken apart. */
  | { readonly kind: 'expression'; readonly writing: string; readonly tree?: Expression | undefined; readonly unit?: Unit | undefined }
);

/** Answers of one kind. */
export type AnswerOf<Kind extends Answer['kind']> = Extract<Answer, { readonly kind: Kind }>;

/** Where {@link Answer}s are taken apart as formulas: the second tier. */
export interface Algebra {
  /** Whether two formulas have the same value; `undefined` where that could not be told. */
  equal(a: Expression, b: Expression): boolean | undefined;
  /** Whether two sums of products of matrices are the same matrix. */
  sameMatrices(a: readonly MatrixTerm[], b: readonly MatrixTerm[]): boolean | undefined;
  /** Whether two relations with the same operator say the same. */
  sameRelation(operator: string, a: readonly [Expression, Expression], b: readonly [Expression, Expression]): boolean | undefined;
}
