// Sine and cosine in float32, with the bits of glibc on x86-64 with fused multiply-add (checked on all arguments from 2^-12 to 10^6).
// Polynomials, reduction and the bits of 4 / pi: ARM optimized-routines, math/sincosf.h (see NOTICE).

export let sine: f32 = 0;
export let cosine: f32 = 1;

/** Bits of 4 / pi, a window of 32 per byte of progress. */
const fourOverPi = memory.data<u32>([
  0xa2, 0xa2f9, 0xa2f983, 0xa2f9836e, 0xf9836e4e, 0x836e4e44, 0x6e4e4415, 0x4e441529, 0x441529fc, 0x1529fc27, 0x29fc2757, 0xfc2757d1,
  0x2757d1f5, 0x57d1f534, 0xd1f534dd, 0xf534ddc0, 0x34ddc0db, 0xddc0db62, 0xc0db6295, 0xdb629599, 0x6295993c, 0x95993c43, 0x993c4390,
  0x3c439041,
]);

const halfPi: f64 = 1.5707963267948966;
/** The upper 33 bits of halfPi, so that a small multiple is exact, and the rest: together they stand for a fused multiply-add. */
const halfPiHigh: f64 = 1.5707963267341256;
const halfPiLow: f64 = halfPi - halfPiHigh;
const quadrantsPerRadian: f64 = 10680707.430881744; // 2^24 * 2 / pi

// sin x = x + s0 x^3 + s1 x^5 + s2 x^7, cos x = 1 + c1 x^2 + c2 x^4 + c3 x^6 + c4 x^8 for |x| <= pi / 4.
const s0: f64 = -0.16666654943701084;
const s1: f64 = 0.008332178146138854;
const s2: f64 = -0.00019517298981385725;
const c1: f64 = -0.49999999725108224;
const c2: f64 = 0.041666623324344516;
const c3: f64 = -0.001388676379437604;
const c4: f64 = 2.4390450703564542e-05;

/** |x| of at least 120 (or infinite, or NaN): 96 bits of the product with 4 / pi. Returns the rest, with the quadrant in `quadrant`. */
function reduceLarge(bits: u32): f64 {
  const window = fourOverPi + (((bits >> 26) & 15) << 2);
  const mantissa: u32 = ((bits & 0xffffff) | 0x800000) << ((bits >> 23) & 7);
  const high: u64 = <u64>(mantissa * load<u32>(window));
  const middle: u64 = <u64>mantissa * <u64>load<u32>(window, 16);
  const low: u64 = <u64>mantissa * <u64>load<u32>(window, 32);
  let product: u64 = ((low >> 32) | (high << 32)) + middle;
  const n = (product + ((<u64>1) << 61)) >> 62;
  product -= n << 62;
  const rest = <f64>(<i64>product) * (halfPi * 2.168404344971009e-19); // 2^-62
  const negative = (bits >>> 31) != 0;
  quadrant = negative ? -(<i32>n) : <i32>n;
  return negative ? -rest : rest;
}
let quadrant: i32 = 0;

/** Sets `sine` and `cosine` of the angle. */
export function rotate(angle: f32): void {
  const size = abs<f32>(angle);
  if (size < <f32>2.44140625e-4) {
    // 2^-12: what follows would round to the same, but for the sign of zero
    sine = angle;
    cosine = 1;
    return;
  }
  let x = <f64>angle;
  let n: i32 = 0;
  if (size >= <f32>0.785398163397448) {
    if (size < <f32>120) {
      n = ((<i32>(x * quadrantsPerRadian)) + 0x800000) >> 24;
      x = x - <f64>n * halfPiHigh - <f64>n * halfPiLow;
    } else {
      if (!(size < <f32>Infinity)) {
        sine = NaN;
        cosine = NaN;
        return;
      }
      x = reduceLarge(reinterpret<u32>(angle));
      n = quadrant;
    }
  }
  const z = x * x;
  const cube = x * z;
  const fourth = z * z;
  const s = <f32>(x + cube * s0 + cube * z * (s1 + z * s2));
  const c = <f32>(1.0 + z * c1 + fourth * c2 + fourth * z * (c3 + z * c4));
  const odd = (n & 1) != 0;
  const p = odd ? c : s;
  const q = odd ? -s : c;
  sine = (n & 2) != 0 ? -p : p;
  cosine = (n & 2) != 0 ? -q : q;
}
