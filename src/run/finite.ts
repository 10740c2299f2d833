/**
 * Stops a run in which a number stopped being one.
 */
import { failure } from '../core/errors.ts';
import type { StoredParameters } from './checkpoint.ts';

/** Parameters, and what their tensors' names begin with. */
export interface NamedParameters {
  readonly prefix: string;
  readonly parameters: StoredParameters;
}

function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/**
 * Throws `CohortError` where one of `keys` is among the metrics and not finite, or a parameter is not; the message names the metric and the
 * tensor. Parameters are looked at every time: a step may overflow where its gradient did not. Called before the next checkpoint, so that the last
 * one is from before.
 */
export function checkFinite(
  iteration: number,
  metrics: Readonly<Record<string, number>>,
  keys: readonly string[],
  learned: readonly NamedParameters[],
): void {
  const wrong = keys.find((key) => metrics[key] !== undefined && !Number.isFinite(metrics[key]));
  if (wrong === undefined && learned.every(({ parameters }) => allFinite(parameters.values))) return;
  const tensors = learned.flatMap(({ prefix, parameters }) =>
    parameters.tensors().map(({ name, get }) => ({ name: `${prefix}${name}`, get })),
  );
  const tensor = tensors.find(({ get }) => !allFinite(get()));
  const places = [wrong && `${metrics[wrong]} in ${wrong}`, tensor && `${wrong ? '' : 'others '}in the tensor ${tensor.name}`];
  const got = places.filter((place) => place !== undefined).join(' and ');
  const advice = 'lower the learning rate or look at the rewards; the last checkpoint is from before this iteration';
  throw failure(`iteration ${iteration}`, 'finite losses, gradients and parameters', got, advice);
}
