/**
 * Answers as values: numbers, tuples, sets, texts; and when two of them are the same.
 */
import { normalize } from './normalize.ts';
import { type NumberAnswer, readNumber } from './number.ts';
import { equal, multiply, powerOfTen, type Rational } from './rational.ts';

/** What an answer is. `name` is what stands before an equals sign. */
export type Answer = { readonly name?: string } & (
  | ({ readonly kind: 'number' } & NumberAnswer)
  /** In order; `brackets` are the two that enclose it, so that (1, 2) and [1, 2] differ. */
  | { readonly kind: 'tuple'; readonly brackets: string; readonly elements: readonly Answer[] }
  /** `\{1, 2\}`, or a list without brackets: order and repetition do not matter. */
  | { readonly kind: 'set'; readonly elements: readonly Answer[] }
  /** A word or several, in lower case. */
  | { readonly kind: 'words'; readonly text: string }
  /** Anything else, without blanks: only the same writing is known to be the same. */
  | { readonly kind: 'expression'; readonly text: string }
);

/** Longest answer that is read; a model that boxes its whole thought has not answered. */
const longestAnswer = 1000;
const maxElements = 64;
const deepest = 4;

/** Reads an answer; `undefined` for an empty one, one of more than 1,000 characters, 64 elements or 4 levels, and for a division by zero. */
export function readAnswer(text: string): Answer | undefined {
  return text.length > longestAnswer ? undefined : read(normalize(text), deepest);
}

function read(text: string, depth: number): Answer | undefined {
  if (text === '' || depth === 0) return undefined;
  const number = readNumber(text);
  if (number) return { kind: 'number', ...number };
  const named = readName(text);
  const namedNumber = named && readNumber(named.rest);
  if (namedNumber) return { kind: 'number', name: named.name, ...namedNumber };
  const enclosed = readEnclosed(text, depth);
  if (enclosed !== 'none') return enclosed;
  const parts = splitList(text);
  if (parts.length > 1) return collect(parts, depth, (elements) => ({ kind: 'set', elements }));
  if (named) {
    const rest = read(named.rest, depth - 1);
    return rest && { ...rest, name: named.name };
  }
  if (/^[A-Za-z][A-Za-z '-]*$/.test(text)) return { kind: 'words', text: text.toLowerCase() };
  // A fraction, a point or a percentage that is no number is not written right; it is not an expression that another writing might equal.
  if (/^[-+]?[\d.,/%$ ]+$/.test(text)) return undefined;
  return { kind: 'expression', text: text.replaceAll(' ', '') };
}

/** `x = 5`, `\theta=5`: the name and the rest. */
function readName(text: string): { name: string; rest: string } | undefined {
  const sign = text.indexOf('=');
  if (sign < 1 || sign > 20) return undefined;
  const name = text.slice(0, sign).trim();
  const rest = text.slice(sign + 1).trim();
  return /^\\?[A-Za-z][A-Za-z0-9_]*$/.test(name) && rest !== '' ? { name, rest } : undefined;
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
  const parts = splitList(inner);
  if (isSet) return collect(inner === '' ? [] : parts, depth, (elements) => ({ kind: 'set', elements }));
  if (parts.length === 1 && open === '(' && close === ')') return read(inner, depth - 1);
  return collect(parts, depth, (elements) => ({ kind: 'tuple', brackets: `${open}${close}`, elements }));
}

/** Where the bracket that is open at the start is closed (just behind it); -1 if it is not. `from` is just behind the opening one. */
function closingOf(text: string, from: number): number {
  let level = 1;
  for (let i = from; i < text.length; i++) {
    level += levelChange(text[i]!);
    if (level === 0) return i + 1;
  }
  return -1;
}

/** Brackets of all kinds count alike: `[1, 2)` is an interval. */
function levelChange(character: string): number {
  if ('([{'.includes(character)) return 1;
  return ')]}'.includes(character) ? -1 : 0;
}

/** Splits at the commas (and semicolons) that stand in no brackets. */
function splitList(text: string): string[] {
  const parts: string[] = [];
  let level = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    level += levelChange(text[i]!);
    if (level === 0 && (text[i] === ',' || text[i] === ';')) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

function collect(parts: readonly string[], depth: number, make: (elements: Answer[]) => Answer): Answer | undefined {
  if (parts.length > maxElements) return undefined;
  const elements: Answer[] = [];
  for (const part of parts) {
    const element = read(part, depth - 1);
    if (!element) return undefined;
    elements.push(element);
  }
  return make(elements);
}

/** Whether two answers are the same; `undefined` where that cannot be told without algebra. */
export function sameAnswer(a: Answer, b: Answer): boolean | undefined {
  if (a.name !== undefined && b.name !== undefined && a.name !== b.name) return false;
  if (a.kind === 'number' && b.kind === 'number') return sameNumber(a, b);
  if (a.kind === 'tuple' && b.kind === 'tuple') return sameTuple(a, b);
  if (a.kind === 'set' && b.kind === 'set') return sameSet(a.elements, b.elements);
  if (a.kind === 'words' && b.kind === 'words') return a.text === b.text;
  if (a.kind === 'expression' && b.kind === 'expression') return a.text === b.text ? true : undefined;
  // A word may be a number's name, an expression may be anything.
  const unclear = (kind: Answer['kind']): boolean => kind === 'expression' || kind === 'words';
  return unclear(a.kind) || unclear(b.kind) ? undefined : false;
}

/** A percentage equals its hundredth, and, where the other is none, the number that it is written with: `50%` is `0.5` and `50`. */
function sameNumber(a: NumberAnswer, b: NumberAnswer): boolean {
  if (equal(divided(a), divided(b))) return true;
  return a.percent !== b.percent && equal(a.value, b.value);
}

function divided({ value, percent }: NumberAnswer): Rational {
  return percent ? multiply(value, powerOfTen(-2)) : value;
}

function sameTuple(a: Answer & { kind: 'tuple' }, b: Answer & { kind: 'tuple' }): boolean | undefined {
  if (a.brackets !== b.brackets || a.elements.length !== b.elements.length) return false;
  let result: boolean | undefined = true;
  for (let i = 0; i < a.elements.length; i++) {
    const same = sameAnswer(a.elements[i]!, b.elements[i]!);
    if (same === false) return false;
    if (same === undefined) result = undefined;
  }
  return result;
}

/** Each element of either has its like in the other. */
function sameSet(a: readonly Answer[], b: readonly Answer[]): boolean | undefined {
  let result: boolean | undefined = true;
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const element of from) {
      const found = to.map((other) => sameAnswer(element, other));
      if (found.includes(true)) continue;
      if (!found.includes(undefined)) return false;
      result = undefined;
    }
  }
  return result;
}
