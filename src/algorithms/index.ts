/**
 * `cohort-rl/algorithms`: every algorithm of the package. A page that trains with one of those of standard.ts does not load the rest.
 */

import { a2c } from './a2c.ts';
import type { Algorithm } from './algorithm.ts';
import { evpo } from './evpo.ts';
import { groupMethods } from './groupMethods.ts';
import { type AlgorithmRegistry, standardAlgorithms } from './standard.ts';

export { a2c } from './a2c.ts';
export { evpo } from './evpo.ts';
export { groupMethods } from './groupMethods.ts';
export { type AlgorithmName, algorithms } from './standard.ts';
export type { Algorithm };

/** A new registry of the package's algorithms and of the methods of the group family. */
export function allAlgorithms(): AlgorithmRegistry {
  const registry = standardAlgorithms();
  for (const algorithm of [...groupMethods, a2c, evpo]) registry.register(algorithm as Algorithm);
  return registry;
}
