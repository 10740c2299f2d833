/**
 * Generalized advantage estimation (Schulman et al., arXiv 1506.02438), with the flags and the order of operations of CleanRL's ppo.py.
 * The critic that gives the values is PPO's; GPG has none.
 */
import { mistake } from '../core/errors.ts';
import type { Floats } from './batch.ts';

/** What {@link gae} reads. */
export interface GaeInput {
  /** T. */
  readonly numSteps: number;
  /** N. */
  readonly numEnvs: number;
  /** (T, N). */
  readonly rewards: Floats;
  /** (T, N) the critic's value of the observation before each step. */
  readonly values: Floats;
  /** (T, N) CleanRL's flag: 1 where the observation of this row is the first of an episode (the step *before* ended one). */
  readonly dones: Uint8Array | Floats;
  /** (N) the critic's value of the observation after the last row. */
  readonly nextValues: Floats;
  /** (N) 1 where the last row ended an episode. */
  readonly nextDone: Uint8Array | Floats;
  /** Discount per step, 0 .. 1. */
  readonly gamma: number;
  /** 0: one-step errors; 1: Monte Carlo return minus value. */
  readonly gaeLambda: number;
  /** `float32` rounds after every operation as torch does (CleanRL's bits); `float64` rounds once at the end. Default `float32`. */
  readonly arithmetic?: 'float32' | 'float64';
}

/** (T, N) each. */
export interface GaeOutput<A extends Floats = Floats> {
  readonly advantages: A;
  /** `advantages + values`: what the critic is fitted to. */
  readonly returns: A;
}

/** The advantages and returns of {@link gae} in float32, made once and reused. */
export function createGaeOutput(numSteps: number, numEnvs: number): GaeOutput<Float32Array> {
  return { advantages: new Float32Array(numSteps * numEnvs), returns: new Float32Array(numSteps * numEnvs) };
}

/**
 * `delta_t = r_t + gamma V_{t+1} (1 - done_{t+1}) - V_t`, `A_t = delta_t + gamma lambda (1 - done_{t+1}) A_{t+1}`, backwards in time.
 *
 * Example: gamma = lambda = 0.5, rewards 1, 1, values 0, 2, next value 4, no end: delta = 2, 1; A = 2.25, 1; returns 2.25, 3.
 *
 * Throws {@link CohortError} if an array has the wrong length.
 */
export function gae(input: GaeInput): GaeOutput<Float32Array>;
/** The same, written into `out`. */
export function gae<A extends Floats>(input: GaeInput, out: GaeOutput<A>): GaeOutput<A>;
export function gae(input: GaeInput, out?: GaeOutput): GaeOutput {
  const { numSteps, numEnvs, rewards, values, dones, nextValues, nextDone, arithmetic = 'float32' } = input;
  const size = numSteps * numEnvs;
  const { advantages, returns } = out ?? createGaeOutput(numSteps, numEnvs);
  const lengths: readonly [string, number, number][] = [
    ['rewards', rewards.length, size],
    ['values', values.length, size],
    ['dones', dones.length, size],
    ['nextValues', nextValues.length, numEnvs],
    ['nextDone', nextDone.length, numEnvs],
    ['advantages', advantages.length, size],
    ['returns', returns.length, size],
  ];
  for (const [name, got, expected] of lengths) {
    if (got !== expected) {
      throw mistake(`gae: ${name}`, `${expected} entries`, String(got), 'check T and N');
    }
  }
  // torch multiplies a float32 tensor by a Python number that it has rounded to float32; gamma * lambda is a Python product.
  const single = arithmetic === 'float32';
  const gamma = single ? Math.fround(input.gamma) : input.gamma;
  const decay = single ? Math.fround(input.gamma * input.gaeLambda) : input.gamma * input.gaeLambda;
  for (let env = 0; env < numEnvs; env++) {
    let advantage = 0;
    let nextValue: number = nextValues[env]!;
    let going: number = 1 - nextDone[env]!;
    for (let step = (numSteps - 1) * numEnvs + env; step >= 0; step -= numEnvs) {
      const reward = rewards[step]!;
      const value = values[step]!;
      if (single) {
        const ahead = Math.fround(Math.fround(gamma * nextValue) * going);
        const delta = Math.fround(Math.fround(Math.fround(reward) + ahead) - value);
        advantage = Math.fround(delta + Math.fround(Math.fround(decay * going) * advantage));
        returns[step] = Math.fround(advantage + value);
      } else {
        const delta = reward + gamma * nextValue * going - value;
        advantage = delta + decay * going * advantage;
        returns[step] = advantage + value;
      }
      advantages[step] = advantage;
      nextValue = value;
      going = 1 - dones[step]!;
    }
  }
  return { advantages, returns };
}
