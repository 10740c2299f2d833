/**
 * `cohort-rl bench [suite]`: measures speed on this machine.
 */
import type { Command } from 'commander';
import { CohortError, show, suggest } from '../node/index.ts';
import { benchEnvironments } from './bench/environments.ts';
import { benchKernels } from './bench/kernels.ts';
import { benchTraining } from './bench/training.ts';
import { exitCodes } from './failure.ts';
import { writeLine } from './output.ts';

/** Something that can be measured. */
export interface BenchSuite {
  readonly name: string;
  readonly description: string;
  /** Measures and writes its own table, or JSON lines. */
  run(options: BenchOptions): Promise<void>;
}

/** What is asked of a suite. */
export interface BenchOptions {
  readonly json: boolean;
  /** Only settings whose name holds this text, such as `ppo 128` or `2 threads`. */
  readonly only: string;
  /** Seconds per setting. */
  readonly seconds: number;
}

/** The suites, in the order of the help text. */
export const benchSuites: readonly BenchSuite[] = [
  { name: 'environments', description: 'environment steps per second, random actions', run: benchEnvironments },
  { name: 'kernels', description: 'samples per second of the compute kernels, perceptron 4-64-64-2', run: benchKernels },
  { name: 'training', description: 'environment steps per second of whole training iterations', run: benchTraining },
];

/** Adds `bench` to the program. */
export function addBench(program: Command, exit: (code: number) => void): void {
  program
    .command('bench')
    .description('measure speed on this machine')
    .argument('[suite]', 'what to measure (default: everything)')
    .option('--json', 'write JSON lines')
    .option('--only <text>', 'only settings whose name holds this text, for example "ppo 128 x 128, 2 threads"', '')
    .option('--seconds <number>', 'seconds per setting', readSeconds, 2)
    .action(async (suite: string | undefined, options: { json?: boolean; only: string; seconds: number }) =>
      exit(await runBench(suite, { ...options, json: options.json === true })),
    );
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new CohortError({
    subject: '--seconds',
    expected: 'a number from 0.1 to 3600',
    got: show(text),
    advice: 'two seconds give a rough figure, ten a good one',
  });
}

async function runBench(name: string | undefined, options: BenchOptions): Promise<number> {
  const chosen = benchSuites.filter((suite) => name === undefined || suite.name === name);
  if (name !== undefined && chosen.length === 0) {
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
  for (const suite of chosen) {
    if (!options.json) writeLine(`${suite.name}: ${suite.description}`);
    await suite.run(options);
  }
  return exitCodes.done;
}
