import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePicture as decodeInPage } from '../../../../src/browser/pictures.ts';
import { maxPictureBytes, pictureOfDecoded, readPictureHeader } from '../../../../src/lm/tasks/pictures/pictureFile.ts';
import { pngPixels } from '../../../../src/lm/tasks/pictures/pngFile.ts';
import { bytesOf, chunk, jpeg, markerAt, pngHeader, pngSignature, turnedJpeg, writePng } from './writePicture.ts';

const png = writePng(2, 2, [255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3]);
const frame = markerAt(jpeg, 0xc0);
/** The JPEG with some bytes from `at` on replaced. */
const changed = (at: number, ...values: number[]): Uint8Array => {
  const copy = jpeg.slice();
  copy.set(values, at);
  return copy;
};
const damaged = png.slice();
damaged[damaged.length - 20]! ^= 1;

/** Broken pictures: what is wrong, the bytes, what is said. */
const broken: readonly (readonly [string, Uint8Array, string])[] = [
  ['an empty file', new Uint8Array(), 'a.png: expected a PNG or JPEG file, got an empty file; save or copy the picture again'],
  ['a GIF', bytesOf('GIF89a......'), 'expected a PNG or JPEG file, got a GIF; convert'],
  ['a WebP file', bytesOf('RIFF....WEBP'), 'got a WebP file'],
  ['a BMP file', bytesOf('BM..........'), 'got a BMP file'],
  ['an AVIF file', bytesOf(0, 0, 0, 28, 'ftypavif'), 'got an AVIF, HEIC or video file'],
  ['an SVG file', bytesOf('<svg xmlns="">'), 'got text that begins with <'],
  ['a PNG copied as text', bytesOf(0x89, 'PNG\n', 0x1a, '\n'), 'got a PNG whose ends of lines were changed'],
  ['a PNG that is only its signature', pngSignature, 'expected a PNG up to its last chunk, got a file that ends before'],
  ['a PNG cut in a chunk', png.subarray(0, -20), 'got 17 of 25 bytes of a chunk at byte 33'],
  ['a PNG cut between chunks', png.subarray(0, -12), 'got a file that ends before'],
  ['a PNG cut in the frame of a chunk', png.subarray(0, -5), 'got a file that ends in a chunk'],
  ['a PNG with a wrong bit', damaged, 'expected chunks with the right checksum, got another checksum at byte 33'],
  ['a PNG without header', bytesOf(pngSignature, chunk('IDAT'), chunk('IEND')), 'expected a PNG that begins with its header'],
  ['a PNG of two headers', bytesOf(pngSignature, pngHeader(1, 1), pngHeader(1, 1)), 'expected one header in a PNG, got two'],
  ['a PNG without pixels', bytesOf(pngSignature, pngHeader(1, 1), chunk('IEND')), 'expected a PNG with pixels, got none'],
  ['a PNG of no width', bytesOf(pngSignature, pngHeader(0, 5)), 'expected a picture of at least 1 x 1 pixels, got 0 x 5'],
  ['a PNG of a billion pixels', bytesOf(pngSignature, pngHeader(1e9, 1e9)), 'at most 4096 x 4096 pixels, got 1000000000 x 1000000000'],
  ['a PNG of three bits', bytesOf(pngSignature, pngHeader(1, 1, { depth: 3 })), 'got colour type 2, 3 bits'],
  [
    'a PNG without palette',
    bytesOf(pngSignature, pngHeader(1, 1, { color: 3 }), chunk('IDAT')),
    'expected a palette before the pixels, got none',
  ],
  ['a JPEG that is only its beginning', jpeg.subarray(0, 2), 'expected a JPEG with a frame, got none before its data or its end'],
  ['a JPEG cut in its tables', jpeg.subarray(0, frame + 5), 'expected a JPEG up to its end, got a file that ends before'],
  ['a JPEG cut in its data', jpeg.subarray(0, -2), 'expected a JPEG up to its end, got a file that ends before'],
  ['a JPEG of no height', changed(frame + 5, 0, 0), 'at least 1 x 1 pixels, got 16 x 0'],
  ['a JPEG that is too large', changed(frame + 5, 0x20, 0), 'at most 4096 x 4096 pixels, got 16 x 8192'],
  ['a lossless JPEG', changed(frame + 1, 0xc3), 'expected a baseline or progressive JPEG, got a lossless'],
  ['a JPEG of 12 bits', changed(frame + 4, 12), 'expected a JPEG of 1 or 3 components of 8 bits, got 3 of 12 bits'],
  ['a JPEG of a short frame', changed(frame + 9, 4), 'expected a JPEG whose frame is whole'],
  ['a JPEG without frame', changed(frame + 1, 0xe5), 'expected a JPEG with a frame, got none'],
  [
    'a JPEG of two frames',
    bytesOf(jpeg.subarray(0, frame), jpeg.subarray(frame, frame + 19), jpeg.subarray(frame)),
    'expected one frame in a JPEG, got two',
  ],
  ['a JPEG of other bytes between segments', changed(frame, 7), `got other bytes at byte ${frame}`],
  ['a JPEG with a segment of no length', changed(frame + 2, 0, 1), 'got a segment of 1 bytes'],
];

describe('readPictureHeader', () => {
  it('reads sizes', () => {
    expect(readPictureHeader(png, 'a.png')).toEqual({ format: 'png', width: 2, height: 2 });
    expect(readPictureHeader(jpeg, 'a.jpg')).toEqual({ format: 'jpeg', width: 16, height: 8 });
    expect(readPictureHeader(bytesOf(7, png).subarray(1), 'a.png')).toEqual({ format: 'png', width: 2, height: 2 });
    const filled = bytesOf(jpeg.subarray(0, frame), 0xff, 0xff, jpeg.subarray(frame));
    expect(readPictureHeader(filled, 'a.jpg')).toEqual({ format: 'jpeg', width: 16, height: 8 });
  });

  it.each(broken)('refuses %s', (_, bytes, message) => {
    expect(() => readPictureHeader(bytes, 'a.png')).toThrow(message);
  });

  it('refuses a file of too many bytes before it looks into it', () => {
    expect(() => readPictureHeader(new Uint8Array(maxPictureBytes + 1), 'a.png')).toThrow('expected at most 68157440 bytes, got 68157441');
  });

  it('answers any change of a byte, and any cut, with a header or an error of ours', () => {
    fc.assert(
      fc.property(fc.constantFrom(png, jpeg), fc.nat(), fc.nat(255), fc.nat(), (whole, at, value, length) => {
        const bytes = whole.slice(0, length % 3 === 0 ? whole.length : length % whole.length);
        bytes[at % Math.max(1, bytes.length)] = value;
        try {
          const { width, height } = readPictureHeader(bytes, 'a.png');
          expect(Math.min(width, height)).toBeGreaterThan(0);
        } catch (error) {
          expect((error as Error).name).toBe('CohortError');
        }
      }),
      { numRuns: 2000 },
    );
    // Of a PNG every cut is found, and every change of one bit.
    for (let length = 0; length < png.length; length++) expect(() => readPictureHeader(png.subarray(0, length), 'a.png')).toThrow();
    for (let bit = 0; bit < 8 * png.length; bit++) {
      const copy = png.slice();
      copy[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => readPictureHeader(copy, 'a.png')).toThrow();
    }
  });
});

describe('pngPixels', () => {
  it.each<[string, number, number, number, number, number, number]>([
    // 2 rows of a filter byte and 9 bits.
    ['of one bit', 9, 2, 0, 1, 0, 6],
    ['of RGB and opacity with 16 bits', 3, 2, 6, 16, 0, 50],
    ['of one pixel in passes', 1, 1, 0, 8, 1, 2],
    // Seven passes of 1x1, 1x1, 2x1, 1x2, 3x1, 2x3 and 5x2 pixels: 2 + 2 + 3 + 4 + 4 + 9 + 12.
    ['of 25 pixels in passes', 5, 5, 0, 8, 1, 36],
  ])('knows how many bytes a picture %s has', (_, width, height, color, depth, interlace, length) => {
    const header = chunk('IHDR', bytesOf([width, height], depth, color, 0, 0, interlace));
    const file = bytesOf(pngSignature, header, chunk('IDAT', bytesOf(1, 2)), chunk('tEXt'), chunk('IDAT', bytesOf(3)), chunk('IEND'));
    expect(readPictureHeader(file, 'a.png')).toEqual({ format: 'png', width, height });
    expect(pngPixels(file)).toEqual({ compressed: Uint8Array.of(1, 2, 3), length });
  });
});

describe('pictureOfDecoded', () => {
  it('leaves out the opacity, and takes a picture that was turned', () => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => i);
    const { width, height, pixels } = pictureOfDecoded({ width: 3, height: 2, data }, { format: 'jpeg', width: 2, height: 3 }, 'a.jpg');
    expect([width, height, ...pixels]).toEqual([3, 2, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22]);
    expect(() => pictureOfDecoded({ width: 3, height: 2, data }, { format: 'jpeg', width: 6, height: 1 }, 'a.jpg')).toThrow(
      'a.jpg: expected a picture of 6 x 1 pixels, as the file says, got 3 x 2',
    );
  });
});

// What a page has and Node has not; test/node/pictures.node.test.ts says the same of Node.
describe.runIf('OffscreenCanvas' in globalThis)('decodePicture in a page', () => {
  it('reads the pixels of a PNG exactly, and lays what is transparent on white', async () => {
    expect(await decodeInPage(png, 'a.png')).toEqual({
      width: 2,
      height: 2,
      pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3),
    });
    const clear = writePng(3, 1, [9, 9, 9, 0, 10, 20, 30, 255, 0, 0, 0, 128], { color: 6 });
    const { pixels } = await decodeInPage(clear, 'a.png');
    expect([...pixels.subarray(0, 6)]).toEqual([255, 255, 255, 10, 20, 30]);
    for (const value of pixels.subarray(6)) expect(Math.abs(value - 127)).toBeLessThanOrEqual(1);
  });

  it('reads a JPEG to within a few levels', async () => {
    const { width, height, pixels } = await decodeInPage(jpeg, 'a.jpg');
    expect([width, height]).toEqual([16, 8]);
    const distance = (at: number, color: readonly number[]): number =>
      Math.max(...color.map((value, i) => Math.abs(pixels[3 * at + i]! - value)));
    expect(distance(0, [200, 0, 0])).toBeLessThan(12);
    expect(distance(15, [0, 0, 200])).toBeLessThan(12);
  });

  it('turns a JPEG as it says', async () => {
    const { width, height, pixels } = await decodeInPage(turnedJpeg, 'a.jpg');
    expect([width, height]).toEqual([8, 16]);
    expect(pixels[0]).toBeGreaterThan(150);
    expect(pixels[3 * 15 * 8]).toBeLessThan(50);
  });

  it('leaves colours as they are written, whatever gamma the file names', async () => {
    const gamma = writePng(1, 1, [100, 150, 200], { extra: [chunk('gAMA', bytesOf([100_000]))] });
    expect([...(await decodeInPage(gamma, 'a.png')).pixels]).toEqual([100, 150, 200]);
  });

  it('says what is wrong with broken pictures', async () => {
    for (const [, bytes, message] of broken) await expect(decodeInPage(bytes, 'a.png')).rejects.toThrow(message);
    await expect(decodeInPage(writePng(2, 3, [1, 2, 3, 4, 5, 6], { rows: 1 }), 'a.png')).rejects.toThrow('got damaged data in it');
    const nonsense = bytesOf(pngSignature, pngHeader(2, 2), chunk('IDAT', bytesOf(1, 2, 3)), chunk('IEND'));
    await expect(decodeInPage(nonsense, 'a.png')).rejects.toThrow('a.png: expected a picture that can be decoded, got damaged data in it');
  });
});
