/**
 * Where policies lie: in a run folder (the last checkpoint, and the snapshots in `policies/`) or in a policy folder (`policy.safetensors` with
 * its description beside it).
 */
import { CohortError, show } from '../core/errors.ts';
import { describeSpace } from '../core/space.ts';
import type { Policy, PolicySpec } from '../policy/policy.ts';
import { parseSpec } from '../policy/spec.ts';
import { runFiles, snapshotFolder, snapshotName } from '../run/layout.ts';
import { joinPath, type RunStorage } from '../run/storage.ts';
import type { Checkpoint } from '../run/storedRun.ts';
import { decodePolicy, describePolicy, encodePolicy, type PolicyFile, policyFiles, withoutCritic } from './policyFile.ts';

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

type Versions = Readonly<Record<string, string>>;
type About = Pick<PolicyFile, 'env' | 'envOptions' | 'source'>;

/** What a run says of its policy. */
function aboutRun(config: TrainedWith, { iteration, globalStep }: PolicyMoment, versions: Versions): About {
  const { env, envOptions, algorithm, seed, evaluationMaxSteps } = config;
  return {
    env,
    // Only options of built-in environments can be made again; those are numbers and switches.
    envOptions: Object.fromEntries(Object.entries(envOptions).filter(([, value]) => typeof value !== 'object')) as PolicyFile['envOptions'],
    source: { algorithm, seed, iteration, globalStep, ...(evaluationMaxSteps === undefined ? {} : { evaluationMaxSteps }), versions },
  };
}

function withStatistics(normalizer: Policy['normalizer'], config: TrainedWith): Pick<PolicyFile, 'normalizer'> {
  if (!normalizer) return {};
  return { normalizer: { ...normalizer, statistics: config.normalizeObservation === 'perEnv' ? 'merge of perEnv' : 'shared' } };
}

/** A policy in training as the bytes of a policy file without its critic. The normalizer is the policy's own, as it is frozen now. */
export function snapshotOf(policy: Policy, config: TrainedWith, moment: PolicyMoment, versions: Versions): Uint8Array {
  const parameters = new Map(policy.parameters.tensors().map(({ name, get }) => [name, get()]));
  const { spec, normalizer } = policy;
  return encodePolicy(withoutCritic({ ...aboutRun(config, moment, versions), spec, parameters, ...withStatistics(normalizer, config) }));
}

/** The policy's shape from a checkpoint's metadata. Throws {@link CohortError} if it is not one. */
function parsePolicySpec(text: string | undefined, runDirectory: string): PolicySpec {
  try {
    return parseSpec(text ?? '');
  } catch (cause) {
    throw new CohortError({
      subject: `${runDirectory}: checkpoint`,
      expected: 'the description of its policy',
      got: show(text),
      advice: 'the checkpoint was not written by training; restore the folder from a copy',
      kind: 'failure',
      cause,
    });
  }
}

/** The policy of a checkpoint, critic included. Throws {@link CohortError} if the checkpoint does not hold one. */
export function policyOfCheckpoint(config: TrainedWith, checkpoint: Checkpoint, versions: Versions, runDirectory: string): PolicyFile {
  const { tensors, metadata } = checkpoint;
  const spec = parsePolicySpec(metadata.policy, runDirectory);
  const { iteration, globalStep } = JSON.parse(metadata.counters ?? '{}') as PolicyMoment;
  const array = (name: string): Float64Array | undefined => tensors.get(name)?.data as Float64Array | undefined;
  const [mean, variance, clip] = ['mean', 'variance', 'clip'].map((name) => array(`normalizer.${name}`));
  const normalizer = mean && variance && clip ? { mean, variance, clip: clip[0]! } : undefined;
  const named = [...tensors].filter(([name]) => /^((actor|critic)\.\d+\.(weight|bias)|logStd)$/.test(name));
  const parameters = new Map(named.map(([name, { data }]) => [name, data as Float32Array]));
  const file = { ...aboutRun(config, { iteration, globalStep }, versions), spec, parameters, ...withStatistics(normalizer, config) };
  // Through the file's own checks: shapes, dtypes, finite numbers, and that nothing is missing.
  return decodePolicy(encodePolicy(file), `${runDirectory}: checkpoint`);
}

/** Iterations of which a run kept a policy, in order. */
export async function listSnapshots(storage: RunStorage): Promise<number[]> {
  const names = await storage.list(snapshotFolder);
  const iterations = names.map((name) => Number(/^(\d+)\.safetensors$/.exec(name)?.[1] ?? Number.NaN));
  return iterations.filter(Number.isSafeInteger).sort((a, b) => a - b);
}

/** The snapshot of an iteration; `undefined` if there is none. Throws as `decodePolicy` does. */
export async function readSnapshot(storage: RunStorage, iteration: number): Promise<PolicyFile | undefined> {
  const path = joinPath(snapshotFolder, snapshotName(iteration));
  const bytes = await storage.read(path);
  return bytes && decodePolicy(bytes, storage.locate(path));
}

/**
 * Throws {@link CohortError} unless the policy fits an environment: as many numbers in an observation, the same actions. Bounds of observations
 * only describe them and may differ, as they do between versions of Gymnasium.
 */
export function checkSpaces(policy: PolicySpec, env: Pick<PolicySpec, 'observationSpace' | 'actionSpace'>, id: string): void {
  for (const key of ['observationSpace', 'actionSpace'] as const) {
    const [mine, its] = [policy[key], env[key]];
    const fits =
      mine.kind === 'discrete'
        ? its.kind === 'discrete' && mine.n === its.n && mine.start === its.start
        : its.kind === 'box' &&
          mine.size === its.size &&
          (key === 'observationSpace' || mine.low.every((low, k) => low === its.low[k] && mine.high[k] === its.high[k]));
    if (fits) continue;
    const sameShape = describeSpace(mine) === describeSpace(its);
    throw new CohortError({
      subject: `policy for ${id}: ${key === 'actionSpace' ? 'actions' : 'observations'}`,
      expected: `${describeSpace(its)}, as the environment has them`,
      got: `${describeSpace(mine)}${sameShape ? ' with other bounds' : ''}`,
      advice: 'name the environment (and envOptions) that the policy was trained on',
      kind: 'failure',
    });
  }
}

/** Whether the folder holds a policy by itself, and not a run. */
export async function isPolicyFolder(storage: RunStorage): Promise<boolean> {
  return (await storage.size(runFiles.config)) === undefined && (await storage.size(policyFiles.tensors)) !== undefined;
}

/** Whether two JSON values say the same, in whatever order their keys stand. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

/**
 * The policy of a policy folder. policy.safetensors alone is read; if policy.json lies beside it, it must say the same.
 * Throws {@link CohortError} if there is no policy, or as `decodePolicy` does.
 */
export async function readPolicyFolder(storage: RunStorage): Promise<PolicyFile> {
  const where = storage.locate(policyFiles.tensors);
  const bytes = await storage.read(policyFiles.tensors);
  if (!bytes) {
    throw new CohortError({
      subject: storage.locate(''),
      expected: 'a policy folder',
      got: `a folder without ${policyFiles.tensors}, or none`,
      advice: 'make one with `cohort-rl export <run>`, or from Python with tools/policies/cohort_policy.py',
    });
  }
  const file = decodePolicy(bytes, where);
  const text = await storage.read(policyFiles.description);
  if (!text) return file;
  let description: unknown;
  try {
    description = JSON.parse(new TextDecoder().decode(text));
  } catch {
    // Told below, like any other difference.
  }
  if (sameJson(description, JSON.parse(JSON.stringify(describePolicy(file))))) return file;
  throw new CohortError({
    subject: storage.locate(policyFiles.description),
    expected: `the description that ${policyFiles.tensors} carries`,
    got: 'another one',
    advice: `delete ${policyFiles.description} (the other file holds what counts), or export the policy again`,
    kind: 'failure',
  });
}

/**
 * Writes a policy folder: policy.safetensors, then policy.json with the same description for people. Throws {@link CohortError} if the folder
 * holds a run, or, unless `overwrite`, a policy.
 */
export async function writePolicyFolder(storage: RunStorage, file: PolicyFile, overwrite: boolean): Promise<void> {
  const held = await storage.list('');
  const taken = [runFiles.config, ...(overwrite ? [] : Object.values(policyFiles))].find((name) => held.includes(name));
  if (taken !== undefined) {
    const isRun = taken === runFiles.config;
    throw new CohortError({
      subject: storage.locate(''),
      expected: 'a folder without a policy',
      got: isRun ? 'the folder of a run' : `one with ${taken}`,
      advice: isRun ? 'choose a folder of its own' : 'choose another folder, or say that it may be replaced (--force)',
      kind: 'failure',
    });
  }
  await storage.makeDirectory('');
  await storage.write(policyFiles.tensors, encodePolicy(file));
  const text = `${JSON.stringify(describePolicy(file), null, 2)}\n`;
  await storage.write(policyFiles.description, new TextEncoder().encode(text));
}
