/**
 * `cohort-rl import <folder>`: takes a policy from elsewhere, checks all of it, and keeps it where the other commands find it.
 */
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { outlineOf, sayWritten } from './export.ts';
import { findRun, importedFolder, knownPolicies } from './findRun.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption, moduleWords } from './modules.ts';
import { type Suggest, SuggestedArgument } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import { padTo } from './terminal.ts';
import { folderName } from './values.ts';

interface ImportFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const folderDescription = 'policy folder, as `export` or tools/policies/cohort_policy.py writes it';
const suggestPolicies: Suggest = (library) => knownPolicies(library, '.').map((policy) => [policy, 'policy folder']);

/** Adds `import` to the program. */
export function addImport(program: Command, context: Context): void {
  program
    .command('import')
    .description('check a policy from Python or another machine and keep it, to evaluate, watch and record')
    .addArgument(new SuggestedArgument('<folder>', folderDescription, suggestPolicies))
    .option('--output <folder>', `folder to write (default: one below ${importedFolder})`)
    .option('--force', 'replace a policy that is there')
    .option('--json', 'write one JSON line: folder, description')
    .addOption(moduleOption())
    .action(answer(context, runImport));
}

/** The folder's own name; where that says nothing, the name of the one above. */
function nameOf(path: string): string {
  const whole = resolve(path);
  const own = basename(whole);
  return (/^policy(-\d+)?$/.test(own) ? basename(dirname(whole)) : own).replace(/[^\w.-]+/g, '-') || 'policy';
}

function checkFolder(path: string, library: Library): void {
  const found = findRun(path, 'import', library, { road: environments, runs: false, policies: true });
  if (found.isPolicy) return;
  throw library.mistake(
    'import',
    'a policy folder',
    `${library.show(path)}, which holds a run`,
    `eval, watch and record take it as it is; \`${commandLine('export', path)}\` makes a policy of it`,
  );
}

async function runImport(path: string, flags: ImportFlags, { modules, library, paint }: Tools): Promise<void> {
  const folder = folderName('--output', flags.output, library) ?? join(importedFolder, nameOf(path));
  checkFolder(path, library);
  const file = await library.readPolicy(path);
  const environment = await library.environmentOf(file);
  await library.savePolicy(folder, file, { overwrite: flags.force });
  if (flags.json) return writeJson({ event: 'import', folder, description: library.describePolicy(file) });
  sayWritten(`${paint('bold', file.env)}: ${outlineOf(file, library)}`, folder, paint, library);
  if (!environment) {
    return writeLine(
      `${file.env} is not an environment that is known here: add --module, or load the policy in a program with loadPolicy.`,
    );
  }
  const next = { eval: 'play 100 episodes', watch: 'see it play', record: 'make a film of it' };
  for (const [command, purpose] of Object.entries(next)) {
    writeLine(`  ${padTo(purpose, 18)} ${paint('cyan', commandLine(command, shownPath(folder), ...moduleWords(modules)))}`);
  }
}
