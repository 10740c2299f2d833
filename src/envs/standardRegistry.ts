/** The environments that come with the package: a new one is its file and one row here, or in `threads/specs.ts`. */
import { acrobotSpecs } from './classic-control/acrobot.ts';
import { cartPoleSpecs } from './classic-control/cartPole.ts';
import { mountainCarSpecs } from './classic-control/mountainCar.ts';
import { mountainCarContinuousSpecs } from './classic-control/mountainCarContinuous.ts';
import { pendulumSpecs } from './classic-control/pendulum.ts';
import { EnvRegistry, type EnvSpec } from './spec.ts';
import { threadedSpecs } from './threads/specs.ts';
import { cliffWalkingSpecs } from './toy-text/cliffWalking.ts';

let specs: readonly EnvSpec[] | undefined;

/** The same ones at every call: an environment is known by its spec. Made late, so that a program without them is bundled without them. */
function standardSpecs(): readonly EnvSpec[] {
  specs ??= [
    ...cartPoleSpecs(),
    ...acrobotSpecs(),
    ...mountainCarSpecs(),
    ...mountainCarContinuousSpecs(),
    ...pendulumSpecs(),
    ...threadedSpecs(),
    ...cliffWalkingSpecs(),
  ];
  return specs;
}

/** A new registry with all built-in environments. Register more on it. */
export function standardRegistry(): EnvRegistry {
  const registry = new EnvRegistry();
  for (const spec of standardSpecs()) registry.register(spec);
  return registry;
}
