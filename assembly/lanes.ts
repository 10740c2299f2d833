// Four-lane arithmetic that every kernel shares. All of it is elementwise, so a lane's result never depends on its neighbours.

/** a * b + c; one rounding in the fused module, two in the plain one. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Clamps to [low, high]. pmin / pmax are one instruction each (min / max are six) and let NaN through. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, high), low);
}

/** tanh as an odd 9/8 rational, relative error below 4e-7. Coefficients: Eigen's single-precision ptanh (MathFunctionsImpl.h). */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const x = clamp(value, splat(-8.66), splat(8.66)); // beyond, tanh rounds to +-1
  const y = f32x4.mul(x, x);
  let p = splat(1.394553628e-8);
  p = madd(p, y, splat(2.10273356e-5));
  p = madd(p, y, splat(3.520756727e-3));
  p = madd(p, y, splat(1.3402161e-1));
  p = madd(p, y, splat(1));
  let q = splat(8.015776984e-7);
  q = madd(q, y, splat(3.326951409e-4));
  q = madd(q, y, splat(2.597254514e-2));
  q = madd(q, y, splat(4.67354834e-1));
  q = madd(q, y, splat(1));
  return f32x4.div(f32x4.mul(p, x), q);
}

/** exp on [-87, 88] (clamped), relative error below 2e-7; exp(0) is exactly 1. Reduction and polynomial: Cephes expf. */
// @ts-ignore: decorator
@inline
export function exp4(value: v128): v128 {
  const x = clamp(value, splat(-87), splat(88));
  const n = f32x4.nearest(f32x4.mul(x, splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(n, splat(0.693359375))); // ln 2 in two parts; the first product is exact
  r = f32x4.sub(r, f32x4.mul(n, splat(-2.12194440e-4)));
  let p = splat(1.9875691500e-4);
  p = madd(p, r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  p = madd(p, f32x4.mul(r, r), f32x4.add(r, splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** Natural logarithm of positive normal numbers, relative error below 2e-7. Reduction and polynomial: Cephes logf. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  let exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000)); // mantissa in [0.5, 1)
  const low = f32x4.lt(m, splat(0.707106781186547524));
  exponent = f32x4.sub(exponent, v128.and(low, splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), splat(1));
  const z = f32x4.mul(m, m);
  let p = splat(7.0376836292e-2);
  p = madd(p, m, splat(-1.1514610310e-1));
  p = madd(p, m, splat(1.1676998740e-1));
  p = madd(p, m, splat(-1.2420140846e-1));
  p = madd(p, m, splat(1.4249322787e-1));
  p = madd(p, m, splat(-1.6668057665e-1));
  p = madd(p, m, splat(2.0000714765e-1));
  p = madd(p, m, splat(-2.4999993993e-1));
  p = madd(p, m, splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, m), z);
  p = madd(exponent, splat(-2.12194440e-4), p);
  p = f32x4.sub(p, f32x4.mul(z, splat(0.5)));
  return f32x4.add(f32x4.add(m, p), f32x4.mul(exponent, splat(0.693359375)));
}

/** Inverse error function on (-1, 1). M. Giles, "Approximating the erfinv function" (GPU Computing Gems, 2012), single precision. */
// @ts-ignore: decorator
@inline
export function inverseErf4(x: v128): v128 {
  const w = f32x4.neg(log4(f32x4.mul(f32x4.sub(splat(1), x), f32x4.add(splat(1), x))));
  const c = f32x4.sub(w, splat(2.5));
  let p = splat(2.81022636e-8);
  p = madd(p, c, splat(3.43273939e-7));
  p = madd(p, c, splat(-3.5233877e-6));
  p = madd(p, c, splat(-4.39150654e-6));
  p = madd(p, c, splat(2.1858087e-4));
  p = madd(p, c, splat(-1.25372503e-3));
  p = madd(p, c, splat(-4.17768164e-3));
  p = madd(p, c, splat(2.46640727e-1));
  p = madd(p, c, splat(1.50140941));
  const t = f32x4.sub(f32x4.sqrt(f32x4.pmax(w, splat(0))), splat(3));
  let q = splat(-2.00214257e-4);
  q = madd(q, t, splat(1.00950558e-4));
  q = madd(q, t, splat(1.34934322e-3));
  q = madd(q, t, splat(-3.67342844e-3));
  q = madd(q, t, splat(5.73950773e-3));
  q = madd(q, t, splat(-7.6224613e-3));
  q = madd(q, t, splat(9.43887047e-3));
  q = madd(q, t, splat(1.00167406));
  q = madd(q, t, splat(2.83297682));
  return f32x4.mul(v128.bitselect(p, q, f32x4.lt(w, splat(5))), x);
}

/** Sums the lanes of four vectors: lane j of the result is the sum of the j-th argument, always in the same order. */
// @ts-ignore: decorator
@inline
export function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sum4(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Word `index` of a record. */
// @ts-ignore: decorator
@inline
export function word(record: usize, index: i32): i32 {
  return load<i32>(record + (<usize>index << 2));
}

/** The word as an address or a size in bytes. */
// @ts-ignore: decorator
@inline
export function address(record: usize, index: i32): usize {
  return <usize>load<u32>(record + (<usize>index << 2));
}

/** The word as a float32. */
// @ts-ignore: decorator
@inline
export function float(record: usize, index: i32): f32 {
  return load<f32>(record + (<usize>index << 2));
}
