/** docs/reference/recipes.md. */
import { code, page, prose, show, table } from './markdown.mjs';

/** The recipes of an environment. */
export const recipesOf = ({ id }, recipes) => recipes.filter(({ env }) => env === id);

/** Where the recipes of an environment stand: a version of a task often has those of another. */
function recipesTable(own) {
  return table(
    ['recipe', 'algorithm', 'what it is', 'fields'],
    own.map(({ name, algorithm, description, config }) => [
      code(name),
      algorithm,
      description,
      Object.entries(config)
        .map(([field, value]) => code(`${field} ${show(value)}`))
        .join(' '),
    ]),
  );
}

/** The recipes of all environments. */
export function renderRecipes({ standardRegistry, recipes }) {
  const withoutEnv = (spec) => JSON.stringify(recipesOf(spec, recipes).map(({ env: _env, ...recipe }) => recipe));
  const specs = standardRegistry().list();
  const having = specs.filter((spec) => recipesOf(spec, recipes).length > 0);
  const without = specs.filter((spec) => !having.includes(spec)).map(({ id }) => code(id));
  return page('Recipes', [
    prose(
      'Settings that were tried on an environment. `cohort-rl train <id>` begins with the one named `default` of its algorithm, `--recipe <name>` with another, ' +
        '`--recipe none` with the defaults of the [fields](fields.md); what is given besides counts more. `cohort-rl recipes` lists them.',
    ),
    ...having.flatMap((spec, i) => {
      const same = having.slice(0, i).find((other) => withoutEnv(other) === withoutEnv(spec));
      return [`## ${spec.id}`, same ? prose(`Those of [${same.id}](#${same.id.toLowerCase()}).`) : recipesTable(recipesOf(spec, recipes))];
    }),
    without.length === 0 ? '' : '## Without recipes',
    without.length === 0 ? '' : prose(`A run of these begins from the defaults of the fields: ${without.join(', ')}.`),
  ]);
}
