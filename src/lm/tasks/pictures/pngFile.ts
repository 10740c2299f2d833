/**
 * PNG files: whether one is whole, and what of it says how its pixels look.
 *
 * W3C Recommendation "Portable Network Graphics (PNG) Specification", third edition: 5.2 to 5.6, 8.1, 9.2, 11.2.
 */
import { crc32 } from '../../../run/crc.ts';
import { type Checks, joined, type Refuse, type Sides, saveAgain } from './pictureBytes.ts';

/** How a PNG begins. */
export const pngSignature: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Bit depths that a colour type may have (PNG, table 12). */
const pngDepths = new Map<number, readonly number[]>([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);
/** Bytes of a chunk besides its data: length, type, checksum. */
const chunkFrame = 12;

/**
 * Checks a PNG, its signature apart: order, lengths and checksums of chunks, and that it ends; its sides. `check` judges them as soon as they are known,
 * before the rest of the file is read.
 */
export function pngSides(bytes: Uint8Array, view: DataView, { refuse, check }: Checks): Sides {
  let header: Sides | undefined;
  let hasData = false;
  let needsPalette = false;
  for (let at = pngSignature.length; at < bytes.length; ) {
    const left = bytes.length - at;
    if (left < chunkFrame) throw refuse('a PNG up to its last chunk', `a file that ends in a chunk, at byte ${bytes.length}`, saveAgain);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (length > left - chunkFrame) {
      throw refuse('a PNG up to its last chunk', `${left - chunkFrame} of ${length} bytes of a chunk at byte ${at}`, saveAgain);
    }
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw refuse('chunks with the right checksum', `another checksum at byte ${at}`, saveAgain);
    }
    if (!header) {
      if (type !== 'IHDR' || length !== 13)
        throw refuse('a PNG that begins with its header', 'another chunk, or a header of another length', saveAgain);
      header = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
      check(header.width, header.height);
      needsPalette = checkPngKind(view, at + 16, refuse);
    } else if (type === 'IHDR') throw refuse('one header in a PNG', 'two', saveAgain);
    else if (type === 'PLTE') needsPalette = false;
    else if (type === 'IDAT') {
      if (needsPalette) throw refuse('a palette before the pixels', 'none', saveAgain);
      hasData = true;
    } else if (type === 'IEND') {
      if (!hasData) throw refuse('a PNG with pixels', 'none', saveAgain);
      return header;
    }
    at += chunkFrame + length;
  }
  throw refuse('a PNG up to its last chunk', 'a file that ends before', saveAgain);
}

/** Checks bit depth, colour type and methods of a header; whether the picture needs a palette. */
function checkPngKind(view: DataView, at: number, refuse: Refuse): boolean {
  const [depth, color, compression, filter, interlace] = Array.from({ length: 5 }, (_, i) => view.getUint8(at + i)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isKnown = pngDepths.get(color)?.includes(depth) && compression === 0 && filter === 0 && interlace <= 1;
  if (isKnown) return color === 3;
  const got = `colour type ${color}, ${depth} bits, methods ${compression}, ${filter}, ${interlace}`;
  throw refuse('a kind of PNG that the specification knows', got, saveAgain);
}

function* chunksOf(bytes: Uint8Array): Generator<{ readonly type: string; readonly whole: Uint8Array; readonly data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = pngSignature.length; at < bytes.length; ) {
    const end = at + chunkFrame + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { type, whole: bytes.subarray(at, end), data: bytes.subarray(at + 8, end - 4) };
    if (type === 'IEND') return;
    at = end;
  }
}

/** A PNG that {@link pngSides} has checked, with nothing but its pixels, palette and opacity. */
export function plainPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = [...chunksOf(bytes)].filter(({ type }) => ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(type));
  return joined([Uint8Array.from(pngSignature), ...kept.map(({ whole }) => whole)]);
}

/** Samples of a pixel by colour type: grey, RGB, palette, grey and opacity, RGB and opacity. */
const samples = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
/** The passes of Adam7: first column, first row, columns from one pixel to the next, rows. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * The compressed pixels (zlib, RFC 1950) of a PNG that {@link pngSides} has checked, and how many bytes they have when they are whole: decoders paint what
 * is missing black or white.
 */
export function pngPixels(bytes: Uint8Array): { readonly compressed: Uint8Array<ArrayBuffer>; readonly length: number } {
  const chunks = [...chunksOf(bytes)];
  const header = chunks[0]!.data;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height, bits] = [view.getUint32(0), view.getUint32(4), view.getUint8(8) * samples.get(view.getUint8(9))!];
  let length = 0;
  for (const [x, y, across, down] of view.getUint8(12) === 1 ? passes : [[0, 0, 1, 1] as const]) {
    const [columns, rows] = [Math.max(0, Math.ceil((width - x) / across)), Math.max(0, Math.ceil((height - y) / down))];
    // Every row begins with a byte for its filter; a pass without columns has no rows.
    if (columns > 0) length += rows * (1 + Math.ceil((columns * bits) / 8));
  }
  return { compressed: joined(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)), length };
}
