/**
 * Finding a recipe and laying it under a user's own fields.
 */
import { recipes } from '../../recipes/index.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { defaultAlgorithm } from '../algorithms/index.ts';
import { mistake, show, suggest } from '../core/errors.ts';

export type { Recipe };
export { recipes };

/**
 * The recipe of that name for an environment and algorithm; `undefined` where the environment has none. Throws `CohortError` for a name
 * that does not exist where others do; `subject` is where the name was written.
 */
export function findRecipe(env: string, algorithm: string, name = 'default', subject = 'recipe'): Recipe | undefined {
  const candidates = recipes.filter((recipe) => recipe.env === env && recipe.algorithm === algorithm);
  const found = candidates.find((recipe) => recipe.name === name);
  if (found || (name === 'default' && candidates.length === 0)) return found;
  const names = candidates.map((recipe) => recipe.name);
  const advice = names.length > 0 ? suggest(name, [...names, 'none']) : 'there is none for this environment; leave it out';
  throw mistake(subject, `the name of a recipe for ${env} with ${algorithm}`, show(name), advice);
}

/** The recipe's fields under the user's own: what both name, the user decides. `none` means no recipe. */
export function withRecipe<Input extends { readonly env?: unknown; readonly algorithm?: unknown }>(
  input: Input,
  name: unknown = 'default',
): Input & Readonly<Record<string, unknown>> {
  if (typeof name !== 'string') throw mistake('recipe', 'the name of a recipe', show(name), 'write for example paper, or none');
  if (name === 'none' || typeof input.env !== 'string') return input;
  const recipe = findRecipe(input.env, typeof input.algorithm === 'string' ? input.algorithm : defaultAlgorithm, name);
  return recipe ? { ...recipe.config, ...input } : input;
}
