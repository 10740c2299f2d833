/**
 * The tasks that come with the library, by id.
 */
import { mistake, show, suggest } from '../../core/errors.ts';
import { add2Digit, add2DigitSparse } from './addition.ts';
import { countdown3 } from './countdown.ts';
import { defineTask } from './define.ts';
import { digitCompletion } from './digitCompletion.ts';
import { pictureTasks } from './pictures/index.ts';
import { reverse, reverseDense, sort } from './strings.ts';
import type { LanguageTask } from './task.ts';
import { thinkThenAnswer } from './thinkThenAnswer.ts';

export { defineTask };

/** All tasks by id, in the order in which they are listed. */
export const languageTasks: Readonly<Record<string, LanguageTask>> = /* @__PURE__ */ Object.fromEntries(
  [add2Digit, add2DigitSparse, sort, reverse, reverseDense, countdown3, digitCompletion, thinkThenAnswer, ...pictureTasks].map((task) => [
    task.id,
    task,
  ]),
);

/** The task of that id. Throws {@link CohortError} with the nearest ids if there is none. */
export function findTask(id: string): LanguageTask {
  if (typeof id === 'string' && Object.hasOwn(languageTasks, id)) return languageTasks[id]!;
  const ids = Object.keys(languageTasks);
  throw mistake(
    'task',
    'the id of a known task',
    show(id),
    `${typeof id === 'string' ? suggest(id, ids) : `choose one of ${ids.join(', ')}`} (cohort-rl lm tasks lists them all)`,
  );
}
