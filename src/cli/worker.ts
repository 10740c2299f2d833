/**
 * `cohort-rl worker --queue <address>`: trains what others submit.
 */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { WorkerEvent } from '../node/queue/index.ts';
import { answer, type Context, type Tools } from './context.ts';
import { reportFailure } from './failure.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { moduleOption } from './modules.ts';
import { NumberOption } from './options.ts';
import { writeJson, writeLine, writeNote } from './output.ts';
import { queueAddress, queueOption, sharedFolderOption } from './queueOptions.ts';
import { formatSeconds, type Paint } from './terminal.ts';
import { folderName } from './values.ts';

interface WorkerFlags {
  readonly queue?: string;
  readonly jobs?: number;
  readonly sharedFolder?: string;
  readonly lockSeconds?: number;
  readonly drain?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const usualLockSeconds = 30;

const words = `
Start one on every machine you own; all take runs from the same queue:

  cohort-rl worker --queue redis://host:6379
  cohort-rl sweep file.yaml --queue redis://host:6379

A worker trains with its own copy of cohort-rl and takes runs of the same build alone. Ctrl-C
writes a checkpoint and gives the run back; a worker that is killed costs what its runs did
since their last checkpoint. docs/many-machines.md has the whole story.`;

/** Adds `worker` to the program. */
export function addWorker(program: Command, context: Context): void {
  program
    .command('worker')
    .description('train what others submit to a queue')
    .addOption(queueOption())
    .addOption(new NumberOption('--jobs <n>', 'runs side by side (default: one per core)', { min: 1, max: 256 }))
    .addOption(sharedFolderOption())
    .addOption(
      new NumberOption('--lock-seconds <n>', `seconds of silence after which another worker takes over (default: ${usualLockSeconds})`, {
        min: 2,
        max: 3600,
      }),
    )
    .addOption(new Option('--drain', 'end when nothing waits'))
    .option('--json', 'write JSON lines')
    .option('--quiet', 'only say what fails')
    .addOption(moduleOption())
    .addHelpText('after', words)
    .action((flags, self) => answer(context, runWorker)(undefined, flags, self));
}

/** What is said of an event. */
function lineOf(event: WorkerEvent, paint: Paint): string {
  switch (event.event) {
    case 'listening':
      return `listening, ${event.jobs} ${event.jobs === 1 ? 'run' : 'runs'} side by side; Ctrl-C gives back what runs`;
    case 'started':
      return event.iteration > 0 ? `goes on: ${event.name}, from iteration ${event.iteration}` : `begins: ${event.name}`;
    case 'ended':
      return `${paint('green', 'ended')}: ${event.name}, ${formatSeconds(event.seconds)}`;
    case 'returned':
      return `given back: ${event.name}, at iteration ${event.iteration}`;
    case 'failed':
      return `${paint('red', 'failed')}: ${event.name}: ${reportFailure(event.error).message.split('\n')[0]}`;
    case 'warning':
      return `${paint('yellow', 'warning:')} ${event.message}`;
  }
}

async function runWorker(_: undefined, flags: WorkerFlags, { library, paint, exit }: Tools): Promise<void> {
  const queues = await import('../node/queue/index.ts');
  const address = queueAddress(flags.queue, library);
  const shared = folderName('--shared-folder', flags.sharedFolder, library);
  const sharedFolder = shared === undefined ? undefined : queues.checkSharedFolder(shared);
  const broker = await queues.openBroker(address);
  const onEvent = (event: WorkerEvent): void => {
    if (flags.json) writeJson(event.event === 'failed' ? { ...event, error: reportFailure(event.error).message } : event);
    else if (event.event === 'failed' || event.event === 'warning') writeNote(lineOf(event, paint));
    else if (!flags.quiet) writeLine(lineOf(event, paint));
  };
  for (const message of broker.warnings) onEvent({ event: 'warning', message });
  if (!flags.json && !flags.quiet) writeLine(`${broker.server} at ${broker.shown}, build ${queues.shownBuild(queues.packageBuild())}`);
  const controller = new AbortController();
  const release = onInterrupt(() => controller.abort());
  try {
    const { lockSeconds = usualLockSeconds, jobs = availableParallelism(), drain } = flags;
    const options = { broker, jobs, lockSeconds, sharedFolder, drain, signal: controller.signal, onEvent };
    await queues.withBroker(broker, () => queues.work(options));
    if (controller.signal.aborted) exit(interruptedCode());
  } finally {
    release();
  }
}
