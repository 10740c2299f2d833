/** Environments with rigid bodies in the plane: a new one is its file, one row here and its ids in `../family.ts`. */
import { family } from '../family.ts';
import { bipedalWalkerSpecs } from './bipedalWalkerSpecs.ts';
import { lunarLanderSpecs } from './lunarLanderSpecs.ts';

/** All of the family. */
export const box2dSpecs = /* @__PURE__ */ family(() => [...lunarLanderSpecs(), ...bipedalWalkerSpecs()]);
