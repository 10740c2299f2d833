/**
 * What users and peers found, by kind, in kinds.json: an answer in a box, the right one, and what must come out. `unclear` is the outcome
 * `parseError`. The table of docs/reference/verifier.md is made of them.
 */
import { describe, expect, it } from 'vitest';
import { verifyAnswer } from '../../../src/lm/verifier/index.ts';
import cases from './kinds.json' with { type: 'json' };

type Row = readonly [answer: string, gold: string | number, outcome: 'right' | 'wrong' | 'unclear'];

const kinds = Object.entries(cases) as unknown as readonly (readonly [string, readonly Row[]])[];

const outcomeOf = (completion: string, gold: string | number): string => {
  const { outcome } = verifyAnswer(completion, gold);
  return outcome === 'parseError' ? 'unclear' : outcome;
};

describe.each(kinds)('%s', (_, rows) => {
  it.each(rows)('%j against %j is %s', (answer, gold, outcome) => {
    expect(outcomeOf(`\\boxed{${answer}}`, gold)).toBe(outcome);
  });
});

describe('marks', () => {
  it.each<Row>([
    [String.raw`\boxed{1} and \boxed{2}`, '1,2', 'right'],
    [String.raw`\boxed{1} and \boxed{2}`, '2', 'wrong'],
    [String.raw`\boxed{2}, \boxed{1}`, String.raw`\boxed{1}, \boxed{2}`, 'right'],
    [String.raw`\boxed{(1, 2)} \quad \text{and} \quad \boxed{(3,4)}`, '(3,4),(1,2)', 'right'],
    [String.raw`$x = \boxed{1}$ and $y = \boxed{2}$`, '(1,2)', 'right'],
    [String.raw`\boxed{1} paper and \boxed{2} bins`, '1,2', 'right'],
    [String.raw`\boxed{1}, no, rather \boxed{2}`, '2', 'right'],
    [String.raw`\boxed{1}, no, rather \boxed{2}`, '1', 'unclear'],
    [String.raw`\boxed{5}. So it is \boxed{5}`, '5', 'right'],
    [String.raw`\boxed 5`, '5', 'right'],
    [String.raw`$\boxed 5$.`, '5', 'right'],
    [String.raw`so \\boxed{5}`, '5', 'right'],
    ['\\boxed{5}\n#### Note', '5', 'right'],
    ['\\boxed{5}\n#### Note', '6', 'wrong'],
    ['#### Evelyn', 'Evelyn', 'right'],
    [String.raw`\boxed{255}, then 10,455. Final Answer: The final answer is $10,455$.`, '10455', 'right'],
    [String.raw`\boxed{255}. Final Answer: The final answer is $10,455$. I hope it is correct.`, '255', 'wrong'],
    ['The final answer is $7$.', '8', 'wrong'],
    [String.raw`\boxed{7}. The final answer is 8.`, '8', 'unclear'],
    [String.raw`The final answer is $$\frac{1}{2}$$`, '0.5', 'right'],
    [String.raw`The final answer is $\boxed{7}$.`, '7', 'right'],
    // Amounts, no formulas.
    ['#### 200\nThe final answer is $10,000 and $200', '200', 'right'],
    ['#### 200\nThe final answer is $10,000', '200', 'right'],
    ['The final answer is 5.', '5', 'unclear'],
    [String.raw`\boxed{3} +++++ \boxed{4}`, '3,4', 'right'],
    [String.raw`\boxed{3} + \boxed{4}`, '3,4', 'unclear'],
    [String.raw`\boxed{3} +-+ \boxed{4}`, '3,4', 'unclear'],
    [String.raw`\boxed{\boxed{6}5}`, '6', 'unclear'],
  ])('%j against %j is %s', (completion, gold, outcome) => {
    expect(outcomeOf(completion, gold)).toBe(outcome);
  });

  it('says why where a caller gives what is no text', () => {
    expect(verifyAnswer('\\boxed{5}', Number.NaN).outcome).toBe('parseError');
    expect(verifyAnswer(undefined as unknown as string, '5').outcome).toBe('parseError');
    expect(verifyAnswer('\\boxed{5}', null as unknown as string).message).toBe('the right answer cannot be read');
  });
});
