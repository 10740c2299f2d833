/** The generators of N environments. */
import type { EnvState, Seed } from '../core/env.ts';
import { type Generator, pcg64StateLength } from '../random/index.ts';
import { createEnvGenerator } from './seeding.ts';
import { restoreArrays } from './state.ts';
import { checkSeeds } from './vectorBuffers.ts';

/** One generator per environment. Never seeded means entropy `[0, i]`: a forgotten seed is still reproducible. */
export function createGenerators(numEnvs: number): Generator[] {
  return Array.from({ length: numEnvs }, (_, i) => createEnvGenerator([0, i]));
}

/** Seeds anew, in place. Throws CohortError unless there is one good seed per environment. */
export function seedGenerators(generators: Generator[], seeds: readonly Seed[]): void {
  checkSeeds(seeds, generators.length);
  seeds.forEach((seed, i) => {
    generators[i] = createEnvGenerator(seed);
  });
}

/** All states in one array, (N, 10). */
export function saveGenerators(generators: readonly Generator[]): Uint32Array {
  const out = new Uint32Array(generators.length * pcg64StateLength);
  generators.forEach((generator, i) => {
    generator.getState(out, i * pcg64StateLength);
  });
  return out;
}

/** Restores the entry `generators` of a state. Throws CohortError if it does not fit. */
export function restoreGenerators(subject: string, generators: readonly Generator[], state: EnvState): void {
  const saved = { generators: new Uint32Array(generators.length * pcg64StateLength) };
  restoreArrays(subject, saved, state);
  generators.forEach((generator, i) => {
    generator.setState(saved.generators, i * pcg64StateLength);
  });
}
