/** All recipes. */
import { bipedalWalkerRecipes } from './bipedalWalker.ts';
import { cartPoleRecipes } from './cartPole.ts';
import { classicControlRecipes } from './classicControl.ts';
import { cliffWalkingRecipes } from './cliffWalking.ts';
import { halfCheetahRecipes } from './halfCheetah.ts';
import { lunarLanderRecipes } from './lunarLander.ts';
import { mujocoRecipes } from './mujoco.ts';
import type { Recipe } from './recipe.ts';
import { toyTextRecipes } from './toyText.ts';

export type { Recipe } from './recipe.ts';

/** Every recipe, in the order of the table that `cohort-rl recipes` prints. */
export const recipes: readonly Recipe[] = [
  ...cartPoleRecipes,
  ...classicControlRecipes,
  ...lunarLanderRecipes,
  ...bipedalWalkerRecipes,
  ...halfCheetahRecipes,
  ...mujocoRecipes,
  ...cliffWalkingRecipes,
  ...toyTextRecipes,
];
