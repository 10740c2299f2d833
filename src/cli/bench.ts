/**
 * `cohort-rl bench [suite]`: measures speed on this machine.
 */
import type { Command } from 'commander';
import { benchEnvironments } from './bench/environments.ts';
import { benchTraining } from './bench/training.ts';
import { exitCodes } from './failure.ts';
import { loadLibrary } from './library.ts';
import { writeLine } from './output.ts';

/** Something that can be measured. */
export interface BenchSuite {
  readonly name: string;
  readonly description: string;
  /** Measures and writes its own table, or JSON lines. */
  run(options: { readonly json: boolean }): Promise<void>;
}

/** The suites, in the order of the help text. */
export const benchSuites: readonly BenchSuite[] = [
  { name: 'environments', description: 'environment steps per second, random actions', run: benchEnvironments },
  { name: 'training', description: 'environment steps per second of whole training iterations', run: benchTraining },
];

/** Adds `bench` to the program. */
export function addBench(program: Command, exit: (code: number) => void): void {
  program
    .command('bench')
    .description('measure speed on this machine')
    .argument('[suite]', 'what to measure (default: everything)')
    .option('--json', 'write JSON lines')
    .action(async (suite: string | undefined, options: { json?: boolean }) => exit(await runBench(suite, options.json === true)));
}

async function runBench(name: string | undefined, json: boolean): Promise<number> {
  const chosen = benchSuites.filter((suite) => name === undefined || suite.name === name);
  if (name !== undefined && chosen.length === 0) {
    const { CohortError, show, suggest } = await loadLibrary();
    throw new CohortError({
      subject: 'bench',
      expected: 'the name of a suite',
      got: show(name),
      advice: suggest(
        name,
        benchSuites.map((suite) => suite.name),
      ),
    });
  }
  if (chosen.length === 0 && !json) writeLine('There is nothing to measure yet.');
  for (const suite of chosen) await suite.run({ json });
  return exitCodes.done;
}
