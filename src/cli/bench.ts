/**
 * `cohort-rl bench [suite]`: measures speed on this machine.
 */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { exitCodes } from './failure.ts';
import { loadLibrary } from './library.ts';
import { moduleOption } from './modules.ts';
import { writeLine } from './output.ts';
import { realNumber } from './values.ts';

interface BenchFlags {
  readonly json?: boolean;
  readonly only?: string;
  readonly seconds?: string;
}

/** Adds `bench` to the program. The suites are loaded when one is measured: they need the whole library. */
export function addBench(program: Command, context: Context): void {
  program
    .command('bench')
    .description('measure speed on this machine')
    .argument('[suite]', 'what to measure: environments, kernels, training (default: everything)')
    .option('--json', 'write JSON lines')
    .option('--only <text>', 'only settings whose name holds this text, for example "ppo 128 x 128, 2 threads"')
    .option('--seconds <number>', 'seconds per setting (default: 2)')
    .addOption(moduleOption())
    .action(async (suite: string | undefined, options: BenchFlags) => context.exit(await runBench(suite, options)));
}

async function runBench(name: string | undefined, flags: BenchFlags): Promise<number> {
  const library = await loadLibrary();
  const { benchSuites } = await import('./bench/suites.ts');
  const options = {
    json: flags.json === true,
    only: flags.only ?? '',
    seconds: realNumber('--seconds', flags.seconds, { min: 0.1, max: 3600 }, library) ?? 2,
  };
  const chosen = benchSuites.filter((suite) => name === undefined || suite.name === name);
  if (name !== undefined && chosen.length === 0) {
    throw library.mistake(
      'bench',
      'the name of a suite',
      library.show(name),
      library.suggest(
        name,
        benchSuites.map((suite) => suite.name),
      ),
    );
  }
  for (const suite of chosen) {
    if (!options.json) writeLine(`${suite.name}: ${suite.description}`);
    await suite.run(options);
  }
  return exitCodes.done;
}
