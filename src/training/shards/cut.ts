/**
 * How the environments of a run are cut into shards, and which runs cannot be.
 */
import type { Algorithm } from '../../algorithms/algorithm.ts';
import { mistake } from '../../core/errors.ts';

/** Environments `firstEnv .. firstEnv + numEnvs - 1` of a run. */
export interface Shard {
  /** 0 .. S - 1. */
  readonly index: number;
  readonly firstEnv: number;
  readonly numEnvs: number;
}

/** What is read of a configuration. */
export type ShardedConfig = { readonly shards: number; readonly algorithm: string } & Readonly<Record<string, unknown>>;

function togetherOf(config: ShardedConfig, algorithm: Algorithm): number {
  return algorithm.together?.(config) ?? 1;
}

/**
 * The shards of a run, as even as they can be: their sizes differ by one environment at most, or by one group where groups stay together.
 *
 * Example: 8 environments in 3 shards are 2, 3 and 3.
 */
export function cutShards(config: ShardedConfig, algorithm: Algorithm): readonly Shard[] {
  const { shards } = config;
  const together = togetherOf(config, algorithm);
  const units = (config.numEnvs as number) / together;
  const begin = (index: number): number => Math.floor((index * units) / shards) * together;
  return Array.from({ length: shards }, (_, index) => ({ index, firstEnv: begin(index), numEnvs: begin(index + 1) - begin(index) }));
}

/** Throws `CohortError` where a run cannot be computed in shards: at all, or in so many. `nameOf` writes a field the way the user wrote it. */
export function checkShards(
  config: ShardedConfig,
  algorithm: Algorithm,
  subject: string,
  nameOf: (field: string) => string = (field) => field,
): void {
  const { shards, numEnvs } = config;
  const whole = `leave ${nameOf('shards')} out`;
  if (!algorithm.stops) {
    const got = `${shards} with ${config.algorithm}, whose iteration does not come apart`;
    throw mistake(`${subject}: ${nameOf('shards')}`, '1', got, `${whole}, or choose another algorithm`);
  }
  const uncut = algorithm.uncut?.(config);
  if (uncut) {
    const { field, expected, got } = uncut;
    const advice = `what is kept from rollout to rollout cannot be cut; choose another, or ${whole}`;
    throw mistake(`${subject}: ${nameOf(field)}`, `${expected} with ${nameOf('shards')}`, got, advice);
  }
  for (const field of ['normalizeObservation', 'normalizeReward']) {
    if (config[field] !== 'shared') continue;
    const advice = `statistics of all environments cannot be cut; choose perEnv, or ${whole}`;
    throw mistake(`${subject}: ${nameOf(field)}`, `none or perEnv with ${nameOf('shards')}`, 'shared', advice);
  }
  const together = togetherOf(config, algorithm);
  const most = (numEnvs as number) / together;
  if (shards <= most) return;
  const of = together === 1 ? `of ${numEnvs} environments` : `of ${numEnvs} environments in groups of ${together}`;
  throw mistake(`${subject}: ${nameOf('shards')}`, `at most ${most} ${of}`, String(shards), 'take fewer shards, or more environments');
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
