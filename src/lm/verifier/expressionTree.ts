/**
 * What formulas are, and how they are put together. Nothing is worked out but the numbers that a fraction or a decimal writes.
 */
import { decimal, divide, multiply, negate, type Rational, whole } from './rational.ts';

/** A formula: subtraction is a sum with a factor of -1, division a power of -1, a root the call `sqrt`. */
export type Expression =
  | { readonly kind: 'number'; readonly value: Rational }
  /** `x`, `\pi`, `x_{1}`, `\overline{AB}`. */
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'sum'; readonly terms: readonly Expression[] }
  | { readonly kind: 'product'; readonly factors: readonly Expression[] }
  | { readonly kind: 'power'; readonly base: Expression; readonly exponent: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly inputs: readonly Expression[] };

/** Refused: nothing that a reader could take in two ways is read, such as `1/2x`, `x^21`, `2 3`, or `1\frac12 x`. */
export class Refused extends Error {}

const minusOne: Expression = { kind: 'number', value: whole(-1n) };

/** A written number. Throws {@link Refused} for too many digits. */
export function number(text: string): Expression {
  const [digits = '', fraction = ''] = text.split('.');
  const value = decimal(digits, fraction);
  if (!value) throw new Refused();
  return { kind: 'number', value };
}

/** -term. */
export function negated(term: Expression): Expression {
  return term.kind === 'number' ? { kind: 'number', value: negate(term.value) } : product([minusOne, term]);
}

/** 1 / divisor. Throws {@link Refused} for zero. */
export function inverse(divisor: Expression): Expression {
  if (divisor.kind === 'number') {
    const value = divide(whole(1n), divisor.value);
    if (!value) throw new Refused();
    return { kind: 'number', value };
  }
  if (divisor.kind === 'product') return product(divisor.factors.map(inverse));
  return { kind: 'power', base: divisor, exponent: minusOne };
}

/** A fraction of two written numbers is one number. */
export function quotient(above: Expression, below: Expression): Expression {
  const under = inverse(below);
  if (above.kind === 'number' && under.kind === 'number') return { kind: 'number', value: multiply(above.value, under.value) };
  return product([above, under]);
}

/** The product, those in it taken apart. */
export function product(factors: readonly Expression[]): Expression {
  const flat = factors.flatMap((factor) => (factor.kind === 'product' ? factor.factors : [factor]));
  return flat.length === 1 ? flat[0]! : { kind: 'product', factors: flat };
}
