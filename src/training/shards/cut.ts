/**
 * How the environments of a run, and the rows of its rollouts, are cut into shards.
 */
import type { Algorithm } from '../../algorithms/algorithm.ts';
import type { ShardedConfig } from './check.ts';

/** Environments `firstEnv .. firstEnv + numEnvs - 1` of a run. */
export interface Shard {
  /** 0 .. S - 1. */
  readonly index: number;
  readonly firstEnv: number;
  readonly numEnvs: number;
}

/**
 * The shards of a run, as even as they can be: their sizes differ by one environment at most, or by one group where groups stay together.
 *
 * Example: 8 environments in 3 shards are 2, 3 and 3.
 */
export function cutShards(config: ShardedConfig, algorithm: Algorithm): readonly Shard[] {
  const { shards } = config;
  const together = algorithm.together?.(config) ?? 1;
  const units = (config.numEnvs as number) / together;
  const begin = (index: number): number => Math.floor((index * units) / shards) * together;
  return Array.from({ length: shards }, (_, index) => ({ index, firstEnv: begin(index), numEnvs: begin(index + 1) - begin(index) }));
}

/** What rows of the whole rollout are in every shard: row t * N + n is row t * N_k + n - firstEnv of the shard of environment n. The order stays. */
export function shareRows(rows: Int32Array, numEnvs: number, shards: readonly Shard[]): readonly Int32Array[] {
  const shardOf = new Int32Array(numEnvs);
  for (const { index, firstEnv, numEnvs: count } of shards) shardOf.fill(index, firstEnv, firstEnv + count);
  const counts = new Int32Array(shards.length);
  for (const row of rows) counts[shardOf[row % numEnvs]!]!++;
  const shares = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (const row of rows) {
    const n = row % numEnvs;
    const k = shardOf[n]!;
    const { firstEnv, numEnvs: count } = shards[k]!;
    shares[k]![counts[k]!++] = ((row - n) / numEnvs) * count + n - firstEnv;
  }
  return shares;
}
