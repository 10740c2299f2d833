/**
 * A process that trains one run, or measures how long one would take, for the process that started it. Without that process it writes a checkpoint and ends.
 */
import { measureRun } from '../api/measure.ts';
import { packError } from '../core/packedError.ts';
import { serveJob } from './job.ts';
import type { StopMessage } from './jobProtocol.ts';
import { cohort } from './library.ts';
import type { ProcessOrder } from './processExecutor.ts';
import { type ShardOrder, serveShards } from './shardProcess.ts';

const controller = new AbortController();
const end = (): void => controller.abort();
// Ctrl-C and a terminal that closes reach every process of the terminal: the first one decides, and says so by a message.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', end);
process.on('disconnect', end);

/** Tells the other side, unless it is gone. */
function tell(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

async function obey(order: Exclude<ProcessOrder, { kind: 'shards' }>): Promise<void> {
  if (order.kind === 'train') await serveJob(order.job, tell, controller.signal);
  else {
    try {
      for (const url of order.modules) await cohort.useModule(url);
      // Every run pays for the start of its process.
      const starting = performance.now() / 1000;
      tell({ kind: 'measured', seconds: starting + (await measureRun(cohort, order.input)) });
    } catch (error) {
      tell({ kind: 'failed', error: packError(error) });
    }
  }
  if (process.connected) process.disconnect();
}

let compute: ((order: ShardOrder) => void) | undefined;
process.on('message', (order: ProcessOrder | StopMessage | ShardOrder) => {
  if (order.kind === 'stop') end();
  else if (order.kind === 'shards') compute = serveShards(order, tell);
  else if (order.kind === 'collect' || order.kind === 'gradient') compute?.(order);
  else void obey(order);
});
// A process of shards has nothing to write: without its starter it ends.
process.on('disconnect', () => compute && process.exit());
