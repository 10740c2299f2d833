/**
 * What makes two runs the same run: a hash over everything that decides the bits of what is learned and measured. Versions, commits, platforms,
 * threads, folders and checkpoints are not part of it, so nothing runs twice, also after a release. What a release changes in the arithmetic of an
 * algorithm or an environment raises its `behavior` number, and with it the identity of its runs.
 */
import type { RecordedData } from '../run/data.ts';
import type { RoadName } from '../run/layout.ts';
import { sha256 } from '../run/sha256.ts';
import type { RecordedStart } from '../run/start.ts';
import type { RecordedModule } from '../run/storedRun.ts';

/** Fields that change where and how a run is kept or computed, and no bit of it. */
const keeping = new Set(['checkpointInterval', 'completions', 'checkpointSeconds', 'policySnapshots', 'tensorboard', 'threads', 'url']);

/** Whether a field changes where and how a run is kept or computed, and no bit of it. */
export function isKeepingField(name: string): boolean {
  return keeping.has(name);
}

/**
 * Values at which a field that came after the first results means what was there before it; with that value it is left out of the identity. A new
 * field of the configuration gets a row here, or all runs would run again.
 */
const neutral: Readonly<Record<string, unknown>> = {
  coordinates: 'observation',
  baselineLambda: 1,
  commonNoise: false,
  antithetic: false,
  loraRank: 0,
  loraTargets: 'all',
  baseWeights: 'float32',
  loraDropout: 0,
  frozenLayers: 0,
  queryKeyNorm: false,
  dualClip: 0,
  klForm: 'k3',
  klIn: 'loss',
  truncation: 'keep',
  overlongTokens: 0,
  curriculum: 'uniform',
  lengthReward: 'none',
  formatReward: 'none',
  formatWeight: 1,
  klTarget: 0,
  referenceInterval: 0,
  referenceMix: 1,
  shards: 1,
  backend: 'kernels',
  serverNormalization: 'sum',
};

/** The same of language models alone: environments had these fields from the beginning. */
const neutralOfModels: Readonly<Record<string, unknown>> = { entropyCoef: 0 };

/** What is run, as far as its bits are concerned. */
export interface RunIdentity {
  readonly road: RoadName;
  /** The resolved configuration, every default filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Behavior numbers of what is named in the configuration: of the algorithm or estimator, and of the environment or task. */
  readonly behavior: { readonly method: number; readonly target: number };
  /** Modules of the user that the run needs. */
  readonly modules?: readonly RecordedModule[];
  /** What the run begins from, if it is no random weights. */
  readonly start?: RecordedStart | undefined;
  /** Questions and answers of the user's that it is trained on. */
  readonly data?: RecordedData | undefined;
}

/** A value with the keys of its records in order, so that equal records are equal texts. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, ordered(inner)]));
}

/** The fields that decide the bits of a run, in the order of their names, the seed left out. */
export function decidingSettings(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const usual = 'task' in config ? { ...neutral, ...neutralOfModels } : neutral;
  const isNeutral = (name: string, value: unknown): boolean => name in usual && usual[name] === value;
  // Left out, the seed of the warm start is that of the run.
  const isSeed = (name: string, value: unknown): boolean => name === 'seed' || (name === 'warmStartSeed' && value === config.seed);
  const entries = Object.entries(config).filter(([name, value]) => !isSeed(name, value) && !keeping.has(name) && !isNeutral(name, value));
  return ordered(Object.fromEntries(entries)) as Record<string, unknown>;
}

/** What decides bits of what a run begins from: not where it came from. */
function digestsOf({ sha256: policy, optimizerSha256: optimizer }: RecordedStart): Readonly<Record<string, unknown>> {
  return { policy, optimizer };
}

/** 64 hexadecimal digits; equal exactly where the runs are the same run. */
export function runIdentity({ road, config, behavior, modules = [], start, data }: RunIdentity): string {
  const code = modules.map(({ sha256: digest }) => digest).sort();
  const parts = {
    road,
    seed: String(config.seed),
    settings: decidingSettings(config),
    behavior,
    modules: code,
    start: start && digestsOf(start),
    data: data && { rows: data.copySha256, heldOut: data.heldOut },
  };
  return sha256(JSON.stringify(ordered(parts)));
}
