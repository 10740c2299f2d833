/**
 * From what the user said (defaults < recipe < file < flags) to checked configurations, one per seed. Nothing is run or written here.
 */
import type { AlgorithmName, ResolvedConfig } from '../node/index.ts';
import type { ConfigFile } from './configFile.ts';
import { type FieldFlag, flagAliases } from './flags.ts';
import type { Library } from './library.ts';
import { asSettings, checkStopAfter, chooseTarget, placeInFile, readFields, readSeeds, type SaidFields } from './settings.ts';

/** What the user said, as text. */
export interface TrainWords {
  /** The environment on the command line. */
  readonly env?: string;
  /** Values of flags by flag: `--num-envs` -> `32`; a switch is `true`, its `--no-` form `false`. */
  readonly flags: ReadonlyMap<string, string | boolean>;
  readonly file?: ConfigFile;
}

/** What is to be trained. */
export interface TrainRequest {
  readonly env: string;
  readonly algorithm: AlgorithmName;
  /** The recipe that is used, if any. */
  readonly recipe?: string;
  readonly seeds: readonly number[];
  /** What recipe, file and flags say, without the seed: what `train` is given for every seed. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The same with every default filled in, for the first seed. */
  readonly config: ResolvedConfig;
}

/** Keys of a configuration file that are not fields of the configuration. */
const fileKeys = ['env', 'algorithm', 'recipe', 'envOptions', 'seed'] as const;

/** Puts aliases under their proper names. Throws `CohortError` where both are given. */
function withoutAliases(flags: TrainWords['flags'], library: Library): Map<string, string | boolean> {
  const proper = new Map(flags);
  for (const [alias, flag] of flagAliases) {
    const value = flags.get(alias);
    if (value === undefined) continue;
    if (flags.has(flag)) {
      throw new library.CohortError({
        subject: alias,
        expected: `one of ${alias} and ${flag}, which are the same`,
        got: 'both',
        advice: 'leave one out',
      });
    }
    proper.delete(alias);
    proper.set(flag, value);
  }
  return proper;
}

function chooseAlgorithm(value: unknown, subject: string, library: Library): AlgorithmName {
  const names: readonly string[] = library.algorithmNames;
  if (typeof value === 'string' && names.includes(value)) return value as AlgorithmName;
  throw new library.CohortError({
    subject,
    expected: `one of ${names.join(', ')}`,
    got: library.show(value),
    advice: library.suggest(String(value), names),
  });
}

function chooseEnv(words: TrainWords, library: Library): string {
  const { env: said, file } = words;
  const env = chooseTarget({ said, file, key: 'env', noun: 'environment', road: 'mdp', example: 'CartPole-v1', list: 'envs' }, library);
  library.standardRegistry().get(env); // throws with the nearest ids
  return env;
}

/** The recipe to start from: the named one, or the default one where the task has one. */
function chooseRecipe(
  env: string,
  algorithm: AlgorithmName,
  asked: unknown,
  subject: string,
  library: Library,
): { name?: string; config: Readonly<Record<string, unknown>> } {
  if (asked === undefined) {
    const found = library.recipes.find((r) => r.env === env && r.algorithm === algorithm && r.name === 'default');
    return found ? { name: found.name, config: found.config } : { config: {} };
  }
  if (asked === 'none') return { config: {} };
  const found = typeof asked === 'string' ? library.findRecipe(env, algorithm, asked) : undefined;
  if (found) return { name: found.name, config: found.config };
  const names = library.recipes.filter((r) => r.env === env && r.algorithm === algorithm).map((r) => r.name);
  throw new library.CohortError({
    subject,
    expected: `the name of a recipe for ${env} with ${algorithm}`,
    got: library.show(asked),
    advice: library.suggest(String(asked), [...names, 'none']),
  });
}

/** Steps per iteration of a configuration: N x T. */
function stepsPerIteration(config: ResolvedConfig): number {
  return Number(config.numEnvs) * Number(config.numSteps);
}

/**
 * Merges and checks everything the user said. Throws `CohortError` (usage) for the first thing that is wrong, before anything is started:
 * unknown or contradictory flags, values out of range, unknown environments, recipes and file keys.
 */
export function buildTrainRequest(words: TrainWords, fields: readonly FieldFlag[], library: Library): TrainRequest {
  const { CohortError } = library;
  const flags = withoutAliases(words.flags, library);
  const file = words.file && asSettings(words.file, 'mdp', library);
  const inFile = (key: string): string => placeInFile(file, key);

  const algorithmFlag = flags.get('--algorithm');
  const algorithm = chooseAlgorithm(
    algorithmFlag ?? file?.values.algorithm ?? 'gpg',
    algorithmFlag === undefined && file?.values.algorithm !== undefined ? inFile('algorithm') : '--algorithm',
    library,
  );
  const env = chooseEnv(words, library);
  const recipeFlag = flags.get('--recipe');
  const recipe = chooseRecipe(
    env,
    algorithm,
    recipeFlag ?? file?.values.recipe,
    recipeFlag === undefined && file?.values.recipe !== undefined ? inFile('recipe') : '--recipe',
    library,
  );

  const sources = new Map<string, string>(Object.keys(recipe.config).map((field) => [field, `recipe ${recipe.name}: ${field}`]));
  const input: Record<string, unknown> = { ...recipe.config, env, algorithm };
  const resolve = (): ResolvedConfig =>
    library.resolveConfig({ ...input, seed: seeds[0] }, 'train', (field) => sources.get(field) ?? field);

  const said: SaidFields = { flags, file, fields, method: algorithm, road: 'mdp', fileKeys };
  readFields(said, input, sources, library);
  if (file?.values.envOptions !== undefined) input.envOptions = file.values.envOptions;

  const seeds = readSeeds(said, input, library);

  const totalSteps = flags.get('--total-steps');
  if (totalSteps !== undefined) input.iterations = iterationsFor(String(totalSteps), flags, resolve(), library);
  const config = resolve();
  checkStopAfter(config, sources, library);
  if (config.bins === 'custom') {
    throw new CohortError({
      subject: sources.get('bins') ?? 'bins',
      expected: 'the name of a binning',
      got: '"custom"',
      advice: 'use it in a program: train({ env, bins: (step) => key }); a function has no flag',
    });
  }
  // The recipe is in the input already: the library must not lay another one under it.
  return { env, algorithm, recipe: recipe.name, seeds, input: { ...input, recipe: 'none' }, config };
}

/** `--total-steps` as a number of iterations: floor(total / (N x T)). */
function iterationsFor(text: string, flags: ReadonlyMap<string, string | boolean>, config: ResolvedConfig, library: Library): number {
  const { CohortError, show } = library;
  if (flags.has('--iterations')) {
    throw new CohortError({
      subject: '--total-steps',
      expected: 'one of --total-steps and --iterations',
      got: 'both',
      advice: 'leave one out: iterations = total steps / (environments x steps)',
    });
  }
  const total = /^\d[\d_]*(e\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  const each = stepsPerIteration(config);
  if (!Number.isSafeInteger(total) || total < each) {
    throw new CohortError({
      subject: '--total-steps',
      expected: `a whole number of at least ${each}, the steps of one iteration (${config.numEnvs} environments x ${config.numSteps} steps)`,
      got: Number.isNaN(total) ? show(text) : text,
      advice: 'raise it, or lower --num-envs or --num-steps',
    });
  }
  return Math.floor(total / each);
}
