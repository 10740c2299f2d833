/** The environments of the package that are worth several threads: all that a thread is asked for, besides those of modules. */
import { lunarLanderSpecs } from '../box2d/lunarLanderSpecs.ts';
import { halfCheetahSpecs } from '../mujoco/halfCheetah.ts';
import { hopperSpecs } from '../mujoco/hopper.ts';
import { invertedDoublePendulumSpecs } from '../mujoco/invertedDoublePendulum.ts';
import { invertedPendulumSpecs } from '../mujoco/invertedPendulum.ts';
import { reacherSpecs } from '../mujoco/reacher.ts';
import { swimmerSpecs } from '../mujoco/swimmer.ts';
import { walker2dSpecs } from '../mujoco/walker2d.ts';
import type { EnvSpec } from '../spec.ts';

/** New specs at every call. */
export function threadedSpecs(): EnvSpec[] {
  return [
    ...lunarLanderSpecs(),
    ...halfCheetahSpecs(),
    ...hopperSpecs(),
    ...invertedPendulumSpecs(),
    ...invertedDoublePendulumSpecs(),
    ...reacherSpecs(),
    ...swimmerSpecs(),
    ...walker2dSpecs(),
  ];
}
