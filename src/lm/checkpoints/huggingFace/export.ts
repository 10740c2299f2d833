/**
 * A model as a folder that Hugging Face's transformers loads.
 */
import { failure, mistake } from '../../../core/errors.ts';
import { tensorShapes } from '../../../kernels/transformer/shapes.ts';
import type { ModelShape } from '../checkpoint.ts';
import { bytesFile, copiedFiles, jsonFile, type OutputFile } from '../outputFile.ts';
import { type HuggingFaceCheckpoint, textFiles } from './checkpoint.ts';
import { configOf, generationConfigOf, withFloat32 } from './configOut.ts';
import { isTurned, toHalfLayout } from './rotaryRows.ts';
import { floatBytes, type WeightOut, weightsFile } from './weightsOut.ts';

/** What is written. */
export interface HuggingFaceExport {
  readonly shape: ModelShape;
  /** Most tokens of a sequence. */
  readonly contextLength: number;
  /** Every id that ends a completion, the model's end token first. */
  readonly endTokens: readonly number[];
  /** The numbers of a tensor by Hugging Face's name, (out, in), row-major; asked for one at a time, and not kept. */
  tensor(name: string): Promise<Float32Array> | Float32Array;
  /**
   * The folder that the model came from, where it came from one: its config.json, its tokenizer and the bytes of tensors that were not
   * changed are taken over. With it `files` may stay empty.
   */
  readonly source?: HuggingFaceCheckpoint | undefined;
  /** Whether a tensor was changed since it was read from `source`; default all of them. Not asked without a source. */
  isChanged?(name: string): boolean;
  /** Files that are written as they are, a tokenizer's for example; instead of one of the same name from `source`. */
  readonly files?: readonly OutputFile[] | undefined;
}

function checkFits(shape: ModelShape, source: HuggingFaceCheckpoint): void {
  const fields = new Set([...Object.keys(shape), ...Object.keys(source.shape)] as (keyof ModelShape)[]);
  for (const field of fields) {
    const [ours, theirs] = [shape[field], source.shape[field]].map((value) => JSON.stringify(value || false));
    if (ours === theirs) continue;
    throw mistake(`export, ${field}`, `${theirs}, as ${source.place} has it`, ours!, 'name the checkpoint that the model came from');
  }
}

function tensorsOut(model: HuggingFaceExport): WeightOut[] {
  const { shape, source } = model;
  return [...tensorShapes(shape)].map(([name, lengths]) => {
    const isStored = source !== undefined && model.isChanged?.(name) === false;
    if (isStored) {
      return { name, dtype: source.describe(name).dtype, shape: lengths, bytes: async () => (await source.stored(name)).bytes };
    }
    const bytes = async (): Promise<Uint8Array> => {
      const floats = await model.tensor(name);
      const count = lengths.reduce((product, length) => product * length, 1);
      if (floats.length !== count)
        throw failure(`export, tensor ${name}`, `${count} numbers`, `${floats.length}`, 'give all of its numbers');
      const isMoved = shape.rotaryLayout === 'interleaved' && isTurned(name);
      return floatBytes(name, isMoved ? toHalfLayout(floats, shape, lengths[1] ?? 1) : floats);
    };
    return { name, dtype: 'F32', shape: lengths, bytes };
  });
}

/** The config.json of a source: as it is for a model that is, too, else with float32 as the dtype. */
async function sourceConfig({ files }: HuggingFaceCheckpoint, isWhole: boolean): Promise<OutputFile> {
  const name = 'config.json';
  const bytes = await files.read(name, 0, (await files.size(name)) ?? 0);
  return bytesFile(name, isWhole ? bytes : new TextEncoder().encode(withFloat32(new TextDecoder().decode(bytes))));
}

/**
 * The files of a folder that transformers 4 and 5 load: config.json, generation_config.json, model.safetensors, and what `files` and
 * `source` bring. Changed tensors are written as float32, unchanged ones with the bytes and the dtype that they have in `source`. A model
 * whose rotary positions are interleaved is written with the rows of its queries and keys in Hugging Face's order, which computes the same.
 *
 * With a source, config.json is the source's; as soon as one tensor was changed, its dtype is float32. Throws `CohortError` for a shape that
 * has no class in transformers or is not the source's; `pieces` of model.safetensors throws it for a tensor of the wrong length, or with
 * numbers that are not finite.
 */
export async function encodeHuggingFace(model: HuggingFaceExport): Promise<OutputFile[]> {
  const { shape, source, files = [] } = model;
  if (source) checkFits(shape, source);
  const tensors = tensorsOut(model);
  const copies = source ? await copiedFiles(source.files, textFiles) : [];
  const written = [
    source
      ? await sourceConfig(
          source,
          tensors.every(({ name }) => model.isChanged?.(name) === false),
        )
      : jsonFile('config.json', configOf(shape, model)),
    ...files,
    ...copies,
    jsonFile('generation_config.json', generationConfigOf(model)),
    weightsFile('model.safetensors', tensors),
  ];
  // The first of a name counts: a given file before the source's, that before one made here.
  return [...new Map(written.reverse().map((file) => [file.name, file])).values()].reverse();
}
