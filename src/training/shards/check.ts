/**
 * Which runs can be cut into shards. Apart from what cuts them, which is loaded late.
 */
import type { Algorithm } from '../../algorithms/algorithm.ts';
import { mistake } from '../../core/errors.ts';

/** What is read of a configuration. */
export type ShardedConfig = { readonly shards: number; readonly algorithm: string } & Readonly<Record<string, unknown>>;

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
  const together = algorithm.together?.(config) ?? 1;
  const most = (numEnvs as number) / together;
  if (shards <= most) return;
  const of = together === 1 ? `of ${numEnvs} environments` : `of ${numEnvs} environments in groups of ${together}`;
  throw mistake(`${subject}: ${nameOf('shards')}`, `at most ${most} ${of}`, String(shards), 'take fewer shards, or more environments');
}
