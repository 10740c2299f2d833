/** Policies as files and folders: what a file holds, its bytes, and a policy for use from it. */

export { instantiatePolicy } from '../policy/instantiate.ts';
export { Policy, type PolicySpec } from '../policy/policy.ts';
export { decodePolicy, encodePolicy } from './encode.ts';
export {
  describePolicy,
  type PolicyDescription,
  type PolicyFile,
  type PolicyObservationStatistics,
  type PolicySource,
  policyFiles,
  withoutCritic,
} from './policyFile.ts';
