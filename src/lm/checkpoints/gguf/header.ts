/**
 * The head of a GGUF file: metadata and where its tensors lie. Facts: the GGUF specification (ggml-org/ggml, docs/gguf.md) and, for the numbers of
 * the types and the limits of names and dimensions, ggml.h (`ggml_type`, `GGML_MAX_NAME`, `GGML_MAX_DIMS`).
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import type { ModelFiles } from '../files.ts';
import { blockOf, ggufTypes } from './dequantize.ts';
import { type GgufValue, readMetadata } from './metadata.ts';
import { otherCopy, Pieces } from './pieces.ts';

/** A tensor of a GGUF file. */
export interface GgufTensor {
  readonly name: string;
  /** One of `ggufTypes`. */
  readonly type: string;
  /** Rows before columns, as everywhere in the library: the reverse of the file's order. One to four lengths of at least 1. */
  readonly shape: readonly number[];
  /** Product of `shape`. */
  readonly elements: number;
  /** First byte in the file. */
  readonly begin: number;
  /** Byte behind the last. */
  readonly end: number;
}

/** The head of a GGUF file. */
export interface GgufHeader {
  /** What messages call the file. */
  readonly subject: string;
  /** 2 or 3. */
  readonly version: number;
  /** Bytes of the file. */
  readonly size: number;
  /** A power of two, 8 to 65536: every tensor begins at a multiple of it behind the head. */
  readonly alignment: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** The names of all types that ggml has, so that a refusal can say which one it is; those without a name are no longer in use. */
const typeNames: readonly (string | undefined)[] = [
  ...['F32', 'F16', 'Q4_0', 'Q4_1', undefined, undefined, 'Q5_0', 'Q5_1', 'Q8_0', 'Q8_1', 'Q2_K', 'Q3_K', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_K'],
  ...['IQ2_XXS', 'IQ2_XS', 'IQ3_XXS', 'IQ1_S', 'IQ4_NL', 'IQ3_S', 'IQ2_S', 'IQ4_XS', 'I8', 'I16', 'I32', 'I64', 'F64', 'IQ1_M', 'BF16'],
  ...[undefined, undefined, undefined, 'TQ1_0', 'TQ2_0', undefined, undefined, undefined, 'MXFP4', 'NVFP4', 'Q1_0'],
];

/** Longest name of a tensor in bytes. */
const longestName = 64;
/** Most dimensions. */
const mostDimensions = 4;
/** Fewest bytes that say what a tensor is: the length of a name of one byte, one dimension, type and offset. */
const fewestBytes = 33;
/** Most tensors; a model of 126 layers has 1,500. */
const mostTensors = 65536;
/** Where tensors begin unless `general.alignment` says otherwise. */
const defaultAlignment = 32;
/** The four bytes that every file begins with, `GGUF`. */
const magic = 0x46554747;

/** A tensor whose place is still counted from the end of the head. */
type Unplaced = Omit<GgufTensor, 'end'> & { readonly bytes: number };

async function readTensor(pieces: Pieces): Promise<Unplaced> {
  const name = await pieces.text(longestName, 'the name of a tensor');
  const where = `tensor ${show(name)}`;
  if (name === '') throw failure(pieces.subject, 'a name for every tensor', 'an empty one', otherCopy);
  await pieces.need(4, where);
  const dimensions = pieces.takeU32();
  if (dimensions < 1 || dimensions > mostDimensions) {
    throw failure(`${pieces.subject}, ${where}`, `1 to ${mostDimensions} dimensions`, `${dimensions}`, otherCopy);
  }
  await pieces.need(dimensions * 8 + 12, where);
  const lengths: number[] = [];
  let elements = 1;
  for (let i = 0; i < dimensions; i++) {
    const length = pieces.takeU64(`dimension of ${where}`);
    elements *= length;
    lengths.push(length);
  }
  if (!(elements >= 1 && Number.isSafeInteger(elements))) {
    throw failure(`${pieces.subject}, ${where}`, 'dimensions of at least 1 with a product below 2^53', show(lengths), otherCopy);
  }
  const number = pieces.takeU32();
  const begin = pieces.takeU64(`offset of ${where}`);
  const type = typeNames[number] ?? `type ${number}`;
  const block = blockOf(type);
  if (block === undefined) {
    const advice = 'use a file of the model in one of these types, for example Q8_0 or F16, or its safetensors files';
    throw mistake(`${pieces.subject}, ${where}`, `a type of ${ggufTypes.join(', ')}`, type, advice);
  }
  if (lengths[0]! % block.elements !== 0) {
    const expected = `rows of a multiple of ${block.elements} elements (${type})`;
    throw failure(`${pieces.subject}, ${where}`, expected, `${lengths[0]}`, otherCopy);
  }
  return { name, type, shape: lengths.reverse(), elements, begin, bytes: (elements / block.elements) * block.bytes };
}

/** Counts the tensors' places from the file's begin, and holds them to the file. */
function place(tensors: ReadonlyMap<string, Unplaced>, dataBegin: number, header: Omit<GgufHeader, 'tensors'>): Map<string, GgufTensor> {
  const { subject, size, alignment } = header;
  const placed = new Map<string, GgufTensor>();
  for (const { bytes, ...tensor } of tensors.values()) {
    const where = `${subject}, tensor ${show(tensor.name)}`;
    if (tensor.begin % alignment !== 0) throw failure(where, `an offset that is a multiple of ${alignment}`, `${tensor.begin}`, otherCopy);
    const begin = dataBegin + tensor.begin;
    const end = begin + bytes;
    if (!(end <= size))
      throw failure(where, `data up to byte ${end}`, `a file of ${size} bytes (it is cut short, or a number in it is wrong)`, otherCopy);
    placed.set(tensor.name, { ...tensor, begin, end });
  }
  let before: GgufTensor | undefined;
  for (const tensor of [...placed.values()].sort((x, y) => x.begin - y.begin)) {
    if (before !== undefined && tensor.begin < before.end) {
      throw failure(`${subject}, tensor ${show(tensor.name)}`, 'bytes of its own', `some of ${show(before.name)}`, otherCopy);
    }
    before = tensor;
  }
  return placed;
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>, subject: string): number {
  const alignment = metadata.get('general.alignment') ?? defaultAlignment;
  const isGood =
    typeof alignment === 'number' && alignment >= 8 && alignment <= 65536 && (alignment & (alignment - 1)) === 0 && alignment % 8 === 0;
  if (!isGood) throw failure(subject, 'a power of two from 8 to 65536 as general.alignment', show(alignment), otherCopy);
  return alignment;
}

/**
 * Reads the head of a GGUF file, version 2 or 3, in pieces; its tensors are not read. Everything is checked: counts and lengths against the size of the
 * file before memory is taken for them, names, types, dimensions, and that every tensor lies in the file, aligned, and shares no byte with another.
 * Throws `CohortError`: kind failure for a damaged file, kind usage where there is none, or one of another format, version or type of tensors.
 */
export async function readGgufHeader(files: ModelFiles, file: string): Promise<GgufHeader> {
  const subject = files.place.endsWith(file) ? files.place : `${files.place}/${file}`;
  const size = await files.size(file);
  if (size === undefined) throw mistake(subject, 'a GGUF file', 'no file of that name', 'check the name');
  const pieces = new Pieces(files, file, size, subject);
  if (size < 24) throw failure(subject, 'a GGUF file', `${size} bytes`, otherCopy);
  await pieces.need(24, 'the beginning of a GGUF file');
  if (pieces.takeU32() !== magic)
    throw mistake(subject, 'a GGUF file', 'something else (its first four bytes are not GGUF)', 'check the name');
  const version = pieces.takeU32();
  if (version !== 2 && version !== 3) {
    const isSwapped = (version & 0xffff) === 0;
    const got = isSwapped ? 'big-endian numbers' : `version ${version}`;
    throw mistake(
      subject,
      'GGUF version 2 or 3, little-endian',
      got,
      "convert it with llama.cpp's tools, or use another file of the model",
    );
  }
  const tensorCount = pieces.takeU64('number of tensors');
  const metadata = await readMetadata(pieces, pieces.takeU64('number of keys of the metadata'));
  const alignment = alignmentOf(metadata, subject);
  if (tensorCount > mostTensors) throw failure(subject, `at most ${mostTensors} tensors`, `${tensorCount}`, otherCopy);
  pieces.refuseBeyond(tensorCount * fewestBytes, `the names and places of ${tensorCount} tensors`);
  const unplaced = new Map<string, Unplaced>();
  for (let i = 0; i < tensorCount; i++) {
    const tensor = await readTensor(pieces);
    if (unplaced.has(tensor.name)) throw failure(subject, `tensor ${show(tensor.name)} once`, 'twice', otherCopy);
    unplaced.set(tensor.name, tensor);
  }
  const dataBegin = Math.ceil(pieces.position / alignment) * alignment;
  const header = { subject, version, size, alignment, metadata };
  return { ...header, tensors: place(unplaced, dataBegin, header) };
}
