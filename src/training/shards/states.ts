/**
 * Where environments stand, taken apart into shards and put together again.
 */
import type { EnvState, StateArray } from '../../core/env.ts';
import { entryOfEnv, envPrefix, stateRows } from '../../core/stateRows.ts';
import type { Shard } from './cut.ts';

/** Statistics of wrappers are a row for each environment: those of all were refused. */
const isWhole = (name: string): boolean => name === 'started';

/** The state of a shard's environments, as views, of that of `numEnvs`. */
export function takeState(whole: EnvState, numEnvs: number, { firstEnv, numEnvs: count }: Shard): EnvState {
  return stateRows(whole, numEnvs, firstEnv, firstEnv + count, isWhole);
}

/** The states of all shards as one; what is of the whole is that of the first. */
export function joinStates(states: readonly EnvState[], shards: readonly Shard[]): EnvState {
  const joined: Record<string, StateArray> = {};
  const numEnvs = shards.reduce((sum, shard) => sum + shard.numEnvs, 0);
  for (const [k, { firstEnv, numEnvs: count }] of shards.entries()) {
    for (const [name, array] of Object.entries(states[k]!)) {
      const entry = entryOfEnv(name);
      if (entry) joined[envPrefix(firstEnv + entry.env) + entry.name] = array;
      else if (isWhole(name)) joined[name] ??= array;
      else {
        const width = array.length / count;
        joined[name] ??= new (array.constructor as new (length: number) => StateArray)(numEnvs * width);
        joined[name].set(array, firstEnv * width);
      }
    }
  }
  return joined;
}
