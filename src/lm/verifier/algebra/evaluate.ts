/**
 * Formulas as floating-point numbers, only to tell that two differ widely: nothing that is nearly equal is decided here.
 */
import { cos, exp, log, sin } from '../../../math/index.ts';
import type { Expression } from '../expression.ts';
import type { Rational } from '../rational.ts';

const constants: ReadonlyMap<string, number> = new Map([
  ['\\pi', Math.PI],
  ['e', Math.E],
]);

/** The value with the variables at `at`; NaN where there is none among the reals. */
export function evaluate(expression: Expression, at: (name: string) => number): number {
  switch (expression.kind) {
    case 'number':
      return toNumber(expression.value);
    case 'symbol':
      return expression.name === 'i' || expression.name === '\\infty'
        ? Number.NaN
        : (constants.get(expression.name) ?? at(expression.name));
    case 'sum':
      return expression.terms.reduce((sum, term) => sum + evaluate(term, at), 0);
    case 'product':
      return expression.factors.reduce((product, factor) => product * evaluate(factor, at), 1);
    case 'power':
      return power(evaluate(expression.base, at), evaluate(expression.exponent, at));
    case 'call':
      return call(
        expression.name,
        expression.inputs.map((input) => evaluate(input, at)),
      );
  }
}

/** The variables of a formula. */
export function variablesOf(expression: Expression): Set<string> {
  switch (expression.kind) {
    case 'number':
      return new Set();
    case 'symbol':
      return new Set(constants.has(expression.name) ? [] : [expression.name]);
    case 'sum':
      return new Set(expression.terms.flatMap((term) => [...variablesOf(term)]));
    case 'product':
      return new Set(expression.factors.flatMap((factor) => [...variablesOf(factor)]));
    case 'power':
      return new Set([...variablesOf(expression.base), ...variablesOf(expression.exponent)]);
    case 'call':
      return new Set(expression.inputs.flatMap((input) => [...variablesOf(input)]));
  }
}

function call(name: string, [x = Number.NaN, y = Number.NaN]: readonly number[]): number {
  switch (name) {
    case 'sqrt':
      return power(x, 1 / y);
    case 'sin':
      return sin(x);
    case 'cos':
      return cos(x);
    case 'ln':
      return log(x);
    case 'abs':
      return x < 0 ? -x : x;
    case 'factorial':
      return factorial(x);
    default:
      return Number.NaN;
  }
}

function power(base: number, exponent: number): number {
  if (base === 0) return exponent > 0 ? 0 : Number.NaN;
  if (base > 0) return exp(exponent * log(base));
  if (!Number.isInteger(exponent)) return Number.NaN;
  const size = exp(exponent * log(-base));
  return exponent % 2 === 0 ? size : -size;
}

function factorial(x: number): number {
  if (!Number.isInteger(x) || x < 0 || x > 60) return Number.NaN;
  let result = 1;
  for (let i = 2; i <= x; i++) result *= i;
  return result;
}

function toNumber({ numerator, denominator }: Rational): number {
  const [above, below] = [Number(numerator), Number(denominator)];
  return Number.isFinite(above) && Number.isFinite(below) ? above / below : Number.NaN;
}
