/**
 * A policy from plain data, on kernels.
 */
import type { ObservationStatistics } from '../core/observationStatistics.ts';
import type { LayOut } from '../kernels/room.ts';
import { Policy, type PolicyEncoder } from './policy.ts';
import type { PolicySpec } from './spec.ts';

/** A policy as plain data: what it is, and its numbers. */
export interface PolicyData {
  readonly spec: PolicySpec;
  /** By name (`actor.0.weight`, ..., see `parameterShapes`), row-major. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** What raw observations go through first, if the policy was trained on normalized ones. */
  readonly normalizer?: ObservationStatistics | undefined;
}

/** The policy on kernels of its own; `key` names the random numbers of sampled actions, `encoder` is how it is written again. */
export async function instantiatePolicy(
  { spec, parameters, normalizer }: PolicyData,
  layOut: LayOut,
  key: Uint32Array,
  encoder?: PolicyEncoder,
): Promise<Policy> {
  const policy = await layOut((kernels) => new Policy(spec, kernels, key, normalizer));
  for (const { name, set } of policy.parameters.tensors()) set('values', parameters.get(name)!);
  return policy.encodedBy(encoder);
}
