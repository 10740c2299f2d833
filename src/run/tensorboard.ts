/**
 * TensorBoard event files: scalars only. Framing: TFRecord (u64 length, masked CRC of it, data, masked CRC of them); data: the
 * protobuf `Event` of tensorboard/compat/proto (wall_time 1, step 2, file_version 3, summary 5; value: tag 1, simple_value 2).
 */
import { mistake, show } from '../core/errors.ts';

/** The reversed polynomial of CRC-32C (Castagnoli; RFC 3720, appendix B.4). */
const polynomial = 0x82f63b78;
/** Added when a TFRecord masks its checksum (tensorflow/core/lib/hash/crc32c.h). */
const maskDelta = 0xa282ead8;

const crcTable: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc;
});

/** CRC-32C of bytes: of the text `123456789` it is e3069283. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The checksum as a TFRecord stores it. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0;
}

/** One TFRecord around the data. */
function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** A protobuf varint; by division, because steps may pass 2^32. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** A length-delimited protobuf field. */
function pushBytes(bytes: number[], field: number, value: ArrayLike<number>): void {
  bytes.push((field << 3) | 2);
  pushVarint(bytes, value.length);
  for (let i = 0; i < value.length; i++) bytes.push(value[i]!);
}

const scratch = new DataView(new ArrayBuffer(8));

function wallTimeField(seconds: number): number[] {
  scratch.setFloat64(0, seconds, true);
  return [(1 << 3) | 1, ...new Uint8Array(scratch.buffer)];
}

/** The first record of an event file. `seconds` since 1970. */
export function encodeFileVersion(seconds: number): Uint8Array {
  const event = wallTimeField(seconds);
  pushBytes(event, 3, new TextEncoder().encode('brain.Event:2'));
  return frame(Uint8Array.from(event));
}

/**
 * One record with all scalars of one step. `seconds` since 1970, `step` a whole number of at least 0.
 * Values are rounded to float32; NaN and infinities stay what they are. Throws `CohortError` for another step.
 */
export function encodeScalars(seconds: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw mistake('step of a metric', 'a whole number of at least 0', show(step), 'count environment steps');
  }
  const summary: number[] = [];
  for (const [tag, scalar] of Object.entries(scalars)) {
    const value: number[] = [];
    pushBytes(value, 1, new TextEncoder().encode(tag));
    scratch.setFloat32(0, scalar, true);
    value.push((2 << 3) | 5, ...new Uint8Array(scratch.buffer, 0, 4));
    pushBytes(summary, 1, value);
  }
  const event = wallTimeField(seconds);
  event.push(2 << 3);
  pushVarint(event, step);
  pushBytes(event, 5, summary);
  return frame(Uint8Array.from(event));
}
