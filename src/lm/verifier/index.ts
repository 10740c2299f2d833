/**
 * The maths verifier, first tier: is the answer of a completion the right one? Numbers exactly, tuples and sets by their elements, words by
 * their letters; no algebra.
 */
import { readAnswer, sameAnswer } from './answer.ts';
import { type ExtractedAnswer, extractAnswer } from './extract.ts';

export { type AnswerMark, type ExtractedAnswer, extractAnswer } from './extract.ts';

/** `parseError`: no answer was marked, it could not be read, or whether it is right cannot be told without algebra. Never a silent wrong. */
export type VerificationOutcome = 'right' | 'wrong' | 'parseError';

/** What the verifier says. */
export interface Verification {
  readonly outcome: VerificationOutcome;
  /** What the completion marks as its answer. */
  readonly extracted?: ExtractedAnswer;
  /** Why it is a parse error. */
  readonly message?: string;
}

/**
 * Verifies the last marked answer of a completion (see {@link extractAnswer}) against the right one, which may be marked or not. Never throws
 * and never evaluates anything; its work is bounded, whatever the texts.
 *
 * `verifyAnswer('... so \\boxed{\\frac{1}{2}}', '0.5').outcome === 'right'`
 */
export function verifyAnswer(completion: string, gold: string): Verification {
  const extracted = extractAnswer(completion);
  if (!extracted) return { outcome: 'parseError', message: 'no \\boxed{}, <answer> or #### in the completion' };
  const right = readAnswer(extractAnswer(gold)?.text ?? gold);
  if (!right) return { outcome: 'parseError', extracted, message: 'the right answer cannot be read' };
  const answer = readAnswer(extracted.text);
  if (!answer) return { outcome: 'parseError', extracted, message: 'the answer cannot be read' };
  const same = sameAnswer(answer, right);
  if (same === undefined) return { outcome: 'parseError', extracted, message: 'only algebra could tell whether the answer is right' };
  return { outcome: same ? 'right' : 'wrong', extracted };
}
