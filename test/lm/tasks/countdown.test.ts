import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpression } from '../../../src/lm/tasks/expression.ts';
import { findTask } from '../../../src/lm/tasks/index.ts';
import { drawProblem } from '../../../src/lm/tasks/problems.ts';

/** An expression as a tree, written with all its parentheses, and its value. */
const tree = fc.letrec<{ node: { text: string; value: bigint; count: number } }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'expression' },
    fc.nat(99).map((value) => ({ text: String(value), value: BigInt(value), count: 1 })),
    fc.tuple(tie('node'), fc.constantFrom('+', '-', '*'), tie('node')).map(([a, operator, b]) => ({
      text: `(${a.text}${operator}${b.text})`,
      value: operator === '+' ? a.value + b.value : operator === '-' ? a.value - b.value : a.value * b.value,
      count: a.count + b.count,
    })),
  ),
})).node;

describe('evaluateExpression', () => {
  it('agrees with the tree that was written', () => {
    fc.assert(
      fc.property(tree, ({ text, value, count }) => {
        const found = evaluateExpression(text);
        if (text.length > 64) expect(found).toBeUndefined();
        else expect([found?.value, found?.numbers.length]).toEqual([value, count]);
      }),
    );
  });

  it.each([
    ['3*7+5', 26n],
    ['5+3*7', 26n],
    ['8-3-2', 3n],
    ['8-(3-2)', 7n],
    ['(1+2)*3', 9n],
    ['2*(3+4)*5', 70n],
    ['((7))', 7n],
    ['0', 0n],
    ['1-9', -8n],
    ['999999*999999*999999', 999999n * 999999n * 999999n],
  ])('%s is %s', (text, value) => {
    expect(evaluateExpression(text)?.value).toBe(value);
  });

  it.each([
    '',
    '+',
    '3+',
    '*3',
    '-3',
    '3 + 4',
    '(3',
    '3)',
    '()',
    '3(4)',
    '03',
    '3**4',
    '3/1',
    '1234567',
    '3.0',
    'x',
    `${'('.repeat(40)}1${')'.repeat(40)}`,
  ])('refuses %j', (text) => {
    expect(evaluateExpression(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'0123456789+-*() ') }), (text) => void evaluateExpression(text)));
  });
});

describe('countdown-3', () => {
  const task = findTask('countdown-3');
  const problemFor = (numbers: number[], target: number): ReturnType<typeof drawProblem> => {
    for (let i = 0; ; i++) {
      const problem = drawProblem(task, [9, i], i % 2 === 0 ? 'train' : 'heldOut');
      if (problem.prompt === `${numbers.join()}:${target}=`) return problem;
    }
  };

  it('takes every expression that uses each number once and has the value', () => {
    const { reward } = problemFor([3, 5, 7], 26);
    for (const right of ['3*7+5', '5+3*7', '7*3+5', '(5)+7*3']) expect(reward(right, true)).toEqual({ accuracy: 1 });
    for (const wrong of ['3*7+6', '26', '13+13', '5*5+1', '3*7+5+0', '37-5-6', '7*3', '3*5+7', ''])
      expect(reward(wrong, true)).toEqual({ accuracy: 0 });
    expect(reward('3*7+5', false)).toEqual({ accuracy: 0 });
  });

  it('counts a number that comes twice twice', () => {
    const { reward } = problemFor([4, 4, 2], 18);
    expect(reward('4*4+2', true)).toEqual({ accuracy: 1 });
    expect(reward('2*4+4+6', true)).toEqual({ accuracy: 0 });
  });

  it('draws targets of 0 .. 99 and writes parentheses only where they matter', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const { prompt, solution } = drawProblem(task, [seed], 'train');
        const target = Number(prompt.slice(6, -1));
        expect(target >= 0 && target <= 99).toBe(true);
        const without = solution!.replace(/[()]/g, '');
        if (without !== solution) expect(without.length).toBe(5);
      }),
    );
  });
});
