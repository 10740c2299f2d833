/** The environments of the package that are worth several threads: all that a thread is asked for, besides those of modules. */
import { bipedalWalkerSpecs } from '../box2d/bipedalWalkerSpecs.ts';
import { lunarLanderSpecs } from '../box2d/lunarLanderSpecs.ts';
import { halfCheetahSpecs } from '../mujoco/halfCheetah.ts';
import { hopperSpecs } from '../mujoco/hopper.ts';
import { invertedPendulumSpecs } from '../mujoco/invertedPendulum.ts';
import type { EnvSpec } from '../spec.ts';

/** New specs at every call. */
export function threadedSpecs(): EnvSpec[] {
  return [...lunarLanderSpecs(), ...bipedalWalkerSpecs(), ...halfCheetahSpecs(), ...hopperSpecs(), ...invertedPendulumSpecs()];
}
