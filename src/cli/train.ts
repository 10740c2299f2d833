/**
 * `cohort-rl train <env>`: trains one policy per seed.
 */
import { type Command, Option } from 'commander';
import { type ConfigFile, readConfigFile } from './configFile.ts';
import type { NextStep } from './display/closing.ts';
import { type FieldFlag, fieldFlags, flagAliases } from './flags.ts';
import { commandLine, invocation, shownPath } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import {
  fieldOptions,
  helpOption,
  keptFlags,
  outputMode,
  runOptions,
  saidFlags,
  type TrainOptions,
  taskOption,
  writeFlags,
} from './trainOptions.ts';
import { buildTrainRequest, type TrainRequest, type TrainWords } from './trainRequest.ts';
import { trainAll } from './trainSeeds.ts';

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
  command.addHelpOption(helpOption());
  command.addHelpText('after', () => trainHelp(library));
  command.action(async (env: string | undefined, _options: unknown, self: Command) => {
    const words: TrainWords = { env, flags: saidFlags(self, fields, library) };
    exit(await runTrain(words, self.opts(), fields));
  });
}

function trainOptions(fields: readonly FieldFlag[], library: Library): Option[] {
  const options = [
    taskOption('--algorithm <name>', `what to train with: ${library.algorithmNames.join(', ')} (default gpg)`),
    taskOption(
      '--recipe <name>',
      'settings to start from (default: the recipe named default, where the environment has one; none = without)',
    ),
    taskOption('--config <file>', 'settings from a YAML file: one `field: value` per line; flags come before it'),
    taskOption('--total-steps <n>', 'total environment steps; sets the iterations to total / (environments x steps)'),
  ];
  options.push(...fieldOptions(fields, library.algorithmNames), ...runOptions('<env>__<algorithm>'));
  options.push(...[...flagAliases.keys()].map((alias) => new Option(`${alias} <value>`).hideHelp()));
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

async function runTrain(words: TrainWords, options: TrainOptions, fields: readonly FieldFlag[]): Promise<number> {
  const library = await loadLibrary();
  const mode = outputMode(options, library);
  const file: ConfigFile | undefined = options.config === undefined ? undefined : await readConfigFile(options.config, library);
  const request = buildTrainRequest({ ...words, file }, fields, library);
  const { env, algorithm, seeds, input, config } = request;
  // Options of the environment are its own to check: made once, before there is a folder.
  (await library.makeEnv(env, config.envOptions)).close?.();
  return trainAll(
    {
      road: 'mdp',
      target: env,
      method: algorithm,
      seeds,
      input,
      config,
      title: titleOf(config, seeds, request.recipe),
      next: (runDirectory) => nextSteps(request, words, fields, runDirectory),
    },
    { runDirectory: options.runDir, mode },
    library,
  );
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

/** The three things to type after a run: look closer, train longer, compare. */
function nextSteps(request: TrainRequest, words: TrainWords, fields: readonly FieldFlag[], runDirectory: string): NextStep[] {
  const { env, algorithm, config } = request;
  const kept = keptFlags(words.flags);
  const other = algorithm === 'gpg' ? 'ppo' : 'gpg';
  const shared = kept.filter(([flag]) => {
    const field = fields.find((candidate) => candidate.flag === (flagAliases.get(flag) ?? flag));
    return field ? field.algorithms.includes(other) : false;
  });
  return [
    { purpose: 'play 100 episodes', command: commandLine('eval', shownPath(runDirectory)) },
    {
      purpose: 'train longer',
      command: commandLine('train', env, ...writeFlags(kept), '--iterations', String(config.iterations * 2)),
      kind: 'longer',
    },
    {
      purpose: `compare with ${other.toUpperCase()}`,
      command: commandLine('train', env, '--algorithm', other, ...writeFlags(shared)),
    },
  ];
}
