/** Classic control: a new one is its file, one row here and its ids in `../family.ts`. */
import { family } from '../family.ts';
import { cartPoleSpecs } from './cartPole.ts';

/** All of the family. */
export const classicControlSpecs = /* @__PURE__ */ family(() => [...cartPoleSpecs()]);
