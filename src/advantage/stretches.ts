/**
 * Advantages where some states are known for what they are worth: between two of them, what a stretch of steps brought beyond what was expected.
 */
import { endings } from '../core/trajectory.ts';
import { type AdvantageBatch, batchError, checkBatch, type Floats } from './batch.ts';
import { cutFraction, explainedVariance } from './diagnostics.ts';
import type { Estimate } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { meanAndScale } from './normalize.ts';
import { discountedReturns } from './returns.ts';

/** Arrays of {@link stretchAdvantages}, (T, N) each. */
export interface StretchOutput {
  readonly advantages: Float64Array;
  /** Discounted rewards to the end of the trajectory, with what the state after it is worth where the rollout cut it. */
  readonly returns: Float64Array;
  /** What the state at the beginning of the stretch is worth. */
  readonly baseline: Float64Array;
}

/**
 * VinePPO's advantages (arXiv 2410.01679, whose steps of reasoning are stretches here). Known states a = a_0 < a_1 < .. of a trajectory cut it
 * into stretches; every step of a stretch from a to b gets
 *
 *     delta = sum over a <= t < b of gamma^(t - a) r_t + gamma^(b - a) V(s_b) - V(s_a)        V = 0 after an end
 *     A     = delta + gamma^(b - a) lambda A of the next stretch
 *
 * lambda 0 is VinePPO; lambda 1 is the return of the trajectory minus V(s_a).
 *
 * Example: gamma 0.5, rewards 1, 0, 2, an end, V(s_0) = 1 and V(s_2) = 3 known: 1 + 0.25 x 3 - 1 = 0.75 for the first two steps, 2 - 3 = -1 for the last.
 *
 * Throws `CohortError` where the first state of a trajectory, or the one after a trajectory that the rollout cut, is not known.
 */
export function stretchAdvantages(batch: AdvantageBatch, gamma: number, lambda: number, out: StretchOutput): void {
  const { numSteps, numEnvs, rewards, trajectories, stateValues } = batch;
  if (!stateValues) throw batchError('stateValues', 'what states are worth, (T + 1, N)', 'none', 'take a source that branches');
  const { count, env, start, end, endedBy } = trajectories;
  const edgeValues = new Float64Array(count);
  const known = (row: number, n: number): number => {
    const value = stateValues[row * numEnvs + n]!;
    if (value - value === 0) return value;
    const advice = 'ask for the first state of every trajectory, and for the state after the last row';
    throw batchError(`stateValues: row ${row} of environment ${n}`, 'a finite number', String(value), advice);
  };
  for (let i = 0; i < count; i++) {
    const n = env[i]!;
    let next = endedBy[i] === endings.edge ? known(numSteps, n) : 0;
    edgeValues[i] = next;
    let [advantage, gathered, discount, stop] = [0, 0, 1, end[i]!];
    for (let t = end[i]! - 1; t >= start[i]!; t--) {
      gathered = rewards[t * numEnvs + n]! + gamma * gathered;
      discount *= gamma;
      if (t > start[i]! && Number.isNaN(stateValues[t * numEnvs + n])) continue;
      const value = known(t, n);
      advantage = gathered + discount * next - value + discount * lambda * advantage;
      for (let u = t; u < stop; u++) {
        out.advantages[u * numEnvs + n] = advantage;
        out.baseline[u * numEnvs + n] = value;
      }
      [next, gathered, discount, stop] = [value, 0, 1, t];
    }
  }
  discountedReturns({ numEnvs, rewards, trajectories, gamma, edgeValues }, out.returns);
}

/** The estimator of {@link stretchAdvantages} for rollouts of shape (T, N): every step takes part. */
export function stretchEstimator({ gamma, lambda }: { gamma: number; lambda: number }, numSteps: number, numEnvs: number): Estimator {
  const size = numSteps * numEnvs;
  const arrays = { advantages: new Float64Array(size), returns: new Float64Array(size), baseline: new Float64Array(size) };
  const participates = new Uint8Array(size).fill(1);
  return {
    estimate(batch: AdvantageBatch, out: Floats): Estimate {
      checkBatch(batch);
      stretchAdvantages(batch, gamma, lambda, arrays);
      out.set(arrays.advantages);
      const diagnostics = {
        'group/cut_frac': cutFraction(batch),
        'advantage/explained_variance': explainedVariance(arrays.advantages, arrays.returns),
        'advantage/std': meanAndScale(arrays.advantages, { standardDeviation: 'population' }).standardDeviation,
      };
      return { ...arrays, participates, numParticipants: size, diagnostics };
    },
  };
}
