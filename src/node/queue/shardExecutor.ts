/**
 * The shards of one run, computed by whoever listens at a queue: one job for every shard and barrier, and no more of it in a worker's memory than the worker
 * could get again from the server.
 */
import { randomUUID } from 'node:crypto';
import { failure } from '../../core/errors.ts';
import type { ShardedRun } from '../../training/shards/open.ts';
import type { CollectAnswer, CollectTask, GradientAnswer, GradientTask, ShardExecutor } from '../../training/shards/tasks.ts';
import { type Broker, explainReply, openEvents, openQueue } from './broker.ts';
import { packageBuild } from './build.ts';
import { attempts } from './jobs.ts';
import { listening } from './listening.ts';
import { ShardData, type ShardTask, shardQueueName, taskName } from './shardData.ts';

/** Milliseconds between two looks at a task of which nothing was heard. */
const lookMilliseconds = 1000;

/** Opens what gives the shards of a run to workers. Throws `CohortError` where the packages are missing, and what the server answers. */
export async function openShardQueue(broker: Broker, { config }: ShardedRun): Promise<ShardExecutor> {
  const { client } = broker;
  const data = new ShardData(client, randomUUID());
  await data.putConfig(config);
  const name = shardQueueName(packageBuild());
  const queue = await openQueue(broker, name);
  const events = await openEvents(broker, name);
  const listen = listening(events, lookMilliseconds);

  // What tasks share is sent once, and named by the object that it is.
  let versions = 0;
  const sent = new WeakMap<object, Promise<number>>();
  const versionOf = (parameters: Float32Array): Promise<number> => {
    const known = sent.get(parameters);
    if (known) return known;
    const version = versions++;
    const sending = data.put(`p${version}`, { parameters }).then(() => version);
    sent.set(parameters, sending);
    if (version >= 2) void data.remove([`p${version - 2}`]).catch(() => undefined);
    return sending;
  };
  const sendOnce = (value: object, key: string): Promise<number> => {
    const sending = sent.get(value) ?? data.put(key, value).then(() => 0);
    sent.set(value, sending);
    return sending;
  };
  let isClosed = false;

  /** Gives a task to the queue until its answer is there. */
  const ask = async (task: ShardTask, particular: object): Promise<Record<string, unknown>> => {
    const own = taskName(task);
    const jobId = `${task.run}-${own}`;
    const add = (): Promise<unknown> =>
      queue.add(task.kind, task, {
        jobId,
        attempts,
        backoff: { type: 'fixed', delay: 500 },
        removeOnComplete: true,
        removeOnFail: { age: 3600 },
      });
    await data.put(`t${own}`, particular);
    const listener = listen(jobId);
    try {
      await add();
      for (;;) {
        const answer = await data.get(`a${own}`);
        if (answer) {
          await data.remove([`t${own}`, `a${own}`]);
          return answer;
        }
        if (isClosed) throw new Error('closed');
        const job = await queue.getJob(jobId);
        if (job?.finishedOn !== undefined && (await job.isFailed())) {
          throw failure(`shard ${task.shard}`, 'a worker that computes it', job.failedReason, 'see the output of the workers');
        }
        // Ended between the two looks, or forgotten by a server that keeps no log.
        if (!job && !(await data.has(`a${own}`))) await add();
        await listener.next();
      }
    } catch (error) {
      throw explainReply(error, broker);
    } finally {
      listener.end();
    }
  };

  return {
    async collect(task: CollectTask): Promise<CollectAnswer> {
      const { shard, iteration, parameters, env, elapsed } = task;
      const version = await versionOf(parameters);
      await data.touch();
      const answer = await ask({ run: data.run, kind: 'collect', shard, iteration, version }, { env, elapsed });
      const rollout = await data.need(`r${iteration}-${shard}`);
      sent.set(rollout, Promise.resolve(0));
      await data.remove([`r${iteration - 1}-${shard}`, `e${iteration - 1}-${shard}`]);
      // What is in it is checked by whoever asked.
      return { ...answer, rollout } as unknown as CollectAnswer;
    },
    async gradient(task: GradientTask): Promise<GradientAnswer> {
      const { shard, iteration, minibatch, parameters, rollout, estimate, rows, of, mean, scale } = task;
      const [version] = await Promise.all([
        versionOf(parameters),
        sendOnce(rollout, `r${iteration}-${shard}`),
        sendOnce(estimate, `e${iteration}-${shard}`),
      ]);
      const asked: ShardTask = { run: data.run, kind: 'gradient', shard, iteration, minibatch, version };
      return (await ask(asked, { rows, of, mean, scale })) as unknown as GradientAnswer;
    },
    close() {
      isClosed = true;
      void events.close();
      void queue.close();
      void data.clear().catch(() => undefined);
    },
  };
}
