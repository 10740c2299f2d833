/**
 * A pretrained model from a folder as Hugging Face's transformers writes it.
 */
import { mistake, show } from '../../../core/errors.ts';
import { Sha256 } from '../../../run/sha256.ts';
import type { ModelCheckpoint, ModelShape, PretrainedTokenizer } from '../checkpoint.ts';
import type { ModelFiles } from '../files.ts';
import { readJsonFile } from './jsonFile.ts';
import { readModelConfig } from './modelConfig.ts';
import { bytesOf, findTensors, floatsOf, type StoredTensor } from './tensors.ts';

/** Files that decide what texts become, and what is ended where; all but generation_config.json are the tokenizer's. */
export const textFiles = [
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.json',
  'chat_template.jinja',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
] as const;

/** A model of a Hugging Face folder: what an export needs beside {@link ModelCheckpoint}. */
export interface HuggingFaceCheckpoint extends ModelCheckpoint {
  readonly format: 'huggingface';
  readonly files: ModelFiles;
  /** config.json as it stands. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A tensor as its file has it. Throws `CohortError` for a name that the model does not have. */
  stored(name: string): Promise<StoredTensor>;
  /** Its dtype and shape alone. Throws `CohortError` for a name that the model does not have. */
  describe(name: string): Omit<StoredTensor, 'bytes'>;
}

/** What makes a tokenizer of a folder: its files, and the shape whose vocabulary it must fit. */
export type MakeTokenizer = (files: ModelFiles, shape: ModelShape) => Promise<PretrainedTokenizer>;

/** Bytes that are hashed at once. */
const pieceBytes = 4 * 2 ** 20;

/**
 * The digest of a folder: of config.json, then {@link textFiles} in their order, then the weights in the order of their names. Every file
 * that is there adds its name, a zero byte, its size in decimal digits, a zero byte, and its bytes.
 */
async function fingerprint(files: ModelFiles, weights: readonly string[]): Promise<string> {
  const hash = files.hasher?.() ?? new Sha256();
  for (const file of ['config.json', ...textFiles, ...weights]) {
    const size = await files.size(file);
    if (size === undefined) continue;
    hash.update(new TextEncoder().encode(`${file}\0${size}\0`));
    for (let at = 0; at < size; at += pieceBytes) hash.update(await files.read(file, at, Math.min(size, at + pieceBytes)));
  }
  return hash.hex();
}

/**
 * Opens a folder with config.json, model.safetensors or its shards, and the files of a tokenizer, which `makeTokenizer` reads when it is
 * first asked for. Everything but the numbers themselves is checked before anything is loaded. Throws `CohortError` for a folder that holds
 * no such model, for what `readModelConfig` does not read, and for tensors that `findTensors` refuses.
 */
export async function openHuggingFace(files: ModelFiles, makeTokenizer: MakeTokenizer): Promise<HuggingFaceCheckpoint> {
  const config = await readJsonFile(files, 'config.json');
  if (!config) {
    throw mistake(
      files.place,
      'a folder with config.json, as transformers writes it',
      'none',
      'name the folder of a model, with all its files',
    );
  }
  const { shape, contextLength } = readModelConfig(config, `${files.place}, config.json`);
  const { names, bytes, entries } = await findTensors(files, shape);
  const entry = (name: string) => {
    const found = entries.get(name);
    if (found) return found;
    throw mistake(`${files.place}, tensor ${show(name)}`, 'a tensor of the model', 'none of that name', 'name one as transformers does');
  };
  let tokenizer: Promise<PretrainedTokenizer> | undefined;
  let parameters = 0;
  for (const { shape: lengths } of entries.values()) parameters += lengths.reduce((product, length) => product * length, 1);
  return {
    place: files.place,
    format: 'huggingface',
    files,
    config,
    shape,
    contextLength,
    bytes,
    parameters,
    fingerprint: () => fingerprint(files, names),
    tensor: async (name) => floatsOf(files, entry(name), `${files.place}, tensor ${name}`),
    describe: (name) => ({ dtype: entry(name).dtype, shape: entry(name).shape }),
    async stored(name) {
      const found = entry(name);
      return { dtype: found.dtype, shape: found.shape, bytes: await bytesOf(files, found) };
    },
    tokenizer: () => (tokenizer ??= makeTokenizer(files, shape)),
  };
}
