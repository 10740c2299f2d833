/** Classic control: a new one is its file, one row here and its ids in `../family.ts`. */
import { family } from '../family.ts';
import { acrobotSpecs } from './acrobot.ts';
import { mountainCarSpecs } from './mountainCar.ts';
import { mountainCarContinuousSpecs } from './mountainCarContinuous.ts';
import { pendulumSpecs } from './pendulum.ts';

/** All of the family but CartPole. */
export const classicControlSpecs = /* @__PURE__ */ family(() => [
  ...acrobotSpecs(),
  ...mountainCarSpecs(),
  ...mountainCarContinuousSpecs(),
  ...pendulumSpecs(),
]);
