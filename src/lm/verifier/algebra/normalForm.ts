/**
 * Formulas as quotients of polynomials. Roots of whole numbers become roots of their primes; tangents and secants become sines and cosines; what
 * remains (sin x, 2^n, ln 3) is an atom. Equal quotients are equal formulas wherever both have a value.
 */
import type { Expression } from '../expression.ts';
import { negate, type Rational, reduce, whole } from '../rational.ts';
import { type Atom, atomOf, type Budget, constant, constantOf, Exhausted, keyOf, one, type Polynomial, plus, times } from './polynomial.ts';

/** above / below; `below` is not zero. */
export interface Quotient {
  readonly above: Polynomial;
  readonly below: Polynomial;
}

/** Largest whole exponent that is multiplied out. */
const largestPower = 24;
/** Primes up to here are divided out of radicands. */
const largestPrime = 2000n;
const largestFactorial = 60n;
const deepest = 24;

/** Turns formulas into quotients over one list of atoms, so that those of both sides of a comparison are the same ones. */
export class NormalForms {
  readonly #atoms: Atom[] = [];
  readonly #budget: Budget;
  #depth = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** The quotient of a formula. Throws {@link Exhausted} where it is too large, divides by zero, or holds what has no value here. */
  of(expression: Expression): Quotient {
    if (++this.#depth > deepest) throw new Exhausted();
    const result = this.#of(expression);
    this.#depth--;
    return result;
  }

  /** a - by * b. */
  difference(a: Quotient, b: Quotient, by: Rational = whole(1n)): Polynomial {
    return plus(this.#times(a.above, b.below), this.#times(b.above, a.below), negate(by), this.#budget);
  }

  /** The ratio of the coefficients of one monomial of both, where there is one. */
  ratio(a: Quotient, b: Quotient): Rational | undefined {
    const [left, right] = [this.#times(a.above, b.below), this.#times(b.above, a.below)];
    for (const [monomial, x] of left) {
      const y = right.get(monomial);
      if (!y) return undefined;
      const sign = y.numerator < 0n ? -1n : 1n;
      return reduce({ numerator: sign * x.numerator * y.denominator, denominator: sign * x.denominator * y.numerator });
    }
    return undefined;
  }

  /** a * b. */
  product(a: Quotient, b: Quotient): Quotient {
    return { above: this.#times(a.above, b.above), below: this.#times(a.below, b.below) };
  }

  /** a + b. */
  sum(a: Quotient, b: Quotient): Quotient {
    if (keyOf(a.below) === keyOf(b.below)) return { above: plus(a.above, b.above, whole(1n), this.#budget), below: a.below };
    return { above: this.difference(a, b, whole(-1n)), below: this.#times(a.below, b.below) };
  }

  #of(expression: Expression): Quotient {
    switch (expression.kind) {
      case 'number':
        return { above: constant(expression.value), below: one };
      case 'symbol':
        return this.#symbol(expression.name);
      case 'sum':
        return expression.terms.map((term) => this.of(term)).reduce((a, b) => this.sum(a, b));
      case 'product':
        return expression.factors.map((factor) => this.of(factor)).reduce((a, b) => this.product(a, b));
      case 'power':
        return this.#power(this.of(expression.base), this.of(expression.exponent));
      case 'call':
        return this.#call(expression.name, expression.inputs);
    }
  }

  #symbol(name: string): Quotient {
    if (name === '\\infty') throw new Exhausted();
    return name === 'i' ? this.#atom('i', 2, constant(whole(-1n))) : this.#atom(name);
  }

  #atom(key: string, degree = 1, value?: Polynomial): Quotient {
    let index = this.#atoms.findIndex((atom) => atom.key === key);
    if (index < 0) index = this.#atoms.push({ key, degree, value }) - 1;
    return { above: atomOf(index), below: one };
  }

  #times(a: Polynomial, b: Polynomial): Polynomial {
    return times(a, b, this.#atoms, this.#budget);
  }

  #inverse({ above, below }: Quotient): Quotient {
    if (above.size === 0) throw new Exhausted();
    return { above: below, below: above };
  }

  /** A whole power multiplied out, a root, or an atom. */
  #power(base: Quotient, exponent: Quotient): Quotient {
    const value = rationalOf(exponent);
    if (!value) return this.#atom(`power ${this.#keyOf(base)} ${this.#keyOf(exponent)}`);
    const { numerator, denominator } = reduce(value);
    const size = numerator < 0n ? -numerator : numerator;
    if (size > BigInt(largestPower) || denominator > 12n) throw new Exhausted();
    if (size === 0n && base.above.size === 0) throw new Exhausted();
    const root = denominator === 1n ? base : this.#root(base, Number(denominator));
    let result: Quotient = { above: one, below: one };
    for (let i = 0n; i < size; i++) result = this.product(result, root);
    return numerator < 0n ? this.#inverse(result) : result;
  }

  #root(radicand: Quotient, degree: number): Quotient {
    const value = rationalOf(radicand);
    if (value) return this.#rationalRoot(value, degree);
    // A root of a quotient is no quotient of roots where both are negative.
    if (rationalOf({ above: radicand.below, below: one })) {
      const scaled = this.product(radicand, { above: one, below: one });
      if (keyOf(scaled.below) === keyOf(one)) return this.#atom(`root ${degree} ${keyOf(scaled.above)}`, degree, scaled.above);
    }
    return this.#atom(`root ${degree} ${this.#keyOf(radicand)}`);
  }

  /** The root of a rational by the primes of numerator and denominator. */
  #rationalRoot(value: Rational, degree: number): Quotient {
    const { numerator, denominator } = reduce(value);
    if (numerator === 0n) return { above: constant(value), below: one };
    // The root of -2 is i times that of 2; of other degrees it is a matter of taste.
    if (numerator < 0n && degree !== 2) throw new Exhausted();
    const sign = numerator < 0n ? this.#symbol('i') : { above: one, below: one };
    const above = this.#wholeRoot(numerator < 0n ? -numerator : numerator, degree);
    return this.product(sign, this.product(above, this.#inverse(this.#wholeRoot(denominator, degree))));
  }

  #wholeRoot(value: bigint, degree: number): Quotient {
    let rest = value;
    let result: Quotient = { above: one, below: one };
    for (let prime = 2n; rest > 1n; prime++) {
      this.#budget.spend(1);
      // What is left has large primes only: taken as one.
      if (prime > largestPrime) prime = rest;
      for (; rest % prime === 0n; rest /= prime) {
        const root = this.#atom(`root ${degree} of ${prime}`, degree, constant(whole(prime)));
        result = this.product(result, root);
      }
    }
    return result;
  }

  #call(name: string, inputs: readonly Expression[]): Quotient {
    const values = inputs.map((input) => this.of(input));
    const [first] = values;
    switch (name) {
      case 'sqrt':
        return this.#power(first!, this.#inverse(values[1]!));
      case 'tan':
        return this.product(this.#sine(first!), this.#inverse(this.#cosine(first!)));
      case 'cot':
        return this.product(this.#cosine(first!), this.#inverse(this.#sine(first!)));
      case 'sec':
        return this.#inverse(this.#cosine(first!));
      case 'csc':
        return this.#inverse(this.#sine(first!));
      case 'sin':
        return this.#sine(first!);
      case 'cos':
        return this.#cosine(first!);
      case 'exp':
        return this.#power(this.#symbol('e'), first!);
      case 'factorial':
        return this.#factorial(first!) ?? this.#opaque(name, values);
      case 'binom':
        return this.#binomial(values) ?? this.#opaque(name, values);
      case 'abs': {
        const value = rationalOf(first!);
        return value ? { above: constant(value.numerator < 0n ? negate(value) : value), below: one } : this.#opaque(name, values);
      }
      default:
        // A number with its base, or a sign that may be either.
        if (name.startsWith('base ') || name.startsWith('\\')) throw new Exhausted();
        return this.#opaque(name, values);
    }
  }

  #opaque(name: string, inputs: readonly Quotient[]): Quotient {
    return this.#atom(`${name} ${inputs.map((input) => this.#keyOf(input)).join(' ')}`);
  }

  #cosine(angle: Quotient): Quotient {
    return this.#opaque('cos', [angle]);
  }

  /** Its square is one minus that of the cosine. */
  #sine(angle: Quotient): Quotient {
    const cosine = this.#cosine(angle).above;
    const square = plus(one, this.#times(cosine, cosine), whole(-1n), this.#budget);
    return this.#atom(`sin ${this.#keyOf(angle)}`, 2, square);
  }

  #factorial(input: Quotient): Quotient | undefined {
    const value = rationalOf(input);
    if (value?.denominator !== 1n || value.numerator < 0n || value.numerator > largestFactorial) return undefined;
    let result = 1n;
    for (let i = 2n; i <= value.numerator; i++) result *= i;
    return { above: constant(whole(result)), below: one };
  }

  #binomial(inputs: readonly Quotient[]): Quotient | undefined {
    const [n, k] = inputs.map((input) => rationalOf(input));
    if (n?.denominator !== 1n || k?.denominator !== 1n || k.numerator < 0n || n.numerator < k.numerator || n.numerator > 200n)
      return undefined;
    let result = 1n;
    for (let i = 1n; i <= k.numerator; i++) result = (result * (n.numerator - k.numerator + i)) / i;
    return { above: constant(whole(result)), below: one };
  }

  /** One writing of a quotient: its coefficients divided by one of them. */
  #keyOf(quotient: Quotient): string {
    const value = rationalOf(quotient);
    if (value) return `${reduce(value).numerator}/${reduce(value).denominator}`;
    const below = rationalOf({ above: quotient.below, below: one });
    if (!below) return `${keyOf(quotient.above)}:${keyOf(quotient.below)}`;
    const inverse = this.#inverse({ above: constant(below), below: one });
    return keyOf(plus(new Map(), quotient.above, rationalOf(inverse)!, this.#budget));
  }
}

/** The number that a quotient is; `undefined` where it holds atoms. */
function rationalOf({ above, below }: Quotient): Rational | undefined {
  const [top, bottom] = [constantOf(above), constantOf(below)];
  if (!top || !bottom || bottom.numerator === 0n) return undefined;
  const sign = bottom.numerator < 0n ? -1n : 1n;
  return reduce({ numerator: sign * top.numerator * bottom.denominator, denominator: sign * top.denominator * bottom.numerator });
}
