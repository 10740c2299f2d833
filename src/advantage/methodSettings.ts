/**
 * A row of the table as settings of the estimator core. Apart from the table, because it brings every baseline along.
 */
import { show } from '../core/errors.ts';
import { ownBaselines } from './baselines/index.ts';
import { batchError } from './batch.ts';
import { type CoordinateName, type Coordinates, coordinateNames } from './coordinates/coordinates.ts';
import { coordinateMaps } from './coordinates/index.ts';
import { defaultEstimatorSettings, type EstimatorSettings } from './estimate.ts';
import type { Baseline, BaselineName, OwnBaselineName } from './groupBaseline.ts';
import { findMethod, type MethodName } from './methods.ts';

/** The baseline of a name; those with a memory begin without one. */
export function baselineOf(
  name: BaselineName | OwnBaselineName,
  shape: Parameters<(typeof ownBaselines)['ridge']>[0],
): BaselineName | Baseline {
  return Object.hasOwn(ownBaselines, name) ? ownBaselines[name as OwnBaselineName](shape) : (name as BaselineName);
}

/** The coordinates of a name, without a memory yet; `undefined` for the observation itself. */
export function coordinatesOf(name: CoordinateName | 'observation', shape: { readonly observationSize: number }): Coordinates | undefined {
  return coordinateNames.some((known) => known === name) ? coordinateMaps[name as CoordinateName](shape) : undefined;
}

/**
 * Full settings of a method on environments for rollouts of a shape: defaults, then the row's, then `overrides`.
 *
 * Example: `methodSettings('grpo').scale` is `group`.
 *
 * Throws {@link CohortError} for a method that is not for environments, or needs a critic.
 */
export function methodSettings(
  name: MethodName,
  overrides: Partial<EstimatorSettings> = {},
  shape: { numSteps: number; numEnvs: number; observationSize: number } = { numSteps: 1, numEnvs: 1, observationSize: 1 },
): EstimatorSettings {
  const { environments } = findMethod(name);
  if (!environments) throw batchError('methodSettings', 'a method that estimates on environments', show(name), 'see methods');
  const { baseline = 'own', coordinates = 'observation', ...estimator } = environments.estimator;
  const own = { baseline: baselineOf(baseline, shape), coordinates: coordinatesOf(coordinates, shape) };
  return { ...defaultEstimatorSettings, ...estimator, ...own, ...overrides };
}
