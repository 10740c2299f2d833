/**
 * The maths verifier: is the answer of a completion the right one? Numbers exactly, quantities with their units, tuples and sets by their elements,
 * words by their letters, formulas by their writing; algebra only where asked for, as a second tier.
 */

import { type Answer, readAnswer, sameAnswer } from './answer.ts';
import type { Algebra } from './answerTypes.ts';
import { looseList } from './boxes.ts';
import { type AnswerMark, type ExtractedAnswer, extractAnswer, longestText } from './extract.ts';

export { type Answer, readAnswer, sameAnswer } from './answer.ts';
export { type AnswerMark, type ExtractedAnswer, extractAnswer } from './extract.ts';

/**
 * `parseError`, unclear: no answer was marked, it could not be read, or whether it is right cannot be told. Never a silent wrong.
 */
export type VerificationOutcome = 'right' | 'wrong' | 'parseError';

/** What the verifier says. */
export interface Verification {
  readonly outcome: VerificationOutcome;
  /** What the completion marks as its answer. */
  readonly extracted?: ExtractedAnswer;
  /** Set where only the second tier could tell. */
  readonly tier?: 'algebra';
  /** Why it is a parse error. */
  readonly message?: string;
}

/**
 * Verifies the last marked answer of a completion (see {@link extractAnswer}) against the right one, which may be a number, or a text with a mark or
 * without. Never throws and never evaluates anything as code; its work is bounded, whatever the texts.
 *
 * `verifyAnswer('... so \\boxed{\\frac{1}{2}}', '0.5').outcome === 'right'`
 */
export function verifyAnswer(completion: string, gold: string | number | bigint): Verification {
  return verify(completion, gold);
}

/** What {@link createVerifier} makes. */
export type Verifier = typeof verifyAnswer;

/**
 * A verifier; with `algebra: true` it has the second tier, which is loaded only then: `(x+1)^2` is `x^2+2x+1`, `\\sqrt{8}` is `2\\sqrt{2}`, `1+1` is 2.
 * It proves that formulas are equal, its verdicts are marked `tier: 'algebra'`, and its work is bounded by counted steps, so that they do not depend on
 * the machine.
 */
export async function createVerifier(options: { readonly algebra?: boolean } = {}): Promise<Verifier> {
  if (!options.algebra) return verifyAnswer;
  const { makeAlgebra } = await import('./algebra/index.ts');
  return (completion, gold) => verify(completion, gold, makeAlgebra);
}

function verify(completion: string, gold: string | number | bigint, makeAlgebra?: () => Algebra): Verification {
  if (typeof completion !== 'string') return unclear('the completion is no text');
  const extracted = extractAnswer(completion);
  if (!extracted) return unclear('no \\boxed{}, <answer> or #### in the completion');
  const right = readGold(gold);
  if (!right) return unclear('the right answer cannot be read', extracted);
  const answer = readAnswer(extracted.text);
  if (!answer) return unclear('the answer cannot be read', extracted);
  const compare = (tier?: Algebra): boolean | undefined => {
    const same = sameAnswer(answer, right, tier);
    return same === true ? same : sameLoosely(completion, gold, extracted.mark, [answer, right], same, tier);
  };
  const same = compare();
  if (same !== undefined) return { outcome: same ? 'right' : 'wrong', extracted };
  const told = makeAlgebra && compare(makeAlgebra());
  if (told !== undefined) return { outcome: told ? 'right' : 'wrong', extracted, tier: 'algebra' };
  return unclear(
    makeAlgebra ? 'whether the answer is right cannot be told' : 'only algebra could tell whether the answer is right',
    extracted,
  );
}

/** Boxes with words between them may be one list; if that list is not the right one, it is not clear which of them is the answer. */
function sameLoosely(
  completion: string,
  gold: string | number | bigint,
  mark: AnswerMark,
  [answer, right]: readonly [Answer, Answer],
  same: boolean | undefined,
  algebra: Algebra | undefined,
): boolean | undefined {
  const [answers, golds] = [completion, gold].map((text) => (typeof text === 'string' ? looseList(text.slice(-longestText)) : undefined));
  // Some models box a step and say the answer without a mark.
  if (answers === undefined && golds === undefined)
    return same === false && mark !== 'sentence' && /final answer is/i.test(behindMark(completion)) ? undefined : same;
  const [left, other] = [answers === undefined ? answer : readAnswer(answers), golds === undefined ? right : readAnswer(golds)];
  if (left?.text === answer.text && other?.text === right.text) return same;
  return (left && other && sameAnswer(left, other, algebra)) || undefined;
}

/** What stands behind the last box, up to a few hundred characters. */
function behindMark(completion: string): string {
  const end = completion.slice(-1000);
  return end.slice(Math.max(end.lastIndexOf('\\boxed'), end.lastIndexOf('</answer>'), end.lastIndexOf('####')) + 1);
}

function readGold(gold: string | number | bigint): Answer | undefined {
  if (typeof gold === 'number' || typeof gold === 'bigint') return readAnswer(gold);
  return typeof gold === 'string' ? readAnswer(extractAnswer(gold)?.text ?? gold) : undefined;
}

function unclear(message: string, extracted?: ExtractedAnswer): Verification {
  return { outcome: 'parseError', ...(extracted && { extracted }), message };
}
