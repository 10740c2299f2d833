/** A vector environment that plays back recorded arrays, whatever the actions are; its state is the row it stands at. */
import type { EnvState, VectorEnv } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';

/** What is played back. */
export interface Recording {
  readonly numEnvs: number;
  readonly dtype: 'float32' | 'float64';
  /** (T + 1, N, D), the first row after the reset. */
  readonly observations: Float64Array;
  /** (T, N). */
  readonly rewards: ArrayLike<number>;
  readonly terminated: ArrayLike<number>;
  readonly truncated: ArrayLike<number>;
  /** (M, D) one row per flag, in the order of steps and environments. */
  readonly final: Float64Array;
}

/** The environment; `keepsState: false` makes it one that cannot give its state. */
export function replayedEnv(recording: Recording, { keepsState = true } = {}): VectorEnv {
  const { numEnvs, dtype, rewards, terminated, truncated, final } = recording;
  const size = (recording.observations.length / numEnvs / (rewards.length / numEnvs + 1)) | 0;
  const Floats = dtype === 'float64' ? Float64Array : Float32Array;
  const row = numEnvs * size;
  const at = new Int32Array(2);
  const env: VectorEnv = {
    numEnvs,
    observationSpace: box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, [size], dtype),
    actionSpace: discrete(2),
    observations: new Floats(row),
    rewards: new Float64Array(numEnvs),
    terminated: new Uint8Array(numEnvs),
    truncated: new Uint8Array(numEnvs),
    finalObservations: new Floats(row),
    episodeLengths: new Int32Array(numEnvs),
    episodeReturns: new Float64Array(numEnvs),
    reset() {
      at.fill(0);
      show();
    },
    step() {
      for (let n = 0; n < numEnvs; n++) {
        const i = at[0]! * numEnvs + n;
        env.rewards[n] = rewards[i]!;
        env.terminated[n] = terminated[i]!;
        env.truncated[n] = truncated[i]!;
        if (!env.terminated[n] && !env.truncated[n]) continue;
        env.finalObservations.set(final.subarray(at[1]! * size, (at[1]! + 1) * size), n * size);
        at[1]!++;
      }
      at[0]!++;
      show();
    },
    getState: () => (keepsState ? { at: at.slice() } : undefined),
    setState(state: EnvState) {
      at.set(state.at as Int32Array);
      show();
    },
    close: () => undefined,
  };
  const show = (): void => env.observations.set(recording.observations.subarray(at[0]! * row, (at[0]! + 1) * row));
  return env;
}
