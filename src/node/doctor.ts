/**
 * Reading a run folder for the rules of src/doctor.
 */
import { examine, type Finding, type Patient } from '../doctor/index.ts';
import type { EnvSpec } from '../envs/index.ts';
import { readMetrics, readStoredConfig } from '../run/storedRun.ts';
import { cohort } from './library.ts';
import { nodeHome } from './storage.ts';

/** What the environment of a configuration says of its limit and of when it is solved. */
export function environmentFacts(
  config: Readonly<Record<string, unknown>>,
  find: (id: string) => EnvSpec | undefined,
): Pick<Patient, 'maxEpisodeSteps' | 'rewardThreshold'> {
  const spec = typeof config.env === 'string' ? find(config.env) : undefined;
  const { maxEpisodeSteps = spec?.maxEpisodeSteps } = (config.envOptions ?? {}) as { readonly maxEpisodeSteps?: number };
  return { maxEpisodeSteps, rewardThreshold: spec?.rewardThreshold };
}

/** One run, examined. */
export interface Examined {
  /** Iterations that were looked at. */
  readonly iterations: number;
  readonly findings: readonly Finding[];
}

/** Examines the run in a folder. Throws `CohortError` for a folder that holds none, and for files that cannot be read. */
export async function examineRun(directory: string): Promise<Examined> {
  const storage = nodeHome.open(directory);
  const { road, config } = await readStoredConfig(storage);
  const rows = (await readMetrics(storage)).filter((row) => Object.keys(row).some((key) => key.startsWith('losses/')));
  const facts = road === 'environments' ? environmentFacts(config, (id) => cohort.context.registry.find(id)) : {};
  // The statistics of observations are those of the policy; a run without a checkpoint has none.
  const isNormalized = road === 'environments' && config.normalizeObservation !== 'none';
  const file = isNormalized ? await cohort.readPolicy(directory).catch(() => undefined) : undefined;
  return { iterations: rows.length, findings: examine(road, { config, rows, ...facts, normalizer: file?.normalizer }) };
}
