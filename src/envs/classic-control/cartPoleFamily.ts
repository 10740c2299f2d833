/** CartPole by itself: what most pages begin with is loaded without its neighbors. */
import { family } from '../family.ts';
import { cartPoleSpecs } from './cartPole.ts';

/** CartPole-v1 and -v0. */
export const cartPoleFamily = /* @__PURE__ */ family(cartPoleSpecs);
