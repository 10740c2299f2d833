/** An episode as recordings of Gymnasium have it: every number, or their hash. */
import type { Action, Env } from '../../src/core/env.ts';
import { Sha256 } from '../../src/run/sha256.ts';

/** What was seen and got, in the order of steps; the first observation is that of the reset. */
export interface Episode {
  readonly observations: Float32Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
}

/** Plays an episode; without a seed the generator goes on. */
export function playRecorded(env: Env, seed: number | undefined, act: (observation: Float32Array) => Action): Episode {
  const observations: number[] = [];
  const rewards: number[] = [];
  const terminals: number[] = [];
  const truncations: number[] = [];
  let observation = env.reset(seed === undefined ? {} : { seed }).observation as Float32Array;
  observations.push(...observation);
  for (let ended = false; !ended; ) {
    const result = env.step(act(observation));
    observation = result.observation as Float32Array;
    observations.push(...observation);
    rewards.push(result.reward);
    terminals.push(result.terminated ? 1 : 0);
    truncations.push(result.truncated ? 1 : 0);
    ended = result.terminated || result.truncated;
  }
  return {
    observations: Float32Array.from(observations),
    rewards: Float64Array.from(rewards),
    terminated: Uint8Array.from(terminals),
    truncated: Uint8Array.from(truncations),
  };
}

/** Steps, return and SHA-256 of the four arrays, as the recorders in `tools/fixtures` write them. */
export function digest({ observations, rewards, terminated, truncated }: Episode) {
  const sha = new Sha256();
  for (const array of [observations, rewards, terminated, truncated]) sha.update(array);
  return { steps: rewards.length, return: rewards.reduce((sum, reward) => sum + reward, 0), sha256: sha.hex() };
}
