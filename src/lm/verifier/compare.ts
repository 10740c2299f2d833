/**
 * When two answers are the same.
 */
import type { Algebra, Answer, AnswerOf } from './answerTypes.ts';
import { sameElements, sameInOrder, type Verdict, worst } from './elements.ts';
import type { Expression } from './expression.ts';
import { isComplete, type MatrixTerm, one } from './matrixTerms.ts';
import { equal, mayRound, multiply, powerOfTen, type Rational } from './rational.ts';
import { bareText } from './relation.ts';
import { sameQuantity, type Unit } from './units.ts';
import { areOtherChoices, sameWords } from './words.ts';

/** Comparisons of one call, elements included; more are not made, so that sets in sets cost no more than anything else. */
const maxComparisons = 4000;

/** Whether two answers are the same; `undefined` where that cannot be told, without `algebra` or at all. */
export function sameAnswer(a: Answer, b: Answer, algebra?: Algebra): boolean | undefined {
  return new Comparison(algebra).same(onlyElement(a), onlyElement(b));
}

/** What a set of one holds: `\{5\}` is as good as 5. */
function onlyElement(answer: Answer): Answer {
  const held = answer.kind === 'set' && answer.elements.length === 1 ? answer.elements[0]! : answer;
  const only = held.kind === 'set' ? answer : held;
  return answer.name === undefined ? only : { ...only, name: answer.name };
}

class Comparison {
  readonly #algebra: Algebra | undefined;
  #left = maxComparisons;

  constructor(algebra: Algebra | undefined) {
    this.#algebra = algebra;
  }

  readonly same = (a: Answer, b: Answer): Verdict => {
    if (a.text === b.text && a.name === b.name) return true;
    if (--this.#left < 0) return undefined;
    if (a.name !== undefined && b.name !== undefined && a.name !== b.name) return this.#otherNames(a.name, b.name);
    if (a.kind === b.kind) return this.#sameKind(a, b);
    return this.#crossed(a, b) ?? this.#crossed(b, a) ?? (isOpen(a) || isOpen(b) ? undefined : this.#otherKinds(a, b));
  };

  /** Two letters are two variables; longer names may be of one. */
  #otherNames(a: string, b: string): Verdict {
    return /^[A-Za-z]$/.test(a) && /^[A-Za-z]$/.test(b) ? false : undefined;
  }

  #sameKind(a: Answer, b: Answer): Verdict {
    if (a.kind === 'number' && b.kind === 'number') return sameNumber(a, b);
    if (a.kind === 'tuple' && b.kind === 'tuple') {
      if (a.brackets !== b.brackets || a.elements.length !== b.elements.length) {
        return [...a.glued, ...b.glued].length > 0 || a.brackets.startsWith('\\') ? undefined : false;
      }
      return sameInOrder(a.elements, b.elements, this.same);
    }
    if (a.kind === 'list' && b.kind === 'list') return this.#sameList(a, b);
    if (a.kind === 'set' && b.kind === 'set') return sameElements(a.elements, b.elements, this.same);
    if (a.kind === 'union' && b.kind === 'union') return sameElements(a.elements, b.elements, this.same) || undefined;
    if (a.kind === 'matrix' && b.kind === 'matrix') return this.#sameMatrix(a, b);
    if (a.kind === 'matrices' && b.kind === 'matrices') return this.#algebra?.sameMatrices(a.terms, b.terms);
    if (a.kind === 'words' && b.kind === 'words') return sameWords(a.words, b.words);
    if (a.kind === 'choice' && b.kind === 'choice') {
      if (a.letter !== b.letter) return false;
      return a.rest && b.rest && this.same(a.rest, b.rest) ? true : undefined;
    }
    if (a.kind === 'relation' && b.kind === 'relation') return this.#sameRelation(a, b);
    if (a.kind === 'expression' && b.kind === 'expression') return this.#sameExpression(a, b);
    return undefined;
  }

  /** What answers of two kinds can have in common; `undefined` to ask the other way round. */
  #crossed(a: Answer, b: Answer): Verdict {
    if (a.kind === 'list' && b.kind === 'set') {
      const isOnce = a.elements.every((element, i) => a.elements.every((other, j) => j <= i || this.same(element, other) !== true));
      return isOnce && sameElements(a.elements, b.elements, this.same) ? true : undefined;
    }
    if (a.kind === 'list' && b.kind === 'tuple') return b.brackets === '()' && this.#sameNamedInOrder(a, b.elements) ? true : undefined;
    if (a.kind === 'union' && b.kind === 'list') return undefined;
    if (a.kind === 'choice') {
      if (b.kind === 'expression' && /^[A-J]$/.test(b.writing)) return a.letter === b.writing;
      return a.rest && this.same(a.rest, b) ? true : undefined;
    }
    // `5 m` is also five times m.
    if (a.kind === 'expression' && b.kind === 'number' && b.unit?.maybeVariable) return bareText(b.text) === bareText(a.text) || undefined;
    if (a.kind === 'relation') return this.#sameAsNamed(a, b);
    if (a.kind === 'matrices' && b.kind === 'matrix') return this.#sameAsMatrix(a, b);
    if (a.kind === 'expression' && b.kind === 'number') return this.#equal(a.tree, a.unit, { kind: 'number', value: divided(b) }, b.unit);
    return undefined;
  }

  /** A number is not two numbers, unless its text can be read otherwise. */
  #otherKinds(a: Answer, b: Answer): Verdict {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (one.kind !== 'list' && one.kind !== 'tuple') continue;
      if (other.kind !== 'number') return undefined;
      if (one.kind === 'list' && one.hasOr) return undefined;
      if (one.kind === 'list' && one.isDecimal && !other.percent && !other.unit && equal(one.glued[0]!, other.value)) return true;
      if (one.glued.some((value) => equal(value, other.value))) return undefined;
    }
    return a.kind === 'number' || b.kind === 'number' ? false : undefined;
  }

  #sameList(a: AnswerOf<'list'>, b: AnswerOf<'list'>): Verdict {
    const [named, others] = [namesOf(a), namesOf(b)];
    if (named && others) return this.#sameNamed(a, named, b, others);
    if (named || others) return (named ? this.#sameNamedInOrder(a, b.elements) : this.#sameNamedInOrder(b, a.elements)) ? true : undefined;
    const [left, right] = [a, b].map(({ elements }) => withoutSharedName(elements));
    const same = sameElements(left!, right!, this.same);
    // Some with names and some without: which is which?
    if (same === false && [...left!, ...right!].some(({ name }) => name !== undefined)) return undefined;
    // The same values, but not as often.
    return same && !sameInNumber(left!, right!, this.same) ? undefined : same;
  }

  /** `x=1, y=2` against `y=2, x=1`. */
  #sameNamed(a: AnswerOf<'list'>, names: readonly string[], b: AnswerOf<'list'>, others: readonly string[]): Verdict {
    if (names.length !== others.length || names.some((name) => !others.includes(name))) return undefined;
    const pairs = names.map((name, i) => this.same(a.elements[i]!, b.elements[others.indexOf(name)]!));
    return worst(pairs);
  }

  /** `x=1, y=2` against `1, 2` or `(1, 2)`: in the order of the names, which must be the alphabet's; without names in order. */
  #sameNamedInOrder(list: AnswerOf<'list'>, values: readonly Answer[]): Verdict {
    const names = namesOf(list);
    // `x = 3, 4` is no point.
    if (!names && list.elements.some(({ name }) => name !== undefined)) return undefined;
    if (names?.some((name, i) => i > 0 && isOutOfOrder(names[i - 1]!, name))) return undefined;
    return list.elements.length === values.length ? sameInOrder(list.elements, values, this.same) : undefined;
  }

  #sameMatrix(a: AnswerOf<'matrix'>, b: AnswerOf<'matrix'>): Verdict {
    if (a.rows.length !== b.rows.length || a.rows[0]!.length !== b.rows[0]!.length) return false;
    return sameInOrder(a.rows.flat(), b.rows.flat(), this.same);
  }

  #sameAsMatrix({ terms }: AnswerOf<'matrices'>, matrix: AnswerOf<'matrix'>): Verdict {
    const term = termOf(matrix);
    return term && this.#algebra?.sameMatrices(terms, [term]);
  }

  #sameRelation(a: AnswerOf<'relation'>, b: AnswerOf<'relation'>): Verdict {
    if (a.writing === b.writing) return true;
    const [left, right] = [a, b].map(({ sides }) =>
      sides.length === 2 && sides[0] && sides[1] ? ([sides[0], sides[1]] as const) : undefined,
    );
    if (!left || !right || a.operators[0] !== b.operators[0]) return undefined;
    return this.#algebra?.sameRelation(a.operators[0]!, left, right);
  }

  /** `2x + y = 3` against `y = 3 - 2x`. */
  #sameAsNamed(a: AnswerOf<'relation'>, b: Answer): Verdict {
    if (b.name === undefined || !/^[a-z]$/.test(b.name) || a.operators.join() !== '=' || !a.sides[0] || !a.sides[1]) return undefined;
    const value: Expression | undefined =
      b.kind === 'number' ? { kind: 'number', value: b.value } : b.kind === 'expression' ? b.tree : undefined;
    return value && this.#algebra?.sameRelation('=', [a.sides[0], a.sides[1]], [{ kind: 'symbol', name: b.name }, value]);
  }

  #sameExpression(a: AnswerOf<'expression'>, b: AnswerOf<'expression'>): Verdict {
    if (a.writing === b.writing && sameUnits(a.unit, b.unit)) return true;
    if (areOtherChoices(a.writing, b.writing)) return false;
    return this.#equal(a.tree, a.unit, b.tree, b.unit);
  }

  #equal(a: Expression | undefined, unitA: Unit | undefined, b: Expression | undefined, unitB: Unit | undefined): Verdict {
    return a && b && sameUnits(unitA, unitB) ? this.#algebra?.equal(a, b) : undefined;
  }
}

/** A matrix as a sum of one; `undefined` where a cell is no formula, or has a unit. */
function termOf({ rows }: AnswerOf<'matrix'>): MatrixTerm | undefined {
  const cells = rows.map((row) =>
    row.map((cell): Expression | undefined => {
      if (cell.kind === 'number') return cell.unit ? undefined : { kind: 'number', value: divided(cell) };
      return cell.kind === 'expression' && !cell.unit ? cell.tree : undefined;
    }),
  );
  return isComplete(cells) ? { scalar: one, factors: [cells] } : undefined;
}

/** The same unit, or one on one side only. */
function sameUnits(a: Unit | undefined, b: Unit | undefined): boolean {
  if (a?.maybeVariable || b?.maybeVariable) return false;
  return !a || !b || (a.dimensions === b.dimensions && equal(a.factor, b.factor));
}

/** Whether it holds words or formulas, which may be anything. */
function isOpen(answer: Answer): boolean {
  if (answer.kind === 'tuple' || answer.kind === 'list' || answer.kind === 'set' || answer.kind === 'union')
    return answer.elements.some(isOpen);
  return answer.kind !== 'number' && answer.kind !== 'matrix';
}

/** Whether two names that stand for the coordinates of a point, such as y and x, are not in the alphabet's order. */
function isOutOfOrder(before: string, name: string): boolean {
  return name < before && !(/^[a-z]$/.test(before) && /^[a-z]$/.test(name) && before.charCodeAt(0) - name.charCodeAt(0) > 4);
}

/** The names of a list in which every element has one of its own. */
function namesOf({ elements }: AnswerOf<'list'>): string[] | undefined {
  const names = elements.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return names.length === elements.length && new Set(names).size === names.length ? names : undefined;
}

/** `n = 1, 2` and `n = 1, n = 2` are the values 1 and 2 of n. */
function withoutSharedName(elements: readonly Answer[]): readonly Answer[] {
  const names = new Set(elements.map(({ name }) => name));
  names.delete(undefined);
  const isShared = names.size === 1 && (elements[0]!.name !== undefined || elements.every(({ name }) => name !== undefined));
  return isShared ? elements.map((element) => ({ ...element, name: undefined, text: element.valueText ?? element.text })) : elements;
}

function sameInNumber(a: readonly Answer[], b: readonly Answer[], same: (a: Answer, b: Answer) => Verdict): boolean {
  const free = [...b];
  for (const element of a) {
    const at = free.findIndex((other) => same(element, other) === true);
    if (at < 0) return false;
    free.splice(at, 1);
  }
  return free.length === 0;
}

/** A percentage equals its hundredth, and, where the other is none, the number that it is written with: `50%` is `0.5` and `50`. */
function sameNumber(a: AnswerOf<'number'>, b: AnswerOf<'number'>): Verdict {
  if (a.percent || b.percent) {
    if (a.unit || b.unit) return undefined;
    if (equal(divided(a), divided(b)) || (a.percent !== b.percent && equal(a.value, b.value))) return true;
    return mayBeRounded(divided(a), divided(b)) ? undefined : false;
  }
  const same = sameQuantity(a.value, a.unit, b.value, b.unit);
  return same === false && mayBeRounded(a.value, b.value) ? undefined : same;
}

function mayBeRounded(a: Rational, b: Rational): boolean {
  return mayRound(a, b) || mayRound(b, a);
}

function divided({ value, percent }: AnswerOf<'number'>): Rational {
  return percent ? multiply(value, hundredth) : value;
}

const hundredth = powerOfTen(-2);
