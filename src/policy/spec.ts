/**
 * What a policy is besides its numbers, also as JSON: part of every checkpoint, and of an exported policy.
 */
import { failure } from '../core/errors.ts';
import { box, discrete, inputSizeOf, type Space } from '../core/space.ts';
import { type Check, type Checked, either, finite, listOf, objectOf, oneOf, whole, yesOrNo } from '../core/stored.ts';
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
}

/** The networks of a policy, in the order of their parameters: actor, then critic. */
export function networksOf(spec: PolicySpec): NetworkSpec[] {
  const { hiddenSizes, activation, actionSpace } = spec;
  const inputSize = inputSizeOf(spec.observationSpace);
  const outputSize = inputSizeOf(actionSpace);
  const actor: NetworkSpec = { name: 'actor', inputSize, hiddenSizes, outputSize, activation };
  return spec.critic ? [actor, { ...actor, name: 'critic', outputSize: 1 }] : [actor];
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
const spaceKinds = {
  discrete: objectOf({ kind: oneOf('discrete'), n: whole({ min: 1, max: maxEntries }), start: whole() }),
  box: objectOf({
    kind: oneOf('box'),
    shape: listOf(whole({ min: 1, max: maxEntries }), { min: 1, max: 8 }),
    low: listOf(bound, { max: maxEntries }),
    high: listOf(bound, { max: maxEntries }),
    dtype: oneOf('float32', 'float64'),
  }),
} as const;
const anyKind = objectOf({ kind: oneOf('discrete', 'box') }, { open: true });

/** A space as JSON: `{ kind: 'discrete', n, start }` or `{ kind: 'box', shape, low, high, dtype }`; infinite bounds are text. */
export type SpaceJson = Checked<typeof spaceKinds.discrete> | Checked<typeof spaceKinds.box>;

const space: Check<SpaceJson> = (value, place) => spaceKinds[anyKind(value, place).kind](value, place);

/** The fields of a spec as JSON. */
export const specFields = {
  hiddenSizes: listOf(whole({ min: 1, max: hiddenLimits.width }), { max: hiddenLimits.layers }),
  /** After each hidden layer; `gelu` is the tanh form. */
  activation: oneOf(...activations),
  /** Whether there is a critic of the same hidden layers. */
  critic: yesOrNo,
  observationSpace: space,
  actionSpace: space,
} as const;
const specCheck = objectOf(specFields, { open: true });

/** A spec as JSON. */
export type PolicySpecJson = Checked<typeof specCheck>;

function spaceToJson(it: Space): SpaceJson {
  if (it.kind === 'discrete') return { kind: 'discrete', n: it.n, start: it.start };
  // JSON has no -0 either.
  const bounds = (values: Float64Array) =>
    Array.from(values, (value) => (Number.isFinite(value) ? value + 0 : value > 0 ? 'Infinity' : '-Infinity'));
  return { kind: 'box', shape: [...it.shape], low: bounds(it.low), high: bounds(it.high), dtype: it.dtype };
}

/** A spec as plain JSON data. */
export function specToJson(spec: PolicySpec): PolicySpecJson {
  const { hiddenSizes, activation, critic, observationSpace, actionSpace } = spec;
  const spaces = { observationSpace: spaceToJson(observationSpace), actionSpace: spaceToJson(actionSpace) };
  return { hiddenSizes: [...hiddenSizes], activation, critic, ...spaces };
}

function spaceFromJson(json: SpaceJson, subject: string, advice: string): Space {
  if (json.kind === 'discrete') return discrete(json.n, json.start);
  const { shape, low, high, dtype } = json;
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > maxEntries) throw failure(subject, `at most ${maxEntries} entries`, `(${shape.join(', ')})`, advice);
  for (const [side, bounds] of Object.entries({ low, high })) {
    if (bounds.length !== size) throw failure(`${subject}.${side}`, `${size} bounds`, `${bounds.length}`, advice);
  }
  return box(low.map(Number), high.map(Number), shape, dtype);
}

/** The spec from its JSON; further fields are ignored. Throws `CohortError` (kind `failure`) that names the first wrong field. */
export function specFromJson(value: unknown, subject: string, advice: string): PolicySpec {
  const json = specCheck(value, { subject, path: [], advice });
  const { hiddenSizes, activation, critic } = json;
  const spaceOf = (key: 'observationSpace' | 'actionSpace') => spaceFromJson(json[key], `${subject}, ${key}`, advice);
  return { observationSpace: spaceOf('observationSpace'), actionSpace: spaceOf('actionSpace'), hiddenSizes, activation, critic };
}
