/**
 * GGUF files written for a test, right ones and wrong ones, and the recorded models as files.
 */
import { filesOf, type ModelFiles } from '../../../../src/lm/checkpoints/files.ts';

/** Numbers of the types of values. */
export const valueTypes = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  boolean: 7,
  text: 8,
  list: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
};
/** Numbers of some types of tensors. */
export const tensorTypes = { F32: 0, F16: 1, Q4_0: 2, Q4_1: 3, Q8_0: 8, Q2_K: 10, Q4_K: 12, BF16: 30 };

/** Bytes one after the other. */
export class Bytes {
  readonly #bytes: number[] = [];
  get length(): number {
    return this.#bytes.length;
  }
  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
  u8(value: number): this {
    return this.raw([value & 255]);
  }
  u32(value: number): this {
    return this.raw(new Uint8Array(Uint32Array.of(value).buffer));
  }
  u64(value: number | bigint): this {
    return this.raw(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }
  f32(value: number): this {
    return this.raw(new Uint8Array(Float32Array.of(value).buffer));
  }
  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.u64(bytes.length).raw(bytes);
  }
  pad(alignment: number): this {
    while (this.length % alignment !== 0) this.u8(0);
    return this;
  }
  take(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** A tensor to write; what is left out is right. */
export interface WrittenTensor {
  readonly name: string;
  /** In the order of the file: the innermost first. */
  readonly dimensions?: readonly (number | bigint)[];
  readonly type?: number;
  readonly offset?: number | bigint;
  readonly data?: Uint8Array;
}

/** A file to write; what is left out is right. */
export interface WrittenFile {
  readonly magic?: number;
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly keyCount?: number | bigint;
  /** Name, number of the type, value. */
  readonly metadata?: readonly (readonly [key: string, type: number, write: (bytes: Bytes) => unknown])[];
  readonly tensors?: readonly WrittenTensor[];
  readonly alignment?: number;
}

/** The bytes of a GGUF file. A tensor is one of 8 float32 unless it says otherwise, the next one begins at the next multiple of the alignment. */
export function writeFile(file: WrittenFile): Uint8Array {
  const { metadata = [], tensors = [], alignment = 32 } = file;
  const head = new Bytes().u32(file.magic ?? 0x46554747).u32(file.version ?? 3);
  head.u64(file.tensorCount ?? tensors.length).u64(file.keyCount ?? metadata.length);
  for (const [key, type, write] of metadata) {
    head.text(key).u32(type);
    write(head);
  }
  const data = new Bytes();
  for (const { name, dimensions = [8], type = 0, offset = data.length, data: own = new Uint8Array(32) } of tensors) {
    head.text(name).u32(dimensions.length);
    for (const length of dimensions) head.u64(length);
    head.u32(type).u64(offset);
    data.raw(own).pad(alignment);
  }
  return head.pad(alignment).raw(data.take()).take();
}

/** A file as files in memory, called `model.gguf` in `place`. */
export function inMemory(bytes: Uint8Array): ModelFiles {
  return filesOf('place', { 'model.gguf': bytes });
}

/** The bytes of a text in base64. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The message of what a promise is rejected with; a text that says so if it is not. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no error';
  } catch (cause) {
    return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  }
}

/** A value of metadata: whole numbers are uint32, others float32; lists are of texts or of int32. */
export type PlainValue = number | boolean | string | readonly string[] | readonly number[];

function entryOf(key: string, value: PlainValue): NonNullable<WrittenFile['metadata']>[number] {
  const { boolean, text, list, uint32, int32, float32 } = valueTypes;
  if (typeof value === 'boolean') return [key, boolean, (bytes) => bytes.u8(Number(value))];
  if (typeof value === 'string') return [key, text, (bytes) => bytes.text(value)];
  if (typeof value === 'number') {
    return Number.isInteger(value) ? [key, uint32, (bytes) => bytes.u32(value)] : [key, float32, (bytes) => bytes.f32(value)];
  }
  return [
    key,
    list,
    (bytes) => {
      bytes.u32(typeof value[0] === 'number' ? int32 : text).u64(value.length);
      for (const one of value) typeof one === 'number' ? bytes.u32(one) : bytes.text(one);
    },
  ];
}

/** What is different from the right model: values by key and lengths of tensors by name, `undefined` for those that are left out. */
export interface ModelChanges {
  readonly metadata?: Readonly<Record<string, PlainValue | undefined>>;
  /** Rows before columns. */
  readonly tensors?: Readonly<Record<string, readonly number[] | undefined>>;
  /** Numbers of a tensor, else 0, 1, 2, ... */
  readonly values?: Readonly<Record<string, ArrayLike<number>>>;
  /** Blocks of Q8_0 of all matrices whose rows are multiples of 32; `values` are not theirs. */
  readonly blocksOf?: (count: number) => Uint8Array;
}

/** Changes to a model with matrices in Q8_0, which need rows of 32: pseudorandom bytes, with scales of both signs. */
export const wideInQ8: ModelChanges = {
  metadata: { 'llama.embedding_length': 32, 'llama.feed_forward_length': 64 },
  tensors: {
    ...{ 'token_embd.weight': [4, 32], 'output_norm.weight': [32], 'blk.0.attn_norm.weight': [32], 'blk.0.ffn_norm.weight': [32] },
    ...{ 'blk.0.attn_q.weight': [32, 32], 'blk.0.attn_k.weight': [32, 32], 'blk.0.attn_v.weight': [32, 32] },
    ...{ 'blk.0.attn_output.weight': [32, 32], 'blk.0.ffn_gate.weight': [64, 32], 'blk.0.ffn_up.weight': [64, 32] },
    'blk.0.ffn_down.weight': [32, 64],
  },
  values: Object.fromEntries(
    ['output_norm.weight', 'blk.0.attn_norm.weight', 'blk.0.ffn_norm.weight'].map((name) => [name, new Float32Array(32).fill(1)]),
  ),
  blocksOf: (count) => {
    const bytes = Uint8Array.from({ length: count * 34 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    // The upper byte of a scale: a sign, and an exponent that makes the numbers small.
    for (let block = 0; block < count; block++) bytes[block * 34 + 1] = (block % 3 === 0 ? 0x80 : 0) | 0x12;
    return bytes;
  },
};

/** A model of one block, width 8, one head of 8, 4 tokens, all float32, of an architecture of the family. */
export function writeModel(changes: ModelChanges = {}, architecture = 'llama'): Uint8Array {
  const metadata: Record<string, PlainValue | undefined> = {
    'general.architecture': architecture,
    [`${architecture}.block_count`]: 1,
    [`${architecture}.context_length`]: 64,
    [`${architecture}.embedding_length`]: 8,
    [`${architecture}.feed_forward_length`]: 16,
    [`${architecture}.attention.head_count`]: 1,
    [`${architecture}.attention.layer_norm_rms_epsilon`]: 1e-5,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.tokens': ['a', 'b', 'ab', '<|end|>'],
    'tokenizer.ggml.token_type': [1, 1, 1, 3],
    'tokenizer.ggml.merges': ['a b'],
    'tokenizer.ggml.eos_token_id': 3,
    ...changes.metadata,
  };
  const tensors: Record<string, readonly number[] | undefined> = {
    'token_embd.weight': [4, 8],
    'blk.0.attn_norm.weight': [8],
    'blk.0.attn_q.weight': [8, 8],
    'blk.0.attn_k.weight': [8, 8],
    'blk.0.attn_v.weight': [8, 8],
    'blk.0.attn_output.weight': [8, 8],
    'blk.0.ffn_norm.weight': [8],
    'blk.0.ffn_gate.weight': [16, 8],
    'blk.0.ffn_up.weight': [16, 8],
    'blk.0.ffn_down.weight': [8, 16],
    'output_norm.weight': [8],
    ...changes.tensors,
  };
  return writeFile({
    metadata: Object.entries(metadata).flatMap(([key, value]) => (value === undefined ? [] : [entryOf(key, value)])),
    tensors: Object.entries(tensors).flatMap(([name, shape]): WrittenTensor[] => {
      if (shape === undefined) return [];
      const length = shape.reduce((product, one) => product * one, 1);
      if (changes.blocksOf && shape.length === 2) {
        const data = changes.blocksOf(length / 32);
        return [{ name, dimensions: [...shape].reverse(), type: tensorTypes.Q8_0, data }];
      }
      const values = Float32Array.from(changes.values?.[name] ?? Array.from({ length }, (_, i) => i));
      return [{ name, dimensions: [...shape].reverse(), data: new Uint8Array(values.buffer) }];
    }),
  });
}
