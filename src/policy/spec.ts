/**
 * What a policy is besides its numbers, also as JSON: part of every checkpoint, and of an exported policy.
 */
import { CohortError, failure } from '../core/errors.ts';
import { completeSpace, headSizes, inputSizeOf, outputSizeOf, type Space } from '../core/space.ts';
import {
  type Checked,
  either,
  finite,
  listOf,
  objectOf,
  oneOf,
  optional,
  type Place,
  recordOf,
  text,
  whole,
  yesOrNo,
} from '../core/stored.ts';
import type { Activation, NetworkSpec } from '../kernels/room.ts';

/** Activation functions of the hidden layers. */
export const activations = ['tanh', 'relu', 'gelu'] as const;

/** Most hidden layers, and the widest that one may be. */
export const hiddenLimits = { layers: 16, width: 4096 } as const;

/** Everything that a policy is besides its numbers. */
export interface PolicySpec {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly hiddenSizes: readonly number[];
  readonly activation: Activation;
  /** Whether there is a critic of the same shape as the actor (PPO). */
  readonly critic: boolean;
  /** Whether it was trained with action masks, and so acts only with one. Missing for no. */
  readonly masked?: boolean;
}

/** The networks of a policy, in the order of their parameters: actor, then critic. */
export function networksOf(spec: PolicySpec): NetworkSpec[] {
  const { hiddenSizes, activation, actionSpace } = spec;
  const inputSize = inputSizeOf(spec.observationSpace);
  const outputSize = outputSizeOf(actionSpace);
  const network = { inputSize, hiddenSizes, activation };
  const sizes = headSizes(actionSpace);
  const actor: NetworkSpec = { name: 'actor', ...network, outputSize, headSizes: sizes.length > 0 ? sizes : undefined };
  return spec.critic ? [actor, { name: 'critic', ...network, outputSize: 1 }] : [actor];
}

/** Names and shapes of a policy's parameters, in their documented order: actor, critic, `logStd`; weights are (out, in). */
export function parameterShapes(spec: PolicySpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, inputSize, hiddenSizes, outputSize } of networksOf(spec)) {
    const sizes = [inputSize, ...hiddenSizes, outputSize];
    for (let layer = 0; layer + 1 < sizes.length; layer++) {
      shapes.set(`${name}.${layer}.weight`, [sizes[layer + 1]!, sizes[layer]!]);
      shapes.set(`${name}.${layer}.bias`, [sizes[layer + 1]!]);
    }
  }
  if (spec.actionSpace.kind === 'box') shapes.set('logStd', [spec.actionSpace.size]);
  return shapes;
}

/** Most entries of an observation or an action: the kernels' limit of a layer. */
const maxEntries = 65_536;

// JSON has no infinities; bounds are written as text if they are infinite.
const bound = either<number | 'Infinity' | '-Infinity'>('a number, "Infinity" or "-Infinity"', finite(), oneOf('Infinity', '-Infinity'));
const start = whole({ min: -(2 ** 52), max: 2 ** 52 });
const spaceKinds = {
  discrete: objectOf({ kind: oneOf('discrete'), n: whole({ min: 1, max: maxEntries }), start }),
  box: objectOf({
    kind: oneOf('box'),
    shape: listOf(whole({ min: 1, max: maxEntries }), { min: 1, max: 8 }),
    low: listOf(bound, { max: maxEntries }),
    high: listOf(bound, { max: maxEntries }),
    dtype: oneOf('float32', 'float64'),
  }),
  multiDiscrete: objectOf({
    kind: oneOf('multiDiscrete'),
    nvec: listOf(whole({ min: 1, max: maxEntries }), { min: 1, max: maxEntries }),
    start: listOf(start, { max: maxEntries }),
  }),
  multiBinary: objectOf({ kind: oneOf('multiBinary'), n: whole({ min: 1, max: maxEntries }) }),
  dict: objectOf({ kind: oneOf('dict'), spaces: recordOf(text({ min: 1, max: 200 }), space) }),
  tuple: objectOf({ kind: oneOf('tuple'), spaces: listOf(space, { min: 1, max: maxEntries }) }),
} as const;
const anyKind = objectOf({ kind: oneOf('discrete', 'box', 'multiDiscrete', 'multiBinary', 'dict', 'tuple') }, { open: true });

/** Deepest nesting of a space in a file. */
const maxDepth = 8;

/** A space as JSON: its data without `size` and `names`, which follow from the rest; infinite bounds are text. */
export type SpaceJson =
  | { kind: 'discrete'; n: number; start: number }
  | { kind: 'box'; shape: number[]; low: Bound[]; high: Bound[]; dtype: 'float32' | 'float64' }
  | { kind: 'multiDiscrete'; nvec: number[]; start: number[] }
  | { kind: 'multiBinary'; n: number }
  | { kind: 'dict'; spaces: Record<string, SpaceJson> }
  | { kind: 'tuple'; spaces: SpaceJson[] };
type Bound = number | 'Infinity' | '-Infinity';

function space(value: unknown, place: Place): SpaceJson {
  // Two steps of the path per level, and one to the space itself.
  if (place.path.length > 2 * maxDepth + 1)
    throw failure(place.subject, `at most ${maxDepth} spaces inside one another`, 'more', place.advice);
  return spaceKinds[anyKind(value, place).kind](value, place) as SpaceJson;
}

/** The fields of a spec as JSON. */
export const specFields = {
  hiddenSizes: listOf(whole({ min: 1, max: hiddenLimits.width }), { max: hiddenLimits.layers }),
  /** After each hidden layer; `gelu` is the tanh form. */
  activation: oneOf(...activations),
  /** Whether there is a critic of the same hidden layers. */
  critic: yesOrNo,
  observationSpace: space,
  actionSpace: space,
  /** Whether it acts only with an action mask. */
  masked: optional(yesOrNo),
} as const;
const specCheck = objectOf(specFields, { open: true });

/** A spec as JSON. */
export type PolicySpecJson = Checked<typeof specCheck>;

function spaceToJson(it: Space): SpaceJson {
  // JSON has no -0 either.
  const bounds = (values: Float64Array) =>
    Array.from(values, (value): Bound => (Number.isFinite(value) ? value + 0 : value > 0 ? 'Infinity' : '-Infinity'));
  switch (it.kind) {
    case 'discrete':
      return { kind: 'discrete', n: it.n, start: it.start };
    case 'multiDiscrete':
      return { kind: 'multiDiscrete', nvec: [...it.nvec], start: [...it.start] };
    case 'multiBinary':
      return { kind: 'multiBinary', n: it.n };
    case 'dict':
      return { kind: 'dict', spaces: Object.fromEntries(it.names.map((name) => [name, spaceToJson(it.spaces[name]!)])) };
    case 'tuple':
      return { kind: 'tuple', spaces: it.spaces.map(spaceToJson) };
    default:
      return { kind: 'box', shape: [...it.shape], low: bounds(it.low), high: bounds(it.high), dtype: it.dtype };
  }
}

/** A spec as plain JSON data. */
export function specToJson(spec: PolicySpec): PolicySpecJson {
  const { hiddenSizes, activation, critic, observationSpace, actionSpace, masked } = spec;
  const spaces = { observationSpace: spaceToJson(observationSpace), actionSpace: spaceToJson(actionSpace) };
  return { hiddenSizes: [...hiddenSizes], activation, critic, ...spaces, ...(masked && { masked }) };
}

function spaceFromJson(json: SpaceJson, subject: string, advice: string): Space {
  const made = completed(withNumbers(json, subject, advice), subject, advice);
  const size = inputSizeOf(made);
  if (size > maxEntries) throw failure(subject, `at most ${maxEntries} entries`, `${size}`, advice);
  return made;
}

/** A space of the kinds and types that were checked. Throws `CohortError` (kind `failure`) where its parts do not fit each other. */
function completed(json: unknown, subject: string, advice: string): Space {
  try {
    return completeSpace(json, subject);
  } catch (error) {
    if (!(error instanceof CohortError)) throw error;
    throw failure(error.parts.subject, error.parts.expected, error.parts.got, advice);
  }
}

/** The JSON with its bounds as numbers, as many as the shape says. */
function withNumbers(json: SpaceJson, subject: string, advice: string): unknown {
  if (json.kind === 'tuple') return { ...json, spaces: json.spaces.map((part, k) => withNumbers(part, `${subject}[${k}]`, advice)) };
  if (json.kind === 'dict') {
    const parts = Object.entries(json.spaces).map(([name, part]) => [name, withNumbers(part, `${subject}.${name}`, advice)] as const);
    return { ...json, spaces: Object.fromEntries(parts) };
  }
  if (json.kind !== 'box') return json;
  const { shape, low, high } = json;
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > maxEntries) throw failure(subject, `at most ${maxEntries} entries`, `(${shape.join(', ')})`, advice);
  for (const [side, bounds] of Object.entries({ low, high })) {
    if (bounds.length !== size) throw failure(`${subject}.${side}`, `${size} bounds`, `${bounds.length}`, advice);
  }
  return { ...json, low: low.map(Number), high: high.map(Number) };
}

/** The spec from its JSON; further fields are ignored. Throws `CohortError` (kind `failure`) that names the first wrong field. */
export function specFromJson(value: unknown, subject: string, advice: string): PolicySpec {
  const json = specCheck(value, { subject, path: [], advice });
  const { hiddenSizes, activation, critic, masked } = json;
  const spaceOf = (key: 'observationSpace' | 'actionSpace') => spaceFromJson(json[key], `${subject}, ${key}`, advice);
  return {
    observationSpace: spaceOf('observationSpace'),
    actionSpace: spaceOf('actionSpace'),
    hiddenSizes,
    activation,
    critic,
    ...(masked && { masked }),
  };
}
