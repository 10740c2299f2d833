/**
 * Checks of a task before anything is drawn from it.
 */
import { CohortError, show } from '../../core/errors.ts';
import { alphabetProblem } from '../model/tokenizer.ts';
import type { LanguageTask } from './task.ts';

/** Most characters of an id. */
const longestId = 64;
/** Most tokens of a prompt or a completion: what the configuration's `maxTokens` allows. */
const longestText = 65_536;

/** A task of your own, checked and given back as it is. Throws {@link CohortError} that says what is wrong with it. */
export function defineTask(task: LanguageTask): LanguageTask {
  if (typeof task !== 'object' || task === null) {
    throw new CohortError({ subject: 'task', expected: 'a task', got: show(task), advice: 'give an object with id, alphabet and prompts' });
  }
  for (const [field, expected, got, advice] of problemsOf(task)) {
    const subject = typeof task.id === 'string' && field !== 'id' ? `task ${task.id}: ${field}` : `task: ${field}`;
    throw new CohortError({ subject, expected, got, advice });
  }
  return task;
}

type TaskProblem = readonly [field: keyof LanguageTask, expected: string, got: string, advice: string];

function* problemsOf(task: LanguageTask): Generator<TaskProblem> {
  const { id, description, alphabet, promptLength, completionLength, prompts, weights, outcome, defaults } = task;
  if (typeof id !== 'string' || id.length > longestId || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
    yield ['id', `lower-case words with hyphens, at most ${longestId} characters`, show(id), 'write for example count-vowels'];
  }
  if (typeof description !== 'string' || description.trim() === '' || description.includes('\n')) {
    yield ['description', 'one line', show(description), 'say what is asked, with an example'];
  }
  const alphabetIs = alphabetProblem(alphabet);
  if (alphabetIs) yield ['alphabet', alphabetIs.expected, alphabetIs.got, alphabetIs.advice];
  for (const field of ['promptLength', 'completionLength'] as const) {
    const value = field === 'promptLength' ? promptLength : completionLength;
    if (!Number.isInteger(value) || value < 1 || value > longestText) {
      yield [field, `a whole number from 1 to ${longestText}`, show(value), 'count the characters, and for completions the end token'];
    }
  }
  if (typeof prompts !== 'function') yield ['prompts', 'a function that draws a problem', show(prompts), 'write prompts(random) { ... }'];
  if (weights !== undefined) {
    const isRecord = typeof weights === 'object' && weights !== null && !Array.isArray(weights);
    const wrong = isRecord ? Object.entries(weights).find(([, weight]) => !Number.isFinite(weight)) : undefined;
    if (!isRecord || wrong) {
      const got = wrong ? `${wrong[0]}: ${show(wrong[1])}` : show(weights);
      yield ['weights', 'finite numbers by the names of reward components', got, 'write for example { accuracy: 1, format: 0.5 }'];
    }
  }
  if (outcome !== undefined && (typeof outcome !== 'string' || outcome === '')) {
    yield ['outcome', 'the name of a reward component', show(outcome), 'leave it out for the first component'];
  }
  if (defaults !== undefined && (typeof defaults !== 'object' || defaults === null || Array.isArray(defaults))) {
    yield ['defaults', 'settings by name', show(defaults), 'write for example { iterations: 100 }'];
  }
}
