/**
 * Checks of a task before anything is drawn from it.
 */
import { mistake, show } from '../../core/errors.ts';
import { mostTurns } from './episode.ts';
import { imagesProblem } from './images.ts';
import { alphabetProblem, tokenizerProblem } from './prompt.ts';
import type { EpisodeTask, LanguageTask } from './task.ts';

/** Largest number of characters of an id. */
const maxIdLength = 64;
/** Largest number of tokens of a prompt or a completion: what the configuration's `maxTokens` allows. */
const maxTextLength = 65_536;

/** Checks a custom task and returns it as it is. Throws {@link CohortError} that says what is wrong with it. */
export function defineTask(given: LanguageTask | EpisodeTask): LanguageTask {
  // A problem without a reward is one of a task with a rollout, which never asks for it.
  const task = given as LanguageTask;
  if (typeof task !== 'object' || task === null) {
    throw mistake('task', 'a task', show(task), 'give an object with id, alphabet or tokenizer, and prompts');
  }
  for (const [field, expected, got, advice] of problemsOf(task)) {
    const subject = typeof task.id === 'string' && field !== 'id' ? `task ${task.id}: ${field}` : `task: ${field}`;
    throw mistake(subject, expected, got, advice);
  }
  return task;
}

type TaskProblem = readonly [field: keyof LanguageTask, expected: string, got: string, advice: string];

function* problemsOf(task: LanguageTask): Generator<TaskProblem> {
  const { id, description, alphabet, tokenizer, images, promptLength, completionLength } = task;
  const { prompts, load, weights, outcome, defaults, sameAnswer, forPretrained } = task;
  if (typeof id !== 'string' || id.length > maxIdLength || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
    yield ['id', `lower-case words with hyphens, at most ${maxIdLength} characters`, show(id), 'write for example count-vowels'];
  }
  if (typeof description !== 'string' || description.trim() === '' || description.includes('\n')) {
    yield ['description', 'one line', show(description), 'say what the task is, with an example'];
  }
  if ((alphabet === undefined) === (tokenizer === undefined)) {
    const got = alphabet === undefined ? 'neither' : 'both';
    yield [
      'alphabet',
      'either an alphabet or a tokenizer',
      got,
      'give the characters as alphabet, or an object with encode and decode as tokenizer',
    ];
  }
  const field = tokenizer === undefined ? 'alphabet' : 'tokenizer';
  const problem = tokenizer === undefined ? alphabetProblem(alphabet) : tokenizerProblem(tokenizer);
  if (problem) yield [field, ...problem];
  for (const field of ['promptLength', 'completionLength'] as const) {
    const value = field === 'promptLength' ? promptLength : completionLength;
    if (!Number.isInteger(value) || value < 1 || value > maxTextLength) {
      yield [
        field,
        `a whole number from 1 to ${maxTextLength}`,
        show(value),
        'count the tokens (one per character of an alphabet), and for completions the end token',
      ];
    }
  }
  const wrongImages = images === undefined ? undefined : imagesProblem(images, promptLength);
  if (wrongImages) yield ['images', ...wrongImages];
  if (load !== undefined && typeof load !== 'function') {
    yield ['load', 'a function that returns a promise', show(load), 'leave it out if there is nothing to load'];
  }
  yield* rolloutProblems(task);
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
  if (sameAnswer !== undefined && typeof sameAnswer !== 'function') {
    yield ['sameAnswer', 'a function of two completions', show(sameAnswer), 'leave it out to compare what they mark as their answers'];
  }
  if (forPretrained !== undefined && typeof forPretrained !== 'function') {
    yield ['forPretrained', 'a function that returns a task', show(forPretrained), 'leave it out where the task is the same'];
  }
  if (defaults !== undefined && (typeof defaults !== 'object' || defaults === null || Array.isArray(defaults))) {
    yield ['defaults', 'settings by name', show(defaults), 'write for example { iterations: 100 }'];
  }
}

/** What is wrong with the turns of a task. */
function* rolloutProblems({ rollout, maxTurns, turnTokens, completionLength }: LanguageTask): Generator<TaskProblem> {
  const advice = 'write async rollout({ sample }) { ... }, or leave it out for completions of one turn';
  if (rollout !== undefined && typeof rollout !== 'function') yield ['rollout', 'an asynchronous function', show(rollout), advice];
  const limits = [
    ['maxTurns', maxTurns, mostTurns],
    ['turnTokens', turnTokens, completionLength],
  ] as const;
  for (const [field, value, most] of limits) {
    if (value === undefined) continue;
    if (rollout === undefined) yield [field, 'a rollout with it', 'none', 'give a rollout too, or leave it out'];
    if (!Number.isInteger(value) || value < 1 || value > most) {
      yield [field, `a whole number from 1 to ${most}`, show(value), 'choose another, or leave it out'];
    }
  }
}
