import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/run/safetensors.ts';
import { hashParameters, Sha256, sha256 } from '../../src/run/sha256.ts';

async function webCrypto(bytes: readonly number[]): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('sha256', () => {
  // NIST's examples for SHA-256 (FIPS 180-4 example values; the last is one million times "a").
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('known answer %#', (text, digest) => {
    expect(sha256(text)).toBe(digest);
  });

  it('agrees with WebCrypto for any bytes in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 5 }), async (pieces) => {
        const ours = new Sha256();
        for (const piece of pieces) ours.update(piece);
        expect(ours.hex()).toBe(await webCrypto(pieces.flatMap((piece) => [...piece])));
      }),
    );
  });
});

describe('hashParameters', () => {
  it('hashes the little-endian bytes, parameters first, then the normalizer', async () => {
    // 1 and -2 in float32, 0.5 in float64.
    const bytes = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f];
    expect(
      hashParameters([tensor('w', Float32Array.of(1)), tensor('b', Float32Array.of(-2))], [tensor('mean', Float64Array.of(0.5))]),
    ).toBe(await webCrypto(bytes));
  });

  it('sees one bit, and the order', () => {
    const hash = (...values: number[]): string => hashParameters([tensor('w', Float32Array.from(values))]);
    expect(hash(0, 1)).not.toBe(hash(-0, 1));
    expect(hash(0, 1)).not.toBe(hash(1, 0));
    expect(hash(0, 1)).toBe(hash(0, 1));
  });
});
