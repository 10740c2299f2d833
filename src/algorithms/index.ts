/**
 * `cohort-rl/algorithms`: every algorithm of the package. A page that trains with one of those of standard.ts does not load the rest.
 */

import { a2c } from './a2c.ts';
import type { Algorithm } from './algorithm.ts';
import { evpo } from './evpo.ts';
import { groupMethods } from './groupMethods.ts';
import { hybridGrpo } from './hybridGrpo.ts';
import { type AlgorithmRegistry, standardAlgorithms } from './standard.ts';
import { vine } from './vine.ts';
import { vineppo } from './vinePpo.ts';

export { a2c } from './a2c.ts';
export { evpo } from './evpo.ts';
export { groupMethods } from './groupMethods.ts';
export { hybridGrpo } from './hybridGrpo.ts';
export { type AlgorithmName, algorithms } from './standard.ts';
export { vine } from './vine.ts';
export { vineppo } from './vinePpo.ts';
export type { Algorithm };

/** A new registry of the package's algorithms and of the methods of the group family. */
export function allAlgorithms(): AlgorithmRegistry {
  const registry = standardAlgorithms();
  for (const algorithm of [...groupMethods, vineppo, vine, hybridGrpo, a2c, evpo]) registry.register(algorithm as Algorithm);
  return registry;
}
