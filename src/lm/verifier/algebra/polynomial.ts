/**
 * Polynomials with rational coefficients in any number of atoms: variables, and what cannot be taken apart, such as the root of two or sin x.
 */
import { add, multiply, type Rational, reduce, whole } from '../rational.ts';

/** The work of one comparison, counted down; when it is spent, {@link Exhausted} is thrown. */
export class Budget {
  #left: number;
  readonly #steps: number;

  constructor(steps: number) {
    this.#left = steps;
    this.#steps = steps;
  }

  get spent(): number {
    return this.#steps - this.#left;
  }

  /** Takes `steps` away. Throws {@link Exhausted}. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new Exhausted();
  }
}

/** The work is more than is allowed, or the formula holds what has no value. */
export class Exhausted extends Error {}

/** What an atom is: some to the power `degree` are a polynomial of their own, as the root of two squared is two. */
export interface Atom {
  readonly key: string;
  readonly degree: number;
  readonly value: Polynomial | undefined;
}

/** Coefficients by monomial; a monomial is its atoms' numbers and exponents, in order, as `0:2 3:1`. */
export type Polynomial = ReadonlyMap<string, Rational>;

const maxTerms = 600;
const maxDigits = 2000;

/** A constant. */
export function constant(value: Rational): Polynomial {
  return value.numerator === 0n ? new Map() : new Map([['', reduce(value)]]);
}

/** 1. */
export const one = constant(whole(1n));

/** An atom by its number. */
export function atomOf(index: number): Polynomial {
  return new Map([[`${index}:1`, whole(1n)]]);
}

/** a + by * b. */
export function plus(a: Polynomial, b: Polynomial, by: Rational, budget: Budget): Polynomial {
  const result = new Map(a);
  budget.spend(a.size + b.size);
  for (const [monomial, coefficient] of b) addTerm(result, monomial, multiply(coefficient, by));
  return result;
}

/** a * b, with the atoms' powers taken apart. */
export function times(a: Polynomial, b: Polynomial, atoms: readonly Atom[], budget: Budget): Polynomial {
  const result = new Map<string, Rational>();
  for (const [left, x] of a) {
    budget.spend(b.size);
    for (const [right, y] of b) addProduct(result, joined(left, right), multiply(x, y), atoms, budget);
  }
  return result;
}

/** The constant that a polynomial is; `undefined` where it holds atoms. */
export function constantOf(a: Polynomial): Rational | undefined {
  if (a.size === 0) return whole(0n);
  return a.size === 1 ? a.get('') : undefined;
}

/** One writing of a polynomial. */
export function keyOf(a: Polynomial): string {
  return [...a]
    .map(([monomial, { numerator, denominator }]) => `${numerator}/${denominator}[${monomial}]`)
    .sort()
    .join('+');
}

function addTerm(result: Map<string, Rational>, monomial: string, coefficient: Rational): void {
  const before = result.get(monomial);
  const sum = reduce(before ? add(before, coefficient) : coefficient);
  if (sum.numerator === 0n) result.delete(monomial);
  else result.set(monomial, sum);
  if (result.size > maxTerms || sum.denominator.toString().length > maxDigits) throw new Exhausted();
}

/** Adds a term, the powers in it replaced by what they are. */
function addProduct(
  result: Map<string, Rational>,
  powers: ReadonlyMap<number, number>,
  coefficient: Rational,
  atoms: readonly Atom[],
  budget: Budget,
): void {
  budget.spend(1);
  for (const [index, exponent] of powers) {
    const { degree, value } = atoms[index]!;
    if (!value || exponent < degree) continue;
    const rest = new Map(powers);
    if (exponent === degree) rest.delete(index);
    else rest.set(index, exponent - degree);
    for (const [monomial, factor] of value)
      addProduct(result, joined(written(rest), monomial), multiply(coefficient, factor), atoms, budget);
    return;
  }
  addTerm(result, written(powers), coefficient);
}

function joined(a: string, b: string): Map<number, number> {
  const powers = new Map<number, number>();
  for (const part of `${a} ${b}`.split(' ')) {
    if (part === '') continue;
    const [index, exponent] = part.split(':').map(Number);
    powers.set(index!, (powers.get(index!) ?? 0) + exponent!);
  }
  return powers;
}

function written(powers: ReadonlyMap<number, number>): string {
  return [...powers]
    .sort(([a], [b]) => a - b)
    .map(([index, exponent]) => `${index}:${exponent}`)
    .join(' ');
}
