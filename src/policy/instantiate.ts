/**
 * A policy from plain data, on kernels.
 */
import type { ObservationStatistics } from '../core/observationStatistics.ts';
import type { Kernels } from '../kernels/index.ts';
import { Policy } from './policy.ts';
import { type PolicySpec, parameterShapes } from './spec.ts';

/** A policy as plain data: what it is, and its numbers. */
export interface PolicyData {
  readonly spec: PolicySpec;
  /** By the names of {@link parameterShapes}, row-major. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** What raw observations go through first, if the policy was trained on normalized ones. */
  readonly normalizer?: ObservationStatistics | undefined;
}

/** Bytes of kernel memory that the policy and acting on some hundred observations at a time need. */
export function kernelBytesOf(spec: PolicySpec): number {
  // Rows and columns are padded to panels of 8.
  const padded = (shape: readonly number[]): number => shape.reduce((product, length) => product * 8 * Math.ceil(length / 8), 1);
  const total = [...parameterShapes(spec).values()].reduce((sum, shape) => sum + padded(shape), 0);
  // Values, gradients and both of Adam's moments, in float32.
  return 64 * 2 ** 20 + 4 * 4 * total;
}

/** The policy on kernels of at least {@link kernelBytesOf} bytes; `key` names the random numbers of sampled actions. */
export function instantiatePolicy({ spec, parameters, normalizer }: PolicyData, kernels: Kernels, key: Uint32Array): Policy {
  const policy = new Policy(spec, kernels, key, normalizer);
  for (const { name, set } of policy.parameters.tensors()) set('values', parameters.get(name)!);
  return policy;
}
