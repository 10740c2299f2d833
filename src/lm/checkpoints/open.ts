/**
 * Opening a pretrained model, whichever kind of files it is: nothing but what says what it is is read, its weights only where they are used.
 */
import { mistake, show } from '../../core/errors.ts';
import type { FoundModel } from '../../core/platform.ts';
import { Sha256 } from '../../run/sha256.ts';
import type { ModelShape, PretrainedTokenizer } from './checkpoint.ts';
import type { ModelFiles } from './files.ts';
import { openGguf } from './gguf/checkpoint.ts';
import { ggufTokenizerParts } from './gguf/tokenizer.ts';
import { openHuggingFace } from './huggingFace/checkpoint.ts';
import { readJsonFile } from './huggingFace/jsonFile.ts';
import { isPeft, readPeft } from './huggingFace/peft.ts';
import { jsonFile, type OutputFile } from './outputFile.ts';
import { adapterConfigFile, isGguf } from './place.ts';
import type { PretrainedModel, TaskReader } from './pretrained.ts';
import { chatTemplateOf, endTokensOf } from './settings.ts';
import { createPretrainedTokenizer, type TokenizerPackages, type TokenizerParts } from './tokenizer.ts';

/** What opening needs from outside. */
export interface OpenTools {
  readonly packages: TokenizerPackages;
  /** Where a model lies that an adapter names as its own. Throws `CohortError` where there is none. */
  find(place: string): Promise<FoundModel>;
}

/**
 * Opens a model, or an adapter of peft with the model that it names. Throws `CohortError` for files that are no model, are damaged, or are of a kind that is
 * not supported.
 */
export async function openPretrained(place: string, found: FoundModel, { packages, find }: OpenTools): Promise<PretrainedModel> {
  if (found.gguf !== undefined || !(await isPeft(found.files))) return openBase(place, found, packages);
  const named = await baseNameOf(found.files);
  const base = await openBase(named, await find(named), packages);
  const adapter = await readPeft(found.files, base.checkpoint.shape);
  const names = [...adapter.shapes.keys()];
  const digest = new Sha256().update(new TextEncoder().encode(base.sha256));
  for (const name of names) digest.update(new Uint8Array((await adapter.tensor(name)).buffer));
  return { ...base, place, adapter, sha256: digest.hex() };
}

/** The name of an adapter's model, before anything else of it is known. */
async function baseNameOf(files: ModelFiles): Promise<string> {
  const { base_model_name_or_path: named } = (await readJsonFile(files, adapterConfigFile)) ?? {};
  if (typeof named === 'string' && named !== '') return named;
  const advice = 'write the path of the model there';
  throw mistake(`${files.place}: ${adapterConfigFile}`, 'the model that it belongs to (base_model_name_or_path)', show(named), advice);
}

/** Reads no weights, so that a folder need not have any. Throws `CohortError` for files without a tokenizer, or that are damaged. */
export async function openReader(place: string, { files, gguf }: FoundModel, packages: TokenizerPackages): Promise<TaskReader> {
  if (gguf !== undefined) return openBase(place, { files, gguf }, packages);
  const config = await readJsonFile(files, 'config.json');
  const { vocab_size: vocabSize, max_position_embeddings: length } = config ?? {};
  if (!Number.isSafeInteger(vocabSize) || (vocabSize as number) < 2) {
    const advice = 'take the folder that the model is published in, with all its JSON files';
    throw mistake(`tokenizer ${show(place)}`, 'config.json with the size of the vocabulary', show(vocabSize), advice);
  }
  const tokenizer = await huggingFaceTokenizer(files, { vocabSize: vocabSize as number }, packages);
  const contextLength = Number.isSafeInteger(length) && (length as number) > 0 ? (length as number) : Number.POSITIVE_INFINITY;
  return { place, tokenizer, checkpoint: { contextLength } };
}

async function openBase(place: string, { files, gguf }: FoundModel, packages: TokenizerPackages): Promise<PretrainedModel> {
  const file = gguf ?? (await ggufOf(files));
  if (file === undefined) {
    const checkpoint = await openHuggingFace(files, (all, shape) => huggingFaceTokenizer(all, shape, packages));
    return { place, basePlace: place, checkpoint, tokenizer: await checkpoint.tokenizer(), sha256: await checkpoint.fingerprint() };
  }
  let parts: TokenizerParts | undefined;
  const checkpoint = await openGguf(files, file, async (vocabulary) => {
    parts = ggufTokenizerParts(vocabulary);
    return createPretrainedTokenizer(parts, packages);
  });
  const tokenizer = await checkpoint.tokenizer();
  return {
    place,
    basePlace: place,
    checkpoint,
    tokenizer,
    sha256: await checkpoint.fingerprint(),
    tokenizerFiles: parts && filesOfTokenizer(parts),
  };
}

/** The tokenizer of a GGUF file as the files that transformers reads. */
function filesOfTokenizer({ tokenizer, config, chatTemplate }: TokenizerParts): OutputFile[] {
  const withTemplate = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...config,
    ...(chatTemplate !== undefined && { chat_template: chatTemplate }),
  };
  return [jsonFile('tokenizer.json', tokenizer), jsonFile('tokenizer_config.json', withTemplate)];
}

/** The GGUF file of a folder that holds no model of Hugging Face's; `undefined` where it holds one. Throws `CohortError` for several. */
async function ggufOf(files: ModelFiles): Promise<string | undefined> {
  if ((await files.size('config.json')) !== undefined) return undefined;
  const found = (await files.list()).filter(isGguf);
  if (found.length === 1) return found[0];
  const got = found.length === 0 ? 'neither' : `${found.length} GGUF files (${found.join(', ')})`;
  throw mistake(`model ${show(files.place)}`, 'config.json of Hugging Face, or one GGUF file', got, 'name the file of the model');
}

/** Longest template that is read, in bytes. */
const longestTemplate = 2 ** 20;

async function huggingFaceTokenizer(
  files: ModelFiles,
  { vocabSize }: Pick<ModelShape, 'vocabSize'>,
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
