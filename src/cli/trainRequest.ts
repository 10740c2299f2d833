/**
 * From what the user said (defaults < recipe < file < flags) to checked configurations, one per seed. Nothing is run or written here.
 */
import type { AlgorithmName, ResolvedConfig } from '../node/index.ts';
import type { ConfigFile } from './configFile.ts';
import { type FieldFlag, flagAliases, parseFlagValue } from './flags.ts';
import type { Library } from './library.ts';

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

// What config.json of a run says besides its configuration.
const runKeys: readonly string[] = ['format', 'formatVersion', 'cohort', 'platform'];

/** A run's own config.json as settings: with it a run is repeated. It names every field, so no recipe lies below it. */
function asSettings(file: ConfigFile): ConfigFile {
  if (file.values.format !== 'cohort-run') return file;
  const values = Object.fromEntries(Object.entries(file.values).filter(([key]) => !runKeys.includes(key)));
  return { ...file, values: { recipe: 'none', ...values } };
}

function parseSeed(value: unknown, subject: string, library: Library): number {
  const seed = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new library.CohortError({
    subject,
    expected: `whole numbers from 0 to ${Number.MAX_SAFE_INTEGER}, separated by commas`,
    got: library.show(value),
    advice: 'write for example --seed 1,2,3',
  });
}

function parseSeeds(value: unknown, subject: string, library: Library): number[] {
  const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  if (list.length === 0) parseSeed(undefined, subject, library);
  const seeds = list.map((entry) => parseSeed(entry, subject, library));
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) !== index);
  if (twice !== undefined) {
    throw new library.CohortError({
      subject,
      expected: 'seeds that differ',
      got: `${twice} twice`,
      advice: 'name each seed once: the same seed gives the same run',
    });
  }
  return seeds;
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
  const { CohortError, show } = library;
  const inFile = words.file?.values.env;
  if (words.env !== undefined && inFile !== undefined && words.env !== inFile) {
    throw new CohortError({
      subject: 'train',
      expected: `the environment of ${words.file?.path} (${show(inFile)}) or none on the command line`,
      got: show(words.env),
      advice: 'leave one of them out',
    });
  }
  const env = words.env ?? inFile;
  if (typeof env !== 'string' || env === '') {
    throw new CohortError({
      subject: 'train',
      expected: 'the id of an environment',
      got: show(env),
      advice: 'name one, for example: cohort-rl train CartPole-v1 (cohort-rl envs lists them all)',
    });
  }
  library.createStandardRegistry().get(env); // throws with the nearest ids
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
  const { CohortError, show } = library;
  const flags = withoutAliases(words.flags, library);
  const file = words.file && asSettings(words.file);
  const inFile = (key: string): string => `${file?.path}:${file?.lines.get(key) ?? 1}: ${key}`;

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

  const own = fields.filter((field) => field.algorithms.includes(algorithm));
  for (const [key, value] of Object.entries(file?.values ?? {})) {
    if ((fileKeys as readonly string[]).includes(key)) continue;
    const field = fields.find((candidate) => candidate.field === key);
    if (!field || !own.includes(field)) {
      const known = [...own.map(({ field: name }) => name), ...fileKeys];
      throw new CohortError({
        subject: `${file?.path}:${file?.lines.get(key) ?? 1}`,
        expected: `a field of ${algorithm}`,
        got: field ? `${show(key)}, a field of ${field.algorithms.join(', ')} only` : show(key),
        advice: field ? 'leave it out or change the algorithm' : nearest(key, known, 'cohort-rl train --help lists the fields', library),
      });
    }
    input[key] = value;
    sources.set(key, inFile(key));
  }
  if (file?.values.envOptions !== undefined) input.envOptions = file.values.envOptions;

  for (const field of fields) {
    const text = flags.get(field.flag);
    if (text === undefined || field.field === 'seed') continue;
    if (!field.algorithms.includes(algorithm)) {
      throw new CohortError({
        subject: field.flag,
        expected: `a flag of ${algorithm}`,
        got: `a flag of ${field.algorithms.join(', ')} only`,
        advice: `leave it out or train with --algorithm ${field.algorithms[0]}`,
      });
    }
    input[field.field] = parseFlagValue(field.description, text);
    sources.set(field.field, field.flag);
  }

  const seedFlag = flags.get('--seed');
  const seedSource = seedFlag === undefined && file?.values.seed !== undefined ? inFile('seed') : '--seed';
  const seeds = parseSeeds(seedFlag ?? file?.values.seed ?? input.seed ?? 1, seedSource, library);
  delete input.seed;

  const totalSteps = flags.get('--total-steps');
  if (totalSteps !== undefined) input.iterations = iterationsFor(String(totalSteps), flags, resolve(), library);
  const config = resolve();
  if (config.stopAfter !== undefined && config.stopAfter > config.iterations) {
    throw new CohortError({
      subject: sources.get('stopAfter') ?? 'stopAfter',
      expected: `at most the ${config.iterations} iterations of the run`,
      got: String(config.stopAfter),
      advice: 'leave it out to train to the end, or raise --iterations',
    });
  }
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

/** The nearest names if any are near, else where to look: lists of sixty names do not fit a screen. */
export function nearest(name: string, candidates: readonly string[], otherwise: string, library: Library): string {
  const near = library.nearestNames(name, candidates);
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : otherwise;
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
