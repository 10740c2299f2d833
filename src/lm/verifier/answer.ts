/**
 * Reads answers as values.
 */
import type { Answer } from './answerTypes.ts';
import { closingOf, splitAt, splitList } from './brackets.ts';
import { canonical } from './canonical.ts';
import { readExpression } from './expression.ts';
import { readInterval } from './interval.ts';
import { upright } from './marks.ts';
import { readCells } from './matrix.ts';
import { readMatrixTerms } from './matrixTerms.ts';
import { readName } from './names.ts';
import { normalize } from './normalize.ts';
import { readNumber } from './number.ts';
import { readNumberWords } from './numberWords.ts';
import { decimal, type Rational } from './rational.ts';
import { bareText, relationOf, splitRelation } from './relation.ts';
import { readUnit } from './units.ts';
import { readChoice, withoutLabel, wordsOf } from './words.ts';

export type { Answer } from './answerTypes.ts';
export { sameAnswer } from './compare.ts';

/** Longest answer that is read; a model that boxes its whole thought has not answered. */
const longestAnswer = 1000;
const maxElements = 64;
const deepest = 5;

/**
 * Reads an answer, which may be a number; `undefined` for an empty one, one of more than 1,000 characters, 64 elements or 5 levels, for what is written
 * with digits and points but is no number, and for a division by zero.
 */
export function readAnswer(text: string | number | bigint): Answer | undefined {
  const written = writeOut(text);
  return written.length > longestAnswer ? undefined : read(normalize(written), deepest);
}

/** A number as text, without an exponent where it is whole. */
function writeOut(text: string | number | bigint): string {
  return typeof text === 'string' ? text : String(text);
}

function read(text: string, depth: number): Answer | undefined {
  if (text === '' || depth === 0) return undefined;
  return readNumeric(text) ?? readStructure(text, depth);
}

function readNumeric(text: string, name?: string): Answer | undefined {
  // An amount with two decimals behind a comma, its currency behind it.
  const number = readNumber(/^\d{1,9},\d\d ?[€£\uE002]$/.test(text) ? text.replace(',', '.') : text);
  if (number) return { kind: 'number', text, name, ...number };
  const value = readNumberWords(text);
  if (value) return { kind: 'number', text, name, value, percent: false };
  const sign = name === undefined ? text.indexOf('=') : -1;
  const before = sign > 0 ? readName(text.slice(0, sign).trim()) : undefined;
  const named = before === undefined ? undefined : readNumeric(text.slice(sign + 1).trim(), before);
  return named && { ...withText(text, named), valueText: named.text };
}

function withText(text: string, answer: Answer): Answer {
  return { ...answer, text };
}

function readStructure(text: string, depth: number): Answer | undefined {
  const enclosed = readEnclosed(text, depth);
  if (enclosed !== 'none') return enclosed;
  const choice = readChoice(text.replaceAll(upright, ''));
  if (choice) return { kind: 'choice', text, letter: choice.letter, rest: read(choice.rest, depth - 1) };
  const { parts, hasOr } = splitList(text);
  if (parts.length > 1 && !text.includes('\\begin')) return readList(text, parts, hasOr, depth);
  const sides = splitRelation(text);
  if (sides) return readRelation(text, sides, depth);
  if (/\\cup(?![a-z])/.test(text)) {
    const pieces = splitAt(text, /(\\cup(?![a-z]))/y).parts;
    if (pieces.length > 1) return readUnion(text, pieces, depth);
  }
  if (text === '\\emptyset') return { kind: 'set', text, elements: [] };
  const cells = readCells(text);
  if (cells) return readMatrix(text, cells, depth);
  const terms = text.includes('matrix}') ? readMatrixTerms(text) : undefined;
  if (terms) return { kind: 'matrices', text, terms };
  const unlabelled = withoutLabel(text.replaceAll(upright, ''));
  if (unlabelled !== text.replaceAll(upright, '')) return withLabelText(text, unlabelled, depth);
  const words = wordsOf(text.replaceAll(upright, ''));
  if (words !== undefined) return { kind: 'words', text, words };
  return (/\\pm(?![a-z])/.test(text) ? readBoth(text, depth) : undefined) ?? readFormula(text);
}

function withLabelText(text: string, unlabelled: string, depth: number): Answer | undefined {
  const answer = read(unlabelled, depth - 1);
  return answer && withText(text, answer);
}

/** A formula, with or without a unit behind it. */
function readFormula(text: string): Answer | undefined {
  const tree = readExpression(text);
  if (tree?.kind === 'number') return { kind: 'number', text, value: tree.value, percent: false };
  for (let blank = text.indexOf(' '); blank > 0; blank = text.indexOf(' ', blank + 1)) {
    const unit = readUnit(text.slice(blank + 1));
    // The degrees of `\sin 30^\circ` are those of the 30.
    const isOfArgument = unit?.dimensions === 'angle:1' && /sin|cos|tan|cot|sec|csc/.test(text);
    const measured = unit && !unit.maybeVariable && !isOfArgument && readExpression(text.slice(0, blank));
    if (measured) return { kind: 'expression', text, writing: canonical(measured), tree: measured, unit };
  }
  // A fraction, a point or a percentage that is no number is not written right; it is not an expression that another writing might equal.
  if (/^[-+]?[\d.,/%$\uE000\uE002 ]+$/.test(text)) return undefined;
  return { kind: 'expression', text, writing: tree ? canonical(tree) : bareText(text), tree };
}

/** A named value, an interval, or an equation. */
function readRelation(
  text: string,
  sides: { readonly parts: readonly string[]; readonly between: readonly string[] },
  depth: number,
): Answer | undefined {
  // An approximation behind a value adds nothing.
  if (sides.between.length > 1 && sides.between.at(-1) === '\\approx' && sides.between.slice(0, -1).every((operator) => operator === '=')) {
    const exact = readRelation(text, { parts: sides.parts.slice(0, -1), between: sides.between.slice(0, -1) }, depth - 1);
    return exact?.kind === 'relation' ? relationOf(text, sides) : exact;
  }
  const [first = '', second = ''] = sides.parts;
  const [operator = ''] = sides.between;
  if (sides.between.length === 1 && (operator === '=' || operator === '\\in' || operator === '\\approx')) {
    const name = readName(first);
    if (name !== undefined) {
      const value = read(second, depth - 1);
      return value && { ...value, text, name, valueText: value.text };
    }
  }
  return readInterval(text, sides, (end) => read(end, depth - 1)) ?? relationOf(text, sides);
}

function readUnion(text: string, pieces: readonly string[], depth: number): Answer | undefined {
  const elements = readAll(pieces, depth);
  return elements && { kind: 'union', text, elements };
}

function readMatrix(text: string, cells: readonly (readonly string[])[], depth: number): Answer | undefined {
  const rows: Answer[][] = [];
  for (const row of cells) {
    const elements = readAll(row, depth);
    if (!elements) return undefined;
    rows.push(elements);
  }
  return { kind: 'matrix', text, rows };
}

/** `1 \pm x` as the list of both. */
function readBoth(text: string, depth: number): Answer | undefined {
  const pieces = text.split(/\\pm(?![a-z])/);
  if (pieces.length !== 2 || text.includes('\\mp')) return undefined;
  const elements = readAll([pieces.join('+').replace(/^\+ ?/, ''), pieces.join('-')], depth);
  return elements && { kind: 'list', text, elements, hasOr: false, glued: [], isDecimal: false };
}

function readList(text: string, parts: readonly string[], hasOr: boolean, depth: number): Answer | undefined {
  const elements = readNamedGroups(text, depth) ?? readAll(parts, depth);
  if (!elements) return undefined;
  const isIntervals = elements.every(({ kind, name }) => kind === 'tuple' && name !== undefined && name === elements[0]!.name);
  if (hasOr && isIntervals) return { kind: 'union', text, elements };
  return { kind: 'list', text, elements, hasOr, glued: gluedNumbers(text), isDecimal: /^[-+]?(?:0,\d{3,}|\d{4,},\d\d)$/.test(text) };
}

/** `p=5,q=2; p=7,q=2` as (5, 2) and (7, 2). */
function readNamedGroups(text: string, depth: number): Answer[] | undefined {
  const groups = splitAt(text, /(;)/y).parts;
  if (groups.length < 2) return undefined;
  const tuples: Answer[] = [];
  for (const group of groups) {
    const elements = readAll(splitList(group).parts, depth);
    const names = elements?.map(({ name }) => name ?? '');
    if (!elements || elements.length < 2 || names!.some((name, i) => name === '' || (i > 0 && name <= names![i - 1]!))) return undefined;
    const name = `(${names!.join(',')})`;
    if (tuples.length > 0 && tuples[0]!.name !== name) return undefined;
    tuples.push({
      kind: 'tuple',
      text: group,
      name,
      brackets: '()',
      elements: elements.map((element) => ({ ...element, name: undefined })),
      glued: [],
    });
  }
  return tuples;
}

/** The numbers that two parts with nothing but a comma between them may be: `1,5` one and a half, `(1,234)` a thousand and more. */
function gluedNumbers(text: string): Rational[] {
  const match = /^\(?([-+]?)(\d{1,20}),( ?)(\d{1,20})(?: ?[^\d,]{1,20})?$/.exec(text);
  if (!match) return [];
  const sign = match[1] === '-' ? -1n : 1n;
  const isThousand = /^[1-9]\d{0,2}$/.test(match[2]!) && match[4]!.length === 3;
  const values = [
    match[3] === '' ? decimal(match[2]!, match[4]!) : undefined,
    isThousand ? decimal(`${match[2]}${match[4]}`, '') : undefined,
  ];
  return values.flatMap((value) => (value ? [{ numerator: sign * value.numerator, denominator: value.denominator }] : []));
}

/** A tuple, an interval or a set in its brackets; `none` where brackets do not enclose the whole. */
function readEnclosed(text: string, depth: number): Answer | undefined | 'none' {
  const isSet = text.startsWith('\\{');
  const open = isSet ? '{' : text[0]!;
  if (!isSet && open !== '(' && open !== '[') return 'none';
  const width = isSet ? 2 : 1;
  if (closingOf(text, width) !== text.length) return 'none';
  const close = text[text.length - 1]!;
  if (isSet !== (close === '}')) return 'none';
  const inner = text.slice(width, -width).trim();
  if (isSet) return readSet(text, inner, depth);
  const { parts } = splitList(inner);
  if (parts.length === 1 && (open === '(' ? close === ')' : close === ']' && inner.startsWith('\\begin'))) {
    const answer = read(inner, depth - 1);
    return answer && { ...answer, text };
  }
  if (inner.startsWith('\\begin')) return 'none';
  if (parts.length === 1) return undefined;
  const elements = readAll(parts, depth);
  return elements && { kind: 'tuple', text, brackets: `${open}${close}`, elements, glued: gluedNumbers(text) };
}

/** `\{1, 2\}`, or `\{x | x < 5\}`, which is the interval. */
function readSet(text: string, inner: string, depth: number): Answer | undefined {
  if (inner === '') return { kind: 'set', text, elements: [] };
  const builder = /^([A-Za-z]) ?[|:] ?(.+)$/.exec(inner);
  if (builder) {
    const condition = read(builder[2]!, depth - 1);
    if (condition?.kind === 'tuple' && condition.name === builder[1]) return { ...condition, text, name: undefined };
    return { kind: 'expression', text, writing: bareText(text) };
  }
  const elements = readAll(splitList(inner).parts, depth);
  return elements && { kind: 'set', text, elements };
}

/** Each part as an answer; the two that a `\pm` gives side by side. */
function readAll(parts: readonly string[], depth: number): Answer[] | undefined {
  if (parts.length > maxElements) return undefined;
  const elements: Answer[] = [];
  for (const part of parts) {
    const element = read(part, depth - 1);
    if (!element) return undefined;
    if (element.kind === 'list' && part.includes('\\pm'))
      elements.push(...element.elements.map((each) => ({ ...each, name: element.name })));
    else elements.push(element);
  }
  return elements;
}
