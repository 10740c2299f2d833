/**
 * What may be registered: environments and algorithms of the user, looked at before anything relies on them.
 */
import type { Algorithm } from '../algorithms/algorithm.ts';
import { checkFunction, checkRecord, checkText } from '../core/arguments.ts';
import { mistake, show } from '../core/errors.ts';
import { completeSpace } from '../core/space.ts';
import type { EnvSpec } from '../envs/spec.ts';

/** Throws `CohortError` for what is no environment that can be made and shown. */
export function checkEnvSpec(spec: unknown, subject = 'registerEnv'): asserts spec is EnvSpec {
  const example = "give { id: 'Mine-v0', description, observationSpace, actionSpace, make }";
  const { id, description, observationSpace, actionSpace, make, makeVector, options, recipes } = checkRecord(
    spec,
    subject,
    'an environment',
    example,
  );
  checkText(id, `${subject}: id`, 'the id of an environment', "write for example 'Mine-v0'");
  checkText(description, `${subject}: description`, 'one sentence for the table of environments', 'say what it is');
  completeSpace(observationSpace, `${subject}: observationSpace`);
  completeSpace(actionSpace, `${subject}: actionSpace`);
  checkFunction(make, `${subject}: make`, 'a function that makes the environment', 'write async (options) => new Mine(options)');
  checkFunction(makeVector, `${subject}: makeVector`, 'a function, or nothing', 'leave it out: single environments are lifted', true);
  if (options !== undefined) checkRecord(options, `${subject}: options`, 'a record of options', 'leave it out if there are none');
  if (recipes !== undefined) checkRecipes(recipes, `${subject}: recipes`);
}

function checkRecipes(recipes: unknown, subject: string): void {
  const example = "write for example [{ algorithm: 'gpg', name: 'default', description: '32 environments', config: { numEnvs: 32 } }]";
  if (!Array.isArray(recipes)) throw mistake(subject, 'a list of recipes', show(recipes), example);
  for (const [index, recipe] of recipes.entries()) {
    const at = `${subject}[${index}]`;
    const given = checkRecord(recipe, at, 'a recipe', example);
    for (const key of ['algorithm', 'name', 'description']) checkText(given[key], `${at}: ${key}`, 'a text', example);
    checkRecord(given.config, `${at}: config`, 'fields of the configuration', example);
  }
}

/** Throws `CohortError` for what training cannot run. */
export function checkAlgorithm(algorithm: unknown, subject = 'registerAlgorithm'): asserts algorithm is Algorithm {
  const example = 'give { name, title, description, fields, check, create, iterate }';
  const given = checkRecord(algorithm, subject, 'an algorithm', example);
  for (const key of ['name', 'title', 'description']) checkText(given[key], `${subject}: ${key}`, 'a text', example);
  checkRecord(given.fields, `${subject}: fields`, 'the fields of its configuration', 'give {} if it has none');
  for (const key of ['check', 'create', 'iterate']) checkFunction(given[key], `${subject}: ${key}`, 'a function', example);
}
