import { describe, expect, it } from 'vitest';
import { blockOf, dequantize, ggufTypes } from '../../../../src/lm/checkpoints/gguf/dequantize.ts';
import fixture from '../../../fixtures/gguf/blocks.json' with { type: 'json' };
import { fromBase64 } from './madeUpFile.ts';

/** Bytes of blocks of a type and the elements that the Python package `gguf` makes of them. */
function recorded(type: string): { bytes: Uint8Array; values: Float32Array } {
  const { bytes, values } = fixture[type as 'F32'];
  return { bytes: fromBase64(bytes.base64), values: new Float32Array(fromBase64(values.base64).buffer) };
}

describe('blocks of ggml', () => {
  it.each(ggufTypes)('%s has the bits of the Python package', (type) => {
    const { bytes, values } = recorded(type);
    const target = new Float32Array(values.length);
    dequantize(type, bytes, target);
    expect(new Uint32Array(target.buffer)).toEqual(new Uint32Array(values.buffer));
    const block = blockOf(type)!;
    expect((bytes.length / block.bytes) * block.elements).toBe(values.length);
  });

  it('reads blocks wherever they stand in memory, and writes from where it is told', () => {
    for (const type of ggufTypes) {
      const { bytes, values } = recorded(type);
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      const target = new Float32Array(values.length + 5).fill(7);
      dequantize(type, shifted.subarray(1), target, 3);
      expect(target.subarray(3, 3 + values.length)).toEqual(values);
      expect([...target.subarray(0, 3), ...target.subarray(-2)]).toEqual([7, 7, 7, 7, 7]);
    }
  });

  it('computes a block by hand', () => {
    // Scale 0.5 (float16 0x3800), minimum -2 (0xc000), bytes 0x21: elements 0 to 15 are 1, 16 to 31 are 2 steps above the minimum.
    const bytes = Uint8Array.from([0x00, 0x38, 0x00, 0xc0, ...new Array<number>(16).fill(0x21)]);
    const target = new Float32Array(32);
    dequantize('Q4_1', bytes, target);
    expect([...target]).toEqual([...new Array<number>(16).fill(-1.5), ...new Array<number>(16).fill(-1)]);
  });

  it('keeps what is not finite', () => {
    const target = new Float32Array(2);
    dequantize('F16', Uint8Array.of(0x00, 0x7c, 0x01, 0x7e), target);
    expect([...target]).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
    dequantize('BF16', Uint8Array.of(0x80, 0xff, 0xc0, 0x7f), target);
    expect([...target]).toEqual([Number.NEGATIVE_INFINITY, Number.NaN]);
  });

  it('refuses another type, a broken block and too small a target', () => {
    const target = new Float32Array(32);
    expect(blockOf('Q2_K')).toBeUndefined();
    expect(blockOf('constructor')).toBeUndefined();
    expect(() => dequantize('Q2_K', new Uint8Array(84), target)).toThrow(RangeError);
    expect(() => dequantize('Q8_0', new Uint8Array(33), target)).toThrow(RangeError);
    expect(() => dequantize('Q8_0', new Uint8Array(34), target, 1)).toThrow(RangeError);
  });
});
