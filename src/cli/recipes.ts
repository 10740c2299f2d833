/**
 * `cohort-rl recipes [env]`: settings that were tried, and what they set.
 */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { exitCodes } from './failure.ts';
import { flagOf } from './flags.ts';
import { commandLine } from './invocation.ts';
import { loadLibrary } from './library.ts';
import { writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import { SuggestedArgument } from './suggestions.ts';
import { paintFor, table, wantsColor } from './terminal.ts';

/** Adds `recipes` to the program. */
export function addRecipes(program: Command, context: Context): void {
  program
    .command('recipes')
    .description('list the recipes: settings that were tried, per environment and algorithm')
    .addArgument(new SuggestedArgument('[env]', 'id of an environment: also shows what its recipes set', environments.target.suggest))
    .option('--json', 'write one JSON line per recipe')
    .action(async (env: string | undefined, options: { json?: boolean }) => context.exit(await runRecipes(env, options)));
}

/** What a recipe sets, as flags. */
export function recipeFlags(config: Readonly<Record<string, unknown>>): string {
  return Object.entries(config)
    .map(([field, value]) => {
      const flag = flagOf(field);
      if (typeof value === 'boolean') return value ? flag : flag.replace('--', '--no-');
      return `${flag} ${Array.isArray(value) ? value.join(',') : String(value)}`;
    })
    .join(' ');
}

async function runRecipes(env: string | undefined, options: { json?: boolean }): Promise<number> {
  const library = await loadLibrary();
  if (env !== undefined) library.environments.get(env); // throws with the nearest ids
  const chosen = library.recipes.filter((recipe) => env === undefined || recipe.env === env);
  if (options.json) {
    for (const recipe of chosen) writeLine(JSON.stringify({ event: 'recipe', ...recipe }));
    return exitCodes.done;
  }
  const paint = paintFor(wantsColor(process.stdout));
  if (chosen.length === 0) {
    writeLine(`No recipes${env === undefined ? '' : ` for ${env}`}: it trains with the defaults.`);
    return exitCodes.done;
  }
  const rows = chosen.map((recipe) => [recipe.env, recipe.algorithm, recipe.name, recipe.description]);
  for (const line of table(['environment', 'algorithm', 'recipe', 'what it is'], rows, { paint })) writeLine(line);
  if (env !== undefined) {
    for (const recipe of chosen) writeLine(`\n${paint('bold', `${recipe.algorithm} ${recipe.name}`)} sets: ${recipeFlags(recipe.config)}`);
  }
  const example = chosen.find(({ name }) => name !== 'default') ?? chosen[0]!;
  writeLine(`\nUse one: ${paint('cyan', commandLine('train', example.env, '--algorithm', example.algorithm, '--recipe', example.name))}`);
  return exitCodes.done;
}
