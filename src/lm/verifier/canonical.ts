/**
 * One writing for formulas that differ only in the order of terms and factors, in signs, and in how a coefficient is written. No algebra: brackets
 * are not multiplied out, sums not collected, roots not drawn.
 */
import type { Expression } from './expression.ts';
import { multiply, type Rational, reduce, whole } from './rational.ts';

/** The writing; equal ones are of equal formulas, others may be, too. */
export function canonical(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return rationalText(expression.value);
    case 'symbol':
      return expression.name.length === 1 ? expression.name : `<${expression.name}>`;
    case 'sum':
      return `(${expression.terms.flatMap(flatTerms).map(canonical).sort().join('+')})`;
    case 'product':
      return productText(expression.factors);
    case 'power':
      return `[${canonical(expression.base)}]^[${canonical(expression.exponent)}]`;
    case 'call':
      return `${expression.name}[${expression.inputs.map(canonical).join(';')}]`;
  }
}

/** The coefficient in front; numbers alone are not multiplied: `2*3` is left as it is. */
function productText(factors: readonly Expression[]): string {
  const spread = spreadOver(factors);
  if (spread) return canonical(spread);
  let coefficient = whole(1n);
  const numbers: string[] = [];
  const others: string[] = [];
  for (const factor of factors) {
    if (factor.kind !== 'number') {
      others.push(canonical(factor));
      continue;
    }
    coefficient = multiply(coefficient, factor.value);
    if (factor.value.numerator !== factor.value.denominator) numbers.push(rationalText(factor.value));
  }
  if (others.length === 0 && numbers.length > 1) return `(${numbers.sort().join('*')})`;
  const front = rationalText(coefficient);
  if (others.length > 0 && front === '1') return others.sort().join('*');
  return [front, ...others.sort()].join('*');
}

/** The terms of a sum in a sum, with a coefficient or without. */
function flatTerms(term: Expression): readonly Expression[] {
  const sum = term.kind === 'product' ? spreadOver(term.factors) : term;
  return sum?.kind === 'sum' ? sum.terms.flatMap(flatTerms) : [term];
}

/** A number times one sum, term by term: `-(a-b)` is `b-a`. */
function spreadOver(factors: readonly Expression[]): Expression | undefined {
  let by = whole(1n);
  let sum: Expression | undefined;
  for (const factor of factors) {
    if (factor.kind === 'number') by = multiply(by, factor.value);
    else if (factor.kind === 'sum' && !sum) sum = factor;
    else return undefined;
  }
  return sum?.kind === 'sum' ? { kind: 'sum', terms: sum.terms.map((term) => scaled(by, term)) } : undefined;
}

function scaled(by: Rational, term: Expression): Expression {
  if (term.kind === 'number') return { kind: 'number', value: multiply(by, term.value) };
  return { kind: 'product', factors: [{ kind: 'number', value: by }, ...(term.kind === 'product' ? term.factors : [term])] };
}

function rationalText(value: Rational): string {
  const { numerator, denominator } = reduce(value);
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}
