/**
 * `cohort-rl queue status | clean | retry`: what is in a queue, and what to do about it.
 */
import type { Command } from 'commander';
import type { Broker, QueueState, ServerStatus } from '../node/queue/index.ts';
import { answer, type Context, type Tools } from './context.ts';
import { invocation } from './invocation.ts';
import { writeJson, writeLine, writeNote } from './output.ts';
import { queueAddress, queueOption } from './queueOptions.ts';
import { table } from './terminal.ts';

interface QueueFlags {
  readonly queue?: string;
  readonly json?: boolean;
}

interface CleanFlags extends QueueFlags {
  readonly failed?: boolean;
  readonly all?: boolean;
}

/** Adds the group to the program. */
export function addQueue(program: Command, context: Context): void {
  const group = program
    .command('queue')
    .description('look at a queue of runs, clean it, try again what failed')
    .usage('<command> [options]')
    .helpCommand(false);
  const action = (work: Work) => {
    const run = answer(context, (_: undefined, flags: CleanFlags, tools: Tools) => withServer(flags, tools, work));
    return (flags: CleanFlags, self: Command) => run(undefined, flags, self);
  };
  group
    .command('status')
    .description('runs by state, workers, and the memory that files take')
    .addOption(queueOption())
    .option('--json', 'write one JSON line')
    .action(action(showStatus));
  group
    .command('clean')
    .description('remove runs that have ended, with their files in the server; results that were collected stay')
    .addOption(queueOption())
    .option('--failed', 'also those that failed')
    .option('--all', 'also those that wait; what a worker trains at the moment stays')
    .option('--json', 'write one JSON line')
    .action(action(clean));
  group
    .command('retry')
    .description('try failed runs of this build again')
    .addOption(queueOption())
    .option('--json', 'write one JSON line')
    .action(action(retry));
  group.addHelpText('after', `\nBegin with:\n  ${invocation()} queue status --queue redis://localhost:6379`);
}

type Work = (broker: Broker, flags: CleanFlags, tools: Tools) => Promise<void>;

/** Opens the server, works, and closes it. */
async function withServer(flags: CleanFlags, tools: Tools, work: Work): Promise<void> {
  const { openBroker, withBroker } = await import('../node/queue/index.ts');
  const broker = await openBroker(queueAddress(flags.queue, tools.library));
  await withBroker(broker, async () => {
    for (const warning of broker.warnings) writeNote(`${tools.paint('yellow', 'warning:')} ${warning}`);
    await work(broker, flags, tools);
  });
}

async function showStatus(broker: Broker, { json }: QueueFlags, tools: Tools): Promise<void> {
  const { serverStatus } = await import('../node/queue/index.ts');
  const status = await serverStatus(broker);
  if (json) writeJson({ event: 'queue', address: broker.shown, ...status });
  else for (const line of statusLines(status, broker.shown, tools)) writeLine(line);
}

function statusLines({ server, queues, workers, fileBytes }: ServerStatus, shown: string, { paint, library }: Tools): string[] {
  const lines = [
    `${paint('bold', shown)}: ${server}, ${fileBytes === 0 ? 'no files' : `${library.formatBytes(fileBytes)} of files`} of runs`,
  ];
  if (queues.length === 0) lines.push('no runs');
  else {
    const rows = queues.map(({ build, isOwn, counts }) => [
      `${build}${isOwn ? '' : ', another build'}`,
      ...[counts.waiting, counts.active, counts.delayed, counts.completed, counts.failed].map(String),
    ]);
    const heading = ['build', 'wait', 'run', 'try again soon', 'ended', 'failed'];
    lines.push('', ...table(heading, rows, { paint, rightAligned: [1, 2, 3, 4, 5] }));
  }
  const failed = queues.flatMap((queue) => queue.failed);
  for (const { name, reason } of failed) lines.push(`${paint('red', 'failed')}: ${name}: ${reason.split('\n')[0]}`);
  lines.push(
    '',
    workers.length === 0 ? 'no worker listens' : `${workers.length} ${workers.length === 1 ? 'worker listens' : 'workers listen'}:`,
  );
  for (const { host, pid, version, digest, jobs, running } of workers) {
    lines.push(
      `  ${host}, process ${pid}, build ${version} (${digest}), ${running.length} of ${jobs}${running.length > 0 ? `: ${running.join('; ')}` : ''}`,
    );
  }
  return lines;
}

async function clean(broker: Broker, { failed, all, json }: CleanFlags): Promise<void> {
  const { cleanQueues } = await import('../node/queue/index.ts');
  const states: QueueState[] = [
    'completed',
    ...(failed || all ? (['failed'] as const) : []),
    ...(all ? (['waiting', 'delayed'] as const) : []),
  ];
  const removed = await cleanQueues(broker, states);
  if (json) writeJson({ event: 'cleaned', removed });
  else writeLine(`${removed} ${removed === 1 ? 'run' : 'runs'} removed`);
}

async function retry(broker: Broker, { json }: QueueFlags): Promise<void> {
  const { retryFailed } = await import('../node/queue/index.ts');
  const count = await retryFailed(broker);
  if (json) writeJson({ event: 'retried', count });
  else writeLine(`${count} ${count === 1 ? 'run is' : 'runs are'} tried again`);
}
