/**
 * Policies of a run: that of its checkpoint, and the snapshots that it keeps along the way (`policies/`).
 */
import { isRecord } from '../core/arguments.ts';
import { isRange, storedRange } from '../core/optionRange.ts';
import type { Policy } from '../policy/policy.ts';
import { specFromJson } from '../policy/spec.ts';
import { readCounters, readRecord } from '../run/checkpoint.ts';
import { snapshotFolder, snapshotIteration, snapshotPath } from '../run/layout.ts';
import type { RunStorage } from '../run/storage.ts';
import type { Checkpoint } from '../run/storedRun.ts';
import { checkPolicyFile } from './check.ts';
import { decodePolicy } from './encode.ts';
import { type PolicyFile, parametersOf } from './policyFile.ts';

/** What counts a run's progress, as far as a policy tells of it. */
export interface PolicyMoment {
  readonly iteration: number;
  readonly globalStep: number;
}

/** What a policy tells of the configuration that trained it. */
export interface TrainedWith {
  readonly env: string;
  readonly envOptions: Readonly<Record<string, unknown>>;
  readonly algorithm: string;
  readonly seed: number;
  readonly evaluationMaxSteps?: number | undefined;
  readonly normalizeObservation: string;
}

/** A policy with what its run says of it. */
function fileOf(
  { spec, parameters, normalizer }: Pick<PolicyFile, 'spec' | 'parameters'> & Pick<Policy, 'normalizer'>,
  config: TrainedWith,
  { iteration, globalStep }: PolicyMoment,
  versions: PolicyFile['source']['versions'],
): PolicyFile {
  const { env, algorithm, seed, evaluationMaxSteps } = config;
  const statistics = config.normalizeObservation === 'perEnv' ? 'merge of perEnv' : 'shared';
  // Only options of built-in environments can be made again; those are numbers, switches, names and ranges.
  const options = Object.entries(config.envOptions)
    .filter(([, value]) => isRange(value) || ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => [name, isRange(value) ? storedRange(value) : value]);
  return {
    env,
    envOptions: Object.fromEntries(options) as PolicyFile['envOptions'],
    spec,
    parameters,
    ...(normalizer && { normalizer: { ...normalizer, statistics } }),
    source: { algorithm, seed, iteration, globalStep, ...(evaluationMaxSteps === undefined ? {} : { evaluationMaxSteps }), versions },
  };
}

/** A policy in training, with the normalizer of this moment and its critic, as plain data of its own. */
export function policyFileOf(
  policy: Policy,
  config: TrainedWith,
  moment: PolicyMoment,
  versions: PolicyFile['source']['versions'],
): PolicyFile {
  const { spec, normalizer } = policy;
  return fileOf({ spec, parameters: parametersOf(policy), normalizer }, config, moment, versions);
}

/** The policy of a checkpoint, critic included. Throws `CohortError` if the checkpoint does not hold one. */
export function policyOfCheckpoint(
  config: TrainedWith,
  checkpoint: Checkpoint,
  versions: PolicyFile['source']['versions'],
  runDirectory: string,
): PolicyFile {
  const { tensors, metadata } = checkpoint;
  const subject = `${runDirectory}: checkpoint`;
  const described = readRecord(metadata, 'policy', 'the description of its policy', isRecord);
  const spec = specFromJson(described, `${subject}: policy`, 'restore the folder from a copy');
  const moment = readCounters(checkpoint, ['iteration', 'globalStep']);
  const [mean, variance, clip] = ['mean', 'variance', 'clip'].map((name) => tensors.get(`normalizer.${name}`)?.data as Float64Array);
  const normalizer = mean && variance && clip ? { mean, variance, clip: clip[0]! } : undefined;
  const named = [...tensors].filter(([name]) => /^((actor|critic)\.\d+\.(weight|bias)|logStd)$/.test(name));
  const parameters = new Map(named.map(([name, { data }]) => [name, data as Float32Array]));
  return checkPolicyFile(fileOf({ spec, parameters, normalizer }, config, moment, versions), subject);
}

/** Iterations of which a run kept a policy, in order. */
export async function listSnapshots(storage: RunStorage): Promise<number[]> {
  const names = await storage.list(snapshotFolder);
  const iterations = names.flatMap((name) => snapshotIteration(name) ?? []);
  return iterations.sort((a, b) => a - b);
}

/** The snapshot of an iteration; `undefined` if there is none. Throws as `decodePolicy` does. */
export async function readSnapshot(storage: RunStorage, iteration: number): Promise<PolicyFile | undefined> {
  const path = snapshotPath(iteration);
  const bytes = await storage.read(path);
  return bytes && decodePolicy(bytes, storage.locate(path));
}
