/**
 * `cohort-rl lm export <run|model>`: writes a language model for Hugging Face's transformers, or its adapters for peft.
 */
import { type Command, Option } from 'commander';
import { answer, type Context, type Tools } from '../context.ts';
import { findBegun, runArgument } from '../findRun.ts';
import { shownPath } from '../invocation.ts';
import { writeJson, writeLine } from '../output.ts';
import { languageModels } from '../roads/index.ts';
import { commandOf } from '../roads/road.ts';
import { folderName } from '../values.ts';
import { type WeightsFlag, weightsOption } from './weights.ts';

interface ExportFlags extends WeightsFlag {
  readonly format: 'huggingface' | 'peft';
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const takes = { road: languageModels, models: true };

/** Adds `export` to `lm`. */
export function addModelExport(group: Command, context: Context): void {
  group
    .command('export')
    .description('write a model as a folder that transformers loads, or its adapters as peft does')
    .addArgument(runArgument(takes))
    .requiredOption('--output <folder>', 'folder to write')
    .addOption(
      new Option('--format <name>', 'huggingface = all weights, adapters merged into them; peft = the adapters alone')
        .choices(['huggingface', 'peft'])
        .default('huggingface'),
    )
    .addOption(weightsOption())
    .option('--force', 'write into a folder that holds files; those of the same names are replaced')
    .option('--json', 'write one JSON line: folder, files, bytes')
    .action(answer(context, runExport));
}

async function runExport(
  path: string,
  { format, output, baseWeights, force, json }: ExportFlags,
  { library, paint }: Tools,
): Promise<void> {
  const subject = commandOf(languageModels, 'export').join(' ');
  const folder = folderName('--output', output, library)!;
  const { found, begun } = findBegun(path, subject, library, takes);
  if (found.plan) {
    throw library.mistake(subject, 'one model', `${library.show(path)}, of several seeds`, 'name the folder of one of its seeds');
  }
  await library.checkModelFolder(folder, force === true);
  const model = await library.loadLanguageModel(begun[0].directory, { baseWeights });
  try {
    const files = await model.export(format);
    await library.writeModelFolder(folder, files);
    if (json) {
      writeJson({ event: 'export', runDirectory: path, folder, format, files: files.map(({ name, size }) => ({ name, bytes: size })) });
      return;
    }
    writeLine(`${paint('bold', shownPath(path))} for ${format === 'peft' ? 'peft' : 'transformers'}:`);
    for (const { name, size } of files) writeLine(`  ${paint('cyan', shownPath(`${folder}/${name}`))}  ${library.formatBytes(size)}`);
  } finally {
    model.close();
  }
}
