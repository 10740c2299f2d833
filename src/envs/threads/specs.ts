/** The environments of the package that are worth several threads: all that a thread is asked for, besides those of modules. */
import { lunarLanderSpecs } from '../box2d/lunarLanderSpecs.ts';
import { antSpecs } from '../mujoco/ant.ts';
import { halfCheetahSpecs } from '../mujoco/halfCheetah.ts';
import { hopperSpecs } from '../mujoco/hopper.ts';
import { humanoidSpecs } from '../mujoco/humanoid.ts';
import { humanoidStandupSpecs } from '../mujoco/humanoidStandup.ts';
import { invertedPendulumSpecs } from '../mujoco/invertedPendulum.ts';
import { pusherSpecs } from '../mujoco/pusher.ts';
import type { EnvSpec } from '../spec.ts';

/** New specs at every call. */
export function threadedSpecs(): EnvSpec[] {
  return [
    ...lunarLanderSpecs(),
    ...halfCheetahSpecs(),
    ...hopperSpecs(),
    ...invertedPendulumSpecs(),
    ...antSpecs(),
    ...humanoidSpecs(),
    ...humanoidStandupSpecs(),
    ...pusherSpecs(),
  ];
}
