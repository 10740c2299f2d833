/**
 * The cases of Math-Verify 0.9.0's tests (data, see NOTICE) and the golds of MATH-500 in other writings: how many are judged as they should be.
 */
import { describe, expect, it } from 'vitest';
import { createVerifier, type Verification, type Verifier, verifyAnswer } from '../../../src/lm/verifier/index.ts';
import golds from '../../fixtures/verifier/math500.json' with { type: 'json' };
import cases from '../../fixtures/verifier/mathVerify.json' with { type: 'json' };
import { otherAnswers, writingsOf } from './writings.ts';

interface Case {
  readonly gold: string;
  readonly prediction: string;
  readonly expected: boolean;
  /** What of a prediction without a mark is put into a box. */
  readonly formula?: string;
  readonly doubtful?: boolean;
}

const sure = (cases as readonly Case[]).filter(({ doubtful }) => !doubtful);
const second = await createVerifier({ algebra: true });
const boxed = (answer: string): string => `\\boxed{${answer}}`;

function count(verify: Verifier): Record<string, number> {
  const counts: Record<string, number> = { right: 0, refused: 0, wrongWhereRight: 0, rightWhereWrong: 0 };
  for (const { gold, prediction, expected, formula } of sure) {
    const { outcome } = verify(formula === undefined ? prediction : boxed(formula), gold);
    if (outcome === 'parseError') counts.refused!++;
    else if (outcome === 'right') counts[expected ? 'right' : 'rightWhereWrong']!++;
    else if (expected) counts.wrongWhereRight!++;
  }
  return counts;
}

describe('the cases of Math-Verify', () => {
  it('are 269, five with doubtful labels', () => {
    expect(cases.length).toBe(269);
    expect(sure.length).toBe(264);
    expect(sure.filter(({ expected }) => expected).length).toBe(225);
  });

  it('are right in 203 of 225 in the first tier, and never judged against their labels', () => {
    expect(count(verifyAnswer)).toEqual({ right: 203, refused: 47, wrongWhereRight: 0, rightWhereWrong: 0 });
  });

  it('are right in 212 with the second tier', () => {
    expect(count(second)).toEqual({ right: 212, refused: 33, wrongWhereRight: 0, rightWhereWrong: 0 });
  });
});

describe('the golds of MATH-500', () => {
  const outcomes = (pairs: readonly (readonly [string, string])[], verify: Verifier): Record<string, number> => {
    const counts: Record<Verification['outcome'], number> = { right: 0, wrong: 0, parseError: 0 };
    for (const [answer, gold] of pairs) counts[verify(boxed(answer), gold).outcome]++;
    return counts;
  };

  it('are right in all but two of their other writings, and wrong in none', () => {
    const pairs = golds.flatMap((gold) => writingsOf(gold).map(([, text]) => [text, gold] as const));
    expect(pairs.length).toBe(2259);
    // 58,500 with a blank behind the comma is refused.
    expect(outcomes(pairs, verifyAnswer)).toEqual({ right: 2257, wrong: 0, parseError: 2 });
  });

  it.each(['first', 'second'])('are not right for another problem or with another last digit in the %s tier', (tier) => {
    const pairs = golds.flatMap((gold, i) => otherAnswers(golds, i).map((answer) => [answer, gold] as const));
    expect(pairs.length).toBe(989);
    expect(outcomes(pairs, tier === 'first' ? verifyAnswer : second).right).toBe(0);
  });
});
