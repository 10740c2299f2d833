/**
 * `cohort-rl bench [suite]`: measures speed on this machine.
 */
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { moduleOption } from './modules.ts';
import { writeLine } from './output.ts';
import { NumberOption } from './suggestions.ts';

interface BenchFlags {
  readonly json?: boolean;
  readonly only?: string;
  readonly seconds?: number;
}

/** Adds `bench` to the program. The suites are loaded when one is measured: they need the whole library. */
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
  const { benchSuites } = await import('./bench/suites.ts');
  const chosen = benchSuites.filter((suite) => name === undefined || suite.name === name);
  if (name !== undefined && chosen.length === 0) {
    const names = benchSuites.map((suite) => suite.name);
    throw library.mistake('bench', 'the name of a suite', library.show(name), library.suggest(name, names));
  }
  for (const suite of chosen) {
    if (!json) writeLine(`${suite.name}: ${suite.description}`);
    await suite.run({ json, only, seconds });
  }
}
