/**
 * Short hashes of a policy along its training: where two runs of one configuration part, they tell in which stretch.
 */
import type { ObservationStatistics } from '../core/observationStatistics.ts';
import { parametersOf } from '../policies/policyFile.ts';
import type { Policy } from '../policy/policy.ts';
import { type PolicySpec, parameterShapes } from '../policy/spec.ts';
import { hashParameters } from '../run/sha256.ts';

/** How many short hashes travel in a link at most. */
export const mostMarks = 16;
/** Hexadecimal digits of a short hash. */
export const markDigits = 8;

/** Where a run may end before its iterations are over. */
interface Length {
  readonly iterations: number;
  readonly stopAfter?: number | undefined;
}

/**
 * Iterations after which a run has a short hash, in order: {@link mostMarks} of them, evenly spaced over what the run is planned to do, the last one included.
 *
 *     marksOf({ iterations: 200 }) is [13, 25, 38, 50, ..., 200]
 */
export function marksOf({ iterations, stopAfter = iterations }: Length): number[] {
  const end = Math.min(iterations, stopAfter);
  const count = Math.min(mostMarks, end);
  return Array.from({ length: count }, (_, index) => Math.ceil(((index + 1) * end) / count));
}

/** What a policy is made of, as a file holds it. */
interface PolicyNumbers {
  readonly spec: PolicySpec;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly normalizer?: ObservationStatistics | undefined;
}

/**
 * SHA-256 of a policy as it acts: the bytes of the actor's parameters (float32, in the order of `parameterShapes`), then the normalizer's mean, variance and
 * clip (float64), if there is one. The critic, which policies that travel do not have, is left out. 64 hexadecimal digits.
 */
export function hashPolicyNumbers({ spec, parameters, normalizer }: PolicyNumbers): string {
  const names = [...parameterShapes({ ...spec, critic: false }).keys()];
  const tensors = names.map((name) => ({ data: parameters.get(name) ?? new Float32Array(0) }));
  const { mean, variance, clip } = normalizer ?? {};
  const statistics = mean && variance && clip !== undefined ? [mean, variance, Float64Array.of(clip)] : [];
  return hashParameters(
    tensors,
    statistics.map((data) => ({ data })),
  );
}

/** {@link hashPolicyNumbers} of a policy that a run gave by `snapshot()`. */
export function hashPolicy(policy: Policy): string {
  return hashPolicyNumbers({ spec: policy.spec, parameters: parametersOf(policy), normalizer: policy.normalizer });
}

/** The short hash of a policy, {@link markDigits} hexadecimal digits. */
export function shortHashOf(policy: Policy): string {
  return hashPolicy(policy).slice(0, markDigits);
}
