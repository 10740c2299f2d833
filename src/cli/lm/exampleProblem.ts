/**
 * A problem to show.
 */
import type { LanguageTask } from '../../node/toolkit.ts';
import type { Library } from '../library.ts';

// Any seed would do: the example is the same every time.
const exampleSeed = 1;

/** The prompt (its text form) and the solution of a problem of a task, the same every time. */
export function exampleProblem(task: LanguageTask, library: Library): { readonly prompt: string; readonly solution: string | undefined } {
  const { prompt, solution } = task.prompts(library.createGenerator(exampleSeed));
  return { prompt: library.promptText(prompt), solution };
}
