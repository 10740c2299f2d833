/**
 * `cohort-rl recipes [env]`: settings that were tried, and what they set.
 */
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { envOptionWords, flagOf } from './flags.ts';
import { commandLine } from './invocation.ts';
import { moduleOption } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import { table } from './terminal.ts';
import { writeFlags } from './trainOptions.ts';

/** Adds `recipes` to the program. */
export function addRecipes(program: Command, context: Context): void {
  program
    .command('recipes')
    .description('list the recipes: settings that were tried, per environment and algorithm')
    .addArgument(new SuggestedArgument('[env]', 'id of an environment: also shows what its recipes set', environments.target.suggest))
    .addOption(moduleOption())
    .option('--json', 'write one JSON line per recipe')
    .action(answer(context, runRecipes));
}

/** What a recipe sets, as flags. */
function recipeFlags(config: Readonly<Record<string, unknown>>): string {
  const { envOptions, ...fields } = config as { readonly envOptions?: object };
  const flags = Object.entries(fields).map(
    ([field, value]) => [flagOf(field), typeof value === 'boolean' ? value : String(value)] as const,
  );
  return writeFlags([...flags, ['--env-option', envOptionWords(envOptions ?? {})]]).join(' ');
}

async function runRecipes(env: string | undefined, { json }: { json?: boolean }, { library, paint }: Tools): Promise<void> {
  const { environments, recipesOf } = library;
  const chosen = (env === undefined ? environments.list() : [environments.get(env)]).flatMap(recipesOf);
  if (json) {
    for (const recipe of chosen) writeJson({ event: 'recipe', ...recipe });
    return;
  }
  if (chosen.length === 0) return writeLine(`No recipes${env === undefined ? '' : ` for ${env}`}: it trains with the defaults.`);
  const rows = chosen.map((recipe) => [recipe.env, recipe.algorithm, recipe.name, recipe.description]);
  for (const line of table(['environment', 'algorithm', 'recipe', 'what it is'], rows, { paint })) writeLine(line);
  if (env !== undefined) {
    for (const recipe of chosen) writeLine(`\n${paint('bold', `${recipe.algorithm} ${recipe.name}`)} sets: ${recipeFlags(recipe.config)}`);
  }
  const example = chosen.find(({ name }) => name !== 'default') ?? chosen[0]!;
  writeLine(`\nUse one: ${paint('cyan', commandLine('train', example.env, '--algorithm', example.algorithm, '--recipe', example.name))}`);
}
