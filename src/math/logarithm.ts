/**
 * log and log1p with the same bits everywhere, within 0.52 units in the last place.
 *
 * Method: x = 2^k m, log x = k ln2 - log(c) + log(1 + r) with r = m c - 1 and c near 1 / m from a table of short numbers
 * (P. T. P. Tang, "Table-driven implementation of the logarithm function", 1990).
 */
import { addPairs, dividePairs, ln2High, ln2Low, multiplyPairs, type Pair, powerOfTwo, upperWord } from './bits.ts';

const cells = 128;

/** log(a) as a pair, for a in 1/2 .. 2 with few bits: 2 artanh((a - 1) / (a + 1)). */
function logOfShort(a: number): Pair {
  const s = dividePairs([a - 1, 0], [a + 1, 0]);
  const square = multiplyPairs(s, s);
  let series: Pair = [0, 0];
  for (let k = 71; k >= 1; k -= 2) series = addPairs(multiplyPairs(series, square), dividePairs([2, 0], [k, 0]));
  return multiplyPairs(series, s);
}

/** Per 1/128 of the mantissa: c, and -log(c) as a part of at most 42 binary places and its rest. */
function reciprocals(): { factor: Float64Array; high: Float64Array; low: Float64Array } {
  const factor = new Float64Array(cells);
  const high = new Float64Array(cells);
  const low = new Float64Array(cells);
  for (let j = 0; j < cells; j++) {
    // 1024 is the fineness of c. Both ends of 1 .. 2 use a power of two, so that log is exact near 1.
    const middle = 1 + (j + 0.5) / cells;
    const c = j === 0 ? 1 : j === cells - 1 ? 0.5 : Math.floor(1024 / middle + 0.5) / 1024;
    // Mantissas above sqrt 2 count from the next power of two.
    const own = j > 53 ? 2 * c : c;
    const [h, l] = logOfShort(own);
    const cut = Math.floor(-h * 4398046511104 + 0.5) / 4398046511104; // 2^42
    factor[j] = c;
    high[j] = cut;
    low[j] = -h - cut - l;
  }
  return { factor, high, low };
}
const table = /* @__PURE__ */ reciprocals();

/** log(h + l) for normal h > 0 and |l| at most half a unit in the last place of h; `exponent` is added to that of h. */
function logOfPair(h: number, l: number, exponent: number): number {
  const word = upperWord(h);
  const e = (word >>> 20) - 1023;
  const j = (word >>> 13) & 127;
  const k = e + exponent + (j > 53 ? 1 : 0);
  const c = table.factor[j]!;
  // 2^-e in two factors, for it may be subnormal.
  const m = e > 1000 ? h * powerOfTwo(-1000) * powerOfTwo(1000 - e) : h * powerOfTwo(-e);
  const mc = m * 134217729; // 2^27 + 1 (Veltkamp)
  const mh = mc - (mc - m);
  const a = mh * c - 1;
  const b = (m - mh) * c;
  const s = a + b;
  const t = s - a;
  const rest = a - (s - t) + (b - t) + (l !== 0 && e < 100 ? l * powerOfTwo(-e) * c : 0);
  const r = s + rest;
  const rLow = s - r + rest;
  const tail = r * r * (-0.5 + r * (1 / 3 + r * (-1 / 4 + r * (1 / 5 + r * (-1 / 6 + r * (1 / 7 + r * (-1 / 8 + r * (1 / 9 - r / 10))))))));
  const base = k * ln2High + table.high[j]!;
  const value = base + r;
  return value + (base - value + r + (k * ln2Low + table.low[j]! + rLow + tail));
}

/** The natural logarithm; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  if (x < 2.2250738585072014e-308) return logOfPair(x * 18014398509481984, 0, -54); // smallest normal; 2^54
  return logOfPair(x, 0, 0);
}

/** log(1 + x) without loss for small x; -Infinity at -1, NaN below. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : Number.NaN;
  // x^2 / 2 is below half a unit; also keeps -0 and subnormals.
  if (Math.abs(x) < 5.551115123125783e-17) return x; // 2^-54
  if (x === Infinity) return x;
  const h = 1 + x;
  const t = h - 1;
  return logOfPair(h, 1 - (h - t) + (x - t), 0);
}
