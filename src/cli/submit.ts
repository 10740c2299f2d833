/**
 * `cohort-rl submit <requests>`: submits what `sweep --export ray` wrote to a Ray cluster, and watches it.
 */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { exitCodes } from './failure.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { commandLine } from './invocation.ts';
import { NumberOption, SuggestedArgument } from './options.ts';
import { writeJson, writeLine } from './output.ts';

interface SubmitFlags {
  readonly address: string;
  readonly jobs: number;
  readonly json?: boolean;
}

/** Adds `submit` to the program. */
export function addSubmit(program: Command, context: Context): void {
  program
    .command('submit')
    .description('submit what `sweep --export ray` wrote to a Ray cluster and watch it; run it again to go on')
    .addArgument(new SuggestedArgument('<requests>', 'the requests of the export', () => []))
    .option('--address <url>', 'address of the dashboard of the cluster', 'http://127.0.0.1:8265')
    .addOption(new NumberOption('--jobs <n>', 'runs at once: as many as the cluster has cores for', { min: 1, max: 10_000 }).default('8'))
    .option('--json', 'write JSON lines')
    .action(answer(context, runSubmit));
}

/** What a job failed with: what its task said, or else the first line of what Ray did. */
function reasonOf(message: string): string {
  const lines = message.split('\n');
  return lines.findLast((line) => line.startsWith('error: ')) ?? lines[0]!;
}

const words = { submitted: 'submitted', done: 'done', again: 'failed, once more', failed: 'failed' } as const;

async function runSubmit(path: string, { address, jobs: parallel, json }: SubmitFlags, { library, exit, paint }: Tools): Promise<void> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw library.explainFileError(error, path);
  }
  const jobs = library.readRayJobs(text, path);
  const controller = new AbortController();
  const release = onInterrupt(() => controller.abort());
  try {
    const outcome = await library.submitRayJobs(jobs, {
      address,
      parallel,
      signal: controller.signal,
      onEvent: (event) => {
        if (json) return writeJson(event);
        const reason = event.message === undefined ? '' : ` (${reasonOf(event.message)})`;
        writeLine(`${words[event.event]}: ${jobs[event.run]!.metadata.run ?? event.run}${reason}`);
      },
    });
    if (json) writeJson({ event: 'summary', ...outcome });
    else writeLine(`${outcome.done} of ${jobs.length} done${outcome.failed > 0 ? `, ${outcome.failed} failed` : ''}.`);
    if (outcome.left > 0) {
      if (!json) writeLine(`What runs goes on. Watch it again: ${paint('cyan', commandLine('submit', path, '--address', address))}`);
      exit(interruptedCode());
    } else if (outcome.failed > 0) exit(exitCodes.failed);
  } finally {
    release();
  }
}
