/**
 * A pretrained model in a GGUF file, as llama.cpp and its relatives use them.
 */
import { failure, mistake, show, suggest } from '../../../core/errors.ts';
import type { IntegerBlocks } from '../../../kernels/parameters.ts';
import { Sha256 } from '../../../run/sha256.ts';
import type { ModelCheckpoint, PretrainedTokenizer } from '../checkpoint.ts';
import type { ModelFiles } from '../files.ts';
import { readArchitecture } from './architecture.ts';
import { blockOf, dequantize, unpackIntegers } from './dequantize.ts';
import { type GgufHeader, type GgufTensor, readGgufHeader } from './header.ts';
import { nameTensors, ropeDivisors } from './names.ts';
import { otherCopy } from './pieces.ts';
import { ropeScalingOf } from './ropeFactors.ts';
import { tokenizerOfGguf } from './tokenizerData.ts';
import type { GgufVocabulary } from './vocabulary.ts';

/** Most bytes of the file in memory at once. */
const pieceBytes = 4 * 1024 * 1024;

/** Bytes of the file in pieces, each of whole `unit`s. */
async function* readPieces(files: ModelFiles, file: string, begin: number, end: number, unit: number): AsyncGenerator<Uint8Array> {
  const step = Math.floor(pieceBytes / unit) * unit;
  for (let from = begin; from < end; from += step) {
    const to = Math.min(end, from + step);
    const bytes = await files.read(file, from, to);
    if (bytes.length !== to - from)
      throw failure(`${files.place}`, `${to - from} bytes from byte ${from} of ${show(file)}`, `${bytes.length}`, otherCopy);
    yield bytes;
  }
}

/** Where the first number that is not finite stands; -1 for none. */
function firstNotFinite(values: Float32Array): number {
  // All eight bits of a float32's exponent are set in infinities and NaN alone; `findIndex` would take longer than reading the model.
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7f800000) === 0x7f800000) return i;
  return -1;
}

/** Calls `take` for every piece of a tensor, with the element that it begins with. */
async function eachPiece(
  files: ModelFiles,
  file: string,
  { begin, end, type }: GgufTensor,
  take: (bytes: Uint8Array, at: number) => void,
): Promise<void> {
  const block = blockOf(type)!;
  let at = 0;
  for await (const bytes of readPieces(files, file, begin, end, block.bytes)) {
    take(bytes, at);
    at += (bytes.length / block.bytes) * block.elements;
  }
}

function refuseNotFinite(values: Float32Array, { name }: GgufTensor, subject: string): void {
  const odd = firstNotFinite(values);
  if (odd !== -1) throw failure(`${subject}, tensor ${show(name)}`, 'finite numbers', `${values[odd]} at ${odd}`, otherCopy);
}

async function readTensor(files: ModelFiles, file: string, tensor: GgufTensor, subject: string): Promise<Float32Array> {
  const values = new Float32Array(tensor.elements);
  await eachPiece(files, file, tensor, (bytes, at) => dequantize(tensor.type, bytes, values, at));
  refuseNotFinite(values, tensor, subject);
  return values;
}

/** A tensor of Q8_0 as it is stored. */
async function readBlocks(files: ModelFiles, file: string, tensor: GgufTensor, subject: string): Promise<IntegerBlocks> {
  const blocks = { integers: new Int8Array(tensor.elements), scales: new Float32Array(tensor.elements / 32) };
  await eachPiece(files, file, tensor, (bytes, at) => unpackIntegers(bytes, blocks, at));
  // A finite float16 times a byte is finite.
  refuseNotFinite(blocks.scales, tensor, `${subject}, scales`);
  return blocks;
}

/**
 * Rows of heads from the order of interleaved rotary pairs into that of halves: row 2i + s of a head becomes row s * size / 2 + i. The reverse of
 * what llama.cpp's converter does to the queries and keys of `llama` (GGUF specification, `permute`).
 */
function toHalves<T extends Float32Array | Int8Array>(values: T, heads: number, rows: number): T {
  const columns = values.length / rows;
  const size = rows / heads;
  const result = values.slice() as T;
  for (let row = 0; row < rows; row++) {
    const within = row % size;
    const to = row - within + (within & 1) * (size / 2) + (within >> 1);
    result.set(values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return result;
}

/** SHA-256 of the whole file. */
async function hashFile(files: ModelFiles, file: string, size: number): Promise<string> {
  const hash = files.hasher?.() ?? new Sha256();
  for await (const bytes of readPieces(files, file, 0, size, 1)) hash.update(bytes);
  return hash.hex();
}

/** The tokenizer of a vocabulary. */
export type MakeGgufTokenizer = (vocabulary: GgufVocabulary) => Promise<PretrainedTokenizer>;

/**
 * Opens a model of architecture `llama`, `qwen2` or `qwen3` in one GGUF file: its head is read and checked whole, its tensors when they are asked for.
 * `makeTokenizer` builds the tokenizer. Throws `CohortError`: kind usage for a model or a type of tensors that cannot be used, kind failure for a damaged file.
 */
export async function openGguf(files: ModelFiles, file: string, makeTokenizer: MakeGgufTokenizer): Promise<ModelCheckpoint> {
  const header: GgufHeader = await readGgufHeader(files, file);
  const { subject, size, tensors } = header;
  const { architecture, shape, contextLength, originalPositions } = readArchitecture(header);
  const named = nameTensors(header, architecture, shape);
  const divisors = tensors.get(ropeDivisors);
  const ropeScaling =
    divisors && ropeScalingOf(await readTensor(files, file, divisors, subject), shape.ropeTheta, shape.headDim, subject, originalPositions);
  const find = (name: string) => {
    const found = named.get(name);
    if (found) return found;
    throw mistake(subject, 'the name of a tensor', show(name), suggest(name, [...named.keys()]));
  };
  let parameters = 0;
  for (const { tensor } of named.values()) parameters += tensor.elements;
  return {
    place: subject,
    format: 'gguf',
    shape: { ...shape, ...(ropeScaling && { ropeScaling }) },
    contextLength,
    bytes: size,
    parameters,
    fingerprint: () => hashFile(files, file, size),
    async tensor(name) {
      const { tensor, interleavedHeads } = find(name);
      const values = await readTensor(files, file, tensor, subject);
      return interleavedHeads === 0 ? values : toHalves(values, interleavedHeads, tensor.shape[0]!);
    },
    async integerBlocks(name) {
      const { tensor, interleavedHeads } = find(name);
      if (tensor.type !== 'Q8_0') return undefined;
      const { integers, scales } = await readBlocks(files, file, tensor, subject);
      if (interleavedHeads === 0) return { integers, scales };
      const rows = tensor.shape[0]!;
      return { integers: toHalves(integers, interleavedHeads, rows), scales: toHalves(scales, interleavedHeads, rows) };
    },
    tokenizer: async () => makeTokenizer(tokenizerOfGguf(header)),
  };
}
