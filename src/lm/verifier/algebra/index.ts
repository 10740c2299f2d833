/**
 * The verifier's second tier: whether two formulas are equal, proved by bringing both into one form, and never by their decimals. It loads nothing and
 * its work is counted, not timed, so that a verdict is the same on every machine.
 */
import type { Algebra } from '../answerTypes.ts';
import { sameInOrder } from '../elements.ts';
import type { Expression } from '../expression.ts';
import { equal, type Rational, whole } from '../rational.ts';
import { evaluate, variablesOf } from './evaluate.ts';
import { workOut } from './matrices.ts';
import { NormalForms } from './normalForm.ts';
import { Budget, constantOf, Exhausted } from './polynomial.ts';

/** Steps of one comparison; some milliseconds. */
const maxSteps = 30_000;
/** Steps of all comparisons of one answer. */
const maxStepsInAll = 150_000;
/** Least relative difference of two numbers that are not the same whatever was rounded. */
const wide = 0.01;

/** An algebra for the comparison of one answer with one other. */
export function makeAlgebra(): Algebra {
  let left = maxStepsInAll;
  const attempt = <T>(compare: (forms: NormalForms) => T): T | undefined => {
    const steps = Math.min(maxSteps, left);
    if (steps <= 0) return undefined;
    const budget = new Budget(steps);
    try {
      return compare(new NormalForms(budget));
    } catch (error) {
      if (error instanceof Exhausted) return undefined;
      throw error;
    } finally {
      left -= budget.spent;
    }
  };
  return {
    equal(a, b) {
      const isZero = attempt((forms) => forms.difference(forms.of(a), forms.of(b)).size === 0);
      if (isZero) return true;
      return differWidely(a, b) ? false : undefined;
    },
    sameMatrices(a, b) {
      return attempt((forms) => {
        const [left, right] = [workOut(a, forms), workOut(b, forms)];
        if (!left || !right) return undefined;
        if (left.length !== right.length || left[0]!.length !== right[0]!.length) return false;
        return sameInOrder(left.flat(), right.flat(), (cell, other) => {
          const difference = forms.difference(cell, other);
          // A number that is not zero is none anywhere; what holds letters may be zero.
          return difference.size === 0 || (constantOf(difference) ? false : undefined);
        });
      });
    },
    sameRelation(operator, a, b) {
      if (operator !== '=' && operator !== '\\ne' && operator !== '<' && operator !== '\\le') return undefined;
      const factor = attempt((forms) => {
        const [left, right] = [a, b].map(([from, to]) =>
          forms.of({ kind: 'sum', terms: [from, { kind: 'product', factors: [minusOne, to] }] }),
        );
        const by = forms.ratio(left!, right!);
        return by && forms.difference(left!, right!, by).size === 0 ? by : undefined;
      });
      return factor && (operator === '=' || operator === '\\ne' || isPositive(factor)) ? true : undefined;
    },
  };
}

const minusOne: Expression = { kind: 'number', value: whole(-1n) };

function isPositive(value: Rational): boolean {
  return value.numerator > 0n && !equal(value, whole(0n));
}

/** Whether two formulas of the same variables have values of their own somewhere. */
function differWidely(a: Expression, b: Expression): boolean {
  const [left, right] = [variablesOf(a), variablesOf(b)];
  if (left.size !== right.size || [...left].some((name) => !right.has(name))) return false;
  const names = [...left].sort();
  // Points on no one's special values.
  const at = (name: string): number => 1.372 + 0.4179 * names.indexOf(name);
  const [x, y] = [evaluate(a, at), evaluate(b, at)];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  const size = Math.max(Math.abs(x), Math.abs(y));
  return Math.abs(x - y) > wide * size;
}
