/**
 * The algorithms by name. Each file is one algorithm, read top to bottom; they differ at the third stop of the road, the advantage.
 */
import type { MethodName } from '../advantage/core.ts';
import { Registry } from '../core/registry.ts';
import type { Algorithm } from './algorithm.ts';
import { gpg } from './gpg.ts';
import { gpgPlus } from './gpgPlus.ts';
import { ppo } from './ppo.ts';

/** The algorithms that every page knows, the default first. */
export const algorithms = { 'gpg+': gpgPlus, gpg, ppo } as const;

/** Name of an algorithm: one of the package's, or a registered one. */
export type AlgorithmName = keyof typeof algorithms | MethodName | (string & {});

/** What trains where nothing is said. */
export const defaultAlgorithm: AlgorithmName = 'gpg+';

/** Algorithms by name. */
export class AlgorithmRegistry extends Registry<Algorithm> {
  constructor() {
    super({ key: 'name', noun: 'algorithm', whenTaken: 'choose another name' });
  }
}

/** A new registry of the algorithms with a file of their own; register more on it. */
export function standardAlgorithms(): AlgorithmRegistry {
  const registry = new AlgorithmRegistry();
  for (const algorithm of Object.values(algorithms)) registry.register(algorithm as Algorithm);
  return registry;
}
