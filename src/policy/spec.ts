/**
 * What a policy is besides its numbers, as JSON: part of every checkpoint, and of an exported policy.
 */
import { box, discrete, type Space } from '../core/space.ts';
import type { Activation } from '../kernels/index.ts';
import { activations } from './fields.ts';

/** Everything that a policy is besides its numbers; part of `config.json`, and of an exported policy. */
export interface PolicySpec {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly hiddenSizes: readonly number[];
  readonly activation: Activation;
  /** Whether there is a critic of the same shape as the actor (PPO). */
  readonly critic: boolean;
}

/** JSON has no infinities; bounds are written as text where they are infinite. */
function formatSpace(space: Space): unknown {
  if (space.kind === 'discrete') return space;
  const bounds = (values: Float64Array): unknown[] => Array.from(values, (value) => (Number.isFinite(value) ? value : String(value)));
  return { kind: 'box', shape: space.shape, low: bounds(space.low), high: bounds(space.high), dtype: space.dtype };
}

/** The spec as one line of JSON. */
export function formatSpec(spec: PolicySpec): string {
  const { observationSpace, actionSpace, ...rest } = spec;
  return JSON.stringify({ ...rest, observationSpace: formatSpace(observationSpace), actionSpace: formatSpace(actionSpace) });
}

function parseSpace(value: unknown): Space {
  const space = value as Record<string, unknown>;
  if (space.kind === 'discrete') return discrete(space.n as number, space.start as number);
  if (space.kind !== 'box' || !Array.isArray(space.low) || !Array.isArray(space.high) || !Array.isArray(space.shape))
    throw new TypeError('space');
  return box(space.low.map(Number), space.high.map(Number), space.shape, space.dtype === 'float64' ? 'float64' : 'float32');
}

/** The spec from its JSON. Throws where it is not one; the caller says whose it was. */
export function parseSpec(text: string): PolicySpec {
  const value = JSON.parse(text) as Record<string, unknown>;
  const hiddenSizes = value.hiddenSizes as number[];
  const activation = activations.find((name) => name === value.activation);
  const sized =
    Array.isArray(hiddenSizes) &&
    hiddenSizes.length <= 16 &&
    hiddenSizes.every((size) => Number.isInteger(size) && size > 0 && size <= 4096);
  if (!sized || !activation) throw new TypeError('policy');
  return {
    observationSpace: parseSpace(value.observationSpace),
    actionSpace: parseSpace(value.actionSpace),
    hiddenSizes,
    activation,
    critic: value.critic === true,
  };
}
