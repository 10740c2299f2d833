import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../../src/core/errors.ts';
import type { ModelFiles } from '../../../../src/lm/checkpoints/files.ts';
import { readGgufHeader } from '../../../../src/lm/checkpoints/gguf/header.ts';
import models from '../../../fixtures/gguf/models.json' with { type: 'json' };
import { Bytes, fromBase64, inMemory, messageOf, tensorTypes, valueTypes, type WrittenFile, writeFile } from './madeUpFile.ts';

const { uint8, uint32, uint64, int64, float32, boolean, text, list } = valueTypes;
const names = ['llama', 'llama-k', 'qwen2', 'qwen3'] as const;
const read = (bytes: Uint8Array) => readGgufHeader(inMemory(bytes), 'model.gguf');

/** A right file with a key and two tensors; with what is given it is another. */
const written = (file: WrittenFile = {}): Uint8Array =>
  writeFile({ metadata: [['some.key', uint32, (bytes) => bytes.u32(7)]], tensors: [{ name: 'a' }, { name: 'b' }], ...file });
const key = (type: number, write: (bytes: Bytes) => unknown): Uint8Array => written({ metadata: [['some.key', type, write]] });
const aligned = (value: number): Uint8Array => written({ metadata: [['general.alignment', uint32, (bytes) => bytes.u32(value)]] });

/** What is wrong, the file, and what the one sentence about it says. */
const damaged: readonly [what: string, bytes: Uint8Array, message: RegExp][] = [
  ['an empty file', new Uint8Array(0), /expected a GGUF file, got 0 bytes/],
  ['a file of another format', written({ magic: 0x04034b50 }), /first four bytes are not GGUF/],
  ['version 1', written({ version: 1 }), /expected GGUF version 2 or 3, little-endian, got version 1/],
  ['version 4', written({ version: 4 }), /got version 4/],
  ['big-endian numbers', written({ version: 0x03000000 }), /got big-endian numbers/],
  ['2^64 - 1 tensors', written({ tensorCount: 2n ** 64n - 1n }), /below 2\^53 as number of tensors, got 18446744073709551615/],
  ['2^40 tensors', written({ tensorCount: 2 ** 40 }), /at most 65536 tensors, got 1099511627776/],
  [
    'more tensors than there is room for',
    written({ tensorCount: 60000 }),
    /at least 1980000 bytes for the names and places of 60000 tensors/,
  ],
  ['2^40 keys', written({ keyCount: 2 ** 40 }), /at most 65536 keys of metadata/],
  ['more keys than there is room for', written({ keyCount: 60000 }), /at least 840000 bytes for 60000 keys of metadata/],
  ['one key too many', written({ keyCount: 2 }), /a name for every tensor/],
  ['a key twice', written({ metadata: [0, 1].map((value) => ['k', uint8, (bytes) => bytes.u8(value)]) }), /metadata "k" once, got twice/],
  ['an empty key', written({ metadata: [['', uint8, (bytes) => bytes.u8(1)]] }), /a name for every key/],
  ['a key of 70,000 bytes', written({ metadata: [['k'.repeat(70000), uint8, (bytes) => bytes.u8(1)]] }), /at most 65535 bytes as a key/],
  ['a text of 2^60 bytes', key(text, (bytes) => bytes.u64(2n ** 60n)), /below 2\^53 as length of metadata "some.key"/],
  ['a text longer than any', key(text, (bytes) => bytes.u64(2 ** 40)), /at most 40000000 bytes/],
  [
    'a text longer than the file',
    key(text, (bytes) => bytes.u64(30_000_000)),
    /at least 30000000 bytes for metadata "some.key", got \d+ \(the file is cut short/,
  ],
  ['a text that is no UTF-8', key(text, (bytes) => bytes.u64(2).raw([0xc0, 0xaf])), /expected UTF-8 as metadata "some.key"/],
  ['a character whose second byte is none', key(text, (bytes) => bytes.u64(2).raw([0xc4, 0x41])), /expected UTF-8/],
  ['half a character', key(text, (bytes) => bytes.u64(1).raw([0xc4])), /expected UTF-8/],
  ['a value of type 13', key(13, (bytes) => bytes.u64(0)), /a type from 0 to 12 for metadata "some.key", got 13/],
  ['a list of type 99', key(list, (bytes) => bytes.u32(99).u64(1)), /a type from 0 to 12/],
  ['a boolean of 2', key(boolean, (bytes) => bytes.u8(2)), /0 or 1 as metadata "some.key"/],
  ['a number of 2^53', key(uint64, (bytes) => bytes.u64(2n ** 53n)), /a whole number between -2\^53 and 2\^53 as metadata "some.key"/],
  [
    'a number of -2^53',
    key(int64, (bytes) => bytes.u64(2n ** 64n - 2n ** 53n)),
    /a whole number between -2\^53 and 2\^53 as metadata "some.key"/,
  ],
  ['2^40 numbers', key(list, (bytes) => bytes.u32(uint8).u64(2 ** 40)), /at most 8388608 entries/],
  ['more numbers than the file has', key(list, (bytes) => bytes.u32(float32).u64(8_000_000)), /at least 32000000 bytes/],
  ['more texts than the file has', key(list, (bytes) => bytes.u32(text).u64(8_000_000)), /at least 64000000 bytes/],
  ['lists in lists without end', key(list, (bytes) => Array.from({ length: 6 }, () => bytes.u32(list).u64(1))), /lists at most 4 deep/],
  ['too many lists in a list', key(list, (bytes) => bytes.u32(list).u64(5000)), /4096 in all/],
  ['an alignment of 0', aligned(0), /a power of two from 8 to 65536 as general.alignment, got 0/],
  ['an alignment of 48', aligned(48), /got 48/],
  ['an alignment of 2^30', aligned(2 ** 30), /got 1073741824/],
  ['a text as alignment', written({ metadata: [['general.alignment', text, (bytes) => bytes.text('32')]] }), /got "32"/],
  ['a tensor twice', written({ tensors: [{ name: 'a' }, { name: 'a' }] }), /tensor "a" once, got twice/],
  ['a tensor without a name', written({ tensors: [{ name: '' }] }), /a name for every tensor/],
  ['a name of 65 bytes', written({ tensors: [{ name: 'a'.repeat(65) }] }), /at most 64 bytes as the name of a tensor, got 65/],
  ['no dimension', written({ tensors: [{ name: 'a', dimensions: [] }] }), /"a": expected 1 to 4 dimensions, got 0/],
  ['2^32 - 1 dimensions', dimensions(2 ** 32 - 1), /1 to 4 dimensions, got 4294967295/],
  ['a length of 0', written({ tensors: [{ name: 'a', dimensions: [8, 0] }] }), /dimensions of at least 1/],
  ['a length of 2^60', written({ tensors: [{ name: 'a', dimensions: [2n ** 60n] }] }), /below 2\^53 as dimension of tensor "a"/],
  ['lengths whose product is 2^80', written({ tensors: [{ name: 'a', dimensions: [2 ** 40, 2 ** 40] }] }), /a product below 2\^53/],
  [
    'lengths whose product is 2^64',
    written({ tensors: [{ name: 'a', dimensions: [2 ** 16, 2 ** 16, 2 ** 16, 2 ** 16] }] }),
    /a product below 2\^53/,
  ],
  [
    'a type that is not read',
    written({ tensors: [{ name: 'a', type: tensorTypes.Q2_K, dimensions: [256] }] }),
    /a type of F32, .* got Q2_K; use a file/,
  ],
  ['a type that does not exist', written({ tensors: [{ name: 'a', type: 77 }] }), /got type 77/],
  ['a type that is no longer in use', written({ tensors: [{ name: 'a', type: 4 }] }), /got type 4/],
  [
    'rows that are no whole blocks',
    written({ tensors: [{ name: 'a', type: tensorTypes.Q8_0, dimensions: [16, 2] }] }),
    /rows of a multiple of 32 elements \(Q8_0\), got 16/,
  ],
  [
    'an offset that is not aligned',
    written({ tensors: [{ name: 'a' }, { name: 'b', offset: 36 }] }),
    /"b": expected an offset that is a multiple of 32, got 36/,
  ],
  ['an offset behind the file', written({ tensors: [{ name: 'a', offset: 2 ** 40 }] }), /data up to byte \d+, got a file of \d+ bytes/],
  [
    'an offset of 2^53',
    written({ tensors: [{ name: 'a', offset: 2n ** 53n }] }),
    /below 2\^53 as offset of tensor "a", got 9007199254740992/,
  ],
  ['an offset of 2^63', written({ tensors: [{ name: 'a', offset: 2n ** 63n }] }), /below 2\^53 as offset of tensor "a"/],
  ['a tensor that is too large', written({ tensors: [{ name: 'a', dimensions: [2 ** 30] }] }), /"a": expected data up to byte/],
  [
    'two tensors in one place',
    written({ tensors: [{ name: 'a' }, { name: 'b', offset: 0 }] }),
    /"b": expected bytes of its own, got some of "a"/,
  ],
  [
    'two tensors that overlap',
    written({
      tensors: [
        { name: 'a', dimensions: [16], data: new Uint8Array(64) },
        { name: 'b', offset: 32 },
      ],
    }),
    /bytes of its own/,
  ],
  ['a file cut in its data', written().slice(0, -32), /"b": expected data up to byte/],
];

/** A file whose only tensor claims a number of dimensions. */
function dimensions(count: number): Uint8Array {
  return new Bytes().u32(0x46554747).u32(3).u64(1).u64(0).text('a').u32(count).raw(new Uint8Array(64)).take();
}

describe('the head of a GGUF file', () => {
  it.each(names)('%s: metadata and tensors are those of the Python package', async (name) => {
    const { file, metadata, infos } = models[name];
    const header = await read(fromBase64(file));
    const plain = (value: unknown): unknown => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value);
    // A list of booleans is bytes here.
    const expected = { ...metadata, 'test.booleans': [1, 0] };
    expect(Object.fromEntries([...header.metadata].map(([key, value]) => [key, plain(value)]))).toEqual(expected);
    const found = [...header.tensors.values()].map(({ name, type, shape, begin, end }) => [name, type, shape, begin, end - begin]);
    expect(found).toEqual(infos);
    expect(header).toMatchObject({ subject: 'place/model.gguf', version: 3, alignment: 32, size: fromBase64(file).length });
  });

  it('reads version 2, other alignments, lists in lists, gaps, and tensors in any order', async () => {
    const nested = (bytes: Bytes) => bytes.u32(list).u64(2).u32(uint8).u64(2).u8(1).u8(2).u32(text).u64(1).text('three');
    const header = await read(
      writeFile({
        version: 2,
        alignment: 64,
        metadata: [
          ['general.alignment', uint32, (bytes) => bytes.u32(64)],
          ['nested', list, nested],
          ['__proto__', boolean, (bytes) => bytes.u8(1)],
        ],
        tensors: [
          { name: 'a', offset: 128, data: new Uint8Array(160) },
          { name: 'b', offset: 0 },
        ],
      }),
    );
    expect(header).toMatchObject({ version: 2, alignment: 64 });
    expect(header.metadata.get('nested')).toEqual([Uint8Array.of(1, 2), ['three']]);
    expect(header.metadata.get('__proto__')).toBe(true);
    expect([...header.tensors.values()].map(({ begin }) => begin % 64)).toEqual([0, 0]);
    expect(header.tensors.get('a')!.begin - header.tensors.get('b')!.begin).toBe(128);
  });

  it.each(damaged)('refuses %s', async (_, bytes, message) => {
    const said = await messageOf(read(bytes));
    expect(said).toMatch(/^CohortError: place\/model\.gguf/);
    expect(said).toMatch(message);
  });

  it('refuses a name that is not there', async () => {
    expect(await messageOf(readGgufHeader(inMemory(written()), 'other.gguf'))).toMatch(
      /place\/other.gguf: expected a GGUF file, got no file/,
    );
  });

  it('reads every text as it is, in UTF-8, however it falls into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 30 }), fc.nat(70), async (texts, room) => {
        const write = (bytes: Bytes): void => {
          bytes.u32(text).u64(texts.length);
          for (const one of texts) bytes.text(one);
        };
        // What stands before pushes the texts over the end of a piece of 2^18 bytes.
        const before = 2 ** 18 - 100 - room;
        const filler = (bytes: Bytes): Bytes => bytes.u32(uint8).u64(before).raw(new Uint8Array(before));
        const header = await read(
          writeFile({
            metadata: [
              ['before', list, filler],
              ['texts', list, write],
            ],
          }),
        );
        const well = texts.map((one) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(one)));
        expect(header.metadata.get('texts')).toEqual(well);
      }),
      { numRuns: 20 },
    );
  });

  it('reads 150,000 tokens in bounded pieces', async () => {
    const count = 150_000;
    const tokens = Array.from({ length: count }, (_, id) => `Ġ${id.toString(36)}`);
    const encoded = tokens.map((token) => new TextEncoder().encode(token));
    const bytes = new Uint8Array(24 + 9 + 4 + 12 + encoded.reduce((sum, one) => sum + 8 + one.length, 0));
    bytes.set(new Bytes().u32(0x46554747).u32(3).u64(0).u64(1).text('t').u32(list).u32(text).u64(count).take());
    const view = new DataView(bytes.buffer);
    let at = 49;
    for (const one of encoded) {
      view.setUint32(at, one.length, true);
      bytes.set(one, at + 8);
      at += 8 + one.length;
    }
    const inner = inMemory(bytes);
    const longest = { bytes: 0 };
    const files: ModelFiles = {
      ...inner,
      read: (file, start, end) => {
        longest.bytes = Math.max(longest.bytes, end - start);
        return inner.read(file, start, end);
      },
    };
    expect((await readGgufHeader(files, 'model.gguf')).metadata.get('t')).toEqual(tokens);
    expect(longest.bytes).toBe(2 ** 18);
  });

  it('says one sentence about any damage, and takes no memory for it', async () => {
    const whole = fromBase64(models.llama.file);
    const headLength = models.llama.infos[0]![3] as number;
    const damage = fc.record({
      at: fc.nat(headLength - 1),
      byte: fc.nat(255),
      length: fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, byte, length }) => {
        const bytes = whole.slice(0, length);
        bytes[at] = byte;
        try {
          await read(bytes);
        } catch (cause) {
          expect(cause).toBeInstanceOf(CohortError);
          expect(String(cause)).not.toMatch(/\n/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a head that is longer than any, before it reads it', async () => {
    const bytes = key(list, (one) => one.u32(int64).u64(2 ** 23));
    const read = async (_: string, start: number, end: number) => Uint8Array.from({ length: end - start }, (_, i) => bytes[start + i] ?? 0);
    const files = { ...inMemory(bytes), size: async () => 2 ** 40, read };
    expect(await messageOf(readGgufHeader(files, 'model.gguf'))).toMatch(
      /at least 67108864 bytes for metadata "some.key", got a header beyond 67108864 bytes/,
    );
  });

  it('says so where less is read than was asked for', async () => {
    const inner = inMemory(written());
    const files = { ...inner, read: async (file: string, start: number, end: number) => (await inner.read(file, start, end)).subarray(1) };
    expect(await messageOf(readGgufHeader(files, 'model.gguf'))).toMatch(/expected \d+ bytes from byte 0, got/);
  });
});
