/**
 * The form of 4-shot classification: four labelled pictures, one without a label. After the 4-shot classification of the vision-language half of
 * arXiv 2504.02546; here the examples stand in the prompt.
 */
import { type Problem, patchTokens, type TaskImages } from '../task.ts';
import type { Picture } from './canvas.ts';

/** Labelled pictures in a prompt. */
export const shots = 4;

/** Largest number of tokens of a prompt: five pictures, four labels of one character, a question mark. */
export function fewShotLength(images: TaskImages): number {
  return patchTokens(images) + shots + 1;
}

/** The problem of four examples in this order and a picture whose label is `answer`. */
export function fewShotProblem(
  examples: readonly { readonly picture: Picture; readonly label: string }[],
  query: Picture,
  answer: string,
): Problem {
  return {
    prompt: [...examples.flatMap(({ picture, label }) => [{ image: picture }, label]), { image: query }, '?'],
    solution: answer,
    reward: (completion, ended) => ({ accuracy: ended && completion === answer ? 1 : 0 }),
  };
}
