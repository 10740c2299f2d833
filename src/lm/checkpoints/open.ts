/**
 * Opening a pretrained model, whichever kind of files it is: nothing but what says what it is is read, its weights only where they are used.
 */
import { mistake, show } from '../../core/errors.ts';
import type { ModelShape, PretrainedTokenizer } from './checkpoint.ts';
import type { ModelFiles } from './files.ts';
import { openGguf } from './gguf/checkpoint.ts';
import { ggufTokenizerParts } from './gguf/tokenizer.ts';
import { openHuggingFace } from './huggingFace/checkpoint.ts';
import { readJsonFile } from './huggingFace/jsonFile.ts';
import type { PretrainedModel } from './pretrained.ts';
import { chatTemplateOf, endTokensOf } from './settings.ts';
import { createPretrainedTokenizer, type TokenizerPackages } from './tokenizer.ts';

/** Where a model lies: the files of a folder, or the one of them that the user named. */
export interface FoundModel {
  readonly files: ModelFiles;
  readonly gguf?: string | undefined;
}

/** Opens a model. Throws `CohortError` for files that are no model, are damaged, or are of a kind that is not supported. */
export async function openPretrained(place: string, { files, gguf }: FoundModel, packages: TokenizerPackages): Promise<PretrainedModel> {
  const file = gguf ?? (await ggufOf(files));
  const checkpoint =
    file === undefined
      ? await openHuggingFace(files, (all, shape) => huggingFaceTokenizer(all, shape, packages))
      : await openGguf(files, file, async (vocabulary) => createPretrainedTokenizer(ggufTokenizerParts(vocabulary), packages));
  return { place, checkpoint, tokenizer: await checkpoint.tokenizer(), sha256: await checkpoint.fingerprint() };
}

/** The GGUF file of a folder that holds no model of Hugging Face's; `undefined` where it holds one. Throws `CohortError` for several. */
async function ggufOf(files: ModelFiles): Promise<string | undefined> {
  if ((await files.size('config.json')) !== undefined) return undefined;
  const found = (await files.list()).filter((name) => name.toLowerCase().endsWith('.gguf'));
  if (found.length === 1) return found[0];
  const got = found.length === 0 ? 'neither' : `${found.length} GGUF files (${found.join(', ')})`;
  throw mistake(`model ${show(files.place)}`, 'config.json of Hugging Face, or one GGUF file', got, 'name the file of the model');
}

/** Longest template that is read, in bytes. */
const longestTemplate = 2 ** 20;

async function huggingFaceTokenizer(
  files: ModelFiles,
  { vocabSize }: ModelShape,
  packages: TokenizerPackages,
): Promise<PretrainedTokenizer> {
  const [tokenizer, tokenizerConfig = {}, generationConfig, config] = await Promise.all(
    ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'config.json'].map((name) => readJsonFile(files, name)),
  );
  if (!tokenizer) {
    const advice = 'take the folder that the model is published in, with all its files';
    throw mistake(`model ${show(files.place)}`, 'tokenizer.json', 'none', advice);
  }
  const template = await readText(files, 'chat_template.jinja');
  return createPretrainedTokenizer(
    {
      tokenizer,
      config: tokenizerConfig,
      chatTemplate: chatTemplateOf(tokenizerConfig, template),
      endTokens: endTokensOf({ generationConfig, config, tokenizerConfig, tokenizer }),
      vocabSize,
    },
    packages,
  );
}

async function readText(files: ModelFiles, file: string): Promise<string | undefined> {
  const size = await files.size(file);
  if (size === undefined) return undefined;
  const place = `${files.place}: ${file}`;
  if (size > longestTemplate) throw mistake(place, `at most ${longestTemplate} bytes`, `${size}`, 'use another copy of the file');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await files.read(file, 0, size));
  } catch (cause) {
    throw mistake(place, 'text in UTF-8', 'other bytes', 'use another copy of the file', cause);
  }
}
