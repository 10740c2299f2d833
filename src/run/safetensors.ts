/**
 * The safetensors format (github.com/huggingface/safetensors, format description): named tensors in one file that Python reads.
 * u64 little-endian length of the header, the header as JSON padded with spaces, the data without gaps.
 * Files written here carry a SHA-256 of themselves in the metadata, so that a damaged checkpoint is never taken for a good one.
 */

import { isRecord } from '../core/arguments.ts';
import { failure, show } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import { bfloat16, float16 } from './halves.ts';
import { Sha256 } from './sha256.ts';

/** The arrays that a tensor may hold; the dtype in the file follows from the class. */
export type TensorData = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array | BigInt64Array;

/** A named tensor, row-major. `shape` `[]` is a single number. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a file holds. The order of the tensors says nothing. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Free text by key; without a prototype. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the file carries its own digest, and was held to it. */
  readonly isVerified: boolean;
}

/** The dtypes that are read and written, by their names in the file. */
const dtypes: ReadonlyMap<string, { readonly size: number; readonly make: (buffer: ArrayBuffer) => TensorData }> = new Map([
  ['F64', { size: 8, make: (buffer: ArrayBuffer) => new Float64Array(buffer) }],
  ['F32', { size: 4, make: (buffer: ArrayBuffer) => new Float32Array(buffer) }],
  ['I64', { size: 8, make: (buffer: ArrayBuffer) => new BigInt64Array(buffer) }],
  ['I32', { size: 4, make: (buffer: ArrayBuffer) => new Int32Array(buffer) }],
  ['U32', { size: 4, make: (buffer: ArrayBuffer) => new Uint32Array(buffer) }],
  ['U8', { size: 1, make: (buffer: ArrayBuffer) => new Uint8Array(buffer) }],
  // Read, as the float32 that they are, and never written.
  ['F16', { size: 2, make: (buffer: ArrayBuffer) => Float32Array.from(new Uint16Array(buffer), float16) }],
  ['BF16', { size: 2, make: (buffer: ArrayBuffer) => Float32Array.from(new Uint16Array(buffer), bfloat16) }],
]);

/** Longest header that the reference implementation accepts (`MAX_HEADER_SIZE`), in bytes. */
const longestHeader = 100_000_000;
/** Most dimensions of a tensor: NumPy 1's limit. */
const maxDimensions = 32;
/** Where the format keeps the metadata. */
const metadataName = '__metadata__';
/** Metadata key of the file's own digest. */
const digestKey = 'cohort.sha256';
/** How the header of a file with a digest begins; the 64 digits follow. */
const digestPrefix = `{"${metadataName}":{"${digestKey}":"`;
/** What stands in place of the digest while the file is hashed. */
const digestBlank = '0'.repeat(64);

/** A tensor of the given data; without a shape a vector. */
export function tensor(name: string, data: TensorData, shape: readonly number[] = [data.length]): Tensor {
  return { name, shape, data };
}

/** The name of the data's dtype in a safetensors file. */
export function dtypeOf(data: TensorData): string {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof Uint32Array) return 'U32';
  if (data instanceof BigInt64Array) return 'I64';
  return 'U8';
}

/** Number of entries of a shape, or `undefined` if it is not a list of whole numbers with a product below 2^53. */
function entriesOf(shape: unknown): number | undefined {
  if (!Array.isArray(shape) || shape.length > maxDimensions) return undefined;
  let product = 1;
  for (const length of shape as unknown[]) {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) return undefined;
    product *= length;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}

/** Whether the text survives UTF-8: no half of a surrogate pair, which Python's reader refuses. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(value)) === value;
}

/** SHA-256 of a file with the digest at `position` blanked out. */
function digestOf(bytes: Uint8Array, position: number): string {
  return new Sha256()
    .update(bytes.subarray(0, position))
    .update(new TextEncoder().encode(digestBlank))
    .update(bytes.subarray(position + digestBlank.length))
    .hex();
}

/**
 * Writes tensors and metadata as one file. Data of 8 bytes per entry comes first, then 4, then 1, so that everything is aligned.
 * Throws `CohortError` for a name used twice or reserved, text that is not Unicode, or a shape that does not fit its data.
 */
export function encodeSafetensors(tensors: readonly Tensor[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const names = new Set<string>([metadataName, '__proto__']);
  for (const { name, shape, data } of tensors) {
    const subject = `tensor ${show(name)}`;
    if (names.has(name) || !isText(name)) {
      const got = names.has(name) ? 'one that is taken' : 'broken text';
      throw failure(subject, 'a name of its own, in Unicode, not reserved', got, 'rename the tensor');
    }
    names.add(name);
    if (entriesOf(shape) !== data.length) {
      throw failure(subject, `a shape for ${data.length} entries`, show(shape), 'give the shape of the data, row-major');
    }
  }
  const entries = Object.entries(metadata);
  for (const [key, value] of entries) {
    if (key === digestKey || key === '__proto__' || !isText(key) || !isText(value)) {
      throw failure(`metadata ${show(key)}`, 'a free key and a Unicode text', show(value), 'rename the key, or write the value as text');
    }
  }
  const placed = [...tensors].sort((x, y) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT);
  const begins = new Map<string, number>();
  let dataLength = 0;
  for (const { name, data } of placed) {
    begins.set(name, dataLength);
    dataLength += data.byteLength;
  }
  // Written by hand: an object would put names that look like whole numbers first.
  const fields = tensors.map(({ name, shape, data }) => {
    const begin = begins.get(name)!;
    const offsets = [begin, begin + data.byteLength];
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: dtypeOf(data), shape, data_offsets: offsets })}`;
  });
  const texts = entries.map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`).join('');
  const json = new TextEncoder().encode(`${digestPrefix}${digestBlank}"${texts}}${fields.map((field) => `,${field}`).join('')}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw failure('safetensors', `a header of at most ${longestHeader} bytes`, `${headerLength}`, 'write less metadata or fewer tensors');
  }
  const bytes = new Uint8Array(8 + headerLength + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  for (const { name, data } of placed) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerLength + begins.get(name)!);
  }
  const position = 8 + digestPrefix.length;
  bytes.set(new TextEncoder().encode(digestOf(bytes, position)), position);
  return bytes;
}

/** Number of keys in a JSON text: colons outside strings. `JSON.parse` drops the first of two equal keys without a word. */
function countKeys(json: string): number {
  let keys = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (inString && character === '\\') i++;
    else if (character === '"') inString = !inString;
    else if (character === ':' && !inString) keys++;
  }
  return keys;
}

/** The header's JSON and its length in bytes. */
function readHeader(bytes: Uint8Array, subject: string, advice: string): { text: string; header: Record<string, unknown>; length: number } {
  if (bytes.length < 10) throw failure(subject, 'a safetensors file', `${bytes.length} bytes`, advice);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader || bytes[8] !== 0x7b) {
    throw failure(subject, 'a safetensors file', 'something else (no safetensors header at its start)', advice);
  }
  if (length > bytes.length - 8) {
    throw failure(subject, `a header of ${length} bytes`, `${bytes.length - 8} bytes (the file is cut short)`, advice);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    const header = parseJsonObject(text);
    if (header) return { text, header, length };
  } catch {
    // Broken UTF-8 has no more to say than the message below.
  }
  throw failure(subject, 'a header of JSON', 'something else', advice);
}

function readMetadata(value: unknown, subject: string, advice: string): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (value === undefined) return metadata;
  if (!isRecord(value)) throw failure(subject, 'metadata of texts by key', show(value), advice);
  for (const [key, text] of Object.entries(value)) {
    if (key === '__proto__' || typeof text !== 'string') throw failure(subject, `a text as metadata ${show(key)}`, show(text), advice);
    metadata[key] = text;
  }
  return metadata;
}

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, value: unknown, dataLength: number, subject: string, advice: string): Entry {
  const where = `${subject}, tensor ${show(name)}`;
  if (name === '__proto__') throw failure(where, 'another name', show(name), advice);
  if (!isRecord(value) || Object.keys(value).length !== 3 || !('data_offsets' in value)) {
    throw failure(where, 'dtype, shape and data_offsets', show(value), advice);
  }
  const { dtype, shape, data_offsets: offsets } = value;
  const known = typeof dtype === 'string' ? dtypes.get(dtype) : undefined;
  if (!known) throw failure(where, `a dtype of ${[...dtypes.keys()].join(', ')}`, show(dtype), 'convert the tensor to float32 (F32) first');
  const entries = entriesOf(shape);
  if (entries === undefined) throw failure(where, 'a shape of whole numbers of at least 0', show(shape), advice);
  // One by one: the product of two offsets beyond 95 MB is no safe integer.
  const isPair = Array.isArray(offsets) && offsets.length === 2 && offsets.every((offset) => entriesOf([offset]) !== undefined);
  if (!isPair) throw failure(where, 'two data_offsets', show(offsets), advice);
  const [begin, end] = offsets as [number, number];
  if (end - begin !== entries * known.size) {
    throw failure(where, `${entries * known.size} bytes (shape and dtype)`, `${end - begin} (data_offsets)`, advice);
  }
  if (end > dataLength) throw failure(where, `data up to byte ${end}`, `${dataLength} (the file is cut short)`, advice);
  return { name, dtype: dtype as string, shape: shape as number[], begin, end };
}

/** What {@link decodeSafetensors} may be told. */
export interface DecodeOptions {
  /**
   * Refuse a file that does not carry the right digest: one that Cohort did not write, or that was changed. `ifPresent` takes a file of
   * another writer as it is. Default false.
   */
  readonly verifyDigest?: boolean | 'ifPresent';
  /** What an error tells the reader to do. */
  readonly advice?: string;
}

/**
 * Reads a safetensors file; the tensors are copies. Everything is checked: header, names, dtypes, shapes, offsets without gap or
 * overlap up to the last byte. Throws `CohortError` (kind `failure`) that begins with `subject`, the file's name.
 */
export function decodeSafetensors(bytes: Uint8Array, subject: string, options: DecodeOptions = {}): SafetensorsFile {
  const advice = options.advice ?? 'use another copy of the file';
  const { text, header, length } = readHeader(bytes, subject, advice);
  const data = bytes.subarray(8 + length);
  const metadata = readMetadata(header[metadataName], subject, advice);
  let keys = Object.keys(header).length + Object.keys(metadata).length;
  const entries: Entry[] = [];
  for (const name of Object.keys(header)) {
    if (name === metadataName) continue;
    entries.push(readEntry(name, header[name], data.length, subject, advice));
    keys += 3;
  }
  if (countKeys(text) !== keys) throw failure(subject, 'every name once', 'a name that stands twice in the header', advice);
  entries.sort((x, y) => x.begin - y.begin || x.end - y.end);
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position) {
      const got = `${begin} (${begin < position ? 'overlap' : 'gap'})`;
      throw failure(`${subject}, tensor ${show(name)}`, `data from byte ${position}`, got, advice);
    }
    position = end;
  }
  if (position !== data.length) throw failure(subject, `${position} bytes of data`, `${data.length}`, advice);
  const isVerified = options.verifyDigest === true || (options.verifyDigest === 'ifPresent' && metadata[digestKey] !== undefined);
  if (isVerified) {
    const at = 8 + digestPrefix.length;
    const digest = metadata[digestKey];
    if (!text.startsWith(digestPrefix) || digest === undefined) {
      throw failure(subject, 'a file written by Cohort', 'a safetensors file without its digest', advice);
    }
    if (digestOf(bytes, at) !== digest) throw failure(subject, 'the bytes that were written', 'others (the digest does not match)', advice);
  }
  delete metadata[digestKey];
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const copy = new Uint8Array(data.subarray(begin, end)).buffer;
    tensors.set(name, { name, shape, data: dtypes.get(dtype)!.make(copy) });
  }
  return { tensors, metadata, isVerified };
}
