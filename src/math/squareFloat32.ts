/**
 * The square of a float32 as the GNU C library's `powf(x, 2)` gives it, which is what NumPy's `x ** 2` is: 2^(2 log2 x) with short polynomials,
 * so that about one square in 1,500 is not the nearest float32. Method and constants are those of ARM optimized-routines (`math/powf.c`,
 * `powf_log2_data.c`, `exp2f_data.c`), which the library has since version 2.28.
 */

/** Reciprocals of a number in each sixteenth of 0.7 .. 1.4, in the order of float32 bits, and the log2 of those numbers. */
const reciprocals = [
  1.398907162146528, 1.3403141896637998, 1.286432210124115, 1.2367150214269895, 1.1906977166711752, 1.1479821020556429, 1.1082251448272158,
  1.0711297413057381, 1.036437278977283, 1, 0.9492859795739057, 0.8951049428609004, 0.8476821620351103, 0.8050314851692001,
  0.7664671008843108, 0.731428603316328,
] as const;
const logarithms = [
  -0.48430022186289673, -0.42257122959194704, -0.3633754347673556, -0.30651309567405577, -0.25180720160537634, -0.19910014943794563,
  -0.14825100623281615, -0.09913323807318392, -0.051632812977629436, 0, 0.07508531937943004, 0.15987125980713107, 0.2384046664317681,
  0.31288288605863257, 0.38370422656453185, 0.451211048935815,
] as const;

// log2(1 + r) = r (l1 + r (l2 + ...)), and 2^r = 1 + r (e1 + r (e2 + r e3)).
const l1 = 1.4426950408774342;
const l2 = -0.7213474675006291;
const l3 = 0.480898481472577;
const l4 = -0.36092606229713164;
const l5 = 0.288457581109214;
const e1 = 0.6931471806916203;
const e2 = 0.2402284522445722;
const e3 = 0.05550361559341535;

/** 2^(j/32) by square roots of 2, which are exact to the last digits of a double; far more than a float32 shows. */
const fractions: readonly number[] = /* @__PURE__ */ (() => {
  const powers = [1];
  for (let root = 2, count = 32; count > 1; count /= 2) {
    root = Math.sqrt(root);
    for (let j = count / 2; j < 32; j += count) powers[j] = (powers[j - count / 2] ?? 1) * root;
  }
  return powers;
})();

const word = /* @__PURE__ */ new Float32Array(1);
const bits = /* @__PURE__ */ new Int32Array(word.buffer);
/** The bits of 0.69921875, where the first sixteenth begins. */
const firstBits = 0x3f330000;

/** `powf(x, 2)` of the float32 `x`, a float32. Below 2^-50 and above 1e18 the nearest one. */
export function squareFloat32(x: number): number {
  const size = Math.abs(x);
  if (!(size > 8.881784197001252e-16 && size < 1e18)) return Math.fround(x * x);
  word[0] = size;
  const from = bits[0]! - firstBits;
  const exponent = from >> 23;
  const sixteenth = (from >> 19) & 15;
  bits[0] = bits[0]! - (exponent << 23);
  const r = word[0]! * reciprocals[sixteenth]! - 1;
  const r2 = r * r;
  const logarithm = (l5 * r + l4) * (r2 * r2) + ((l3 * r + l2) * r2 + (l1 * r + (logarithms[sixteenth]! + exponent)));
  const power = 2 * logarithm;
  const steps = Math.floor(32 * power + 0.5);
  const rest = power - steps / 32;
  const value = (e3 * rest + e2) * (rest * rest) + (e1 * rest + 1);
  return Math.fround(value * fractions[steps & 31]! * powerOfTwo(steps >> 5));
}

/** 2^n for -126 <= n <= 127. */
function powerOfTwo(n: number): number {
  bits[0] = (n + 127) << 23;
  return word[0]!;
}
