/**
 * sin and cos with the same bits everywhere, within 0.51 units in the last place. Near 0 (a pole that has not fallen) they are
 * correctly rounded but for about one argument in a thousand.
 *
 * Method: reduction to |y| <= pi/4 (W. J. Cody, W. Waite 1980; from 2^18 pi/2 on with whole numbers of any length), Taylor series whose
 * first terms are exact: with y = h + d, h the upper 13 bits, h^2, h^3 and h^4 are exact doubles.
 */
import { product } from './bits.ts';

// pi/2 in three parts: twice 33 bits, so that multiples up to 2^19 are exact, and the rest (constants of Sun's fdlibm, `e_rem_pio2.c`).
const halfPi1 = 1.5707963267341256;
const halfPi2 = 6.077100506303966e-11;
const halfPi3 = 2.0222662487959506e-21;
const quarterPi = 0.7853981633974483;
const largest = 400000;

/** Factor of the Veltkamp split that leaves 13 bits: 2^40 + 1. */
const split13 = 1099511627777;

/** sin(y + low) for |y| <= pi/4 and |low| at most half a unit of y. */
function sinKernel(y: number, low: number): number {
  const c = y * split13;
  const h = c - (c - y);
  const d = y - h;
  const z = y * y;
  // y^3 / 6 = q + qLow: h^3 has 39 bits, and its remainder after division by 6 is exact.
  const cube = h * h * h;
  const q = cube / 6;
  const qLow = (cube - 4 * q - 2 * q + d * (z + y * h + h * h)) / 6;
  const s = y - q;
  const rest =
    1 / 120 -
    z *
      (1 / 5040 -
        z *
          (1 / 362880 -
            z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000 - z * (1 / 355687428096000 - z / 121645100408832000))))));
  return s + (y - s - q - qLow + y * z * z * rest + low * (1 - 0.5 * z));
}

/** cos(y + low) for |y| <= pi/4 and |low| at most half a unit of y. */
function cosKernel(y: number, low: number): number {
  const c = y * split13;
  const h = c - (c - y);
  const d = y - h;
  const z = y * y;
  const square = h * h;
  const half = 0.5 * square;
  const p = d * (y + h);
  // y^4 / 24 = q + qLow: h^4 has 52 bits, and its remainder after division by 24 is exact.
  const fourth = square * square;
  const q = fourth / 24;
  const qLow = (fourth - 16 * q - 8 * q + p * (z + square)) / 24;
  const s = 1 - half;
  const u = s + q;
  const rest =
    1 / 720 -
    z * (1 / 40320 - z * (1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z * (1 / 20922789888000 - z / 6402373705728000)))));
  return u + (1 - s - half + (s - u + q) + (qLow - 0.5 * p - z * z * z * rest - low * (y - (y * z) / 6)));
}

/** The quadrant and, as two doubles, the remainder of the last reduction. */
let quadrant = 0;
let remainder = 0;
let remainderLow = 0;

/** x = quadrant * pi/2 + remainder, for finite |x| > pi/4. */
function reduce(x: number): void {
  if (Math.abs(x) > largest) {
    reduceLarge(x);
    return;
  }
  const n = Math.floor(x * 0.6366197723675814 + 0.5); // 2 / pi
  const t = x - n * halfPi1;
  const b = n * halfPi2;
  const w = t - b;
  const v = t - w;
  const rest = t - (w + v) + (v - b) - n * halfPi3;
  quadrant = n & 3;
  remainder = w + rest;
  remainderLow = w - remainder + rest;
}

const places = 1300n;
let twoOverPi = 0n;

/** 2 / pi with {@link places} binary places, by Machin's formula pi = 16 arctan(1/5) - 4 arctan(1/239) (1706). */
function computeTwoOverPi(): bigint {
  const one = 1n << (places + 64n);
  const arctan = (denominator: bigint): bigint => {
    let power = one / denominator;
    let total = 0n;
    for (let k = 1n; power !== 0n; k += 2n) {
      total += k % 4n === 1n ? power / k : -(power / k);
      power /= denominator * denominator;
    }
    return total;
  };
  return (one << (places + 1n)) / (16n * arctan(5n) - 4n * arctan(239n));
}

/** Reduction with whole numbers: slow, right for every finite double. */
function reduceLarge(x: number): void {
  if (twoOverPi === 0n) twoOverPi = computeTwoOverPi();
  let mantissa = Math.abs(x);
  let exponent = 0n;
  while (mantissa >= 9007199254740992) {
    mantissa /= 2;
    exponent++;
  }
  // Below 2^53 the argument may have a fraction: at most 34 places, for it is above 400000.
  while (mantissa !== Math.floor(mantissa)) {
    mantissa *= 2;
    exponent--;
  }
  const shift = places - exponent;
  const turns = BigInt(mantissa) * twoOverPi;
  const n = (turns + (1n << (shift - 1n))) >> shift;
  const fraction = (turns - (n << shift)) >> (shift - 180n);
  const high = Number(fraction);
  const low = Number(fraction - BigInt(high));
  const scale = 6.525304467998525e-55; // 2^-180
  const f = high * scale;
  // (f + low) * pi/2 as a pair.
  const pi = 1.5707963267948966;
  const [p, pLow] = product(f, pi);
  const rest = pLow + f * 6.123233995736766e-17 + low * scale * pi; // pi/2 = pi + 6.1e-17
  const sign = x < 0 ? -1 : 1;
  quadrant = Number((x < 0 ? -n : n) & 3n);
  remainder = sign * (p + rest);
  remainderLow = sign * (p - (p + rest) + rest);
}

/** The sine of x in radians; NaN for infinite x. */
export function sin(x: number): number {
  if (x <= quarterPi && x >= -quarterPi) return x === 0 ? x : sinKernel(x, 0);
  if (!Number.isFinite(x)) return Number.NaN;
  reduce(x);
  const value = (quadrant & 1) === 0 ? sinKernel(remainder, remainderLow) : cosKernel(remainder, remainderLow);
  return quadrant < 2 ? value : -value;
}

/** The cosine of x in radians; NaN for infinite x. */
export function cos(x: number): number {
  if (x <= quarterPi && x >= -quarterPi) return cosKernel(x, 0);
  if (!Number.isFinite(x)) return Number.NaN;
  reduce(x);
  const value = (quadrant & 1) === 0 ? cosKernel(remainder, remainderLow) : sinKernel(remainder, remainderLow);
  return quadrant === 0 || quadrant === 3 ? value : -value;
}
