/**
 * `cohort-rl train <env>`: trains one policy per seed.
 */
import { type Command, Option } from 'commander';
import { type ConfigFile, readConfigFile } from './configFile.ts';
import type { NextStep } from './display/closing.ts';
import { describeFlag, type FieldFlag, fieldFlags, flagAliases, placeholder } from './flags.ts';
import { commandLine, invocation, shownPath } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { makeRunFolder, removeIfEmpty, runName, runsFolder, seedFolder, writePlan } from './runFolders.ts';
import { buildTrainRequest, type TrainRequest, type TrainWords } from './trainRequest.ts';
import { type OutputMode, type SeedWork, trainSeeds } from './trainSeeds.ts';

/** Adds `train` to the program. Without the library it has a name and a description only: enough for the list of commands. */
export function addTrain(program: Command, library: Library | undefined, exit: (code: number) => void): void {
  const command = program
    .command('train')
    .description('train a policy; every option is a field of the configuration')
    .usage('[options] [env]')
    .argument('[env]', `id of an environment, for example CartPole-v1 (\`${invocation()} envs\` lists them)`);
  if (!library) return;
  const fields = fieldFlags(library);
  for (const option of trainOptions(fields, library)) command.addOption(option);
  // In a group of its own it would stand in the middle.
  command.addHelpOption(new Option('-h, --help', 'show this help').helpGroup('Output:'));
  command.addHelpText('after', () => trainHelp(library));
  command.action(async (env: string | undefined, _options: unknown, self: Command) => {
    const words: TrainWords = { env, flags: saidFlags(self, fields, library) };
    exit(await runTrain(words, self.opts(), fields));
  });
}

/** A switch that has an opposite: `--x` and `--no-x`, one line of the help text. */
export class SwitchOption extends Option {}

const outputOptions = (): Option[] => [
  new Option('--json', 'write nothing but JSON lines: config, iteration, evaluation, checkpoint, summary').helpGroup('Output:'),
  new Option('--quiet', 'write the result only').helpGroup('Output:'),
];

/** Options of commands that train, and what they mean together. */
export function addOutputOptions(command: Command): void {
  for (const option of outputOptions()) command.addOption(option);
}

/** Throws `CohortError` where both are given. */
export function outputMode(options: { json?: boolean; quiet?: boolean }, library: Library): OutputMode {
  if (options.json && options.quiet) {
    throw new library.CohortError({
      subject: '--quiet',
      expected: 'one of --json and --quiet',
      got: 'both',
      advice: 'leave one out: --json is for programs, --quiet for people',
    });
  }
  return options.json ? 'json' : options.quiet ? 'quiet' : 'display';
}

function trainOptions(fields: readonly FieldFlag[], library: Library): Option[] {
  const task = (flags: string, description: string): Option => new Option(flags, description).helpGroup('Task:');
  const options = [
    task('--algorithm <name>', `what to train with: ${library.algorithmNames.join(', ')} (default gpg)`),
    task('--recipe <name>', 'settings to start from (default: the recipe named default, where the environment has one; none = without)'),
    task('--config <file>', 'settings from a YAML file: one `field: value` per line; flags come before it'),
    task('--total-steps <n>', 'environment steps in all; sets the iterations to total / (environments x steps)'),
  ];
  for (const field of fields) {
    const { flag, description } = field;
    if (field.field === 'seed') {
      options.push(task('--seed <n,n>', `${description.description}; several are trained side by side: 1,2,3 (default 1)`));
      continue;
    }
    const value = placeholder(description);
    const words = describeFlag(field, library.algorithmNames);
    const option = value === '' ? new SwitchOption(flag, words) : new Option(`${flag} <${value}>`, words);
    options.push(option.helpGroup(`${description.group}:`));
    if (value === '') options.push(new Option(flag.replace('--', '--no-')).hideHelp());
  }
  options.push(
    new Option(
      '--run-dir <folder>',
      `where to keep the run; new or empty (default ${runsFolder}/<env>__<algorithm>__seed<n>__<time>)`,
    ).helpGroup('Run:'),
    ...outputOptions(),
    ...[...flagAliases.keys()].map((alias) => new Option(`${alias} <value>`).hideHelp()),
  );
  return options;
}

function trainHelp(library: Library): string {
  const withRecipe = [...new Set(library.recipes.filter(({ name }) => name === 'default').map(({ env }) => env))];
  const aliases = [...flagAliases].map(([alias, flag]) => `${alias} = ${flag}`).join(', ');
  return [
    '',
    'What wins: defaults < recipe < --config file < flags.',
    withRecipe.length > 0 ? `Recipes named default: ${withRecipe.join(', ')}; \`${invocation()} recipes <env>\` shows what they set.` : '',
    `Also understood: ${aliases}.`,
    '',
    'Examples:',
    `  ${invocation()} train CartPole-v1`,
    `  ${invocation()} train CartPole-v1 --seed 1,2,3 --num-envs 128 --iterations 100`,
    `  ${invocation()} train CartPole-v1 --algorithm ppo --json > run.jsonl`,
  ]
    .filter((line, index) => line !== '' || index === 0 || index === 4)
    .join('\n');
}

/** What the user typed, by flag. Throws `CohortError` where a switch is said both ways. */
function saidFlags(command: Command, fields: readonly FieldFlag[], library: Library): Map<string, string | boolean> {
  const options: Record<string, unknown> = command.opts();
  const said = new Map<string, string | boolean>();
  for (const option of command.options) {
    const value = options[option.attributeName()];
    if (option.negate || (typeof value !== 'string' && typeof value !== 'boolean')) continue;
    said.set(option.long!, value);
  }
  const typed = process.argv.slice(2);
  for (const { flag, description } of fields) {
    const opposite = flag.replace('--', '--no-');
    if (description.type !== 'boolean' || !typed.includes(flag) || !typed.includes(opposite)) continue;
    throw new library.CohortError({ subject: opposite, expected: `one of ${flag} and ${opposite}`, got: 'both', advice: 'leave one out' });
  }
  return said;
}

interface TrainOptions {
  readonly config?: string;
  readonly runDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

async function runTrain(words: TrainWords, options: TrainOptions, fields: readonly FieldFlag[]): Promise<number> {
  const library = await loadLibrary();
  const mode = outputMode(options, library);
  const file: ConfigFile | undefined = options.config === undefined ? undefined : await readConfigFile(options.config, library);
  const request = buildTrainRequest({ ...words, file }, fields, library);
  const { env, algorithm, seeds, input, config } = request;
  // Options of the environment are its own to check: made once, before there is a folder.
  (await library.make(env, config.envOptions)).close?.();
  const runDirectory = makeRunFolder(options.runDir, runName(env, algorithm, seeds, new Date()), library);
  const several = seeds.length > 1;
  if (several) writePlan(runDirectory, { env, algorithm, seeds, input });
  const work = seeds.map((seed): SeedWork => {
    const directory = several ? seedFolder(runDirectory, seed) : runDirectory;
    return { seed, directory, task: { kind: 'train', input: { ...input, seed }, runDirectory: directory } };
  });
  const code = await trainSeeds(
    {
      work,
      ended: [],
      order: seeds,
      env,
      iterations: Math.min(config.iterations, config.stopAfter ?? config.iterations),
      threads: config.threads,
      title: titleOf(config, seeds, request.recipe),
      runDirectory,
      several,
      mode,
      next: nextSteps(request, words, fields, runDirectory),
    },
    library,
  );
  removeIfEmpty(...work.map(({ directory }) => directory));
  return code;
}

/** The header of the display: environment, algorithm, sizes, bins, seeds, recipe. */
export function titleOf(config: Readonly<Record<string, unknown>>, seeds: readonly (number | string)[], recipe?: string): string[] {
  // A config.json that was damaged: the library will say so in a moment.
  if (typeof config.env !== 'string') return ['resume'];
  const pieces = [
    config.env,
    String(config.algorithm).toUpperCase(),
    `${config.numEnvs} environments x ${config.numSteps} steps`,
    typeof config.bins === 'string' ? `${config.bins} bins` : '',
    seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`,
    recipe === undefined ? '' : `recipe ${recipe}`,
  ];
  return pieces.filter((piece) => piece !== '');
}

// Flags that belong to one run, not to the way it is trained.
const ownFlags: readonly string[] = [
  '--iterations',
  '--total-steps',
  '--total-timesteps',
  '--stop-after',
  '--run-dir',
  '--json',
  '--quiet',
  '--debug',
];

/** The three things to type after a run: look closer, train longer, compare. */
function nextSteps(request: TrainRequest, words: TrainWords, fields: readonly FieldFlag[], runDirectory: string): NextStep[] {
  const { env, algorithm, config } = request;
  const kept = [...words.flags].filter(([flag]) => !ownFlags.includes(flag));
  const write = (flags: readonly (readonly [string, string | boolean])[]): string[] =>
    flags.flatMap(([flag, value]) => (value === true ? [flag] : value === false ? [flag.replace('--', '--no-')] : [flag, value]));
  const other = algorithm === 'gpg' ? 'ppo' : 'gpg';
  const shared = kept.filter(([flag]) => {
    const field = fields.find((candidate) => candidate.flag === (flagAliases.get(flag) ?? flag));
    return field ? field.algorithms.includes(other) : false;
  });
  return [
    { purpose: 'play 100 episodes', command: commandLine('eval', shownPath(runDirectory)) },
    {
      purpose: 'train longer',
      command: commandLine('train', env, ...write(kept), '--iterations', String(config.iterations * 2)),
      kind: 'longer',
    },
    {
      purpose: `compare with ${other.toUpperCase()}`,
      command: commandLine('train', env, '--algorithm', other, ...write(shared)),
    },
  ];
}
