/**
 * `cohort-rl import <folder>`: takes a policy from elsewhere, checks all of it, and keeps it where the other commands find it.
 */
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { checkOutput, outlineOf, sayWritten } from './export.ts';
import { exitCodes } from './failure.ts';
import { commandLine, shownPath } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { writeLine } from './output.ts';
import { findRun, importedFolder } from './runFolders.ts';
import { padTo, paintFor, wantsColor } from './terminal.ts';

interface ImportFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds `import` to the program. */
export function addImport(program: Command, exit: (code: number) => void): void {
  program
    .command('import')
    .description('check a policy from Python or another machine and keep it, to evaluate, watch and record')
    .argument('<folder>', 'policy folder, as `export` or tools/policies/cohort_policy.py writes it')
    .option('--output <folder>', `folder to write (default: one below ${importedFolder})`)
    .option('--force', 'replace a policy that is there')
    .option('--json', 'write one JSON line: folder, description')
    .action(async (folder: string, flags: ImportFlags) => exit(await runImport(folder, flags)));
}

/** The folder's own name; where that says nothing, the name of the one above. */
function nameOf(path: string): string {
  const whole = resolve(path);
  const own = basename(whole);
  return (/^policy(-\d+)?$/.test(own) ? basename(dirname(whole)) : own).replace(/[^\w.-]+/g, '-') || 'policy';
}

function checkFolder(path: string, library: Library): void {
  const found = findRun(path, 'import', library, { runs: false });
  if (found.isPolicy) return;
  throw new library.CohortError({
    subject: 'import',
    expected: 'a policy folder',
    got: `${library.show(path)}, which holds a run`,
    advice: `eval, watch and record take it as it is; \`${commandLine('export', path)}\` makes a policy of it`,
  });
}

async function runImport(path: string, flags: ImportFlags): Promise<number> {
  const library = await loadLibrary();
  checkOutput(flags.output, library);
  checkFolder(path, library);
  const file = await library.readPolicy(path);
  const environment = await library.environmentOf(file);
  const folder = flags.output ?? join(importedFolder, nameOf(path));
  await library.savePolicy(folder, file, { overwrite: flags.force });
  if (flags.json) {
    writeLine(JSON.stringify({ event: 'import', folder, description: library.describePolicy(file) }));
    return exitCodes.done;
  }
  const paint = paintFor(wantsColor(process.stdout));
  sayWritten(`${paint('bold', file.env)}: ${outlineOf(file, library)}`, folder, paint, library);
  if (!environment) {
    writeLine(`${file.env} is not an environment of Cohort's: load the policy in a program of yours with loadPolicy.`);
    return exitCodes.done;
  }
  const next = [
    ['play 100 episodes', 'eval'],
    ['see it play', 'watch'],
    ['make a film of it', 'record'],
  ] as const;
  for (const [purpose, command] of next) {
    writeLine(`  ${padTo(purpose, 18)} ${paint('cyan', commandLine(command, shownPath(folder)))}`);
  }
  return exitCodes.done;
}
