/**
 * `cohort-rl/algorithms`: every algorithm of the package. A page that trains with one of those of standard.ts does not load the rest.
 */
import { groupMethods } from './groupMethods.ts';
import { type AlgorithmRegistry, standardAlgorithms } from './standard.ts';

export type { Algorithm } from './algorithm.ts';
export { groupMethods } from './groupMethods.ts';
export { type AlgorithmName, algorithms } from './standard.ts';

/** A new registry of the package's algorithms and of the methods of the group family. */
export function allAlgorithms(): AlgorithmRegistry {
  const registry = standardAlgorithms();
  for (const method of groupMethods) registry.register(method);
  return registry;
}
