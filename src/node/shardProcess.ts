/**
 * Shards of runs in a process of their own, for the worker that talks to a queue.
 */
import { packError, unpackError } from '../core/packedError.ts';
import { ProcessGone } from '../experiments/runner.ts';
import type { CollectTask, GradientTask, ShardExecutor } from '../training/shards/tasks.ts';
import { cohort } from './library.ts';
import { type ProcessOrder, startProcess } from './processExecutor.ts';

/** What the process of shards is asked. */
export type ShardOrder =
  | { readonly kind: 'collect'; readonly id: number; readonly task: CollectTask }
  | { readonly kind: 'gradient'; readonly id: number; readonly task: GradientTask };

type ShardReply = { readonly id: number; readonly answer: object } | { readonly id: number; readonly error: ReturnType<typeof packError> };

/** In the process: opens the runner, and answers what is asked of it. */
export function serveShards(
  { config, modules }: Extract<ProcessOrder, { kind: 'shards' }>,
  tell: (message: object) => void,
): (order: ShardOrder) => void {
  const opening = (async (): Promise<ShardExecutor> => {
    for (const url of modules) await cohort.useModule(url);
    return cohort.openShardRunner(config);
  })();
  opening.catch(() => undefined);
  return (order) => {
    void (async () => {
      try {
        const runner = await opening;
        const answer = order.kind === 'collect' ? await runner.collect(order.task) : await runner.gradient(order.task);
        tell({ id: order.id, answer } satisfies ShardReply);
      } catch (error) {
        tell({ id: order.id, error: packError(error) } satisfies ShardReply);
      }
    })();
  };
}

/** An executor whose shards are computed in a process of its own. */
export interface ShardProcess extends ShardExecutor {
  /** Tasks that are being computed. */
  readonly busy: number;
}

/** Starts a process for the shards of a run; tasks fail where it dies, with {@link ProcessGone}. */
export function startShardProcess(config: Readonly<Record<string, unknown>>, modules: readonly string[]): ShardProcess {
  const child = startProcess({ kind: 'shards', config, modules });
  const open = new Map<number, { resolve(answer: object): void; reject(error: unknown): void }>();
  let count = 0;
  const gone = (): void => {
    for (const { reject } of open.values()) reject(new ProcessGone('the process of a shard ended by itself'));
    open.clear();
  };
  child.on('message', (reply: ShardReply) => {
    const asked = open.get(reply.id);
    open.delete(reply.id);
    if ('error' in reply) asked?.reject(unpackError(reply.error));
    else asked?.resolve(reply.answer);
  });
  child.on('error', gone);
  child.on('exit', gone);
  const ask = (order: { kind: 'collect'; task: CollectTask } | { kind: 'gradient'; task: GradientTask }): Promise<object> =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(new ProcessGone('the process of a shard has ended'));
      const id = count++;
      open.set(id, { resolve, reject });
      child.send({ ...order, id } satisfies ShardOrder);
    });
  return {
    get busy() {
      return open.size;
    },
    collect: (task) => ask({ kind: 'collect', task }) as ReturnType<ShardExecutor['collect']>,
    gradient: (task) => ask({ kind: 'gradient', task }) as ReturnType<ShardExecutor['gradient']>,
    close: () => void child.kill('SIGKILL'),
  };
}
