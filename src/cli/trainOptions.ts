/**
 * The options of the commands that train: a flag for every field, and how a run is kept and shown.
 */
import { type Command, Option } from 'commander';
import { labelOptions, startOptions } from './beginning.ts';
import { settingsFiles } from './configFile.ts';
import { aliasesOf, describeFlag, type FieldFlag, type FlagValue, placeholder } from './flags.ts';
import type { Library } from './library.ts';
import { logOption } from './logs.ts';
import { moduleOption } from './modules.ts';
import { SuggestedOption } from './options.ts';
import { sharedFolderOption, submitOption } from './queueOptions.ts';
import type { Road, RoadTraining } from './roads/road.ts';
import { runsFolder } from './runFolders.ts';
import type { OutputMode } from './trainSeeds.ts';

/** A switch that has an opposite: `--x` and `--no-x`, one line of the help text. */
export class SwitchOption extends Option {}

/** Options of commands that train: how the run is shown. */
export function outputOptions(): Option[] {
  return [
    new Option('--json', 'write only JSON lines: config, iteration, evaluation, checkpoint, warning, summary'),
    new Option('--quiet', 'write only the result'),
  ];
}

/** What they mean together. Throws `CohortError` where both are given. */
export function outputMode(options: { json?: boolean; quiet?: boolean }, library: Library): OutputMode {
  if (options.json && options.quiet) {
    throw library.mistake('--quiet', 'one of --json and --quiet', 'both', 'leave one out: --json is for programs, --quiet for people');
  }
  return options.json ? 'json' : options.quiet ? 'quiet' : 'display';
}

/** What the user typed, by flag. Throws `CohortError` where a switch is said both ways. */
export function saidFlags(command: Command, fields: readonly FieldFlag[], library: Library): Map<string, FlagValue> {
  const options: Record<string, unknown> = command.opts();
  const said = new Map<string, FlagValue>();
  for (const option of command.options) {
    const value = options[option.attributeName()];
    if (!option.negate && value !== undefined) said.set(option.long!, value as FlagValue);
  }
  const typed = process.argv.slice(2);
  for (const { flag, description } of fields) {
    const opposite = flag.replace('--', '--no-');
    if (description.type !== 'boolean' || !typed.includes(flag) || !typed.includes(opposite)) continue;
    throw library.mistake(opposite, `one of ${flag} and ${opposite}`, 'both', 'leave one out');
  }
  return said;
}

/** One option per field, two where it is a switch. */
function fieldOptions(fields: readonly FieldFlag[], { titleOf }: RoadTraining, library: Library): Option[] {
  const methods = [...new Set(fields.flatMap((field) => field.methods))];
  return fields.flatMap((field) => {
    const { flag, description } = field;
    if (field.field === 'seed') {
      const words = `${description.description}; several are trained side by side: 1,2,3 (default 1)`;
      return [new Option('--seed <n,n>', words).helpGroup('Task:')];
    }
    const value = placeholder(description);
    const words = describeFlag(field, methods);
    const group = `${description.group}:`;
    if (value === '') return [new SwitchOption(flag, words).helpGroup(group), new Option(flag.replace('--', '--no-')).hideHelp()];
    const names = (): [string, string][] => (description.names ?? []).map((name) => [name, titleOf?.(field.field, name, library) ?? '']);
    return [new SuggestedOption(`${flag} <${value}>`, words, names).helpGroup(group)];
  });
}

/** Every option of the `train` of a road, in the order of the help text; the aliases are hidden. */
export function trainOptions({ training, target, methodKey }: Road, fields: readonly FieldFlag[], library: Library): Option[] {
  const name = `<name, or ${target.key}__${methodKey}>__seed<n>__<time>`;
  const options = [
    ...(training.options?.(library) ?? []).map((option) => option.helpGroup('Task:')),
    ...(training.takesPolicies ? startOptions() : []).map((option) => option.helpGroup('Task:')),
    new SuggestedOption('--config <file>', 'settings from a YAML file: one `field: value` per line; flags win over it', () =>
      settingsFiles().map((file) => [file, 'settings']),
    ).helpGroup('Task:'),
    ...(training.takesModules ? [moduleOption().helpGroup('Task:')] : []),
    ...fieldOptions(fields, training, library),
    ...labelOptions().map((option) => option.helpGroup('Run:')),
    new Option('--run-dir <folder>', `where to keep the run; new or empty (default ${runsFolder}/${name})`).helpGroup('Run:'),
    logOption().helpGroup('Run:'),
    submitOption('let workers elsewhere train, or compute the shards of the run (see `worker`)').helpGroup('Run:'),
    sharedFolderOption().helpGroup('Run:'),
    ...outputOptions().map((option) => option.helpGroup('Output:')),
  ];
  const aliases = aliasesOf(options.flatMap(({ long }) => long ?? []));
  return [...options, ...aliases.map(([alias]) => new Option(`${alias} <value>`).hideHelp())];
}

// Flags that belong to one run, not to the way it is trained.
const ownFlags: readonly string[] = [
  '--iterations',
  '--total-steps',
  '--total-timesteps',
  '--stop-after',
  '--run-dir',
  '--name',
  '--module', // said again by moduleWords
  '--json',
  '--quiet',
  '--debug',
  '--queue', // may hold a password
  '--shared-folder',
];

/** What was said about the way a run is trained, to be said again. */
export function keptFlags(flags: ReadonlyMap<string, FlagValue>): [string, FlagValue][] {
  return [...flags].filter(([flag]) => !ownFlags.includes(flag));
}

/** Flags as words of a command line. */
export function writeFlags(flags: readonly (readonly [string, FlagValue])[]): string[] {
  return flags.flatMap(([flag, value]) => {
    if (typeof value === 'boolean') return [value ? flag : flag.replace('--', '--no-')];
    return (typeof value === 'string' ? [value] : value).flatMap((text) => [flag, text]);
  });
}
