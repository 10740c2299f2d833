/**
 * The metadata of a GGUF file: values by key. Types and their numbers: the GGUF specification (ggml-org/ggml, docs/gguf.md, `gguf_metadata_value_type`).
 */
import { failure, show } from '../../../core/errors.ts';
import { otherCopy, type Pieces } from './pieces.ts';

/** A list of one kind of values; booleans are bytes of 0 and 1, whole numbers of 64 bits are doubles. */
export type GgufList =
  | readonly string[]
  | readonly GgufList[]
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A value of the metadata. */
export type GgufValue = number | boolean | string | GgufList;

/** Longest key, by the specification. */
const longestKey = 65535;
/** Longest text: a whole `tokenizer.json` may be one. */
const longestText = 40_000_000;
/** Fewest bytes of a key and its value: a length, one byte of key, a type, one byte of value. */
const fewestBytes = 14;
/** Most keys; files have some tens. */
const mostKeys = 65536;
/** Most entries of a list: vocabularies and their merges have some hundred thousand. */
const mostEntries = 1 << 23;
/** Most lists in lists, which take far more memory than bytes of the file. */
const mostLists = 4096;
/** Deepest nesting of lists. */
const deepest = 4;

const booleanType = 7;
const textType = 8;
const listType = 9;

interface NumberType {
  readonly size: number;
  readonly make: (count: number) => Exclude<GgufList, readonly string[] | readonly GgufList[]>;
  readonly read: (view: DataView, at: number) => number;
}

/** A whole number of 64 bits as a double; NaN where it might not be the same number. */
const exactly = (value: bigint): number => (value > -(2n ** 53n) && value < 2n ** 53n ? Number(value) : Number.NaN);

/** Numbers by their types' numbers. */
const numberTypes: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [0, { size: 1, make: (count) => new Uint8Array(count), read: (view, at) => view.getUint8(at) }],
  [1, { size: 1, make: (count) => new Int8Array(count), read: (view, at) => view.getInt8(at) }],
  [2, { size: 2, make: (count) => new Uint16Array(count), read: (view, at) => view.getUint16(at, true) }],
  [3, { size: 2, make: (count) => new Int16Array(count), read: (view, at) => view.getInt16(at, true) }],
  [4, { size: 4, make: (count) => new Uint32Array(count), read: (view, at) => view.getUint32(at, true) }],
  [5, { size: 4, make: (count) => new Int32Array(count), read: (view, at) => view.getInt32(at, true) }],
  [6, { size: 4, make: (count) => new Float32Array(count), read: (view, at) => view.getFloat32(at, true) }],
  [booleanType, { size: 1, make: (count) => new Uint8Array(count), read: (view, at) => view.getUint8(at) }],
  [10, { size: 8, make: (count) => new Float64Array(count), read: (view, at) => exactly(view.getBigUint64(at, true)) }],
  [11, { size: 8, make: (count) => new Float64Array(count), read: (view, at) => exactly(view.getBigInt64(at, true)) }],
  [12, { size: 8, make: (count) => new Float64Array(count), read: (view, at) => view.getFloat64(at, true) }],
]);

/** Numbers of one type, one after the other, read a piece at a time. */
async function readNumbers(pieces: Pieces, type: number, count: number, key: string): Promise<ReturnType<NumberType['make']>> {
  const { size, make, read } = numberTypes.get(type)!;
  pieces.refuseBeyond(count * size, key);
  const values = make(count);
  const perPiece = 8192;
  for (let first = 0; first < count; first += perPiece) {
    const here = Math.min(perPiece, count - first);
    await pieces.need(here * size, key);
    const bytes = pieces.takeBytes(here * size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < here; i++) values[first + i] = checkNumber(pieces, type, read(view, i * size), key);
  }
  return values;
}

function checkNumber(pieces: Pieces, type: number, value: number, key: string): number {
  const isWhole = type === 10 || type === 11;
  if (isWhole && !Number.isSafeInteger(value)) {
    throw failure(pieces.subject, `a whole number between -2^53 and 2^53 as ${key}`, 'one outside', otherCopy);
  }
  if (type === booleanType && value > 1) throw failure(pieces.subject, `0 or 1 as ${key}, a boolean`, `${value}`, otherCopy);
  return value;
}

/** Reads a list, of whose lists in lists `budget` counts those that are still allowed. */
async function readList(pieces: Pieces, key: string, depth: number, budget: { lists: number }): Promise<GgufList> {
  await pieces.need(12, key);
  const type = pieces.takeU32();
  const count = pieces.takeU64(`length of ${key}`);
  if (count > mostEntries) throw failure(pieces.subject, `at most ${mostEntries} entries in ${key}`, `${count}`, otherCopy);
  if (numberTypes.has(type)) return readNumbers(pieces, type, count, key);
  if (type === textType) {
    pieces.refuseBeyond(count * 8, key);
    return pieces.texts(count, longestText, `a text of ${key}`);
  }
  if (type !== listType) throw unknownType(pieces, type, key);
  budget.lists -= count;
  if (depth >= deepest || budget.lists < 0) {
    throw failure(pieces.subject, `lists at most ${deepest} deep and ${mostLists} in all in ${key}`, 'more', otherCopy);
  }
  const lists: GgufList[] = [];
  for (let i = 0; i < count; i++) lists.push(await readList(pieces, key, depth + 1, budget));
  return lists;
}

function unknownType(pieces: Pieces, type: number, key: string): Error {
  return failure(pieces.subject, `a type from 0 to 12 for ${key}`, `${type}`, otherCopy);
}

/**
 * Reads `count` values by key from the place of `pieces`. Throws `CohortError` (kind failure) for more than the file has room for, a key that is empty or
 * stands twice, an unknown type, a text that is no UTF-8, a whole number of 2^53 and more, a boolean of neither 0 nor 1.
 */
export async function readMetadata(pieces: Pieces, count: number): Promise<ReadonlyMap<string, GgufValue>> {
  if (count > mostKeys) throw failure(pieces.subject, `at most ${mostKeys} keys of metadata`, `${count}`, otherCopy);
  pieces.refuseBeyond(count * fewestBytes, `${count} keys of metadata`);
  const metadata = new Map<string, GgufValue>();
  const budget = { lists: mostLists };
  for (let i = 0; i < count; i++) {
    const name = await pieces.text(longestKey, 'a key of the metadata');
    const key = `metadata ${show(name)}`;
    if (name === '') throw failure(pieces.subject, 'a name for every key of the metadata', 'an empty one', otherCopy);
    if (metadata.has(name)) throw failure(pieces.subject, `${key} once`, 'twice', otherCopy);
    await pieces.need(4, key);
    const type = pieces.takeU32();
    if (type === listType) metadata.set(name, await readList(pieces, key, 1, budget));
    else if (type === textType) metadata.set(name, await pieces.text(longestText, key));
    else if (numberTypes.has(type)) {
      const number = (await readNumbers(pieces, type, 1, key))[0]!;
      metadata.set(name, type === booleanType ? number === 1 : number);
    } else throw unknownType(pieces, type, key);
  }
  return metadata;
}
