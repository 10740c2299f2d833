/**
 * Equations and inequalities.
 */
import type { AnswerOf } from './answerTypes.ts';
import { splitAt } from './brackets.ts';
import { canonical } from './canonical.ts';
import { readExpression } from './expression.ts';
import { whole } from './rational.ts';

const operators = /(=|<|>|\\le(?![a-z])|\\ge(?![a-z])|\\ne(?![a-z])|\\in(?![a-z])|\\approx(?![a-z])|\\equiv(?![a-z]))/y;
const mirrored: Readonly<Record<string, string>> = { '>': '<', '\\ge': '\\le' };

/** A text cut at its relations; `undefined` where there are none, or a side is empty. */
export interface Sides {
  readonly parts: readonly string[];
  readonly between: readonly string[];
}

/** Cuts a text at its relations, turned so that `>` becomes `<`; `undefined` where there are none, a side is empty, or `<` and `>` are mixed. */
export function splitRelation(text: string): Sides | undefined {
  const { parts, between } = splitAt(text, operators);
  if (between.length === 0 || parts.some((part) => part === '')) return undefined;
  const turned = between.filter((operator) => operator in mirrored).length;
  if (turned === 0) return { parts, between };
  return turned === between.length
    ? { parts: parts.toReversed(), between: between.map((operator) => mirrored[operator]!).toReversed() }
    : undefined;
}

/** A relation of formulas; the sides of `=` and `\ne` in alphabetical order. */
export function relationOf(text: string, { parts, between }: Sides): AnswerOf<'relation'> {
  const sides = parts.map((part) => readExpression(part));
  const writings = parts.map((part, i) => (sides[i] ? canonical(sides[i]) : bareText(part)));
  if (between.length === 1 && between[0] === '=' && sides[0] && writings[1] === '0') {
    // a - b = 0 is b - a = 0.
    const turned = canonical({ kind: 'product', factors: [{ kind: 'number', value: whole(-1n) }, sides[0]] });
    if (turned < writings[0]!) writings[0] = turned;
  }
  if (between.length === 1 && (between[0] === '=' || between[0] === '\\ne')) writings.sort();
  return {
    kind: 'relation',
    text,
    writing: writings.map((writing, i) => writing + (between[i] ?? '')).join(' '),
    operators: between,
    sides,
  };
}

/** A text without the blanks that say nothing: all but those between two digits. */
export function bareText(text: string): string {
  return text.replace(/(?<!\d) +| +(?!\d)/g, '');
}
