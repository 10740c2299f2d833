/**
 * Run folders, read for the rules of src/doctor.
 */
import { isRecord } from '../core/arguments.ts';
import { type ExaminedRun, examine, type Facts, type Finding, iterationsOf } from '../doctor/index.ts';
import { specFromJson } from '../policy/spec.ts';
import { readRecord } from '../run/checkpoint.ts';
import { readCheckpoint, readMetrics, readStoredConfig, type StoredConfig } from '../run/storedRun.ts';
import { cohort } from './library.ts';
import { nodeHome } from './storage.ts';

/** A run, and what is wrong with it. */
export interface Examination {
  readonly run: ExaminedRun;
  readonly findings: readonly Finding[];
}

/** What is known of the environment of a configuration; nothing of one that no module brought. */
export function knownFacts(config: Readonly<Record<string, unknown>>): Facts {
  const { env, envOptions = {} } = config;
  const spec = typeof env === 'string' ? cohort.context.registry.find(env) : undefined;
  if (!spec || !isRecord(envOptions)) return {};
  const { actionSpace, maxEpisodeSteps, rewardThreshold } = spec;
  const options = Object.keys(envOptions);
  const limit = envOptions.maxEpisodeSteps;
  return {
    // An option may change everything else, too.
    actionSpace: options.length === 0 ? actionSpace : undefined,
    solvedFrom: options.length === 0 ? rewardThreshold : undefined,
    maxEpisodeSteps: typeof limit === 'number' ? limit : maxEpisodeSteps,
  };
}

/** What the last checkpoint of a run on environments tells: its actions, and the statistics of its observations. */
async function storedFacts(runDirectory: string, stored: StoredConfig): Promise<Facts> {
  const checkpoint = await readCheckpoint(nodeHome.open(runDirectory), stored);
  if (!checkpoint) return {};
  const described = readRecord(checkpoint.metadata, 'policy', 'the description of its policy', isRecord);
  const { actionSpace } = specFromJson(described, `${runDirectory}: checkpoint: policy`, 'restore the folder from a copy');
  const variance = checkpoint.tensors.get('normalizer.variance')?.data;
  return { actionSpace, ...(variance && { variance: Float64Array.from(variance as Float64Array) }) };
}

/** Reads a run folder and applies every rule. Throws `CohortError` for a folder that holds no run, and for files that are damaged. */
export async function examineRun(runDirectory: string): Promise<Examination> {
  const storage = nodeHome.open(runDirectory);
  const stored = await readStoredConfig(storage);
  const { road, config } = stored;
  const rows = iterationsOf(await readMetrics(storage));
  const begunTrained = stored.start !== undefined;
  const facts = road === 'environments' ? { ...knownFacts(config), ...(await storedFacts(runDirectory, stored)), begunTrained } : {};
  const run: ExaminedRun = { road, config, facts, rows };
  return { run, findings: examine(run) };
}
