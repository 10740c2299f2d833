/**
 * The file format of W&B's offline runs: seven bytes of its own, then records in the framing of LevelDB's log (google/leveldb, doc/log_format.md), with
 * the usual CRC-32 in place of CRC-32C and without a mask.
 */
import { crc32 } from '../run/crc.ts';

/** Bytes per block; the seven bytes at the beginning belong to the first. */
const blockBytes = 32768;
/** Checksum (4), length (2) and kind (1) of a fragment. */
const headerBytes = 7;

/** A whole record, or its first, a middle or its last fragment. */
const kinds = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** The beginning of a file: `:W&B`, a number that is `E1 BE`, and version 0. */
export const logHeader: Uint8Array<ArrayBuffer> = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0);

/** A fragment with its header. */
function fragment(kind: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, crc32(data, crc32(Uint8Array.of(kind))), true);
  view.setUint16(4, data.length, true);
  view.setUint8(6, kind);
  bytes.set(data, headerBytes);
  return bytes;
}

/** The bytes of a record that begins at `offset` of the file: a block's rest that is too short for a header is zeros, and no fragment crosses a block. */
export function frameRecord(data: Uint8Array, offset: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let room = blockBytes - (offset % blockBytes);
  if (room < headerBytes) {
    parts.push(new Uint8Array(room));
    room = blockBytes;
  }
  for (let at = 0, isFirst = true; isFirst || at < data.length; isFirst = false) {
    const length = Math.min(room - headerBytes, data.length - at);
    const isLast = at + length === data.length;
    const kind = isFirst ? (isLast ? kinds.full : kinds.first) : isLast ? kinds.last : kinds.middle;
    parts.push(fragment(kind, data.subarray(at, at + length)));
    at += length;
    room = blockBytes;
  }
  return joinBytes(parts);
}

/** Pieces of bytes as one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
