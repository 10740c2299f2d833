/**
 * Tab completion. The only file that knows the completion package (a 0.0.x one): it writes the shell scripts and answers what they ask.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Complete, Command as CompletionCommand } from '@bomb.sh/tab';
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import type { Library } from './library.ts';
import { type Suggest, SuggestedArgument, SuggestedOption } from './options.ts';
import { writeLine } from './output.ts';

/** Shells that scripts can be written for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

const needsPath = 'It needs cohort-rl on the path: npm install --global cohort-rl, or npm link in a clone.';

const installHelp = `
Once, for the shell that is open:
  bash        source <(cohort-rl completion bash)
  zsh         source <(cohort-rl completion zsh)
  fish        cohort-rl completion fish | source
  powershell  cohort-rl completion powershell | Out-String | Invoke-Expression
For good, add that line to the shell's start file.
${needsPath}`;

/** Adds `completion` to the program. */
export function addCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .description('write a script for tab completion')
    .addArgument(new SuggestedArgument('<shell>', `one of ${shells.join(', ')}`, () => shells.map((shell) => [shell, ''])))
    .addHelpText('after', installHelp)
    .action(answer(context, writeScripts));
}

/** The line that gives `cohort` what `cohort-rl` has; a second script of its own would clash with the first in bash. */
const shortName: Readonly<Record<(typeof shells)[number], string>> = {
  bash: 'complete -F __cohort_rl_complete cohort',
  zsh: 'compdef _cohort-rl cohort',
  fish: 'complete -c cohort -w cohort-rl',
  powershell: "Register-ArgumentCompleter -CommandName 'cohort' -ScriptBlock $__cohort_rlCompleterBlock",
};

/** Whether a shell would find the command; the folder that npx puts first is there for this process only. */
function isOnPath(): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes(join('node_modules', '.bin')));
  return folders.some((folder) => ['cohort-rl', 'cohort-rl.cmd'].some((name) => existsSync(join(folder, name))));
}

async function writeScripts(shell: string, _flags: object, { library: { mistake, show, suggest } }: Tools): Promise<void> {
  if (!(shells as readonly string[]).includes(shell)) {
    throw mistake('completion', `one of ${shells.join(', ')}`, show(shell), suggest(shell, shells));
  }
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'cohort-rl', 'cohort-rl');
  writeLine(shortName[shell as keyof typeof shortName]);
  writeLine(`# ${needsPath}`);
  // A script that is read by a shell has no reader: its errors have.
  if (!isOnPath()) process.stderr.write(`This script asks cohort-rl, which is not on the path. ${needsPath}\n`);
}

/** Answers a shell: one suggestion per line. `words` is what was typed after the program's name, the last word perhaps unfinished. */
export async function answerCompletion(program: Command, words: readonly string[], library: Library): Promise<void> {
  const { RootCommand } = await import('@bomb.sh/tab');
  const root = new RootCommand();
  const listed =
    (suggest: Suggest) =>
    (complete: Complete): void => {
      for (const [value, description] of suggest(library)) complete(value, description);
    };
  const addOptions = (target: CompletionCommand, command: Command): void => {
    for (const option of command.createHelp().visibleOptions(command)) {
      if (!option.long) continue;
      const name = option.long.slice(2);
      const suggest = option instanceof SuggestedOption ? option.suggest : () => [];
      if (option.required || option.optional) target.option(name, option.description, listed(suggest));
      else target.option(name, option.description);
    }
  };
  addOptions(root, program);
  const addCommands = (group: Command, prefix: string): void => {
    for (const command of group.createHelp().visibleCommands(group)) {
      const name = `${prefix}${command.name()}`;
      const target = root.command(name, command.description());
      addOptions(target, command);
      for (const argument of command.registeredArguments) {
        if (argument instanceof SuggestedArgument) target.argument('value', listed(argument.suggest));
      }
      addCommands(command, `${name} `);
    }
  };
  addCommands(program, '');
  root.parse([...words]);
}
