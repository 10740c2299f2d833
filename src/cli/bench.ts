/**
 * `cohort-rl bench [suite]`: measures speed on this machine.
 */
import type { Command } from 'commander';
import { benchEnvironments } from './bench/environments.ts';
import { benchKernels } from './bench/kernels.ts';
import type { BenchSuite } from './bench/suite.ts';
import { benchTraining } from './bench/training.ts';
import { answer, type Context, type Tools } from './context.ts';
import { moduleOption } from './modules.ts';
import { NumberOption } from './options.ts';
import { writeLine } from './output.ts';

interface BenchFlags {
  readonly json?: boolean;
  readonly only?: string;
  readonly seconds?: number;
}

// In the order in which they are measured.
const suites: readonly { readonly name: string; readonly description: string; readonly measure: BenchSuite }[] = [
  { name: 'environments', description: 'environment steps per second, random actions', measure: benchEnvironments },
  { name: 'kernels', description: 'samples per second of the compute kernels, perceptron 4-64-64-2', measure: benchKernels },
  { name: 'training', description: 'environment steps per second of whole training iterations', measure: benchTraining },
];

/** Adds `bench` to the program. */
export function addBench(program: Command, context: Context): void {
  program
    .command('bench')
    .description('measure speed on this machine')
    .argument('[suite]', 'what to measure: environments, kernels, training (default: everything)')
    .option('--json', 'write JSON lines')
    .option('--only <text>', 'only settings whose name holds this text, for example "ppo 128 x 128, 2 threads"')
    .addOption(new NumberOption('--seconds <number>', 'seconds per setting (default: 2)', { min: 0.1, max: 3600, isReal: true }))
    .addOption(moduleOption())
    .action(answer(context, runBench));
}

async function runBench(name: string | undefined, { json = false, only = '', seconds = 2 }: BenchFlags, { library }: Tools): Promise<void> {
  const chosen = suites.filter((suite) => name === undefined || suite.name === name);
  if (name !== undefined && chosen.length === 0) {
    const names = suites.map((suite) => suite.name);
    throw library.mistake('bench', 'the name of a suite', library.show(name), library.suggest(name, names));
  }
  for (const suite of chosen) {
    if (!json) writeLine(`${suite.name}: ${suite.description}`);
    await suite.measure({ json, only, seconds }, library);
  }
}
