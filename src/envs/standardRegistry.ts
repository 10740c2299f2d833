/** The environments that come with the package: a new one is its file and one row here. */
import { lunarLanderSpecs } from './box2d/lunarLanderSpecs.ts';
import { cartPoleSpecs } from './classic-control/cartPole.ts';
import { halfCheetahSpecs } from './mujoco/halfCheetah.ts';
import { hopperSpecs } from './mujoco/hopper.ts';
import { invertedPendulumSpecs } from './mujoco/invertedPendulum.ts';
import { EnvRegistry } from './spec.ts';
import { cliffWalkingSpecs } from './toy-text/cliffWalking.ts';

/** A new registry with all built-in environments. Register more on it. */
export function standardRegistry(): EnvRegistry {
  const standardSpecs = [
    ...cartPoleSpecs,
    ...lunarLanderSpecs,
    ...halfCheetahSpecs,
    ...hopperSpecs,
    ...invertedPendulumSpecs,
    ...cliffWalkingSpecs,
  ];
  const registry = new EnvRegistry();
  for (const spec of standardSpecs) registry.register(spec);
  return registry;
}
