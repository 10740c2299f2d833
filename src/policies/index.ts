/** Policies as files and folders: what a file holds, its bytes, and a policy for use from it. */
export { Policy, type PolicySpec } from '../policy/policy.ts';
export {
  decodePolicy,
  describePolicy,
  encodePolicy,
  instantiatePolicy,
  kernelBytesOf,
  type PolicyDescription,
  type PolicyFile,
  type PolicyObservationStatistics,
  type PolicySource,
  policyFiles,
  withoutCritic,
} from './policyFile.ts';
