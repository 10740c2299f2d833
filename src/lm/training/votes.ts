/**
 * Completions as votes: those that give the same answer vote together.
 */
import type { Vote } from '../../statistics/index.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { extractAnswer, verifyAnswer } from '../verifier/index.ts';

/** So many classes are compared with; more keep votes of thousands of completions from taking minutes. */
const mostClasses = 64;

/**
 * The votes of one prompt, with one text per class of answers: a vote joins the first class whose first member is the same to the task (its `sameAnswer`),
 * else begins one. Without a `sameAnswer`, what completions mark as their answer is compared by the verifier (`0.5`, `1/2` and `\frac12` are one
 * class; what it cannot judge stays apart), and completions that mark none by their text. Beyond 64 classes texts alone decide.
 */
export function votesByAnswer<V extends Vote>(votes: readonly V[], { sameAnswer }: Pick<LanguageTask, 'sameAnswer'>): V[] {
  const classOf = new Map<string, string>();
  const classes: string[] = [];
  const isSame = sameAnswer ?? sameMarked;
  for (const { answer } of votes) {
    if (classOf.has(answer)) continue;
    const found = classes.find((first) => isSame(first, answer));
    if (found === undefined && classes.length < mostClasses) classes.push(answer);
    classOf.set(answer, found ?? answer);
  }
  return votes.map((vote) => ({ ...vote, answer: classOf.get(vote.answer)! }));
}

/** Whether two completions mark answers that are right for each other. */
function sameMarked(a: string, b: string): boolean {
  const [first, second] = [extractAnswer(a)?.text, extractAnswer(b)?.text];
  if (first === undefined || second === undefined) return false;
  return first === second || (verifyAnswer(a, second).outcome === 'right' && verifyAnswer(b, first).outcome === 'right');
}
