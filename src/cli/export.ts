/**
 * `cohort-rl export <run>`: writes what a run has learned as a policy folder, for Python, for a page, for another machine.
 */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { PolicyFile } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { type FoundSeed, findBegun, runArgument } from './findRun.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { NumberOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import type { Paint } from './terminal.ts';
import { folderName, maxCount } from './values.ts';

interface ExportFlags {
  readonly output?: string;
  readonly iteration?: number;
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
    .addArgument(runArgument(takes))
    .option('--output <folder>', 'folder to write; one for each of several seeds (default: policy in the run folder)')
    .addOption(iterationOption())
    .option('--critic', 'keep the critic, which only training needs')
    .option('--force', 'replace a policy that is there')
    .option('--json', 'write one JSON line per policy: folder, files, description')
    .addOption(moduleOption())
    .action(answer(context, runExport));
}

/** The option of commands that take the policy of an iteration. */
export function iterationOption(): NumberOption {
  const description = 'the policy that the run kept after this iteration (default: its last checkpoint)';
  return new NumberOption('--iteration <n>', description, { min: 0, max: maxCount });
}

/** `8 -> 64 -> 64 -> 4, tanh, categorical`: what a policy is made of. */
export function outlineOf(file: PolicyFile, library: Library): string {
  const { layers, activation, head, normalizer } = library.describePolicy(file);
  const sizes = [layers[0]![1], ...layers.map(([outputs]) => outputs)].join(' -> ');
  const clip = normalizer ? `observations normalized, cut to ±${normalizer.clip}` : '';
  const parts = [sizes, layers.length > 1 ? activation : '', head, clip, file.spec.critic ? 'with critic' : ''];
  return parts.filter((part) => part !== '').join(', ');
}

/** Writes the two files of a policy folder, below its title. */
export function sayWritten(title: string, folder: string, paint: Paint, library: Library): void {
  writeLine(title);
  for (const name of Object.values(library.policyFiles)) writeLine(`  ${paint('cyan', shownPath(join(folder, name)))}`);
}

function withoutCriticUnlessAsked(file: PolicyFile, flags: ExportFlags, library: Library): PolicyFile {
  if (!flags.critic) return library.withoutCritic(file);
  if (file.spec.critic) return file;
  const reason = flags.iteration === undefined ? `${file.source.algorithm ?? 'its algorithm'} has none` : 'snapshots keep none';
  throw library.mistake('--critic', 'a policy with a critic', `one without: ${reason}`, 'leave it out');
}

async function runExport(path: string, flags: ExportFlags, { library, paint }: Tools): Promise<void> {
  const { iteration } = flags;
  const output = folderName('--output', flags.output, library);
  const { found, begun } = findBegun(path, 'export', library, takes);
  const folderOf = ({ directory, seed }: FoundSeed): string => {
    if (output === undefined) return join(directory, iteration === undefined ? 'policy' : `policy-${iteration}`);
    return found.plan ? join(output, `seed${seed}`) : output;
  };
  // All are read before the first is written.
  const files: PolicyFile[] = [];
  for (const { directory } of begun) {
    files.push(withoutCriticUnlessAsked(await library.readPolicy(directory, { iteration }), flags, library));
  }
  for (const [index, file] of files.entries()) {
    const one = begun[index]!;
    const folder = folderOf(one);
    // Inside the run folder, which may be a stranger's, the folder must be no link; one that was asked for may be.
    if (output === undefined) await library.nodeHome.open(one.directory).list(basename(folder));
    await library.savePolicy(folder, file, { overwrite: flags.force });
    if (flags.json) {
      const description = library.describePolicy(file);
      writeJson({ event: 'export', runDirectory: one.directory, folder, description });
      continue;
    }
    const { source, env } = file;
    const name = found.plan ? `, seed ${one.seed}` : '';
    sayWritten(`${paint('bold', env)}${name}, iteration ${source.iteration}: ${outlineOf(file, library)}`, folder, paint, library);
  }
  if (!flags.json) {
    const load = `cohort_policy.load(${JSON.stringify(shownPath(folderOf(begun[0])))})`;
    const file = shownPath(fileURLToPath(new URL('../tools/policies/cohort_policy.py', import.meta.url)));
    writeLine(paint('gray', `in Python, with ${file} on the path: ${load}`));
  }
}
