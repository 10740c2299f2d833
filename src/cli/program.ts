/**
 * The commands, put together. Only what a command needs is loaded: `--help` needs neither the library nor the schema package.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addBench } from './bench.ts';
import { addCompare } from './compare.ts';
import { addCompletion, answerCompletion } from './completion.ts';
import type { AddCommand, Context } from './context.ts';
import { addDoctor } from './doctor.ts';
import { addEnvs } from './envs.ts';
import { addEvaluate } from './evaluate.ts';
import { addExport } from './export.ts';
import { exitCodes, printFailure } from './failure.ts';
import { addImport } from './import.ts';
import { invocation } from './invocation.ts';
import { loadLibrary } from './library.ts';
import { addLanguage } from './lm/index.ts';
import { addMethods } from './methods.ts';
import { loadModules, saidModules } from './modules.ts';
import { writeLine, writeText } from './output.ts';
import { addPlayground } from './playground.ts';
import { addPlot } from './plot.ts';
import { addPolicies } from './policies.ts';
import { addQueue } from './queue.ts';
import { addRecipes } from './recipes.ts';
import { addRecord } from './record.ts';
import { addReport } from './report.ts';
import { addReproduce } from './reproduce.ts';
import { addResume } from './resume.ts';
import { environments } from './roads/index.ts';
import { addRuns } from './runs.ts';
import { addShare } from './share.ts';
import { addSubmit } from './submit.ts';
import { addSweep } from './sweep.ts';
import { addTask } from './task.ts';
import { paintFor, wantsColor } from './terminal.ts';
import { addTrain } from './train.ts';
import { SwitchOption } from './trainOptions.ts';
import { commandOfWords, usageError, wasWanted } from './usage.ts';
import { addVerify } from './verify.ts';
import { addVerifyRun } from './verifyRun.ts';
import { addWatch } from './watch.ts';
import { addWorker } from './worker.ts';

/** The commands, in the order of the help text. */
const commands: readonly AddCommand[] = [
  (program, context) => addTrain(program, context, environments),
  addResume,
  addRuns,
  addDoctor,
  addShare,
  addVerifyRun,
  addReproduce,
  addVerify,
  addSweep,
  addWorker,
  addQueue,
  addCompare,
  addReport,
  addEvaluate,
  addPlot,
  addRecord,
  addWatch,
  addPlayground,
  addExport,
  addImport,
  addPolicies,
  addEnvs,
  addRecipes,
  addMethods,
  addLanguage,
  addBench,
  addTask,
  addSubmit,
  addCompletion,
];

function packageVersion(): string {
  // The build puts every file of ours directly into dist/, one level below package.json.
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Builds the program. */
export function createProgram(context: Context): Command {
  const color = wantsColor(process.stdout);
  const paint = paintFor(color);
  const program = new Command('cohort-rl')
    .description('Critic-free reinforcement learning: train policies with Group Policy Gradient, or with PPO to compare.')
    .usage('<command> [options]')
    .exitOverride()
    .configureOutput({ writeOut: writeText, writeErr: () => {}, outputError: () => {}, getOutHasColors: () => color })
    .configureHelp({
      styleTitle: (text) => paint('bold', text),
      styleCommandText: (text) => paint('cyan', text),
      styleOptionTerm: (text) => paint('cyan', text),
      styleSubcommandTerm: (text) => paint('cyan', text),
      // A switch and its opposite are one line.
      optionTerm: (option) => (option instanceof SwitchOption ? option.flags.replace('--', '--[no-]') : option.flags),
      showGlobalOptions: false,
    })
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .option('--debug', 'show stack traces of errors')
    .option('-V, --version', 'show the version');
  const hint = `\`${invocation()} <command> --help\` shows the options of a command.`;
  program.addHelpText('after', ['', 'Begin with:', `  ${invocation()} train CartPole-v1`, '', hint].join('\n'));
  for (const add of commands) add(program, context);
  return program;
}

/** Whether the command that is named has the option `--module`. */
function takesModules(argv: readonly string[]): boolean {
  const bare = createProgram({ library: undefined, modules: [], exit: () => {} });
  return commandOfWords(bare, argv).options.some(({ long }) => long === '--module');
}

/** Runs the command line and gives the exit code; never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const words = argv.slice(2);
  try {
    if (words.includes('--version') || words.includes('-V')) {
      writeLine(packageVersion());
      return exitCodes.done;
    }
    // A shell that asks for suggestions.
    const completing = argv[2] === 'complete' && argv[3] === '--';
    let code: number = exitCodes.done;
    const exit = (answer: number): void => {
      code = answer;
    };
    // Modules are loaded first: they may bring algorithms, whose fields are flags of `train`.
    const modules = await loadModules(takesModules(argv) ? saidModules(words) : []);
    const library = completing || words.includes('train') ? await loadLibrary() : undefined;
    const program = createProgram({ library, modules, exit });
    if (completing && library) {
      await answerCompletion(program, argv.slice(4), library);
      return exitCodes.done;
    }
    if (words.filter((word) => word !== '--debug').length === 0) {
      program.outputHelp();
      return exitCodes.done;
    }
    try {
      await program.parseAsync([...argv]);
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (wasWanted(error)) {
        // A group of commands without one of them: commander's help went where errors go, which is nowhere.
        if (error.exitCode !== 0) commandOfWords(program, argv).outputHelp();
        return exitCodes.done;
      }
      throw await usageError(error, program, argv);
    }
    return code;
  } catch (error) {
    return printFailure(error);
  }
}
