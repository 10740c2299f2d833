/**
 * Countdown with three small numbers: many completions are right, so that pass@k and diversity mean something. After the task of TinyZero and
 * GRPO-Zero, which use three or four numbers up to 100 and all four operations.
 */
import type { Generator } from '../../random/index.ts';
import { evaluateExpression } from './expression.ts';
import type { LanguageTask } from './task.ts';

/** Numbers are 1 .. 9. */
const largestNumber = 9;
/** Targets are 0 .. 99. */
const largestTarget = 99;
const operators = ['+', '-', '*'] as const;

/** Draws three numbers, then expressions of them until the value is a target; after 32 the sum, which always is. */
function drawExpression(random: Generator): { numbers: number[]; expression: string; target: bigint } {
  const numbers = Array.from({ length: 3 }, () => random.integers(1, largestNumber + 1));
  for (let i = 0; i < 32; i++) {
    const order = random.integers(0, 6);
    const first = order % 3;
    const [a, b, c] = [first, (first + (order < 3 ? 1 : 2)) % 3, (first + (order < 3 ? 2 : 1)) % 3].map((index) => numbers[index]!);
    const inner = operators[random.integers(0, 3)]!;
    const outer = operators[random.integers(0, 3)]!;
    const expression = random.integers(0, 2) === 0 ? left(a!, inner, b!, outer, c!) : right(a!, outer, b!, inner, c!);
    const { value } = evaluateExpression(expression)!;
    if (value >= 0n && value <= BigInt(largestTarget)) return { numbers, expression, target: value };
  }
  return { numbers, expression: numbers.join('+'), target: BigInt(numbers.reduce((sum, number) => sum + number, 0)) };
}

/** (a inner b) outer c, with parentheses only where they change the value. */
function left(a: number, inner: string, b: number, outer: string, c: number): string {
  return inner !== '*' && outer === '*' ? `(${a}${inner}${b})${outer}${c}` : `${a}${inner}${b}${outer}${c}`;
}

/** a outer (b inner c), with parentheses only where they change the value. */
function right(a: number, outer: string, b: number, inner: string, c: number): string {
  return inner !== '*' && outer !== '+' ? `${a}${outer}(${b}${inner}${c})` : `${a}${outer}${b}${inner}${c}`;
}

/** `3,5,7:26=` -> `3*7+5`, or any other expression that uses each number once. */
export const countdown3: LanguageTask = {
  id: 'countdown-3',
  description: 'an expression of three numbers, each once, with + - * and a given value: 3,5,7:26= -> 3*7+5',
  alphabet: '0123456789,:=+-*()',
  promptLength: 9,
  completionLength: 8,
  prompts(random) {
    const { numbers, expression, target } = drawExpression(random);
    const wanted = numbers.toSorted((x, y) => x - y).join();
    return {
      prompt: `${numbers.join(',')}:${target}=`,
      solution: expression,
      reward(completion, ended) {
        const found = ended ? evaluateExpression(completion) : undefined;
        const isRight = found !== undefined && found.value === target && found.numbers.toSorted((x, y) => x - y).join() === wanted;
        return { accuracy: isRight ? 1 : 0 };
      },
    };
  },
};
