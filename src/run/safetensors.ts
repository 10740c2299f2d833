/**
 * The safetensors format (github.com/huggingface/safetensors, format description): named tensors in one file that Python reads.
 * u64 little-endian length of the header, the header as JSON padded with spaces, the data without gaps.
 * Files written here carry a SHA-256 of themselves in the metadata, so that a damaged checkpoint is never taken for a good one.
 */

import { failure, show } from '../core/errors.ts';
import { bfloat16, float16 } from './halves.ts';
import {
  entriesOf,
  headerStart,
  longestHeader,
  metadataName,
  readSafetensorsHeader,
  safetensorsHeaderLength,
} from './safetensorsHeader.ts';
import { Sha256 } from './sha256.ts';

export {
  headerStart,
  longestHeader,
  metadataName,
  readSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderLength,
} from './safetensorsHeader.ts';

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

/** How the bytes of every dtype become an array. */
const makers: ReadonlyMap<string, (buffer: ArrayBuffer) => TensorData> = new Map<string, (buffer: ArrayBuffer) => TensorData>([
  ['F64', (buffer) => new Float64Array(buffer)],
  ['F32', (buffer) => new Float32Array(buffer)],
  ['I64', (buffer) => new BigInt64Array(buffer)],
  ['I32', (buffer) => new Int32Array(buffer)],
  ['U32', (buffer) => new Uint32Array(buffer)],
  ['U8', (buffer) => new Uint8Array(buffer)],
  // Read, as the float32 that they are, and never written.
  ['F16', (buffer) => Float32Array.from(new Uint16Array(buffer), float16)],
  ['BF16', (buffer) => Float32Array.from(new Uint16Array(buffer), bfloat16)],
]);

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
  const jsonLength = safetensorsHeaderLength(bytes.subarray(0, headerStart), bytes.length, subject, advice);
  const json = bytes.subarray(8, 8 + jsonLength);
  const { text, length, metadata, entries } = readSafetensorsHeader(json, bytes.length, subject, advice);
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
    const copy = new Uint8Array(bytes.subarray(length + begin, length + end)).buffer;
    tensors.set(name, { name, shape, data: makers.get(dtype)!(copy) });
  }
  return { tensors, metadata, isVerified };
}
