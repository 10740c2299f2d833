/** docs/reference/tasks.md. */
import { code, list, page, prose, table } from './markdown.mjs';

const inWords = (record = {}) =>
  Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** A problem of a task, the same every time: that of `cohort-rl lm tasks <id>`. */
function exampleOf(task, { createGenerator, promptText }) {
  const { prompt, solution } = task.prompts(createGenerator(1));
  return [code(promptText(prompt)), solution === undefined ? '' : code(solution)];
}

export function renderTasks(library) {
  const tasks = Object.values(library.languageTasks);
  return page('Tasks of language models', [
    prose(
      'What `cohort-rl lm train <task>` trains on. `cohort-rl lm tasks <task>` shows one with its example, pictures drawn in the terminal. ' +
        'Questions of your own: [the guide](../language-models/guide.md).',
    ),
    table(
      ['task', 'what', 'tokens of a prompt', 'tokens of a completion'],
      tasks.map(({ id, description, promptLength, completionLength }) => [
        code(id),
        description.replaceAll('<', '\\<'),
        promptLength,
        completionLength,
      ]),
    ),
    list([
      'Tokens are characters, and the end token, which counts. Of a picture every patch is a token. The numbers are the most there can be.',
      'Some prompts are held out, by their hash: never trained on, and what evaluations ask. Where a task does not say more, it is a tenth of them.',
    ]),
    '## An example of each',
    table(
      ['task', 'prompt', 'solution', 'right or wrong', 'weights of the reward', 'defaults of its own'],
      tasks.map((task) => [
        code(task.id),
        ...exampleOf(task, library),
        task.outcome ?? 'the first part of the reward',
        inWords(task.weights),
        inWords(task.defaults),
      ]),
    ),
  ]);
}
