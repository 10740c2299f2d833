/**
 * `cohort-rl lm tasks [id]`: the tasks that language models are trained on.
 */
import type { Command } from 'commander';
import type { LanguageTask } from '../../node/toolkit.ts';
import { answer, type Context, type Tools } from '../context.ts';
import { commandLine } from '../invocation.ts';
import type { Library } from '../library.ts';
import { moduleOption } from '../modules.ts';
import { SuggestedArgument } from '../options.ts';
import { writeLine } from '../output.ts';
import { languageModels } from '../roads/index.ts';
import { commandOf } from '../roads/road.ts';
import { type Paint, table } from '../terminal.ts';
import { exampleProblem } from './exampleProblem.ts';
import { pictureLines } from './pictureLines.ts';

/** Adds `tasks` to `lm`. */
export function addTasks(group: Command, context: Context): void {
  group
    .command('tasks')
    .description('list the tasks, or describe one')
    .addArgument(new SuggestedArgument('[id]', 'id of a task', languageModels.target.suggest))
    .addOption(moduleOption())
    .option('--json', 'write one JSON line per task')
    .action(answer(context, runTasks));
}

function describe(task: LanguageTask, library: Library): Record<string, unknown> {
  const { id, description, alphabet, promptLength, completionLength, weights, outcome, defaults } = task;
  const { prompt, solution } = exampleProblem(task, library);
  return {
    event: 'task',
    ...{ id, description, alphabet: alphabet ?? null, tokens: library.tokenizerOf(task).size, promptLength, completionLength },
    outcome: outcome ?? null,
    weights: weights ?? {},
    defaults: defaults ?? {},
    example: { prompt, solution: solution ?? null },
  };
}

async function runTasks(id: string | undefined, { json }: { json?: boolean }, { library, paint }: Tools): Promise<void> {
  const tasks =
    id === undefined
      ? [...Object.values(library.languageTasks), ...library.tasks.values()]
      : [library.tasks.get(id) ?? library.findTask(id)];
  for (const task of tasks) if (json || id !== undefined) await task.load?.();
  const lines = json
    ? tasks.map((task) => JSON.stringify(describe(task, library)))
    : id === undefined
      ? listLines(tasks, paint)
      : detailLines(tasks[0]!, library, paint);
  for (const line of lines) writeLine(line);
}

function listLines(tasks: readonly LanguageTask[], paint: Paint): string[] {
  const rows = tasks.map((task) => [task.id, String(task.promptLength), String(task.completionLength), task.description]);
  const describeOne = commandLine(...commandOf(languageModels, 'tasks', tasks[0]?.id ?? ''));
  return [
    ...table(['task', 'prompt', 'completion', 'description'], rows, { paint, rightAligned: [1, 2] }),
    '',
    `${tasks.length} tasks (largest number of tokens of a prompt and of a completion); describe one with ${paint('cyan', describeOne)}`,
  ];
}

function detailLines(task: LanguageTask, library: Library, paint: Paint): string[] {
  const { prompt, pictures, solution } = exampleProblem(task, library);
  const { alphabet } = task;
  const { size } = library.tokenizerOf(task);
  const patches = task.images ? library.patchTokens(task.images) : 0;
  const unit = alphabet === undefined ? 'tokens' : 'characters';
  const weights = Object.entries(task.weights ?? {}).map(([name, weight]) => `${name} ${weight}`);
  const defaults = Object.entries(task.defaults ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    `${task.id}: ${task.description}`,
    `  ${alphabet === undefined ? 'tokenizer: ' : `alphabet: ${JSON.stringify(alphabet)}, `}${size - 1} ${unit} and the end token`,
    `  prompt: at most ${task.promptLength} ${patches > 0 ? `tokens, ${patches} of them patches of pictures` : unit}`,
    `  completion: at most ${task.completionLength} tokens, the end token included`,
    `  example: ${JSON.stringify(prompt)}${solution === undefined ? '' : `, solution ${JSON.stringify(solution)}`}`,
    ...pictureLines(pictures),
    `  right or wrong: ${task.outcome ?? 'the first part of the reward'}`,
    ...(weights.length > 0 ? [`  weights: ${weights.join(', ')}`] : []),
    ...(defaults.length > 0 ? [`  its own defaults: ${defaults.join(', ')}`] : []),
    '',
    `Train on it: ${paint('cyan', commandLine(...commandOf(languageModels, 'train', task.id)))}`,
  ];
}
