/**
 * The logarithm of the tails of NumPy's ziggurats. It must round as the one does that NumPy calls (the C library's), hence none of `math`.
 */

// sqrt(1/2) and 1 - sqrt(1/2), cut to 20 bits as fdlibm compares them (upper words 0x3fe6a09e and 0x3fd2bec4).
const rootOfHalf = (1 + 0x6a09e / 0x100000) / 2;
const linearBelow = (1 + 0x2bec4 / 0x100000) / 4;

/**
 * log1p(x) for -1 < x <= 0 by the formula of the C library: 1 + x = 2^k (1 + f), s = f / (2 + f),
 * log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)) with the minimax polynomial R and the constants of Sun's fdlibm (`s_log1p.c`),
 * R summed in the pairs that glibc uses, so that the last bit is glibc's.
 */
export function log1pOfNegative(x: number): number {
  if (x > -1.862645149230957e-9) return x > -5.551115123125783e-17 ? x : x - x * x * 0.5; // -2^-29, -2^-54
  let f = x;
  let k = 0;
  let correction = 0;
  if (x <= -linearBelow) {
    let u = 1 + x;
    correction = (x - (u - 1)) / u;
    while (u < rootOfHalf) {
      u *= 2;
      k--;
    }
    f = u - 1;
  }
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const r1 = z * 6.666666666666735e-1;
  const r2 = 3.999999999940942e-1 + z * 2.857142874366239e-1;
  const r3 = 2.2222198432149784e-1 + z * 1.818357216161805e-1;
  const r4 = 1.531383769920937e-1 + z * 1.479819860511659e-1;
  const r = r1 + z2 * r2 + z4 * r3 + z6 * r4;
  if (k === 0) return f - (half - s * (half + r));
  const ln2High = 6.931471803691238e-1;
  const ln2Low = 1.9082149292705877e-10;
  return k * ln2High - (half - (s * (half + r) + (k * ln2Low + correction)) - f);
}
