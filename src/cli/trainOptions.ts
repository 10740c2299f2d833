/**
 * The options of the commands that train: a flag for every field, and how a run is kept and shown.
 */
import { type Command, Option } from 'commander';
import { describeFlag, type FieldFlag, placeholder } from './flags.ts';
import type { Library } from './library.ts';
import { runsFolder } from './runFolders.ts';
import type { OutputMode } from './trainSeeds.ts';

/** The values of the options that are no fields. */
export interface TrainOptions {
  readonly config?: string;
  readonly runDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A switch that has an opposite: `--x` and `--no-x`, one line of the help text. */
export class SwitchOption extends Option {}

const outputOptions = (): Option[] => [
  new Option('--json', 'write only JSON lines: config, iteration, evaluation, checkpoint, summary').helpGroup('Output:'),
  new Option('--quiet', 'write only the result').helpGroup('Output:'),
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

/** What the user typed, by flag. Throws `CohortError` where a switch is said both ways. */
export function saidFlags(command: Command, fields: readonly FieldFlag[], library: Library): Map<string, string | boolean> {
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

/** An option among those of the task. */
export function taskOption(flags: string, description: string): Option {
  return new Option(flags, description).helpGroup('Task:');
}

/** `--help`; in a group of its own it would stand in the middle. */
export function helpOption(): Option {
  return new Option('-h, --help', 'show this help').helpGroup('Output:');
}

/** One option per field, two where it is a switch. */
export function fieldOptions(fields: readonly FieldFlag[], methods: readonly string[]): Option[] {
  return fields.flatMap((field) => {
    const { flag, description } = field;
    if (field.field === 'seed') {
      return [taskOption('--seed <n,n>', `${description.description}; several are trained side by side: 1,2,3 (default 1)`)];
    }
    const value = placeholder(description);
    const words = describeFlag(field, methods);
    const group = `${description.group}:`;
    if (value !== '') return [new Option(`${flag} <${value}>`, words).helpGroup(group)];
    return [new SwitchOption(flag, words).helpGroup(group), new Option(flag.replace('--', '--no-')).hideHelp()];
  });
}

/** Where the run is kept, and how it is shown; `name` is how run folders begin. */
export function runOptions(name: string): Option[] {
  const folder = `where to keep the run; new or empty (default ${runsFolder}/${name}__seed<n>__<time>)`;
  return [new Option('--run-dir <folder>', folder).helpGroup('Run:'), ...outputOptions()];
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

/** What was said about the way a run is trained, to be said again. */
export function keptFlags(flags: ReadonlyMap<string, string | boolean>): [string, string | boolean][] {
  return [...flags].filter(([flag]) => !ownFlags.includes(flag));
}

/** Flags as words of a command line. */
export function writeFlags(flags: readonly (readonly [string, string | boolean])[]): string[] {
  return flags.flatMap(([flag, value]) => (value === true ? [flag] : value === false ? [flag.replace('--', '--no-')] : [flag, value]));
}
