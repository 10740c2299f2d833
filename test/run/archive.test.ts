import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { packFiles, unpackFiles } from '../../src/run/archive.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('an archive', () => {
  it('gives the files back, whatever is in them', () => {
    const path = fc.stringMatching(/^[a-z0-9._-]{1,20}(\/[a-z0-9._-]{1,20}){0,2}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ path, bytes: fc.uint8Array({ maxLength: 1500 }) }), { maxLength: 5 }), (files) => {
        expect(unpackFiles(packFiles(files), 'x.tar')).toEqual(files.map((file) => ({ ...file, bytes: Uint8Array.from(file.bytes) })));
      }),
    );
  });

  it('is laid out as POSIX has it', () => {
    const archive = packFiles([{ path: 'a/b.txt', bytes: bytes('hello') }]);
    expect(archive).toHaveLength(512 + 512 + 1024);
    const at = (from: number, length: number): string => new TextDecoder().decode(archive.subarray(from, from + length));
    expect([at(0, 8), at(100, 8), at(124, 12), at(156, 1), at(257, 8)]).toEqual([
      'a/b.txt\0',
      '0000644\0',
      '00000000005\0',
      '0',
      'ustar\x0000',
    ]);
    expect(at(512, 5)).toBe('hello');
  });

  it.each([
    ['a symbolic link', (archive: Uint8Array) => (archive[156] = 0x32), /expected headers as they were written, got a changed one/],
    ['a changed name', (archive: Uint8Array) => (archive[0] = 0x62), /a changed one/],
    ['another format', (archive: Uint8Array) => (archive[257] = 0), /a tape archive/],
  ])('is refused with %s', (_name, damage, message) => {
    const archive = packFiles([{ path: 'a', bytes: bytes('hello') }]);
    damage(archive);
    expect(() => unpackFiles(archive, 'x.tar')).toThrow(message);
  });

  it('is refused where it holds a link whose checksum is right, and where it is cut short', () => {
    const archive = packFiles([{ path: 'a', bytes: bytes('hello') }]);
    const link = archive.slice();
    link[156] = 0x32;
    // The type is 2 more, so is the sum.
    const digits = Number.parseInt(new TextDecoder().decode(link.subarray(148, 154)), 8) + 2;
    link.set(bytes(digits.toString(8).padStart(6, '0')), 148);
    expect(() => unpackFiles(link, 'x.tar')).toThrow(/x\.tar: expected plain files, got "a", which is a link or a device/);
    for (const length of [0, 100, 512, 600, 1024]) expect(() => unpackFiles(archive.slice(0, length), 'x.tar')).toThrow(CohortError);
  });

  it('never throws anything else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2048 }), (archive) => {
        try {
          unpackFiles(archive, 'x.tar');
        } catch (error) {
          expect(error).toBeInstanceOf(CohortError);
        }
      }),
    );
  });
});
