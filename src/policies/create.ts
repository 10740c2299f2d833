/**
 * A policy for use from a policy file, which can be written again.
 */
import type { LayOut } from '../kernels/room.ts';
import { instantiatePolicy } from '../policy/instantiate.ts';
import type { EncodeOptions, Policy } from '../policy/policy.ts';
import { learnerKey } from '../random/index.ts';
import { encodePolicy } from './encode.ts';
import { type PolicyFile, parametersOf, withoutCritic } from './policyFile.ts';

/** Seed of a run that names none: the default of the configuration. */
export const usualSeed = 1;

/** How a policy is made of a file. */
export interface CreatePolicyOptions {
  /** Names the random numbers of sampled actions. Default: the run's own. */
  readonly seed?: number;
  /** As in training. Default `plain`. */
  readonly arithmetic?: 'plain' | 'fused';
}

/** The policy of a file on kernels of its own. Throws `CohortError` for what the machine lacks. */
export function createPolicyOf(file: PolicyFile, layOut: LayOut, options: CreatePolicyOptions = {}): Promise<Policy> {
  const { seed = file.source.seed ?? usualSeed, arithmetic = 'plain' } = options;
  const encoder = (policy: Policy, { critic = false }: EncodeOptions): Uint8Array => {
    const now = { ...file, parameters: parametersOf(policy) };
    return encodePolicy(critic ? now : withoutCritic(now));
  };
  return instantiatePolicy(file, (layout) => layOut(layout, { arithmetic }), learnerKey(seed), encoder);
}
