/**
 * Tab completion. The only file that knows the completion package (a 0.0.x one): it writes the shell scripts and answers what they ask.
 */
import { readdirSync } from 'node:fs';
import type { Complete, Command as CompletionCommand, OptionHandler } from '@bomb.sh/tab';
import type { Command } from 'commander';
import { exitCodes } from './failure.ts';
import { type FieldFlag, fieldFlags, languageFlags } from './flags.ts';
import { shownPath } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { writeLine } from './output.ts';
import type { Road } from './road.ts';
import { knownPolicies, knownRuns } from './runFolders.ts';

/** Shells that scripts can be written for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

const installHelp = `
Once, for the shell that is open:
  bash        source <(cohort-rl completion bash)
  zsh         source <(cohort-rl completion zsh)
  fish        cohort-rl completion fish | source
  powershell  cohort-rl completion powershell | Out-String | Invoke-Expression
For good, add that line to the shell's start file. It needs cohort-rl on the path (npm install --global cohort-rl).`;

/** Adds `completion` to the program. */
export function addCompletion(program: Command, exit: (code: number) => void): void {
  program
    .command('completion')
    .description('write a script for tab completion')
    .argument('<shell>', `one of ${shells.join(', ')}`)
    .addHelpText('after', installHelp)
    .action(async (shell: string) => exit(await writeScripts(shell)));
}

/** The line that gives `cohort` what `cohort-rl` has; a second script of its own would clash with the first in bash. */
const shortName: Readonly<Record<(typeof shells)[number], string>> = {
  bash: 'complete -F __cohort_rl_complete cohort',
  zsh: 'compdef _cohort-rl cohort',
  fish: 'complete -c cohort -w cohort-rl',
  powershell: "Register-ArgumentCompleter -CommandName 'cohort' -ScriptBlock $__cohort_rlCompleterBlock",
};

async function writeScripts(shell: string): Promise<number> {
  if (!(shells as readonly string[]).includes(shell)) {
    const { CohortError, show, suggest } = await loadLibrary();
    throw new CohortError({
      subject: 'completion',
      expected: `one of ${shells.join(', ')}`,
      got: show(shell),
      advice: suggest(shell, shells),
    });
  }
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'cohort-rl', 'cohort-rl');
  writeLine(shortName[shell as keyof typeof shortName]);
  return exitCodes.done;
}

function listed(values: readonly (readonly [value: string, description: string])[]): (complete: Complete) => void {
  return (complete) => {
    for (const [value, description] of values) complete(value, description);
  };
}

function settingsFiles(): string[] {
  try {
    return readdirSync('.').filter((name) => /\.(ya?ml|json)$/.test(name));
  } catch {
    return [];
  }
}

/** What may follow a flag: names to choose from, files, or nothing that can be guessed. */
function valuesOf(flag: string, fields: readonly FieldFlag[], library: Library): OptionHandler {
  if (flag === '--algorithm') return listed(library.algorithmNames.map((name) => [name, library.algorithms[name].description]));
  if (flag === '--config') return listed(settingsFiles().map((name) => [name, 'settings']));
  if (flag === '--recipe') {
    const names = [...new Set(library.recipes.map(({ name }) => name)), 'none'];
    return listed(names.map((name) => [name, name === 'none' ? 'no recipe' : 'recipe']));
  }
  const names = fields.find((field) => field.flag === flag)?.description.names ?? [];
  if (flag === '--estimator') return listed(names.map((name) => [name, library.findEstimator(name).title]));
  return listed(names.map((name) => [name, '']));
}

function runFolders(road: Road | 'any'): [string, string][] {
  return knownRuns(road).map((run) => [shownPath(run), 'run folder']);
}

/** What may stand in place of an argument. */
function argumentsOf(command: string, library: Library): ((complete: Complete) => void) | undefined {
  const specs = library.standardRegistry().list();
  switch (command) {
    case 'train':
    case 'envs':
    case 'recipes':
      return listed(specs.map(({ id, description }) => [id, description]));
    case 'lm train':
    case 'lm tasks':
      return listed(Object.values(library.languageTasks).map(({ id, description }) => [id, description]));
    case 'resume':
      return listed(runFolders('any'));
    case 'export':
      return listed(runFolders('mdp'));
    case 'lm resume':
    case 'lm eval':
    case 'lm sample':
      return listed(runFolders('lm'));
    case 'eval':
    case 'record':
    case 'watch':
      return listed([...runFolders('mdp'), ...knownPolicies().map((policy) => [shownPath(policy), 'policy folder'] as const)]);
    case 'import':
      return listed(knownPolicies('.').map((policy) => [policy, 'policy folder']));
    case 'completion':
      return listed(shells.map((shell) => [shell, '']));
    default:
      return undefined;
  }
}

/** Answers a shell: one suggestion per line. `words` is what was typed after the program's name, the last word perhaps unfinished. */
export async function answerCompletion(program: Command, words: readonly string[], library: Library): Promise<void> {
  const { RootCommand } = await import('@bomb.sh/tab');
  const root = new RootCommand();
  const fields = [...fieldFlags(library), ...languageFlags(library)];
  const addOptions = (target: CompletionCommand, command: Command): void => {
    for (const option of command.createHelp().visibleOptions(command)) {
      if (!option.long) continue;
      const name = option.long.slice(2);
      if (option.required || option.optional) target.option(name, option.description, valuesOf(option.long, fields, library));
      else target.option(name, option.description);
    }
  };
  addOptions(root, program);
  const addCommands = (group: Command, prefix: string): void => {
    for (const command of group.createHelp().visibleCommands(group)) {
      const name = `${prefix}${command.name()}`;
      const target = root.command(name, command.description());
      addOptions(target, command);
      const values = argumentsOf(name, library);
      if (values) target.argument('value', values);
      addCommands(command, `${name} `);
    }
  };
  addCommands(program, '');
  root.parse([...words]);
}

/** Whether the command line is a shell that asks. */
export function asksForCompletion(argv: readonly string[]): boolean {
  return argv[2] === 'complete' && argv[3] === '--';
}
