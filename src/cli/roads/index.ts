/**
 * The two roads, and the road of a run.
 */

import type { RoadName } from '../../node/toolkit.ts';
import { environments } from './environments.ts';
import { languageModels } from './languageModels.ts';
import type { Road } from './road.ts';

export { environments, languageModels };

/** The roads, in the order in which help texts name them. */
export const roads: readonly Road[] = [environments, languageModels];

/** The road of a config.json, or of a plan of seeds. */
export function roadOf({ road }: { readonly road: RoadName }): Road {
  return road === languageModels.name ? languageModels : environments;
}

/** The header of the display: what is trained on what, sizes, seeds, recipe. */
export function titleOf(
  road: Road,
  config: Readonly<Record<string, unknown>>,
  seeds: readonly (number | string)[],
  {
    recipe,
    name,
    from,
  }: { readonly recipe?: string | undefined; readonly name?: string | undefined; readonly from?: string | undefined } = {},
): string[] {
  const target = config[road.target.key];
  // A config.json that was damaged: the library will say so in a moment.
  if (typeof target !== 'string') return ['resume'];
  return [
    ...(name === undefined ? [] : [name]),
    target,
    String(config[road.methodKey]).toUpperCase(),
    ...road.look.sizes(config),
    seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`,
    ...(recipe === undefined ? [] : [`recipe ${recipe}`]),
    ...(from === undefined ? [] : [`from ${from}`]),
  ];
}
