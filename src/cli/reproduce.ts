/**
 * `cohort-rl reproduce <what>`: reruns the table and the figures of arXiv 2510.03679 and judges them.
 */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Restriction } from '../node/toolkit.ts';
import { type ExportFlags, exportShown, schedulerOf } from './clusterExport.ts';
import { answer, type Context, type Tools } from './context.ts';
import { endingLines, type MatrixFlags, queueWords, resultsDirectory, resultsFolder, runShown, saidSeeds, summaryLine } from './matrix.ts';
import { matrixOptions } from './matrixOptions.ts';
import { SuggestedArgument } from './options.ts';
import { writeLine } from './output.ts';
import { reportReproduction } from './reproductionReport.ts';

interface ReproduceFlags extends MatrixFlags, ExportFlags {
  readonly tasks?: string;
  readonly numEnvs?: string;
  readonly algorithms?: string;
  readonly seeds?: string;
  readonly reportOnly?: boolean;
}

/** Folder of the results of all reproductions, below the folder of results: what two of them need is run once. */
const folder = 'reproduction';

/** Adds `reproduce` to the program. */
export function addReproduce(program: Command, context: Context): void {
  const command = program
    .command('reproduce')
    .description('rerun the table and figures of arXiv 2510.03679; run it again to go on')
    .addArgument(
      new SuggestedArgument('<what>', 'table1, fig2, fig3, fig4, tuned-ppo, readings, or all', ({ reproductions }) =>
        reproductions.map(({ name, title }) => [name, title]),
      ),
    )
    .option('--tasks <ids>', 'only these tasks, for example CartPole-v1,CliffWalking-v1')
    .option('--num-envs <list>', 'only these numbers of environments, for example 1,4,16,32')
    .option('--algorithms <names>', 'only gpg, or only ppo')
    .option('--seeds <seeds>', 'how many seeds, or which: 4, or 5-10 (default: as in the paper)')
    .option('--results <folder>', `folder of the results (default: ${join(resultsFolder, folder)})`)
    .option('--report-only', 'run nothing; report what is there')
    .action(answer(context, runReproduce));
  for (const option of matrixOptions()) command.addOption(option);
}

const listOf = (text: string | undefined): string[] | undefined => text?.split(',').map((part) => part.trim());

function restrictionOf({ tasks, numEnvs, algorithms, seeds }: ReproduceFlags): Restriction {
  return { tasks: listOf(tasks), numEnvs: listOf(numEnvs)?.map(Number), algorithms: listOf(algorithms), seeds: saidSeeds(seeds) };
}

async function runReproduce(what: string, flags: ReproduceFlags, tools: Tools): Promise<void> {
  const { library } = tools;
  const reproduction = library.findReproduction(what);
  const restriction = restrictionOf(flags);
  const matrices = reproduction.matrices.map((matrix) => library.restrict(matrix, restriction));
  const directory = resultsDirectory({ name: folder }, flags, tools);
  const requests = matrices.map((matrix) => ({ matrix, title: matrix.title ?? reproduction.title, name: folder }));
  const scheduler = schedulerOf(flags, tools);
  if (scheduler !== undefined) {
    await exportShown(requests, scheduler, flags, tools);
    return;
  }
  for (const request of flags.reportOnly ? [] : requests) {
    const outcome = await runShown(request, flags, tools);
    if (flags.json) writeLine(summaryLine(outcome));
    else
      for (const line of endingLines({ request, outcome, flags, again: ['reproduce', what, ...againFlags(flags)] }, tools)) writeLine(line);
    if (outcome.interrupted) return;
  }
  if (flags.dryRun) return;
  await reportReproduction(what, reproduction.title, directory, flags.json === true, tools);
}

/** The flags that a next call needs. */
function againFlags(flags: ReproduceFlags): string[] {
  const said: readonly (readonly [string, string | undefined])[] = [
    ['--tasks', flags.tasks],
    ['--num-envs', flags.numEnvs],
    ['--algorithms', flags.algorithms],
    ['--seeds', flags.seeds],
    ['--results', flags.results],
    ['--budget', flags.budget],
  ];
  return [...said.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])), ...queueWords(flags)];
}
