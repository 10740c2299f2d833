/**
 * `cohort-rl export <run>`: writes what a run has learned as a policy folder, for Python, for a page, for another machine.
 */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { PolicyFile } from '../node/toolkit.ts';
import type { Context } from './context.ts';
import { exitCodes } from './failure.ts';
import { type FoundSeed, findBegun, suggestFolders } from './findRun.ts';
import { shownPath } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { moduleOption } from './modules.ts';
import { writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import { SuggestedArgument } from './suggestions.ts';
import { type Paint, paintFor, wantsColor } from './terminal.ts';
import { folderName, wholeNumber } from './values.ts';

interface ExportFlags {
  readonly output?: string;
  readonly iteration?: string;
  readonly critic?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const takes = { road: environments };

/** Adds `export` to the program. */
export function addExport(program: Command, context: Context): void {
  program
    .command('export')
    .description('write what a run has learned as policy.safetensors and policy.json, for Python and for pages')
    .addArgument(new SuggestedArgument('<run>', 'run folder, of one seed or several', suggestFolders(takes)))
    .option('--output <folder>', 'folder to write; one for each of several seeds (default: policy in the run folder)')
    .option('--iteration <n>', 'the policy that the run kept after this iteration (default: its last checkpoint)')
    .option('--critic', 'keep the critic, which only training needs')
    .option('--force', 'replace a policy that is there')
    .option('--json', 'write one JSON line per policy: folder, files, description')
    .addOption(moduleOption())
    .action(async (run: string, flags: ExportFlags) => context.exit(await runExport(run, flags)));
}

/** `8 -> 64 -> 64 -> 4, tanh, categorical`: what a policy is made of. */
export function outlineOf(file: PolicyFile, library: Library): string {
  const { layers, activation, head, normalizer } = library.describePolicy(file);
  const sizes = [layers[0]![1], ...layers.map(([outputs]) => outputs)].join(' -> ');
  const clip = normalizer && `observations normalized, cut to ±${normalizer.clip}`;
  return [
    sizes,
    ...(layers.length > 1 ? [activation] : []),
    head,
    ...(clip ? [clip] : []),
    ...(file.spec.critic ? ['with critic'] : []),
  ].join(', ');
}

/** Writes the two files of a policy folder, below its title. */
export function sayWritten(title: string, folder: string, paint: Paint, library: Library): void {
  writeLine(title);
  for (const name of Object.values(library.policyFiles)) writeLine(`  ${paint('cyan', shownPath(join(folder, name)))}`);
}

function withoutCriticUnlessAsked(file: PolicyFile, flags: ExportFlags, library: Library): PolicyFile {
  if (!flags.critic) return library.withoutCritic(file);
  if (file.spec.critic) return file;
  throw new library.CohortError({
    subject: '--critic',
    expected: 'a policy with a critic',
    got:
      flags.iteration === undefined
        ? `one without: ${file.source.algorithm ?? 'its algorithm'} has none`
        : 'one without: snapshots keep none',
    advice: 'leave it out',
  });
}

async function runExport(path: string, flags: ExportFlags): Promise<number> {
  const library = await loadLibrary();
  const iteration = wholeNumber('--iteration', flags.iteration, { min: 0, max: 100_000_000 }, library);
  const output = folderName('--output', flags.output, library);
  const { found, begun } = findBegun(path, 'export', library, takes);
  const folderOf = ({ directory, seed }: FoundSeed): string => {
    if (output === undefined) return join(directory, iteration === undefined ? 'policy' : `policy-${iteration}`);
    return found.plan ? join(output, `seed${seed}`) : output;
  };
  // All are read before the first is written.
  const work: { readonly one: FoundSeed; readonly file: PolicyFile; readonly folder: string }[] = [];
  for (const one of begun) {
    const file = withoutCriticUnlessAsked(await library.readPolicy(one.directory, { iteration }), flags, library);
    work.push({ one, file, folder: folderOf(one) });
  }
  const paint = paintFor(wantsColor(process.stdout));
  for (const { one, file, folder } of work) {
    await library.savePolicy(folder, file, { overwrite: flags.force });
    if (flags.json) {
      const description = library.describePolicy(file);
      writeLine(JSON.stringify({ event: 'export', runDirectory: one.directory, folder, description }));
      continue;
    }
    const { source, env } = file;
    const name = found.plan ? `, seed ${one.seed}` : '';
    sayWritten(`${paint('bold', env)}${name}, iteration ${source.iteration}: ${outlineOf(file, library)}`, folder, paint, library);
  }
  if (!flags.json) writeLine(paint('gray', `in Python: cohort_policy.load(${JSON.stringify(shownPath(work[0]!.folder))})`));
  return exitCodes.done;
}
