/**
 * Stops a run in which a number stopped being one.
 */
import { CohortError } from '../core/errors.ts';

/** A named array, read when it is needed. */
export interface NamedTensor {
  readonly name: string;
  values(): ArrayLike<number>;
}

/** Whether every number is finite. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/**
 * Throws {@link CohortError} where one of `keys` is among the metrics and not finite, or where `suspect` says that a tensor holds such a number; the
 * message names both. Called before the next checkpoint, so that the last one is from before.
 */
export function checkFinite(
  iteration: number,
  metrics: Readonly<Record<string, number>>,
  keys: readonly string[],
  tensors: readonly NamedTensor[],
  suspect = false,
): void {
  const wrong = keys.find((key) => metrics[key] !== undefined && !Number.isFinite(metrics[key]));
  if (wrong === undefined && !suspect) return;
  const tensor = tensors.find(({ values }) => !allFinite(values()));
  const places = [wrong && `${metrics[wrong]} in ${wrong}`, tensor && `${wrong ? '' : 'others '}in the tensor ${tensor.name}`];
  throw new CohortError({
    subject: `iteration ${iteration}`,
    expected: 'finite losses, gradients and parameters',
    got: places.filter((place) => place !== undefined).join(' and '),
    advice: 'lower the learning rate or look at the rewards; the last checkpoint is from before this iteration',
    kind: 'failure',
  });
}
