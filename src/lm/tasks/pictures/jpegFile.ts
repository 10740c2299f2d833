/**
 * JPEG files: whether one is whole, and what of it says how its pixels look.
 *
 * ITU-T T.81, annex B; the application segments 1 (EXIF, CIPA DC-008) and 14 (Adobe Technical Note 5116).
 */
import type { CohortError } from '../../../core/errors.ts';
import { type Checks, joined, type Refuse, type Sides, saveAgain } from './pictureBytes.ts';

/** Markers that begin a frame (T.81, table B.1): baseline, extended and progressive Huffman; all others. */
const readFrames = [0xc0, 0xc1, 0xc2];
const otherFrames = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

/**
 * Checks a JPEG: its segments up to the data, and that it ends; its sides. Whether the data are damaged cannot be told. `check` judges the sides as soon as
 * they are known.
 */
export function jpegSides(view: DataView, { refuse, check }: Checks): Sides {
  const cut = (): CohortError => refuse('a JPEG up to its end', 'a file that ends before', saveAgain);
  let header: Sides | undefined;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) throw refuse('a JPEG whose segments follow each other', `other bytes at byte ${at}`, saveAgain);
    const marker = view.getUint8(at + 1);
    // A marker may be preceded by any number of bytes 255.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) break;
    const length = view.getUint16(at + 2);
    if (length < 2) throw refuse('a JPEG whose segments follow each other', `a segment of ${length} bytes at byte ${at}`, saveAgain);
    if (at + 2 + length > view.byteLength) throw cut();
    if (otherFrames.includes(marker)) {
      throw refuse('a baseline or progressive JPEG', 'a lossless, hierarchical or arithmetic one', 'save it as baseline JPEG or as PNG');
    }
    if (readFrames.includes(marker)) {
      if (header) throw refuse('one frame in a JPEG', 'two', saveAgain);
      header = jpegFrame(view, at, length, refuse);
      check(header.width, header.height);
    }
    if (marker === 0xda) {
      if (!header) break;
      // The end stands behind the data; a small picture in front of them, of a camera, has an end of its own.
      for (let end = view.byteLength - 2; end >= at + 2 + length; end--) if (view.getUint16(end) === 0xffd9) return header;
      throw cut();
    }
    at += 2 + length;
  }
  if (header) throw cut();
  throw refuse('a JPEG with a frame', 'none before its data or its end', saveAgain);
}

function jpegFrame(view: DataView, at: number, length: number, refuse: Refuse): Sides {
  const components = length >= 8 ? view.getUint8(at + 9) : 0;
  if (length !== 8 + 3 * components) throw refuse('a JPEG whose frame is whole', `a frame of ${length} bytes`, saveAgain);
  const depth = view.getUint8(at + 4);
  if (depth !== 8 || (components !== 1 && components !== 3)) {
    const got = `${components} of ${depth} bits`;
    throw refuse('a JPEG of 1 or 3 components of 8 bits', got, 'save it as a grey or RGB picture of 8 bits');
  }
  return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
}

/** Segments that are left out: applications but those that say how a picture is turned and how its colours are written, and comments. */
const leftOut = (marker: number): boolean => (marker >= 0xe2 && marker <= 0xef && marker !== 0xee) || marker === 0xfe;

/** A JPEG that {@link jpegSides} has checked, without colour profiles and words in front of its data. */
export function plainJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = [bytes.subarray(0, 2)];
  for (let at = 2; ; ) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) return joined([...kept, bytes.subarray(at)]);
    const end = marker === 0xff ? at + 1 : at + 2 + view.getUint16(at + 2);
    if (marker !== 0xff && !leftOut(marker)) kept.push(bytes.subarray(at, end));
    at = end;
  }
}
