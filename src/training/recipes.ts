/**
 * Finding a recipe and laying it under a user's own fields.
 */
import { recipes } from '../../recipes/index.ts';
import type { EnvRecipe, Recipe } from '../../recipes/recipe.ts';
import type { Algorithm } from '../algorithms/algorithm.ts';
import { defaultAlgorithm } from '../algorithms/standard.ts';
import { isRecord } from '../core/arguments.ts';
import { mistake, show, suggest } from '../core/errors.ts';

export type { Recipe };
export { recipes };

/** What has recipes: a row of the registry, or an id alone. */
interface WithRecipes {
  readonly id: string;
  readonly recipes?: readonly EnvRecipe[];
}

/** Where algorithms are known by their names. */
interface WithAlgorithms {
  find(name: string): Pick<Algorithm, 'recipesOf'> | undefined;
}

/** The recipes of an environment: those of this package, and those that it brings. */
export function recipesOf({ id, recipes: own = [] }: WithRecipes): readonly Recipe[] {
  return [...recipes.filter(({ env }) => env === id), ...own.map((recipe) => ({ ...recipe, env: id }))];
}

/** The recipes for an algorithm. A method that has none takes those of the algorithm that it is a variant of, but for the fields that make it one. */
function recipesFor(env: WithRecipes, algorithm: string, from: Algorithm['recipesOf']): readonly Recipe[] {
  const all = recipesOf(env);
  const own = all.filter((recipe) => recipe.algorithm === algorithm);
  if (own.length > 0 || !from) return own;
  const kept = (config: Recipe['config']) => Object.fromEntries(Object.entries(config).filter(([field]) => !from.without.includes(field)));
  return all
    .filter((recipe) => recipe.algorithm === from.algorithm)
    .map((recipe) => ({ ...recipe, algorithm, config: kept(recipe.config) }));
}

/**
 * The recipe of that name for an environment and algorithm, without a name the default one; `undefined` where the environment has none. Throws
 * `CohortError` for a name that does not exist where others do; `subject` is where the name was written.
 */
export function findRecipe(
  env: WithRecipes,
  algorithm: string,
  name?: string,
  subject = 'recipe',
  algorithms?: WithAlgorithms,
): Recipe | undefined {
  const candidates = recipesFor(env, algorithm, algorithms?.find(algorithm)?.recipesOf);
  const found = candidates.find((recipe) => recipe.name === (name ?? 'default'));
  if (found || name === undefined || (name === 'default' && candidates.length === 0)) return found;
  const names = candidates.map((recipe) => recipe.name);
  const advice = names.length > 0 ? suggest(name, [...names, 'none']) : 'there is none for this environment; leave it out';
  throw mistake(subject, `the name of a recipe for ${env.id} with ${algorithm}`, show(name), advice);
}

/** A recipe's fields under those that were said: what both name, the latter decide, of `envOptions` option by option. */
export function overRecipe<Input extends { readonly envOptions?: unknown }>(
  config: EnvRecipe['config'],
  said: Input,
): Input & Readonly<Record<string, unknown>> {
  const [own, options] = [config.envOptions, said.envOptions];
  return { ...config, ...said, ...(isRecord(own) && isRecord(options) && { envOptions: { ...own, ...options } }) };
}

/** The recipe's fields under the user's own. `none` means no recipe. */
export function withRecipe<Input extends { readonly env?: unknown; readonly algorithm?: unknown; readonly envOptions?: unknown }>(
  input: Input,
  name?: unknown,
  registry?: { find(id: string): WithRecipes | undefined },
  algorithms?: WithAlgorithms,
): Input & Readonly<Record<string, unknown>> {
  if (name !== undefined && typeof name !== 'string')
    throw mistake('recipe', 'the name of a recipe', show(name), 'write for example paper, or none');
  if (name === 'none' || typeof input.env !== 'string') return input;
  const env = registry?.find(input.env) ?? { id: input.env };
  const algorithm = typeof input.algorithm === 'string' ? input.algorithm : defaultAlgorithm;
  const recipe = findRecipe(env, algorithm, name, undefined, algorithms);
  return recipe ? overRecipe(recipe.config, input) : input;
}
