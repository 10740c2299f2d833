/** MuJoCo environments: a new one is its file, one row here and its ids in `../family.ts`. */
import { family } from '../family.ts';
import { antSpecs } from './ant.ts';
import { halfCheetahSpecs } from './halfCheetah.ts';
import { hopperSpecs } from './hopper.ts';
import { humanoidSpecs } from './humanoid.ts';
import { humanoidStandupSpecs } from './humanoidStandup.ts';
import { invertedDoublePendulumSpecs } from './invertedDoublePendulum.ts';
import { invertedPendulumSpecs } from './invertedPendulum.ts';
import { pusherSpecs } from './pusher.ts';
import { reacherSpecs } from './reacher.ts';
import { swimmerSpecs } from './swimmer.ts';
import { walker2dSpecs } from './walker2d.ts';

/** All of the family. */
export const mujocoSpecs = /* @__PURE__ */ family(() => [
  ...halfCheetahSpecs(),
  ...hopperSpecs(),
  ...invertedPendulumSpecs(),
  ...invertedDoublePendulumSpecs(),
  ...reacherSpecs(),
  ...swimmerSpecs(),
  ...walker2dSpecs(),
  ...antSpecs(),
  ...humanoidSpecs(),
  ...humanoidStandupSpecs(),
  ...pusherSpecs(),
]);
