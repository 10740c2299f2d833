/**
 * The header of a safetensors file, read and checked without its data: u64 little-endian length, then JSON. Whoever has a file in pieces reads
 * its first {@link headerStart} bytes, then the header, then what it wants of the data.
 */

import { isRecord } from '../core/arguments.ts';
import { failure, show } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';

/** Bytes of an entry of every dtype that is read, by their names in the file. F16 and BF16 are read and never written. */
export const entryBytes: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['F32', 4],
  ['I64', 8],
  ['I32', 4],
  ['U32', 4],
  ['U8', 1],
  ['F16', 2],
  ['BF16', 2],
]);

/** Longest header that the reference implementation accepts (`MAX_HEADER_SIZE`), in bytes. */
export const longestHeader = 100_000_000;
/** Most dimensions of a tensor: NumPy 1's limit. */
const maxDimensions = 32;
/** Where the format keeps the metadata. */
export const metadataName = '__metadata__';

/** Bytes from the start of a file that {@link safetensorsHeaderLength} looks at. */
export const headerStart = 9;

/** What a header says of a tensor. */
export interface SafetensorsEntry {
  readonly name: string;
  /** A key of {@link entryBytes}. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the data. */
  readonly begin: number;
  /** The byte after the last one. */
  readonly end: number;
}

/** A header. */
export interface SafetensorsHeader {
  /** Its JSON. */
  readonly text: string;
  /** Bytes before the data: 8 and the JSON's. */
  readonly length: number;
  /** Free text by key; without a prototype. */
  readonly metadata: Record<string, string>;
  /** The tensors in the order of their data, which they cover without gap or overlap. */
  readonly entries: readonly SafetensorsEntry[];
}

/** Number of entries of a shape, or `undefined` if it is not a list of whole numbers with a product below 2^53. */
export function entriesOf(shape: unknown): number | undefined {
  if (!Array.isArray(shape) || shape.length > maxDimensions) return undefined;
  let product = 1;
  for (const length of shape as unknown[]) {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) return undefined;
    product *= length;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
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

/**
 * Bytes of the header's JSON, which begins at byte 8. `start` are the first {@link headerStart} bytes of a file of `size` bytes, or all of a
 * smaller one. Throws `CohortError` (kind `failure`) for what is no safetensors file, and for a header longer than the file.
 */
export function safetensorsHeaderLength(start: Uint8Array, size: number, subject: string, advice: string): number {
  if (size < 10) throw failure(subject, 'a safetensors file', `${size} bytes`, advice);
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader || start[8] !== 0x7b) {
    throw failure(subject, 'a safetensors file', 'something else (no safetensors header at its start)', advice);
  }
  if (length > size - 8) throw failure(subject, `a header of ${length} bytes`, `${size - 8} bytes (the file is cut short)`, advice);
  return length;
}

function parseHeader(json: Uint8Array, subject: string, advice: string): { text: string; header: Record<string, unknown> } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
    const header = parseJsonObject(text);
    if (header) return { text, header };
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

function readEntry(name: string, value: unknown, dataLength: number, subject: string, advice: string): SafetensorsEntry {
  const where = `${subject}, tensor ${show(name)}`;
  if (name === '__proto__') throw failure(where, 'another name', show(name), advice);
  if (!isRecord(value) || Object.keys(value).length !== 3 || !('data_offsets' in value)) {
    throw failure(where, 'dtype, shape and data_offsets', show(value), advice);
  }
  const { dtype, shape, data_offsets: offsets } = value;
  const size = typeof dtype === 'string' ? entryBytes.get(dtype) : undefined;
  if (size === undefined) {
    throw failure(where, `a dtype of ${[...entryBytes.keys()].join(', ')}`, show(dtype), 'convert the tensor to float32 (F32) first');
  }
  const entries = entriesOf(shape);
  if (entries === undefined) throw failure(where, 'a shape of whole numbers of at least 0', show(shape), advice);
  // One by one: the product of two offsets beyond 95 MB is no safe integer.
  const isPair = Array.isArray(offsets) && offsets.length === 2 && offsets.every((offset) => entriesOf([offset]) !== undefined);
  if (!isPair) throw failure(where, 'two data_offsets', show(offsets), advice);
  const [begin, end] = offsets as [number, number];
  if (end - begin !== entries * size) {
    throw failure(where, `${entries * size} bytes (shape and dtype)`, `${end - begin} (data_offsets)`, advice);
  }
  if (end > dataLength) throw failure(where, `data up to byte ${end}`, `${dataLength} (the file is cut short)`, advice);
  return { name, dtype: dtype as string, shape: shape as number[], begin, end };
}

/**
 * Reads the header of a file of `size` bytes from its JSON, the bytes from 8 on that {@link safetensorsHeaderLength} counts. Everything is
 * checked: names, dtypes, shapes, offsets without gap or overlap up to the last byte. Throws `CohortError` (kind `failure`) that begins with
 * `subject`, the file's name, and ends with `advice`.
 */
export function readSafetensorsHeader(json: Uint8Array, size: number, subject: string, advice: string): SafetensorsHeader {
  const { text, header } = parseHeader(json, subject, advice);
  const length = 8 + json.length;
  const dataLength = size - length;
  const metadata = readMetadata(header[metadataName], subject, advice);
  let keys = Object.keys(header).length + Object.keys(metadata).length;
  const entries: SafetensorsEntry[] = [];
  for (const name of Object.keys(header)) {
    if (name === metadataName) continue;
    entries.push(readEntry(name, header[name], dataLength, subject, advice));
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
  if (position !== dataLength) throw failure(subject, `${position} bytes of data`, `${dataLength}`, advice);
  return { text, length, metadata, entries };
}
