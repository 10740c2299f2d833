/**
 * Pairs of an answer and the right one that are other quantities, over all kinds: adversarial.json, rows of a kind, an answer (boxed where it holds no
 * box) and a gold. They were written before the verifier was looked at. Ten were taken out: `180°` against 180 and percentages against their own number
 * without the sign, which are right by a rule of the verifier; `0/0` and `1/0` against themselves; `5}` against 5, whose brace ends the box.
 * afterwards.json are pairs written when the verifier was there, looking for its faults.
 */
import { describe, expect, it } from 'vitest';
import { createVerifier, verifyAnswer } from '../../../src/lm/verifier/index.ts';
import pairs from './adversarial.json' with { type: 'json' };
import later from './afterwards.json' with { type: 'json' };

const completionOf = (answer: string): string => (answer.includes('\\boxed') ? answer : `so it is \\boxed{${answer}}`);

describe('pairs that must never be right', () => {
  it('are 800 and more, over all kinds', () => {
    expect(pairs.length).toBeGreaterThan(800);
    expect(new Set(pairs.map(([kind]) => kind)).size).toBe(23);
  });

  it('are not right in the first tier', () => {
    expect(pairs.filter(([, answer, gold]) => verifyAnswer(completionOf(answer!), gold!).outcome === 'right')).toEqual([]);
  });

  it('are not right in the second tier', async () => {
    const verify = await createVerifier({ algebra: true });
    expect(pairs.filter(([, answer, gold]) => verify(completionOf(answer!), gold!).outcome === 'right')).toEqual([]);
  });

  it('are not right among those that were written afterwards, in either tier and direction', async () => {
    const second = await createVerifier({ algebra: true });
    const isRight = (answer: string, gold: string): boolean =>
      [verifyAnswer, second].some((verify) => verify(completionOf(answer), gold).outcome === 'right');
    expect(later.filter(([answer, gold]) => isRight(answer!, gold!) || isRight(gold!, answer!))).toEqual([]);
  });

  it('are not right the other way round where the gold can be an answer', async () => {
    const verify = await createVerifier({ algebra: true });
    const turned = pairs.filter(([, answer, gold]) => gold !== '' && !answer!.includes('boxed') && !gold!.includes('boxed'));
    expect(turned.filter(([, answer, gold]) => verify(completionOf(gold!), answer!).outcome === 'right')).toEqual([]);
  });
});
