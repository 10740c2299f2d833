/**
 * What to train after a run: the same for longer, or another method to compare with, with everything that was said about the run.
 */
import type { NextStep } from './closing/nextSteps.ts';
import type { ConfigFile } from './configFile.ts';
import { envOptionWords, type FieldFlag, type FlagValue, flagOf, writeField } from './flags.ts';
import type { Library } from './library.ts';
import { logFlag } from './logs.ts';
import { type Comparison, commandOf, type Road, type Said, type TrainRequest } from './roads/road.ts';
import { keptFlags, writeFlags } from './trainOptions.ts';
import { buildTrainRequest } from './trainRequest.ts';

type Flags = Map<string, FlagValue>;

// What names settings instead of setting one.
const settingsFlag = '--config';
const recipeFlag = '--recipe';
// What is of this run alone: another method has another optimizer.
const ownKeys: readonly string[] = ['name', 'withOptimizer'];
const budgetFlags: readonly string[] = ['--iterations', '--total-steps', '--total-timesteps'];

/** The keys of a file that set fields: of a config.json those of its configuration. */
function fieldsOf({ values }: ConfigFile): string[] {
  const { config } = values;
  return Object.keys(typeof config === 'object' && config !== null ? config : values);
}

/** What a file says of where the run begins, and its tags, as flags. */
function beginningFlags({ values: { from, fromIteration, tags } }: ConfigFile): [flag: string, value: FlagValue][] {
  return [
    ...(typeof from === 'string' ? [['--from', from] satisfies [string, FlagValue]] : []),
    ...(fromIteration === undefined ? [] : [['--from-iteration', String(fromIteration)] satisfies [string, FlagValue]]),
    ...(Array.isArray(tags) ? [['--tag', tags.map(String)] satisfies [string, FlagValue]] : []),
  ];
}

/** What the other method is given: flags as the user wrote them, and the file if all that it says means the same there. */
function sharedFlags(
  road: Road,
  { flags, file }: Said,
  { input, seeds }: TrainRequest,
  other: Comparison,
): { readonly flags: Flags; readonly keepsFile: boolean } {
  const { methodKey, target, training } = road;
  const isNeutral = (key: string): boolean => !ownKeys.includes(key) && isShared(key);
  const isShared = (key: string): boolean => key === methodKey || key === target.key || training.fileKeys.includes(key);
  const keepsFile =
    file !== undefined && file.values.config === undefined && fieldsOf(file).every((key) => isNeutral(key) || other.keeps(flagOf(key)));
  const shared: Flags = new Map([[`--${methodKey}`, other.method]]);
  const budget = [...flags].filter(([flag]) => budgetFlags.includes(flag));
  for (const [flag, value] of [...keptFlags(flags), ...budget]) {
    const isKept = flag === settingsFlag ? keepsFile : flag === recipeFlag || flag === logFlag || other.keeps(flag);
    if (isKept && flag !== `--${methodKey}`) shared.set(flag, value);
  }
  if (!file || keepsFile) return { flags: shared, keepsFile };
  if (file.values.seed !== undefined || file.values.config !== undefined) if (!shared.has('--seed')) shared.set('--seed', seeds.join(','));
  if (file.values.config === undefined) for (const [flag, value] of beginningFlags(file)) if (!shared.has(flag)) shared.set(flag, value);
  const { envOptions } = input;
  if (typeof envOptions === 'object' && envOptions !== null) {
    const words = envOptionWords(envOptions);
    if (words.length > 0) shared.set('--env-option', words);
  }
  return { flags: shared, keepsFile };
}

/** The recipe that the user named, by a flag or in the file; a config.json names none. */
function namedRecipe({ flags, file }: Said): unknown {
  return flags.get(recipeFlag) ?? (file?.values.config === undefined ? file?.values.recipe : 'none');
}

/** A command that trains the other method with everything shared; `undefined` where no such command can be written. */
function compareWith(
  road: Road,
  said: Said,
  request: TrainRequest,
  other: Comparison,
  fields: readonly FieldFlag[],
  library: Library,
): { readonly flags: Flags; readonly request: TrainRequest } | undefined {
  const { target, config, input } = request;
  const { flags, keepsFile } = sharedFlags(road, said, request, other);
  const build = (tried: Flags): TrainRequest | undefined => {
    try {
      const file = keepsFile ? said.file : undefined;
      return buildTrainRequest(road, { target, flags: tried, file }, fields, library);
    } catch (error) {
      if (error instanceof library.CohortError) return undefined;
      throw error;
    }
  };
  const recipe = namedRecipe(said);
  if (recipe !== undefined && !keepsFile) flags.set(recipeFlag, String(recipe));
  let made = build(flags);
  // Where the other method has no recipe of that name, what it sets is said field by field.
  const isForeign = !made && recipe !== undefined && recipe !== 'none';
  if (isForeign) {
    flags.set(recipeFlag, 'none');
    made = build(flags);
  }
  if (!made) return undefined;
  const own = new Set(keepsFile || !said.file ? [] : fieldsOf(said.file));
  const carried = Object.keys(isForeign ? input : {}).concat([...own]);
  for (const field of fields) {
    const { flag } = field;
    if (!carried.includes(field.field) || field.field === 'seed' || field.field === 'stopAfter' || flags.has(flag) || !other.keeps(flag))
      continue;
    if (budgetFlags.includes(flag)) continue;
    if (JSON.stringify(made.config[field.field]) !== JSON.stringify(config[field.field])) flags.set(flag, writeField(config[field.field]));
  }
  const full = build(flags);
  if (!full) return undefined;
  for (const [flag, value] of road.training.sameBudget(config, full.config)) {
    for (const one of budgetFlags) flags.delete(one);
    flags.set(flag, value);
  }
  const exact = build(flags);
  return exact && { flags, request: exact };
}

/** What to train after a run. */
export function trainAgain(road: Road, said: Said, request: TrainRequest, fields: readonly FieldFlag[], library: Library): NextStep[] {
  const { target, config } = request;
  const train = [...commandOf(road, 'train'), said.typed ?? target];
  const longer = [...train, ...writeFlags(keptFlags(said.flags)), '--iterations', String(config.iterations * 2)];
  const steps: NextStep[] = [{ purpose: 'train longer', words: longer, kind: 'longer' }];
  const other = road.training.compare(config, fields, library);
  const compared = other && compareWith(road, said, request, other, fields, library);
  if (!compared) return steps;
  const note = road.training.describeComparison?.(request, compared.request, fields, library);
  const words = [...train, ...writeFlags([...compared.flags])];
  return [...steps, { purpose: `compare with ${other.method.toUpperCase()}`, words, ...(note !== undefined && { note }) }];
}
