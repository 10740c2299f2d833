/**
 * exp and tanh with the same bits everywhere: only + - * / and bit patterns, so no engine's own library is used.
 * Within 0.51 units in the last place of the true value.
 *
 * Method: x = n ln2 / 128 + r (P. T. P. Tang, "Table-driven implementation of the exponential function", 1989); exp(r) by Taylor.
 */
import { ln2High, ln2Low, multiplyPairs, type Pair, powerOfTwo, rootOfPair } from './bits.ts';

const cells = 128;

/** 2^(j/128) as pairs: seven square roots of 2, then products. */
function powers(): { high: Float64Array; low: Float64Array } {
  let root: Pair = [2, 0];
  for (let count = cells; count > 1; count /= 2) root = rootOfPair(root);
  const high = new Float64Array(cells);
  const low = new Float64Array(cells);
  let power: Pair = [1, 0];
  for (let j = 0; j < cells; j++) {
    high[j] = power[0];
    low[j] = power[1];
    power = multiplyPairs(power, root);
  }
  return { high, low };
}
const table = /* @__PURE__ */ powers();
const cellsPerLn2 = cells / Math.LN2;
const cellHigh = ln2High / cells;
const cellLow = ln2Low / cells;

/** exp(r) - 1 - r for |r| <= ln2 / 256. */
function afterLinear(r: number): number {
  return r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720)))));
}

/** e^x. Overflows to Infinity above 709.78; below -708.4 the result is subnormal and rounded twice. NaN gives NaN. */
export function exp(x: number): number {
  if (!(x < 709.782712893384)) {
    // ln of the largest double; only here k would be 1024 and the table entry too large.
    if (x > 709.782712893384) return Infinity;
    return Number.isNaN(x) ? x : 1.7976931348622732e308;
  }
  if (x < -745.1332191019412) return 0; // ln of half the smallest subnormal
  const n = Math.floor(x * cellsPerLn2 + 0.5);
  const r = x - n * cellHigh - n * cellLow;
  const k = Math.floor(n / cells);
  const j = n - k * cells;
  const high = table.high[j]!;
  const value = high + (table.low[j]! + high * (r + afterLinear(r)));
  if (k > 1023) return value * 2 * powerOfTwo(k - 1);
  if (k < -1022) return value * powerOfTwo(k + 64) * 5.421010862427522e-20; // 2^-64
  return value * powerOfTwo(k);
}

/** The hyperbolic tangent, odd and within -1 .. 1: m / (m + 2) with m = exp(2|x|) - 1 as a pair. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (!(a > 3.725290298461914e-9)) return x; // 2^-28: x^3 / 3 is below half a unit; also NaN and -0
  if (a > 20) return x > 0 ? 1 : -1;
  const y = 2 * a;
  const n = Math.floor(y * cellsPerLn2 + 0.5);
  const t = y - n * cellHigh;
  const c = n * cellLow;
  const r = t - c;
  const d = t - r;
  const rLow = t - (r + d) + (d - c);
  const k = Math.floor(n / cells);
  const j = n - k * cells;
  const scale = powerOfTwo(k);
  const high = table.high[j]! * scale;
  const low = table.low[j]! * scale;
  // m = (high - 1) + high * r + the small rest.
  const whole = high - 1;
  const wholeLow = high - (whole + (high - whole)) + (high - whole - 1);
  const p = high * r;
  const hc = high * 134217729; // 2^27 + 1 (Veltkamp)
  const hh = hc - (hc - high);
  const hl = high - hh;
  const rc = r * 134217729;
  const rh = rc - (rc - r);
  const rl = r - rh;
  const pLow = hh * rh - p + hh * rl + hl * rh + hl * rl;
  const s = whole + p;
  const b = s - whole;
  const rest = whole - (s - b) + (p - b) + (pLow + wholeLow + (low + low * r + high * (rLow + afterLinear(r))));
  const m = s + rest;
  const mLow = s - m + rest;
  const e = m + 2;
  const eb = e - m;
  const eLow = m - (e - eb) + (2 - eb) + mLow;
  const q = m / e;
  const qc = q * 134217729;
  const qh = qc - (qc - q);
  const ql = q - qh;
  const ec = e * 134217729;
  const eh = ec - (ec - e);
  const el = e - eh;
  const qe = q * e;
  const qeLow = qh * eh - qe + qh * el + ql * eh + ql * el;
  const value = q + (m - qe - qeLow + mLow - q * eLow) / e;
  return x > 0 ? value : -value;
}
