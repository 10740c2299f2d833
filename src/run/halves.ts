/**
 * Numbers of 16 bits, as other programs keep weights in. Every one of them is a float32, so nothing is lost in reading.
 */

const word = new DataView(new ArrayBuffer(4));

/** The number of an IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction. `float16(0x3c00) === 1`, `float16(0x0001) === 2 ** -24` */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The number of a bfloat16, the upper half of a float32. `bfloat16(0x3f80) === 1` */
export function bfloat16(bits: number): number {
  word.setUint32(0, bits * 0x10000);
  return word.getFloat32(0);
}
