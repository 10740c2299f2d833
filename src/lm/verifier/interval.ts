/**
 * Inequalities as the intervals that they say.
 */
import type { Answer } from './answerTypes.ts';
import { readName } from './names.ts';
import { negate } from './rational.ts';
import type { Sides } from './relation.ts';

/** `x < 5`, `1 \le x < 2`, `-x < 1`, and `1 < |x| < 2` as two; `undefined` for everything else. `readEnd` reads an end. */
export function readInterval(text: string, { parts, between }: Sides, readEnd: (text: string) => Answer | undefined): Answer | undefined {
  if (between.length > 2 || !between.every((operator) => operator === '<' || operator === '\\le')) return undefined;
  const at = parts.findIndex((part) => variableOf(part) !== undefined);
  if (at < 0 || (between.length === 2 && at !== 1)) return undefined;
  const { name, form } = variableOf(parts[at]!)!;
  const elements = [readEnd(parts[at - 1] ?? '-\\infty'), readEnd(parts[at + 1] ?? '\\infty')];
  const [low, high] = elements;
  if (!isEnd(low) || !isEnd(high)) return undefined;
  const isClosed = [between[at - 1] === '\\le', between[at] === '\\le'] as const;
  if (form === 'plain') return interval(text, name, low, high, isClosed);
  const [minusLow, minusHigh] = [minus(low), minus(high)];
  if (!minusLow || !minusHigh) return undefined;
  const turned = interval(text, name, minusHigh, minusLow, [isClosed[1], isClosed[0]]);
  if (form === 'minus') return turned;
  const isPositive = between.length === 2 && low.kind === 'number' && low.value.numerator > 0n;
  return isPositive ? { kind: 'union', text, name, elements: [turned, interval(text, name, low, high, isClosed)] } : undefined;
}

function variableOf(part: string): { readonly name: string; readonly form: 'plain' | 'minus' | 'size' } | undefined {
  const plain = readName(part);
  if (plain !== undefined) return { name: plain, form: 'plain' };
  const form = /^- ?([a-z])$/.exec(part) ? 'minus' : /^\| ?([a-z]) ?\|$/.exec(part) ? 'size' : undefined;
  return form && { name: part.replace(/[-| ]/g, ''), form };
}

function isEnd(answer: Answer | undefined): answer is Answer {
  return answer?.kind === 'number' || (answer?.kind === 'expression' && answer.tree !== undefined);
}

function minus(end: Answer): Answer | undefined {
  if (end.kind === 'number') return { ...end, text: `-(${end.text})`, value: negate(end.value) };
  const infinities: Readonly<Record<string, string>> = { '\\infty': '-\\infty', '-\\infty': '\\infty' };
  if (end.kind !== 'expression' || !(end.text in infinities)) return undefined;
  const text = infinities[end.text]!;
  return { kind: 'expression', text, writing: text === '\\infty' ? '<\\infty>' : '-1*<\\infty>' };
}

function interval(text: string, name: string, low: Answer, high: Answer, [isLow, isHigh]: readonly [boolean, boolean]): Answer {
  return { kind: 'tuple', text, name, brackets: `${isLow ? '[' : '('}${isHigh ? ']' : ')'}`, elements: [low, high], glued: [] };
}
