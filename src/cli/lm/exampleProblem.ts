/**
 * A problem to show.
 */
import type { TextPicture } from '../../display/halfBlocks.ts';
import type { LanguageTask } from '../../node/toolkit.ts';
import type { Library } from '../library.ts';

// Any seed would do: the example is the same every time.
const exampleSeed = 1;

/** A problem, the same every time. */
export interface ExampleProblem {
  /** Its prompt in its text form. */
  readonly prompt: string;
  readonly pictures: readonly TextPicture[];
  readonly solution: string | undefined;
}

/** A problem of a task, the same every time. */
export function exampleProblem(task: LanguageTask, library: Library): ExampleProblem {
  const { prompt, solution } = task.prompts(library.createGenerator(exampleSeed));
  return { prompt: library.promptText(prompt), pictures: library.picturesOf(prompt), solution };
}
