/**
 * `cohort-rl task <plan>`: trains one run of what `sweep --export` wrote. Its scripts call it.
 */
import type { Command } from 'commander';
import type { RunEvent } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { nameOf } from './matrixDisplay.ts';
import { moduleOption } from './modules.ts';
import { NumberOption, SuggestedArgument } from './options.ts';
import { writeLine } from './output.ts';
import { folderName } from './values.ts';

interface TaskFlags {
  readonly index: number;
  readonly results: string;
  readonly job?: string;
}

/** Adds `task` to the program. */
export function addTask(program: Command, context: Context): void {
  program
    .command('task')
    .description('train one run of what `sweep --export` wrote: what the tasks of a cluster call')
    .addArgument(new SuggestedArgument('<plan>', 'the plan of the export', () => []))
    .addOption(new NumberOption('--index <n>', 'which run of the plan, from 0', { min: 0, max: 1_000_000 }).makeOptionMandatory())
    .requiredOption('--results <folder>', 'folder of the results, which all tasks share')
    .option('--job <id>', 'what the scheduler calls all attempts at this task: what a dead one left locked, the next takes over')
    .addOption(moduleOption())
    .action(answer(context, runTask));
}

/** Milliseconds between two lines of the log. */
const pause = 30_000;

async function runTask(plan: string, { index, results, job }: TaskFlags, { library, exit }: Tools): Promise<void> {
  const controller = new AbortController();
  const release = onInterrupt(() => controller.abort());
  let begun = false;
  let last = performance.now();
  const onEvent = (event: RunEvent): void => {
    if (event.event !== 'iteration') return;
    if (!begun && event.iteration > 1) writeLine(`goes on at iteration ${event.iteration} of ${event.iterations}`);
    else if (performance.now() - last >= pause) {
      last = performance.now();
      writeLine(`iteration ${event.iteration} of ${event.iterations}`);
    }
    begun = true;
  };
  try {
    const outcome = await library.runTask({
      plan,
      index,
      results: folderName('--results', results, library)!,
      job,
      signal: controller.signal,
      onStart: (planned, runs) => {
        writeLine(`run ${index} of ${runs}: ${nameOf(planned)}`);
      },
      onEvent,
    });
    if (outcome.status === 'there') writeLine('its result is there: nothing to run');
    else if (outcome.status === 'interrupted') {
      writeLine('interrupted: goes on from its checkpoint');
      exit(interruptedCode());
    } else {
      const { result } = outcome;
      const message = result.message === undefined ? '' : `: ${result.message}`;
      writeLine(`${result.status} after ${result.iterations} iterations, ${result.seconds ?? 0} s${message}`);
    }
  } finally {
    release();
  }
}
