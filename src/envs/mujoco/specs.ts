/** MuJoCo environments: a new one is its file, one row here and its ids in `../family.ts`. */
import { family } from '../family.ts';
import { halfCheetahSpecs } from './halfCheetah.ts';
import { hopperSpecs } from './hopper.ts';
import { invertedPendulumSpecs } from './invertedPendulum.ts';

/** All of the family. */
export const mujocoSpecs = /* @__PURE__ */ family(() => [...halfCheetahSpecs(), ...hopperSpecs(), ...invertedPendulumSpecs()]);
