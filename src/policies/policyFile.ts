/**
 * A policy that travels: one safetensors file that any reader of the format opens, with a description as JSON in its metadata. Nothing in it
 * is ever executed, and everything is checked before it is used. The same bytes are read here, in a browser, and by
 * `tools/policies/cohort_policy.py`.
 *
 *     actor.<layer>.weight (out, in), actor.<layer>.bias (out)    float32, layers from 0, the last one linear
 *     critic.<layer>.weight, critic.<layer>.bias                  float32, only where it was kept
 *     logStd (A)                                                  float32, Gaussian head: state-independent log standard deviation
 *     normalizer.mean (D), normalizer.variance (D)                float64, where raw observations are normalized first
 */
import { z } from 'zod';
import { CohortError, show, suggest } from '../core/errors.ts';
import type { LayOut } from '../kernels/index.ts';
import { activations } from '../policy/fields.ts';
import { normalizerEpsilon, type ObservationStatistics } from '../policy/observationStatistics.ts';
import { networksOf, Policy, type PolicySpec } from '../policy/policy.ts';
import { formatSpec, parseSpec } from '../policy/spec.ts';
import { decodeSafetensors, dtypeOf, encodeSafetensors, type Tensor, tensor } from '../run/safetensors.ts';

/** `format` of a description. */
export const policyFormat = 'cohort-policy';
/** `formatVersion` of a description; goes up when a reader of today could not read the file. */
export const policyFormatVersion = 1;
/** The names in a policy folder. */
export const policyFiles = { tensors: 'policy.safetensors', description: 'policy.json' } as const;

/** Where a policy comes from; nothing here changes what it does. */
export interface PolicySource {
  readonly algorithm?: string;
  /** Seed of the run. */
  readonly seed?: number;
  /** Iterations of training behind it. */
  readonly iteration?: number;
  /** Environment steps of training behind it. */
  readonly globalStep?: number;
  /** Where evaluation cut episodes of a task without a limit of its own. */
  readonly evaluationMaxSteps?: number;
  /** Versions of what trained it, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Observation statistics with the word for whose they are. */
export interface PolicyObservationStatistics extends ObservationStatistics {
  /** `shared`, `merge of perEnv`, or what another program says. */
  readonly statistics: string;
}

/** What a policy file holds. */
export interface PolicyFile {
  /** Id of the environment that it was trained on. */
  readonly env: string;
  readonly envOptions: Readonly<Record<string, string | number | boolean>>;
  readonly spec: PolicySpec;
  /** By the names above, those of the normalizer left out. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly normalizer?: PolicyObservationStatistics;
  readonly source: PolicySource;
}

/** The description as it stands in the file's metadata (key `policy`) and in policy.json. */
export interface PolicyDescription {
  readonly format: typeof policyFormat;
  readonly formatVersion: typeof policyFormatVersion;
  readonly env: string;
  readonly envOptions: Readonly<Record<string, string | number | boolean>>;
  /** `{ kind: 'discrete', n, start }` or `{ kind: 'box', shape, low, high, dtype }`; infinite bounds are text. */
  readonly observationSpace: unknown;
  readonly actionSpace: unknown;
  readonly hiddenSizes: readonly number[];
  /** After each hidden layer; `gelu` is the tanh form. */
  readonly activation: PolicySpec['activation'];
  /** Gaussian: outputs are means, `logStd` is kept with them. */
  readonly head: 'categorical' | 'gaussian';
  /** (out, in) of the actor's weights, first layer first. */
  readonly layers: readonly (readonly [outputs: number, inputs: number])[];
  /** Whether a critic of the same hidden layers was kept. */
  readonly critic: boolean;
  /** `clip((observation - mean) / sqrt(variance + epsilon), -clip, clip)` in float64; `null` if observations go in as they are. */
  readonly normalizer: { readonly epsilon: number; readonly clip: number; readonly statistics: string } | null;
  readonly source: PolicySource;
}

/** Most entries of an observation or an action: the kernels' limit of a layer. */
const maxEntries = 65_536;
/** Most numbers of a policy: 512 MB of them. */
const maxParameters = 2 ** 27;
/** Longest description, in characters: bounds of the largest spaces, and then some. */
const longestDescription = 8_000_000;

const bound = z.union([z.number(), z.enum(['Infinity', '-Infinity'])]);
const space = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('discrete'), n: z.int().min(1).max(maxEntries), start: z.int() }),
  z.strictObject({
    kind: z.literal('box'),
    shape: z.array(z.int().min(1).max(maxEntries)).min(1).max(8),
    low: z.array(bound).max(maxEntries),
    high: z.array(bound).max(maxEntries),
    dtype: z.enum(['float32', 'float64']),
  }),
]);
const name = z.string().min(1).max(200);
const count = z.int().min(0).optional();
const schema = z.strictObject({
  format: z.literal(policyFormat),
  formatVersion: z.literal(policyFormatVersion),
  env: name,
  envOptions: z.record(name, z.union([z.string().max(200), z.number(), z.boolean()])),
  observationSpace: space,
  actionSpace: space,
  hiddenSizes: z.array(z.int().min(1).max(4096)).max(16),
  activation: z.enum(activations),
  head: z.enum(['categorical', 'gaussian']),
  layers: z
    .array(z.tuple([z.int().min(1), z.int().min(1)]))
    .min(1)
    .max(17),
  critic: z.boolean(),
  normalizer: z.strictObject({ epsilon: z.number(), clip: z.number().positive(), statistics: name }).nullable(),
  source: z.strictObject({
    algorithm: name.optional(),
    seed: count,
    iteration: count,
    globalStep: count,
    evaluationMaxSteps: z.int().min(1).optional(),
    versions: z.record(name, z.string().max(200)),
  }),
});

const advice = `export it again: \`cohort-rl export <run>\`, or \`save\` of tools/policies/cohort_policy.py`;

function refuse(subject: string, expected: string, got: string, todo: string = advice): never {
  throw new CohortError({ subject, expected, got, advice: todo, kind: 'failure' });
}

const productOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
const showShape = (shape: readonly number[]): string => `(${shape.join(', ')})`;

/** Names and shapes of a policy's parameters, in their documented order. */
function shapesOf(spec: PolicySpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { name: network, inputSize, hiddenSizes, outputSize } of networksOf(spec)) {
    const sizes = [inputSize, ...hiddenSizes, outputSize];
    for (let layer = 0; layer + 1 < sizes.length; layer++) {
      shapes.set(`${network}.${layer}.weight`, [sizes[layer + 1]!, sizes[layer]!]);
      shapes.set(`${network}.${layer}.bias`, [sizes[layer + 1]!]);
    }
  }
  if (spec.actionSpace.kind === 'box') shapes.set('logStd', [spec.actionSpace.size]);
  return shapes;
}

function layersOf(spec: PolicySpec): [number, number][] {
  return [...shapesOf({ ...spec, critic: false })].filter(([key]) => key.endsWith('.weight')).map(([, shape]) => shape as [number, number]);
}

const headOf = (spec: PolicySpec): PolicyDescription['head'] => (spec.actionSpace.kind === 'discrete' ? 'categorical' : 'gaussian');

/** The description of a policy, as policy.json holds it. */
export function describePolicy(file: PolicyFile): PolicyDescription {
  const { env, envOptions, spec, normalizer, source } = file;
  const { observationSpace, actionSpace } = JSON.parse(formatSpec(spec)) as Pick<PolicyDescription, 'observationSpace' | 'actionSpace'>;
  const { hiddenSizes, activation, critic } = spec;
  return {
    format: policyFormat,
    formatVersion: policyFormatVersion,
    env,
    envOptions,
    observationSpace,
    actionSpace,
    hiddenSizes,
    activation,
    head: headOf(spec),
    layers: layersOf(spec),
    critic,
    normalizer: normalizer ? { epsilon: normalizerEpsilon, clip: normalizer.clip, statistics: normalizer.statistics } : null,
    source,
  };
}

/** The same policy without its critic, which acting does not need. */
export function withoutCritic(file: PolicyFile): PolicyFile {
  if (!file.spec.critic) return file;
  const parameters = new Map([...file.parameters].filter(([key]) => !key.startsWith('critic.')));
  return { ...file, spec: { ...file.spec, critic: false }, parameters };
}

/** A policy as the bytes of one file; equal policies give equal bytes. */
export function encodePolicy(file: PolicyFile): Uint8Array {
  const shapes = shapesOf(file.spec);
  const tensors = [...shapes].map(([key, shape]) => {
    const data = file.parameters.get(key);
    return data
      ? tensor(key, data, shape)
      : refuse(`policy: tensor ${key}`, `shape ${showShape(shape)}`, 'no such tensor', 'give every layer');
  });
  const { normalizer } = file;
  if (normalizer) tensors.push(tensor('normalizer.mean', normalizer.mean), tensor('normalizer.variance', normalizer.variance));
  return encodeSafetensors(tensors, { policy: JSON.stringify(describePolicy(file)) });
}

/** The description from its JSON. Throws {@link CohortError} that names the first wrong field. */
export function parseDescription(text: string, subject: string): PolicyDescription {
  let value: unknown;
  try {
    value = text.length <= longestDescription ? JSON.parse(text) : undefined;
  } catch {
    // What the JSON lacks is of no use to the reader; that it is none is.
  }
  if (typeof value !== 'object' || value === null) refuse(`${subject}: description`, 'a JSON object', show(text));
  const { format, formatVersion } = value as Record<string, unknown>;
  if (format !== policyFormat) refuse(`${subject}: description`, `"format": "${policyFormat}"`, show(format));
  if (formatVersion !== policyFormatVersion) {
    const got = `${show(formatVersion)}`;
    refuse(`${subject}: description`, `"formatVersion": ${policyFormatVersion}`, got, 'use the version of cohort-rl that wrote it');
  }
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data as PolicyDescription;
  const issue = result.error.issues[0]!;
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = path === '' ? Object.keys(schema.shape) : [];
    const [key = ''] = issue.keys;
    refuse(`${subject}: description${path && `, ${path}`}`, 'known fields', show(key), known.length > 0 ? suggest(key, known) : advice);
  }
  // zod writes "Too big: expected number to be <=4096" and "Invalid input: expected string, received number".
  const expected = /expected (.+?)(?:, received .*)?$/.exec(issue.message)?.[1] ?? issue.message;
  return refuse(`${subject}: description, ${path}`, expected, show(issue.input));
}

/** The spec of a description whose fields have been checked one by one; here they are checked against each other. */
function specOf(description: PolicyDescription, subject: string): PolicySpec {
  const where = `${subject}: description`;
  for (const key of ['observationSpace', 'actionSpace'] as const) {
    const given = description[key] as z.output<typeof space>;
    if (given.kind === 'discrete') continue;
    const size = productOf(given.shape);
    if (size > maxEntries) refuse(`${where}, ${key}`, `at most ${maxEntries} entries`, showShape(given.shape));
    for (const side of ['low', 'high'] as const) {
      if (given[side].length !== size) refuse(`${where}, ${key}.${side}`, `${size} bounds`, `${given[side].length}`);
    }
  }
  const spec = parseSpec(JSON.stringify(description));
  const layers = layersOf(spec);
  const same = JSON.stringify(layers) === JSON.stringify(description.layers);
  if (!same) refuse(`${where}, layers`, show(layers.map(showShape)), show(description.layers.map(showShape)));
  if (headOf(spec) !== description.head) refuse(`${where}, head`, `${headOf(spec)} for these actions`, description.head);
  return spec;
}

/** A tensor of that dtype and shape, all of it finite. Throws {@link CohortError} if it is missing or another. */
function take(tensors: ReadonlyMap<string, Tensor>, key: string, dtype: 'F32' | 'F64', shape: readonly number[], subject: string): Tensor {
  const where = `${subject}: tensor ${key}`;
  const found = tensors.get(key);
  if (!found) refuse(where, `${dtype} of shape ${showShape(shape)}`, 'no such tensor');
  if (dtypeOf(found.data) !== dtype)
    refuse(where, dtype, dtypeOf(found.data), `convert it to ${dtype === 'F32' ? 'float32' : 'float64'} first`);
  if (JSON.stringify(found.shape) !== JSON.stringify(shape)) refuse(where, `shape ${showShape(shape)}`, showShape(found.shape));
  const data = found.data as Float32Array | Float64Array;
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) refuse(where, 'finite numbers', `${data[wrong]} at entry ${wrong}`, 'use a checkpoint from before training broke down');
  return found;
}

function normalizerOf(
  tensors: ReadonlyMap<string, Tensor>,
  description: PolicyDescription,
  spec: PolicySpec,
  subject: string,
): PolicyObservationStatistics {
  const { epsilon, clip, statistics } = description.normalizer!;
  const where = `${subject}: description, normalizer`;
  if (epsilon !== normalizerEpsilon)
    refuse(`${where}.epsilon`, `${normalizerEpsilon}`, `${epsilon}`, 'put the difference into the variance');
  if (spec.observationSpace.kind !== 'box') refuse(where, 'null, for observations are indices', 'one');
  const shape = [spec.observationSpace.size];
  const [mean, variance] = (['normalizer.mean', 'normalizer.variance'] as const).map(
    (key) => take(tensors, key, 'F64', shape, subject).data as Float64Array,
  ) as [Float64Array, Float64Array];
  const negative = variance.findIndex((value) => value < 0);
  if (negative >= 0)
    refuse(`${subject}: tensor normalizer.variance`, 'numbers of at least 0', `${variance[negative]} at entry ${negative}`);
  return { mean, variance, clip, statistics };
}

/**
 * Reads a policy file. Everything is checked before anything is used: format, digest (if any), description, names, dtypes, shapes,
 * that every number is finite, and that nothing is too much. Throws {@link CohortError} (kind `failure`) that begins with `subject`, the
 * file's name.
 */
export function decodePolicy(bytes: Uint8Array, subject = 'policy file'): PolicyFile {
  const { tensors, metadata } = decodeSafetensors(bytes, subject, { verifyDigest: 'ifPresent', advice });
  if (metadata.policy === undefined) refuse(subject, 'a policy', 'a safetensors file without a description of one (metadata `policy`)');
  const description = parseDescription(metadata.policy, subject);
  const spec = specOf(description, subject);
  const shapes = shapesOf(spec);
  const total = [...shapes.values()].reduce((sum, shape) => sum + productOf(shape), 0);
  if (total > maxParameters) refuse(subject, `at most ${maxParameters} parameters`, `${total}`, 'use narrower layers');
  const parameters = new Map<string, Float32Array>();
  for (const [key, shape] of shapes) parameters.set(key, take(tensors, key, 'F32', shape, subject).data as Float32Array);
  const normalizer = description.normalizer ? normalizerOf(tensors, description, spec, subject) : undefined;
  const known = [...shapes.keys(), ...(normalizer ? ['normalizer.mean', 'normalizer.variance'] : [])];
  const stray = [...tensors.keys()].find((key) => !known.includes(key));
  if (stray !== undefined) refuse(subject, 'the tensors of the description alone', `${show(stray)} as well`);
  const { env, envOptions, source } = description;
  return { env, envOptions, spec, parameters, ...(normalizer && { normalizer }), source };
}

/** The policy on kernels of its own; `key` names the random numbers of sampled actions. */
export async function instantiatePolicy(file: PolicyFile, layOut: LayOut, key: Uint32Array): Promise<Policy> {
  const policy = await layOut((kernels) => new Policy(file.spec, kernels, key));
  for (const { name: parameter, set } of policy.parameters.tensors()) set('values', file.parameters.get(parameter)!);
  policy.normalizer = file.normalizer;
  return policy;
}
