/** Runs whose shards are computed under the eyes of a test. */
import type { Cohort } from '../../../src/api/cohort.ts';
import type { EnvFactory, TrainConfig } from '../../../src/api/environments.ts';
import type { CollectAnswer, CollectTask, GradientAnswer, GradientTask, ShardExecutor } from '../../../src/training/shards/tasks.ts';
import { testCohort } from '../cohort.ts';

/** What went to shards and came back, by iteration, minibatch and shard. */
export interface Recorded {
  readonly collected: { readonly task: CollectTask; readonly answer: CollectAnswer }[];
  readonly gradients: { readonly task: GradientTask; readonly answer: GradientAnswer }[];
  readonly hash: string;
  readonly metrics: readonly Readonly<Record<string, number | undefined>>[];
}

/** Trains with an executor that `wrap` makes of the library's own. */
export async function trainWith(
  input: TrainConfig,
  wrap: (executor: ShardExecutor, open: () => Promise<ShardExecutor>) => ShardExecutor,
  cohort: Cohort = testCohort(),
): Promise<Pick<Recorded, 'hash' | 'metrics'>> {
  const env = typeof input.env === 'function' ? { env: input.env as EnvFactory } : {};
  const run = cohort.train(input, {
    async openShards({ config }) {
      const open = () => cohort.openShardRunner(config, env);
      return wrap(await open(), open);
    },
  });
  const metrics = [];
  for await (const iteration of run) metrics.push(iteration.metrics);
  return { hash: (await run.finish()).summary.parametersSha256, metrics };
}

/** Trains, and keeps all tasks and answers. */
export async function record(input: TrainConfig): Promise<Recorded> {
  const collected: Recorded['collected'] = [];
  const gradients: Recorded['gradients'] = [];
  const trained = await trainWith(input, (executor) => ({
    async collect(task) {
      const answer = await executor.collect(task);
      collected.push({ task, answer });
      return answer;
    },
    async gradient(task) {
      const answer = await executor.gradient(task);
      gradients.push({ task, answer });
      return answer;
    },
    close: () => executor.close(),
  }));
  collected.sort((a, b) => a.task.iteration - b.task.iteration || a.task.shard - b.task.shard);
  gradients.sort((a, b) => a.task.iteration - b.task.iteration || a.task.minibatch - b.task.minibatch || a.task.shard - b.task.shard);
  return { collected, gradients, ...trained };
}
