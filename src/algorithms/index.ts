/**
 * The algorithms by name. Each file is one algorithm, read top to bottom; they differ at the third stop of the road, the advantage.
 */
import { Registry } from '../core/registry.ts';
import type { Algorithm } from './algorithm.ts';
import { gpg } from './gpg.ts';
import { ppo } from './ppo.ts';

/** The algorithms that come with the package, the default first. */
export const algorithms = { gpg, ppo } as const;

/** Name of an algorithm: one of the package's, or a registered one. */
export type AlgorithmName = keyof typeof algorithms | (string & {});

/** What trains where nothing is said. */
export const defaultAlgorithm: AlgorithmName = 'gpg';

/** Algorithms by name. */
export class AlgorithmRegistry extends Registry<Algorithm> {
  constructor() {
    super({ key: 'name', noun: 'algorithm', whenTaken: 'choose another name' });
  }
}

/** A new registry of the package's algorithms; register more on it. */
export function standardAlgorithms(): AlgorithmRegistry {
  const registry = new AlgorithmRegistry();
  for (const algorithm of Object.values(algorithms)) registry.register(algorithm as Algorithm);
  return registry;
}
