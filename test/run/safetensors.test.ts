import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import type { Tensor, TensorData } from '../../src/run/safetensors.ts';
import { decodeSafetensors, encodeSafetensors, tensor } from '../../src/run/safetensors.ts';
import { frame } from '../lm/checkpoints/huggingFace/safetensors.ts';

/** A file with the given header text and data. */
const file = (header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array => frame(header, data);

const bits = (data: TensorData): number[] => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

const dataOf = (size: number, bytes: number[]): fc.Arbitrary<TensorData> => {
  const buffer = Uint8Array.from({ length: size * 8 }, (_, i) => bytes[i % bytes.length]!).buffer;
  return fc.constantFrom<TensorData>(
    new Float32Array(buffer, 0, size),
    new Float64Array(buffer, 0, size),
    new Int32Array(buffer, 0, size),
    new Uint32Array(buffer, 0, size),
    new Uint8Array(buffer, 0, size),
    new BigInt64Array(buffer, 0, size),
  );
};

const text = fc.string({ unit: 'grapheme' });
const arbitraryTensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    text.filter((name) => name !== '__metadata__' && name !== '__proto__'),
    fc.array(fc.nat(4), { maxLength: 4 }),
    fc.array(fc.nat(255), { minLength: 1 }),
  )
  .chain(([name, shape, bytes]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return dataOf(size, bytes).map((data) => ({ name, shape, data }));
  });
const arbitraryTensors = fc.uniqueArray(arbitraryTensor, { selector: ({ name }) => name, maxLength: 6 });
const arbitraryMetadata = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  text,
);

describe('safetensors', () => {
  it('reads a file of more than 95 MB, where the product of two offsets is no safe integer', () => {
    const names = ['a', 'b'];
    const bytes = encodeSafetensors(names.map((name) => tensor(name, new Uint8Array(50_000_000).fill(name.charCodeAt(0)))));
    const { tensors } = decodeSafetensors(bytes, 'file');
    expect(names.map((name) => tensors.get(name)?.data.at(-1))).toEqual([97, 98]);
  });

  it('reads what it wrote: names, shapes, classes, bits, metadata', () => {
    fc.assert(
      fc.property(arbitraryTensors, arbitraryMetadata, (tensors, metadata) => {
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata), 'file', { verifyDigest: true });
        expect({ ...read.metadata }).toEqual({ ...metadata });
        expect([...read.tensors.keys()].sort()).toEqual(tensors.map(({ name }) => name).sort());
        for (const { name, shape, data } of tensors) {
          const found = read.tensors.get(name)!;
          expect(found.shape).toEqual(shape);
          expect(found.data.constructor).toBe(data.constructor);
          expect(bits(found.data)).toEqual(bits(data));
        }
      }),
    );
  });

  it('aligns the header to 8 bytes and every tensor to its entries', () => {
    const bytes = encodeSafetensors([tensor('a', Uint8Array.of(1)), tensor('10', Float32Array.of(2)), tensor('9', Float64Array.of(3))]);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(length % 8).toBe(0);
    expect(header['9'].data_offsets).toEqual([0, 8]);
    expect(header['10'].data_offsets).toEqual([8, 12]);
    expect(header.a.data_offsets).toEqual([12, 13]);
    expect(new TextDecoder().decode(bytes)).toMatch(/"a":.*"10":.*"9":/);
  });

  it('copies: neither the source nor the file is shared, and views into larger memory are read right', () => {
    const memory = new Float32Array([9, 1, 2, 9]);
    const bytes = encodeSafetensors([tensor('x', memory.subarray(1, 3))]);
    memory.fill(0);
    const first = decodeSafetensors(bytes, 'file').tensors.get('x')!.data;
    bytes.fill(0);
    expect([...(first as Float32Array)]).toEqual([1, 2]);
  });

  it('never throws anything but CohortError, for any bytes', () => {
    const read = (bytes: Uint8Array): void => {
      try {
        decodeSafetensors(bytes, 'file');
      } catch (error) {
        expect(error).toBeInstanceOf(CohortError);
        expect((error as CohortError).parts.kind).toBe('failure');
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), read));
    fc.assert(fc.property(fc.json(), fc.uint8Array({ maxLength: 16 }), (json, data) => read(file(json, data))));
    const entry = fc.record(
      {
        dtype: fc.constantFrom('F32', 'U8', 'BF16', 'F8_E4M3', 3, null),
        shape: fc.oneof(fc.array(fc.oneof(fc.nat(3), fc.double(), fc.integer())), fc.anything()),
        data_offsets: fc.oneof(fc.tuple(fc.nat(8), fc.nat(8)), fc.anything()),
        extra: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const header = fc.dictionary(fc.constantFrom('a', 'b', '__metadata__', 'constructor', '__proto__'), entry);
    fc.assert(fc.property(header, fc.uint8Array({ maxLength: 8 }), (json, data) => read(file(JSON.stringify(json) ?? '', data))));
  });

  it('notices a change of any bit of any byte', () => {
    const original = encodeSafetensors([tensor('w', Float32Array.of(1, 2)), tensor('n', Uint8Array.of(7))], { step: '12' });
    for (let at = 0; at < original.length; at++) {
      for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const bytes = original.slice();
        bytes[at]! ^= flip;
        expect(() => decodeSafetensors(bytes, 'file', { verifyDigest: true })).toThrow(CohortError);
      }
    }
    for (let length = 0; length < original.length; length++) {
      expect(() => decodeSafetensors(original.subarray(0, length), 'file')).toThrow(CohortError);
    }
    const longer = new Uint8Array(original.length + 1);
    longer.set(original);
    expect(() => decodeSafetensors(longer, 'file')).toThrow(/expected 9 bytes of data, got 10/);
  });

  const float = (offsets: string): string => `{"dtype":"F32","shape":[1],"data_offsets":${offsets}}`;
  it.each([
    ['gap', `{"a":${float('[4,8]')}}`, 8, /from byte 0, got 4 \(gap\)/],
    ['overlap', `{"a":${float('[0,4]')},"b":${float('[2,6]')}}`, 6, /from byte 4, got 2 \(overlap\)/],
    ['same bytes twice', `{"a":${float('[0,4]')},"b":${float('[0,4]')}}`, 4, /overlap/],
    ['trailing bytes', `{"a":${float('[0,4]')}}`, 5, /expected 4 bytes of data, got 5/],
    ['cut short', `{"a":${float('[0,4]')}}`, 3, /cut short/],
    ['shape against offsets', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4, /expected 8 bytes/],
    ['unknown dtype', '{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}', 4, /dtype of F64, F32/],
    ['negative length', '{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}', 4, /shape/],
    ['overflowing shape', '{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}', 0, /shape/],
    ['fractional offsets', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0.5,4.5]}}', 5, /data_offsets/],
    ['reversed offsets', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 4, /expected 4 bytes/],
    ['missing field', '{"a":{"dtype":"F32","shape":[1]}}', 4, /dtype, shape and data_offsets/],
    ['duplicate name', `{"a":${float('[0,4]')},"a":${float('[0,4]')}}`, 4, /twice/],
    ['duplicate metadata', '{"__metadata__":{"k":"1","k":"2"}}', 0, /twice/],
    ['prototype as a name', `{"__proto__":${float('[0,4]')}}`, 4, /another name/],
    ['prototype in metadata', '{"__metadata__":{"__proto__":"x"}}', 0, /metadata "__proto__"/],
    ['metadata that is no text', '{"__metadata__":{"k":1}}', 0, /metadata "k"/],
    ['metadata that is a list', '{"__metadata__":[]}', 0, /metadata/],
    ['a list', '[]', 0, /something else/],
    ['broken JSON', '{"a":', 0, /header of JSON/],
  ])('refuses: %s', (_name, header, dataLength, message) => {
    expect(() => decodeSafetensors(file(header, new Uint8Array(dataLength)), 'model.safetensors')).toThrow(message);
    expect(() => decodeSafetensors(file(header, new Uint8Array(dataLength)), 'model.safetensors')).toThrow(/^model\.safetensors/);
  });

  it('refuses a header length beyond the file or the limit', () => {
    const bytes = file('{}', new Uint8Array(16));
    new DataView(bytes.buffer).setBigUint64(0, 1000n, true);
    expect(() => decodeSafetensors(bytes, 'file')).toThrow(/cut short/);
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => decodeSafetensors(bytes, 'file')).toThrow(/no safetensors header/);
    expect(() => decodeSafetensors(new TextEncoder().encode('{"json": "but no safetensors"}'), 'file')).toThrow(/safetensors/);
  });

  it('takes names like "constructor" for what they are', () => {
    const read = decodeSafetensors(encodeSafetensors([tensor('constructor', Uint8Array.of(1))], { toString: 'x' }), 'file');
    expect(read.tensors.get('constructor')?.data).toEqual(Uint8Array.of(1));
    expect(read.metadata.toString).toBe('x');
    expect(read.metadata.valueOf).toBeUndefined();
  });

  it('reads a file without a digest unless told to verify', () => {
    const foreign = file(`{"a":${float('[0,4]')}}`, new Uint8Array(4));
    expect(decodeSafetensors(foreign, 'file').tensors.size).toBe(1);
    expect(() => decodeSafetensors(foreign, 'file', { verifyDigest: true })).toThrow(/written by Cohort/);
  });

  it.each<[string, Tensor[], Record<string, string>]>([
    ['a name twice', [tensor('a', Uint8Array.of(1)), tensor('a', Uint8Array.of(2))], {}],
    ['a reserved name', [tensor('__metadata__', Uint8Array.of(1))], {}],
    ['the prototype', [tensor('__proto__', Uint8Array.of(1))], {}],
    ['half a surrogate pair', [tensor('\ud800', Uint8Array.of(1))], {}],
    ['a wrong shape', [tensor('a', Uint8Array.of(1), [2])], {}],
    ['a fractional shape', [tensor('a', Uint8Array.of(1), [0.5, 2])], {}],
    ['the digest key', [], { 'cohort.sha256': 'x' }],
    ['metadata that is no text', [], { a: 1 as unknown as string }],
  ])('does not write: %s', (_name, tensors, metadata) => {
    expect(() => encodeSafetensors(tensors, metadata)).toThrow(CohortError);
  });
});
