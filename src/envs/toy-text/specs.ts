/** Toy text: a new one is its file, one row here and its ids in `../family.ts`. */
import { family } from '../family.ts';
import { blackjackSpecs } from './blackjack.ts';
import { cliffWalkingSpecs } from './cliffWalking.ts';
import { frozenLakeSpecs } from './frozenLake.ts';
import { taxiSpecs } from './taxi.ts';

/** All of the family. */
export const toyTextSpecs = /* @__PURE__ */ family(() => [
  ...cliffWalkingSpecs(),
  ...frozenLakeSpecs(),
  ...taxiSpecs(),
  ...blackjackSpecs(),
]);
