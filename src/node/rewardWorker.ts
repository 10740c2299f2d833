/** A thread that computes rewards of a task of a module, so that one that hangs, or ends its thread, ends nothing else. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RewardQuestion } from '../core/platform.ts';
import { drawProblem, type Split } from '../lm/tasks/problems.ts';
import { exportedTasks, type LanguageTask, type Problem } from '../lm/tasks/task.ts';

const { modules, task: id } = workerData as { readonly modules: readonly string[]; readonly task: string };
const port = parentPort!;
let task: LanguageTask | undefined;
for (const url of modules) {
  for (const [, own] of exportedTasks(await import(url))) if (own.id === id) task = own;
}

// The completions of a group follow one another.
let last: { readonly key: string; readonly problem: Problem } | undefined;
port.on('message', async ({ seed, split, completion, ended }: RewardQuestion) => {
  try {
    const key = JSON.stringify([seed, split]);
    if (last?.key !== key) last = { key, problem: drawProblem(task!, [...seed], split as Split) };
    // What cannot be copied to another thread is an error, as what throws.
    port.postMessage({ value: await last.problem.reward(completion, ended) });
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
});
port.postMessage('ready');
