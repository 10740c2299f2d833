/**
 * The environments that come with the package, for pages: a family is loaded when one of it is asked for. No file that `cohort-rl/envs` reaches imports
 * this one: bundlers would take all families along.
 */
import { type Family, idsOfThePackage } from './family.ts';
import { EnvRegistry, type EnvSpec } from './spec.ts';

const loaders: Readonly<Record<Family, () => Promise<readonly EnvSpec[]>>> = {
  cartPole: async () => (await import('./classic-control/cartPoleFamily.ts')).cartPoleFamily(),
  classicControl: async () => (await import('./classic-control/specs.ts')).classicControlSpecs(),
  box2d: async () => (await import('./box2d/specs.ts')).box2dSpecs(),
  mujoco: async () => (await import('./mujoco/specs.ts')).mujocoSpecs(),
  toyText: async () => (await import('./toy-text/specs.ts')).toyTextSpecs(),
};

/** A new registry of the built-in environments: it knows their ids, and loads the rest when asked to. Register more on it. */
export function lateRegistry(): EnvRegistry {
  const registry = new EnvRegistry();
  for (const [name, ids] of Object.entries(idsOfThePackage)) registry.registerLate(ids, loaders[name as Family]);
  return registry;
}
