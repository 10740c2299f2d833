/**
 * A linear function of what the policy sees and of time, fitted by ridge regression to the returns of the iteration before: the classical baseline without a
 * critic (Y. Duan et al., arXiv 1604.06778, section 6; the features are those of rllab's LinearFeatureBaseline). Because it knows only the past, it is
 * unbiased (arXiv 2510.03679, proposition 1); in the first iteration it is 0.
 */
import { type AdvantageBatch, batchError } from '../batch.ts';
import type { Baseline, GroupBaselineInput } from '../groupBaseline.ts';

/** Added to the diagonal of the normal equations, and what it is multiplied by while they cannot be solved: rllab's. */
const [penalty, growth] = [1e-5, 10];
/** Observations are cut to this before they are features, and times divided by that: rllab's. */
const [observationLimit, timeUnit] = [10, 100];

/** The features of a step, into `out` (2 D + 4): s, s^2, t, t^2, t^3, 1, with s cut to -10 .. 10 and t in hundreds of steps. */
function writeFeatures({ observations, observationSize = 0 }: AdvantageBatch, step: number, time: number, out: Float64Array): void {
  const scaled = time / timeUnit;
  for (let d = 0; d < observationSize; d++) {
    const value = Math.min(observationLimit, Math.max(-observationLimit, observations![step * observationSize + d]!));
    out[d] = value;
    out[observationSize + d] = value * value;
  }
  out.set([scaled, scaled * scaled, scaled * scaled * scaled, 1], 2 * observationSize);
}

/** x with `(matrix + penalty I) x = right`, by Cholesky; `undefined` if the matrix is not positive definite. `matrix` is (n, n), its lower half is read. */
function solveRidge(matrix: Float64Array, right: Float64Array, added: number): Float64Array | undefined {
  const n = right.length;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]! + (i === j ? added : 0);
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      if (i === j && !(sum > 0)) return undefined;
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  }
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * n + k]! * x[k]!;
    x[i]! /= lower[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[k * n + i]! * x[k]!;
    x[i]! /= lower[i * n + i]!;
  }
  return x;
}

/** Calls `visit` with every step that takes part, and its features, which are overwritten by the next. */
function eachStep(batch: AdvantageBatch, input: GroupBaselineInput, visit: (step: number, features: Float64Array) => void): void {
  const { numEnvs, trajectories, participates } = input;
  const features = new Float64Array(2 * (batch.observationSize ?? 0) + 4);
  for (let i = 0; i < trajectories.count; i++) {
    for (let t = trajectories.start[i]!; t < trajectories.end[i]!; t++) {
      const step = t * numEnvs + trajectories.env[i]!;
      if (participates !== undefined && participates[step] === 0) continue;
      writeFeatures(batch, step, t - trajectories.start[i]!, features);
      visit(step, features);
    }
  }
}

/** The coefficients that fit the returns best, (2 D + 4). */
function leastSquares(batch: AdvantageBatch, input: GroupBaselineInput, size: number): Float64Array {
  const [matrix, right] = [new Float64Array(size * size), new Float64Array(size)];
  eachStep(batch, input, (step, features) => {
    const value = input.returns[step]!;
    for (let i = 0; i < size; i++) {
      right[i]! += features[i]! * value;
      for (let j = 0; j <= i; j++) matrix[i * size + j]! += features[i]! * features[j]!;
    }
  });
  let added = penalty;
  for (;;) {
    const found = solveRidge(matrix, right, added);
    if (found) return found;
    added *= growth;
  }
}

/** The baseline of rllab for observations of that size. Throws {@link CohortError} for a batch without observations. */
export function ridge({ observationSize }: { readonly observationSize: number }): Baseline {
  const coefficients = new Float64Array(2 * observationSize + 4);
  return {
    name: 'ridge',
    levels: () => [],
    fill(batch, input, _workspace, out) {
      if (!batch.observations || batch.observationSize !== observationSize) {
        throw batchError(
          'baseline ridge',
          `observations of size ${observationSize}`,
          String(batch.observationSize),
          'give the batch its observations',
        );
      }
      eachStep(batch, input, (step, features) => {
        let value = 0;
        for (let i = 0; i < features.length; i++) value += coefficients[i]! * features[i]!;
        out[step] = value;
      });
      coefficients.set(leastSquares(batch, input, coefficients.length));
    },
    kept: () => ({ ridge: coefficients }),
  };
}
