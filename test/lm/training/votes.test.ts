/** Votes by what completions answer, not by how they write it. */
import { describe, expect, it } from 'vitest';
import { votesByAnswer } from '../../../src/lm/training/votes.ts';
import { majAtK } from '../../../src/statistics/index.ts';

const votes = (...list: readonly (readonly [answer: string, right: boolean])[]) => list.map(([answer, right]) => ({ answer, right }));
const winner = (list: ReturnType<typeof votes>, task = {}): number => majAtK(votesByAnswer(list, task), list.length);

describe('votesByAnswer', () => {
  it('0.5, 1/2 and \\frac12 elect a half against two of 3', () => {
    const half = ['\\boxed{0.5}', 'so \\boxed{1/2}', '#### 0.50', '<answer>\\frac{1}{2}</answer>'];
    const list = votes(['\\boxed{3}', false], [half[0]!, true], ['#### 3', false], ...half.slice(1).map((text) => [text, true] as const));
    expect(majAtK(list, list.length)).toBe(0);
    expect(winner(list)).toBe(1);
    expect(new Set(votesByAnswer(list, {}).map(({ answer }) => answer)).size).toBe(2);
  });

  it('what the verifier cannot judge, and other answers, stay apart', () => {
    const list = votes(['\\boxed{x+1}', true], ['\\boxed{(x^2-1)/(x-1)}', true], ['\\boxed{3}', false], ['\\boxed{4}', false]);
    expect(new Set(votesByAnswer(list, {}).map(({ answer }) => answer)).size).toBe(4);
  });

  it('completions that mark nothing are compared by their text, or as the task says', () => {
    const list = votes(['3', false], ['072', true], ['72', true], ['3', false], ['72.0', true]);
    expect(winner(list)).toBe(0);
    expect(winner(list, { sameAnswer: (a: string, b: string) => Number(a) === Number(b) })).toBe(1);
  });

  it('a hundred different answers are a hundred classes', () => {
    const list = votes(...Array.from({ length: 100 }, (_, i) => [`\\boxed{${i}}`, i === 0] as const));
    expect(new Set(votesByAnswer(list, {}).map(({ answer }) => answer)).size).toBe(100);
  });
});
