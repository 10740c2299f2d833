/**
 * Opens the shards of a run: whoever computes them, and the iteration that is made of what they answer.
 */
import type { AlgorithmState } from '../../algorithms/algorithm.ts';
import type { ResolvedConfig } from '../config.ts';
import { checkShards } from './check.ts';
import { cutShards, type Shard } from './cut.ts';
import { ShardedIteration } from './iterate.ts';
import { type ShardContext, ShardRunner } from './runner.ts';
import type { ShardExecutor } from './tasks.ts';

/** What an executor is opened for. */
export interface ShardedRun {
  readonly config: ResolvedConfig;
  readonly shards: readonly Shard[];
}

/** Opens an executor for a run; rejects where it cannot be had. */
export type OpenShards = (run: ShardedRun) => Promise<ShardExecutor>;

/** An executor that computes here. Throws `CohortError` for a run that cannot be cut. */
export function openRunner(config: ResolvedConfig, context: ShardContext): ShardExecutor {
  checkShards(config, context.algorithm, 'openShardRunner');
  return new ShardRunner(config, context);
}

/**
 * The iteration of a run in shards, and the executor that its trainee closes. Without `open` shards are computed here, one after the other. Throws `CohortError`
 * for a run that cannot be cut, and for environments that cannot give their state.
 */
export async function openShardedIteration(
  config: ResolvedConfig,
  context: ShardContext,
  state: AlgorithmState,
  open: OpenShards | undefined,
): Promise<{ readonly iteration: ShardedIteration; readonly executor: ShardExecutor }> {
  const { algorithm } = context;
  checkShards(config, algorithm, 'train');
  const shards = cutShards(config, algorithm);
  const executor = open ? await open({ config, shards }) : openRunner(config, context);
  try {
    return { iteration: new ShardedIteration(state, algorithm, shards, executor), executor };
  } catch (error) {
    executor.close();
    throw error;
  }
}
