/**
 * What can be said of a PNG or JPEG file before it is decoded: that it is whole, and how large its picture is. Decoders differ in what they do with
 * damaged files (some paint the rest white), so that damage is looked for here.
 */
import { type CohortError, failure } from '../../../core/errors.ts';
import type { Picture } from './canvas.ts';
import { jpegSides, plainJpeg } from './jpegFile.ts';
import { type Refuse, saveAgain } from './pictureBytes.ts';
import { plainPng, pngSides, pngSignature } from './pngFile.ts';

/** What a file says of its picture. */
export interface PictureHeader {
  readonly format: 'png' | 'jpeg';
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Most pixels of a side: the pixels of the largest picture take 48 MiB. */
export const maxPictureSide = 4096;
/** Most bytes of a file, a little more than the pixels of the largest picture with transparency take. */
export const maxPictureBytes = 2 ** 26 + 2 ** 20;

/**
 * Checks a PNG or JPEG file and says how large its picture is, before any memory is taken for it. PNG: order, lengths and checksums of its chunks, and
 * that it ends. JPEG: its segments up to the data, and that it ends. `name` is that of the file, for messages.
 *
 * Throws {@link CohortError} for any other format, a damaged or cut file, sides of 0 or more than 4,096 pixels, more than 65 MiB, and kinds of JPEG
 * that browsers do not read, or read in other colours (lossless, arithmetic, 12 bits, CMYK).
 */
export function readPictureHeader(bytes: Uint8Array, name: string): PictureHeader {
  const refuse: Refuse = (expected, got, advice) => failure(name, expected, got, advice);
  if (bytes.length === 0) throw refuse('a PNG or JPEG file', 'an empty file', saveAgain);
  if (bytes.length > maxPictureBytes) {
    throw refuse(`at most ${maxPictureBytes} bytes`, `${bytes.length}`, 'make the picture smaller');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const check = (width: number, height: number): void => checkSides(width, height, refuse);
  if (pngSignature.every((byte, i) => bytes[i] === byte)) return { format: 'png', ...pngSides(bytes, view, { refuse, check }) };
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { format: 'jpeg', ...jpegSides(view, { refuse, check }) };
  throw refuse('a PNG or JPEG file', otherFormat(bytes), 'convert the picture to PNG or JPEG');
}

/** The name of a format that is not read, by how its files begin. */
function otherFormat(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith('GIF8')) return 'a GIF';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'a WebP file';
  if (start.startsWith('BM')) return 'a BMP file';
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'a TIFF file';
  if (start.slice(4, 8) === 'ftyp') return 'an AVIF, HEIC or video file';
  if (start.trimStart().startsWith('<')) return 'text that begins with <, as SVG and HTML do';
  if (start.startsWith('\u0089PNG')) return 'a PNG whose ends of lines were changed, as if it were a text';
  return 'other bytes';
}

function checkSides(width: number, height: number, refuse: Refuse): void {
  const got = `${width} x ${height}`;
  if (width === 0 || height === 0) throw refuse('a picture of at least 1 x 1 pixels', got, saveAgain);
  if (width > maxPictureSide || height > maxPictureSide) {
    throw refuse(`at most ${maxPictureSide} x ${maxPictureSide} pixels`, got, 'make the picture smaller');
  }
}

/**
 * A file that {@link readPictureHeader} has checked, without colour profiles, gamma and words: some decoders heed them and others do not, and a model is to
 * read the numbers that were written. How a JPEG is to be turned stays.
 */
export function plainPicture(bytes: Uint8Array, { format }: PictureHeader): Uint8Array<ArrayBuffer> {
  return format === 'png' ? plainPng(bytes) : plainJpeg(bytes);
}

/**
 * The picture of decoded pixels: red, green, blue and an opacity that is left out, because the pixels already lie on white. Its sides may be those of
 * the header the other way round: a camera may say that its picture is to be turned. Throws {@link CohortError} for any other size.
 */
export function pictureOfDecoded(
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint8ClampedArray },
  header: PictureHeader,
  name: string,
): Picture {
  const isSame = (width === header.width && height === header.height) || (width === header.height && height === header.width);
  if (!isSame || data.length !== 4 * width * height) {
    throw failure(name, `a picture of ${header.width} x ${header.height} pixels, as the file says`, `${width} x ${height}`, saveAgain);
  }
  const pixels = new Uint8Array(3 * width * height);
  for (let i = 0, j = 0; i < data.length; i++) if (i % 4 !== 3) pixels[j++] = data[i]!;
  return { width, height, pixels };
}

/** The error of a file that looked whole and could not be decoded. */
export function notDecoded(name: string, cause: unknown): CohortError {
  return failure(name, 'a picture that can be decoded', 'damaged data in it', saveAgain, cause);
}
