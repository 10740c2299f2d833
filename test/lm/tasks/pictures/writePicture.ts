/** Picture files for tests: PNG without compression, and a JPEG that was written once. */
import { crcOf } from '../../../../src/run/crc.ts';

const crc32 = crcOf(0xedb88320);

/** Bytes of numbers of 8 bits, and of 32 bits for those in lists. */
export function bytesOf(...parts: readonly (number | readonly number[] | Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const all = parts.flatMap((part) => {
    if (typeof part === 'number') return [part];
    if (typeof part === 'string') return [...part].map((character) => character.charCodeAt(0));
    if (part instanceof Uint8Array) return [...part];
    return part.flatMap((value) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
  });
  return Uint8Array.from(all);
}

/** A chunk of a PNG with its checksum. */
export function chunk(type: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const named = bytesOf(type, data);
  return bytesOf([data.length], named, [crc32(named)]);
}

/** Adler-32 (RFC 1950, 8.2). */
function adler(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** What a PNG is made of besides its size. */
export interface PngOptions {
  /** 2: red, green, blue; 6: and opacity. */
  readonly color?: number;
  readonly depth?: number;
  /** Rows of samples, where the header lies; default `height`. */
  readonly rows?: number;
  /** Chunks between the header and the pixels. */
  readonly extra?: readonly Uint8Array[];
}

export const pngSignature = bytesOf(0x89, 'PNG\r\n', 0x1a, '\n');

/** The header chunk of a PNG. */
export function pngHeader(width: number, height: number, { color = 2, depth = 8 }: PngOptions = {}): Uint8Array {
  return chunk('IHDR', bytesOf([width, height], depth, color, 0, 0, 0));
}

/** A PNG of samples, row by row: one stored block of deflate (RFC 1951, 3.2.4), so at most 65,535 bytes. */
export function writePng(width: number, height: number, samples: readonly number[], options: PngOptions = {}): Uint8Array<ArrayBuffer> {
  const rows = options.rows ?? height;
  const row = samples.length / rows;
  const raw = bytesOf(...Array.from({ length: rows }, (_, y) => bytesOf(0, Uint8Array.from(samples.slice(y * row, (y + 1) * row)))));
  const block = bytesOf(0x78, 0x01, 1, raw.length & 255, raw.length >> 8, ~raw.length & 255, (~raw.length >> 8) & 255, raw, [adler(raw)]);
  return bytesOf(pngSignature, pngHeader(width, height, options), ...(options.extra ?? []), chunk('IDAT', block), chunk('IEND'));
}

// 16 x 8 pixels, the left half (200, 0, 0), the right half (0, 0, 200); written by @napi-rs/canvas 1.0.11 at quality 80, its colour profile left out.
const jpegText =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/' +
  '2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAIABADASIAAhEBAxEB/8QA' +
  'FgABAQEAAAAAAAAAAAAAAAAAAAYH/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABQBAQAAAAAAAAAAAAAAAAAAAAb/xAAZEQACAwEAAAAAAAAAAAAAAAAARAaC' +
  'wgf/2gAMAwEAAhEDEQA/AMkRwE3OmaaGE8Xtk//Z';

/** A JPEG of 16 x 8 pixels: its left half is (200, 0, 0), its right half (0, 0, 200), to within a few levels. */
export const jpeg: Uint8Array<ArrayBuffer> = Uint8Array.from(atob(jpegText), (character) => character.charCodeAt(0));

/** Where the marker of a kind of segment stands in a JPEG. */
export function markerAt(bytes: Uint8Array, marker: number): number {
  for (let at = 2; at + 4 < bytes.length; at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!) if (bytes[at + 1] === marker) return at;
  throw new Error('no such marker');
}

/** TIFF in EXIF: one entry, orientation (0x0112), SHORT, 6: to be turned by a quarter, clockwise. */
const orientation = bytesOf(0xff, 0xe1, 0, 34, 'Exif\0\0II*\0', 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0);

/** The JPEG, to be turned: 8 x 16 pixels. */
export const turnedJpeg = bytesOf(jpeg.subarray(0, 2), orientation, jpeg.subarray(2));
