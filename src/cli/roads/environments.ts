/**
 * The road of environments at the command line.
 */
import { Option } from 'commander';
import { environmentLook } from '../../display/environmentLines.ts';
import type { EvaluationResult, RunEvaluation } from '../../node/toolkit.ts';
import { mean } from '../../statistics/index.ts';
import { labelKeys, startKeys } from '../beginningKeys.ts';
import { effort, jointVerdict, targetLines, verdict } from '../closing/environments.ts';
import { type FieldFlag, flagsOfFields, properName } from '../flags.ts';
import { commandLine, invocation } from '../invocation.ts';
import type { Library } from '../library.ts';
import { SuggestedOption } from '../options.ts';
import { formatNumber, groupDigits } from '../terminal.ts';
import { maxCount } from '../values.ts';
import type { Beginning, Road, RoadEvaluation, RoadTraining, RunConfig, Said, TrainRequest } from './road.ts';

const envOptionFlag = '--env-option';
const totalStepsFlag = '--total-steps';
// What another algorithm can be given, too; not the optimizer.
const keptFlags: readonly string[] = [envOptionFlag, '--from', '--from-iteration', '--tag'];

/** `name=value` as a value: JSON, else text. Throws `CohortError` for text without a name. */
function readEnvOption(text: string, { mistake, show }: Library): [name: string, value: unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw mistake(envOptionFlag, 'name=value', show(text), 'write for example maxEpisodeSteps=200');
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

/** Options of the environment: those of the file, and over them those of flags. */
function mergeEnvOptions({ flags, file }: Said, library: Library): unknown {
  const inFile = file?.values.envOptions;
  const said = flags.get(envOptionFlag);
  // What is no record is reported where the configuration is checked.
  if (!Array.isArray(said) || (inFile !== undefined && (typeof inFile !== 'object' || Array.isArray(inFile)))) return inFile;
  return { ...inFile, ...Object.fromEntries(said.map((text: string) => readEnvOption(text, library))) };
}

/** What may be said of the options of all environments, for completion. */
function suggestEnvOptions({ environments }: Library): [string, string][] {
  const options = environments.list().flatMap((spec) => Object.entries(spec.options ?? {}));
  const values = options.flatMap(([name, { kind, names = kind === 'boolean' ? ['true', 'false'] : [''], meaning }]) =>
    names.map((value): [string, string] => [`${name}=${value}`, meaning]),
  );
  return [...new Map(values)];
}

/** The recipe to start from: the named one, or the default one where the environment has one. Throws `CohortError`. */
function begin(env: string, said: Said, placeOf: (flag: string, key: string) => string, library: Library): Beginning {
  const { algorithms, environments, findRecipe, overRecipe, show, suggest, mistake } = library;
  const names = algorithms.list().map(({ name }) => name);
  const method = said.flags.get('--algorithm') ?? said.file?.values.algorithm ?? names[0];
  if (typeof method !== 'string' || !names.includes(method)) {
    const alone = algorithms.list().flatMap(({ name, family }) => (family === undefined ? [name] : []));
    const expected = `one of ${alone.join(', ')}, or a method that \`${invocation()} methods\` lists`;
    throw mistake(placeOf('--algorithm', 'algorithm'), expected, show(method), suggest(method, names));
  }
  const spec = environments.get(env); // throws with the nearest ids
  const named = said.flags.get('--recipe') ?? said.file?.values.recipe;
  const name = named === undefined ? undefined : String(named);
  const recipe = name === 'none' ? undefined : findRecipe(spec, method, name, placeOf('--recipe', 'recipe'), algorithms);
  const envOptions = mergeEnvOptions(said, library);
  return {
    method,
    recipe,
    // The library must not lay another recipe under this one.
    input: { ...overRecipe(recipe?.config ?? {}, envOptions === undefined ? {} : { envOptions }), env, algorithm: method, recipe: 'none' },
  };
}

/** Total steps as a number of iterations: floor(total / (N x T)). Throws `CohortError`. */
function iterationsFor(
  text: string,
  subject: string,
  { numEnvs, numSteps, algorithm }: RunConfig,
  { algorithms, mistake, show }: Library,
): number {
  const { title, playsBesides } = algorithms.get(String(algorithm));
  if (playsBesides !== undefined) {
    const expected = `iterations with ${title}, whose ${playsBesides} take as many steps as it happens`;
    throw mistake(subject, expected, text, 'give --iterations');
  }
  const total = /^\d[\d_]*(e\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  const each = Number(numEnvs) * Number(numSteps);
  if (Number.isSafeInteger(total) && total >= each) return Math.floor(total / each);
  const expected = `a whole number of at least ${each}, the steps of one iteration (${numEnvs} environments x ${numSteps} steps)`;
  throw mistake(subject, expected, Number.isNaN(total) ? show(text) : text, 'raise it, or lower --num-envs or --num-steps');
}

// What does not decide how a run learns.
const besideLearning: readonly string[] = ['Evaluation', 'Run', 'Machine'];

/** Whether two configurations say the same in every field that both algorithms have and that decides how they learn. */
function isSame(own: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>, fields: readonly FieldFlag[]): boolean {
  const shared = fields.filter(({ field, description }) => {
    return field in own && field in other && field !== 'iterations' && !besideLearning.includes(description.group);
  });
  return shared.every(({ field }) => JSON.stringify(own[field]) === JSON.stringify(other[field]));
}

function describeComparison(own: TrainRequest, other: TrainRequest, fields: readonly FieldFlag[], library: Library): string {
  const { title, playsBesides } = library.algorithms.get(String(own.config.algorithm));
  const besides = playsBesides === undefined ? '' : `; the steps of ${title} are more, by those of its ${playsBesides}`;
  return describeSettings(own, other, fields, library) + besides;
}

function describeSettings(
  own: TrainRequest,
  other: TrainRequest,
  fields: readonly FieldFlag[],
  { algorithms, environments, recipesOf }: Library,
): string {
  if (isSame(own.config, other.config, fields)) return 'the same settings for both';
  const algorithmOf = ({ config }: TrainRequest): ReturnType<Library['algorithms']['get']> => algorithms.get(String(config.algorithm));
  const titleOf = (request: TrainRequest): string => algorithmOf(request).title;
  /** Under which name an algorithm's recipes are kept. */
  const keeperOf = (request: TrainRequest): string => algorithmOf(request).recipesOf?.algorithm ?? algorithmOf(request).name;
  if (keeperOf(own) === keeperOf(other) && own.recipe === other.recipe)
    return `the settings of ${titleOf(other)} for both, but for what makes ${titleOf(own)}`;
  const name = (request: TrainRequest): string => `${titleOf(request)} with recipe ${request.recipe ?? 'none'}`;
  const paperOf = (request: TrainRequest): Readonly<Record<string, unknown>> | undefined =>
    recipesOf(environments.get(request.target)).find((recipe) => recipe.algorithm === keeperOf(request) && recipe.name === 'paper')?.config;
  const [paper, otherPaper] = [paperOf(own), paperOf(other)];
  const equal = paper && otherPaper && isSame(paper, otherPaper, fields) ? 'paper' : 'none';
  return `each at its own settings: ${name(own)}, ${name(other)}; for the same settings train both with --recipe ${equal}`;
}

const training: RoadTraining = {
  description: 'train a policy; every option is a field of the configuration',
  precedence: 'defaults, recipe, --config file, flags',
  examples: ['CartPole-v1', 'CartPole-v1 --seed 1,2,3 --num-envs 128 --iterations 100', 'CartPole-v1 --algorithm ppo --json > run.jsonl'],
  fileKeys: ['env', 'algorithm', 'recipe', 'envOptions', 'seed', 'totalSteps', ...startKeys, ...labelKeys],
  takesModules: true,
  takesPolicies: true,
  repeating: { recipe: 'none' },

  options({ algorithms, environments, recipesOf }) {
    const all = algorithms.list();
    const names = all.map(({ name }) => name);
    const alone = all.filter(({ family }) => family === undefined).map(({ name }) => name);
    return [
      new SuggestedOption(
        '--algorithm <name>',
        `what to train with: ${alone.join(', ')}, or one of \`${invocation()} methods\` (default ${names[0]})`,
        () => all.map(({ name, description }) => [name, description]),
      ),
      new SuggestedOption(
        '--recipe <name>',
        'settings to start from (default: the recipe named default, if the environment has one; none: no recipe)',
        () =>
          [...new Set(environments.list().flatMap((spec) => recipesOf(spec).map(({ name }) => name))), 'none'].map((name) => [
            name,
            name === 'none' ? 'no recipe' : 'recipe',
          ]),
      ),
      new SuggestedOption(
        `${envOptionFlag} <name=value>`,
        `an option of the environment, as \`${invocation()} envs <id>\` lists them; may be repeated, wins over envOptions of the file`,
        suggestEnvOptions,
      ).argParser((text: string, before: readonly string[] = []) => [...before, text]),
      new Option('--total-steps <n>', 'total environment steps; sets the iterations to total / (environments x steps)'),
    ];
  },
  fields: ({ algorithms, describeFields, runSchema }) =>
    flagsOfFields(
      algorithms.list().map((algorithm) => [algorithm.name, describeFields(runSchema(algorithm))]),
      new Map(algorithms.list().flatMap(({ name, family }) => (family === undefined ? [] : [[name, family] as const]))),
    ),
  help({ environments, recipesOf }) {
    const tried = environments.list().filter((spec) => recipesOf(spec).some(({ name }) => name === 'default'));
    return `Recipes named default: ${tried.map(({ id }) => id).join(', ')}; \`${invocation()} recipes <env>\` shows what they set.`;
  },

  begin,
  derive({ flags, file }, resolve, library) {
    const { values = {}, path, lines } = file ?? {};
    const said = flags.get(totalStepsFlag);
    // A flag wins over a file, whichever way each says how long to train.
    const isOfFile = said === undefined && values.totalSteps !== undefined && !flags.has('--iterations');
    const total = isOfFile ? values.totalSteps : said;
    if (total === undefined) return {};
    const subject = isOfFile ? `${path}:${lines?.get('totalSteps') ?? 1}: totalSteps` : totalStepsFlag;
    if (isOfFile ? values.iterations === undefined : !flags.has('--iterations')) {
      return { iterations: iterationsFor(String(total), subject, resolve(), library) };
    }
    const [one, other] = isOfFile ? ['totalSteps', 'iterations'] : [totalStepsFlag, '--iterations'];
    const advice = 'leave one out: iterations = total steps / (environments x steps)';
    throw library.mistake(subject, `one of ${one} and ${other}`, 'both', advice);
  },
  resolve: ({ recipe: _recipe, ...input }, library, nameOf) => library.resolveConfig(input, 'train', nameOf, library.algorithms),
  async tryOut({ env, envOptions }, { environments }) {
    // The options of an environment are its own to check.
    (await environments.get(env as string).make(envOptions as Readonly<Record<string, unknown>>)).close?.();
  },
  compare({ algorithm }, fields, { algorithms }) {
    const method = algorithms.get(algorithm as string).comparesWith;
    if (method === undefined) return undefined;
    const keeps = (flag: string): boolean =>
      keptFlags.includes(flag) || fields.some((field) => field.flag === properName(flag) && field.methods.includes(method));
    return { method, keeps };
  },
  sameBudget(budget, config) {
    const [each, eachOther] = [budget, config].map(({ numEnvs, numSteps }) => Number(numEnvs) * Number(numSteps)) as [number, number];
    // An algorithm of the user's own may count in another way.
    if (each === eachOther || !(each > 0 && eachOther > 0)) {
      return budget.iterations === config.iterations ? [] : [['--iterations', String(budget.iterations)]];
    }
    const total = budget.iterations * each;
    const iterations = Math.max(1, Math.floor(total / eachOther));
    if (iterations === config.iterations) return [];
    return total < eachOther ? [['--iterations', '1']] : [['--total-steps', String(total)]];
  },
  describeComparison,
};

/** Cells of one row of the table: statistics over episodes, then lengths. */
function evaluationCells({ returns, lengths, ...statistics }: EvaluationResult): string[] {
  const least = (values: readonly number[]): number => values.reduce((low, value) => Math.min(low, value));
  const greatest = (values: readonly number[]): number => values.reduce((high, value) => Math.max(high, value));
  return [
    ...[statistics.mean, statistics.standardError, statistics.iqm].map((value) => formatNumber(value, 2)),
    ...[least(returns), greatest(returns), mean(lengths)].map((value) => formatNumber(value, 1)),
    `${least(lengths)}–${greatest(lengths)}`,
  ];
}

function thresholdOf(env: string, { environments }: Library): number | undefined {
  // A run on a custom environment is not in the registry.
  return environments.find(env)?.rewardThreshold;
}

/** Of episodes that were still going on where they were cut. */
function cutNote(cut: number, { sampled, greedy }: Pick<RunEvaluation, 'sampled' | 'greedy'>): string {
  const lengths = [...sampled.lengths, ...greedy.lengths];
  const most = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  return `${cut} of ${lengths.length} episodes had not ended after ${groupDigits(most)} steps and were cut there (--max-steps)`;
}

const evaluation: RoadEvaluation = {
  options: () => [],
  flags: [
    { name: 'episodes', flag: '--episodes', description: 'episodes of each kind', default: 100, min: 1, max: 100_000 },
    {
      name: 'maxSteps',
      flag: '--max-steps',
      description: "cut episodes here (default: the environment's own limit)",
      min: 1,
      max: maxCount,
    },
  ],
  heading: ['policy', 'mean', 'std. error', 'IQM', 'min', 'max', 'mean length', 'lengths'],
  describe: ({ episodes }) => `${episodes} episodes of each kind`,
  async measure(directory, options, { library }) {
    const evaluation = await library.evaluate(directory, options);
    const threshold = thresholdOf(evaluation.target, library);
    return {
      evaluation,
      rows: [
        ['sampled', ...evaluationCells(evaluation.sampled)],
        ['greedy', ...evaluationCells(evaluation.greedy)],
      ],
      notes: [
        ...(threshold === undefined ? [] : [`solved from a mean return of ${threshold}`]),
        ...(evaluation.cut === undefined ? [] : [cutNote(evaluation.cut, evaluation)]),
      ],
    };
  },
};

/** Training on environments: `train`, `eval`, `watch`, ... */
export const environments: Road = {
  name: 'environments',
  commandPrefix: [],
  runNoun: 'a run on an environment',
  target: {
    key: 'env',
    noun: 'environment',
    example: 'CartPole-v1',
    list: 'envs',
    suggest: (library) => library.environments.list().map(({ id, description }) => [id, description]),
  },
  methodKey: 'algorithm',
  training,
  evaluation,
  look: environmentLook,
  closing(summaries, { several, config }, paint, library) {
    const [only] = summaries;
    const threshold = thresholdOf(only.target, library);
    const reached = targetLines(summaries, config.targetReturn, paint);
    return [...reached, ...(several ? [jointVerdict(summaries, threshold, paint)] : [verdict(only, threshold, paint), effort(only)])];
  },
  nextSteps: (folder) => [{ purpose: 'play 100 episodes', words: ['eval', folder] }],
  instead: (_command, path) => `measure it with \`${commandLine('eval', path)}\`, or see it play with \`${commandLine('watch', path)}\``,
};
