/** The environments that come with the package, all at hand. A page takes `lateRegistry`. */
import { box2dSpecs } from './box2d/specs.ts';
import { cartPoleFamily } from './classic-control/cartPoleFamily.ts';
import { classicControlSpecs } from './classic-control/specs.ts';
import { mujocoSpecs } from './mujoco/specs.ts';
import { EnvRegistry } from './spec.ts';
import { toyTextSpecs } from './toy-text/specs.ts';

/** A new registry with all built-in environments. Register more on it. */
export function standardRegistry(): EnvRegistry {
  const registry = new EnvRegistry();
  for (const spec of [...cartPoleFamily(), ...classicControlSpecs(), ...box2dSpecs(), ...mujocoSpecs(), ...toyTextSpecs()])
    registry.register(spec);
  return registry;
}
