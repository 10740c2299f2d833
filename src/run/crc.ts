/**
 * Cyclic redundancy checks of 32 bits, bit-reversed as files have them.
 */

/** A CRC of bytes, which may follow others whose checksum is `before`. */
export type Crc = (bytes: Uint8Array, before?: number) => number;

/** The CRC of a reversed polynomial. */
export function crcOf(polynomial: number): Crc {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  return (bytes, before = 0) => {
    let crc = before ^ 0xffffffff;
    for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  };
}

/** CRC-32 (ISO 3309; gzip, PNG and links of runs use it): of the text `123456789` it is cbf43926. */
export const crc32: Crc = /* @__PURE__ */ crcOf(0xedb88320);
