/**
 * `cohort-rl sweep <file>`: runs a matrix of settings and seeds.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type ExportFlags, exportShown, schedulerOf } from './clusterExport.ts';
import { readConfigFile, settingsFiles } from './configFile.ts';
import { answer, type Context, type Tools } from './context.ts';
import {
  closingLines,
  type MatrixFlags,
  matrixFile,
  queueWords,
  resultsDirectory,
  resultsFolder,
  runShown,
  saidSeeds,
  summaryLine,
} from './matrix.ts';
import { matrixOptions } from './matrixOptions.ts';
import { moduleOption, moduleWords } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { writeLine } from './output.ts';

const example = `
A file of ten lines:

  title: Three learning rates
  seeds: 3
  settings:
    env: CartPole-v1
    iterations: 60
  axes:
    learningRate: [1e-4, 2.5e-4, 1e-3]

Axes are combined; \`cells\` lists named settings; \`search\` draws at random or halves the
field round by round. docs/experiments.md has the whole format.`;

/** Adds `sweep` to the program. */
export function addSweep(program: Command, context: Context): void {
  const command = program
    .command('sweep')
    .description('run a matrix of settings and seeds from a file; run it again to go on')
    .addArgument(new SuggestedArgument('<file>', 'YAML file with the matrix', () => settingsFiles().map((name) => [name, 'file'])))
    .option('--seeds <seeds>', 'how many seeds, or which, instead of those of the file: 10, or 5-10')
    .option('--results <folder>', `folder of the results (default: ${resultsFolder}/<name of the file>)`)
    .addOption(moduleOption())
    .addHelpText('after', example)
    .action(answer(context, runSweep));
  for (const option of matrixOptions()) command.addOption(option);
}

interface SweepFlags extends MatrixFlags, ExportFlags {
  readonly seeds?: string;
}

/** Copies the file into the folder of results, where `report` finds it. */
function keepMatrix(path: string, directory: string, { library }: Tools): void {
  const copy = join(directory, matrixFile);
  if (resolve(copy) === resolve(path)) return;
  try {
    copyFileSync(path, copy);
  } catch (error) {
    throw library.explainFileError(error, copy);
  }
}

/** Throws for `--results` with a matrix of another title: a copy of this one would take its place. */
async function refuseOthers(title: string, path: string, directory: string, { library }: Tools): Promise<void> {
  const copy = join(directory, matrixFile);
  if (!existsSync(copy) || resolve(copy) === resolve(path)) return;
  const there = library.parseMatrix((await readConfigFile(copy, library, 'sweep')).values, copy).title;
  if (there === undefined || there === title) return;
  throw library.mistake(
    '--results',
    `a new folder, or one of "${title}"`,
    `${directory}, which holds results of "${there}"`,
    `name another folder, or remove ${copy}`,
  );
}

async function runSweep(path: string, flags: SweepFlags, tools: Tools): Promise<void> {
  const { library, modules } = tools;
  const file = await readConfigFile(path, library, 'sweep');
  const matrix = library.restrict(library.parseMatrix(file.values, path), { seeds: saidSeeds(flags.seeds) });
  const name = matrix.name ?? basename(path).replace(/\.\w+$/, '');
  const request = { matrix, title: matrix.title ?? name, name };
  if (flags.results !== undefined) await refuseOthers(request.title, path, resultsDirectory(request, flags, tools), tools);
  const scheduler = schedulerOf(flags, tools);
  if (scheduler !== undefined) {
    const written = await exportShown([request], scheduler, flags, tools);
    if (written) keepMatrix(path, resultsDirectory(request, flags, tools), tools);
    return;
  }
  const outcome = await runShown(request, flags, tools);
  if (!flags.dryRun) keepMatrix(path, resultsDirectory(request, flags, tools), tools);
  if (flags.json) return writeLine(summaryLine(outcome));
  const said = [
    ...(flags.seeds === undefined ? [] : ['--seeds', flags.seeds]),
    ...(flags.results === undefined ? [] : ['--results', flags.results]),
    ...queueWords(flags),
  ];
  const again = ['sweep', path, ...said, ...moduleWords(modules)];
  for (const line of closingLines({ request, outcome, flags, again }, tools)) writeLine(line);
}
