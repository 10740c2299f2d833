// Reduction of shard gradients, the global norm, Adam.
import {
  adamBeta1F, adamBeta2F, adamEpsilonF, adamFirst, adamGradients, adamInverseRootF, adamLength, adamMaxNormF,
  adamOneMinusBeta1F, adamOneMinusBeta2F, adamSecond, adamStepSizeF, adamValues,
} from '../src/kernels/layout';
import { address, float, madd, splat } from './lanes';

/** target = source[0] + source[1] + .. in that order, `bytes` bytes each, `apart` bytes from one another. */
export function reduce(target: usize, source: usize, apart: usize, count: i32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    let p = source + i;
    let sum = v128.load(p);
    for (let shard = 1; shard < count; shard++) {
      p += apart;
      sum = f32x4.add(sum, v128.load(p));
    }
    v128.store(target + i, sum);
  }
}

// @ts-ignore: decorator
@inline
function addSquares(sum: v128, pair: v128): v128 {
  const wide = f64x2.promote_low_f32x4(pair);
  return f64x2.add(sum, f64x2.mul(wide, wide));
}

/** Sum of squares in float64, in eight interleaved sums (one would wait for itself); `bytes` is a multiple of 16. */
export function sumOfSquares(p: usize, bytes: usize): f64 {
  const end = p + bytes;
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
  for (; p + 32 <= end; p += 32) {
    s0 = addSquares(s0, v128.load64_zero(p));
    s1 = addSquares(s1, v128.load64_zero(p, 8));
    s2 = addSquares(s2, v128.load64_zero(p, 16));
    s3 = addSquares(s3, v128.load64_zero(p, 24));
  }
  if (p < end) {
    s0 = addSquares(s0, v128.load64_zero(p));
    s1 = addSquares(s1, v128.load64_zero(p, 8));
  }
  const sum = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The factor that torch's clip_grad_norm_ applies: min(1, most / (norm + 1e-6)); most 0 means no clipping. NaN stays NaN. */
// @ts-ignore: decorator
@inline
function clipFactor(norm: f64, most: f32): f32 {
  if (!(most > 0)) return 1;
  const ratio = <f64>most / (norm + 1e-6);
  return ratio >= 1 ? 1 : <f32>ratio;
}

/** value *= factor; `bytes` is a multiple of 16. For decoupled weight decay. */
export function scale(p: usize, bytes: usize, factor: f32): void {
  const by = splat(factor);
  for (const end = p + bytes; p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), by));
}

/**
 * One step of gradient descent, the gradients clipped as in `adam`: m = momentum m + g, value -= rate m, as torch's SGD does (m starts at 0).
 * The record is Adam's: beta1 is the momentum, the step size the rate. Returns the norm before clipping.
 */
export function sgd(record: usize): f64 {
  let g = address(record, adamGradients), m = address(record, adamFirst), p = address(record, adamValues);
  const bytes = address(record, adamLength) << 2;
  const norm = sqrt(sumOfSquares(g, bytes));
  const factor = splat(clipFactor(norm, float(record, adamMaxNormF)));
  const momentum = splat(float(record, adamBeta1F)), size = splat(float(record, adamStepSizeF));
  for (const end = p + bytes; p < end; p += 16, g += 16, m += 16) {
    const first = madd(momentum, v128.load(m), f32x4.mul(v128.load(g), factor));
    v128.store(m, first);
    v128.store(p, f32x4.sub(v128.load(p), f32x4.mul(size, first)));
  }
  return norm;
}

/**
 * One Adam step with the gradients scaled by min(1, maxNorm / (norm + 1e-6)), as torch's clip_grad_norm_ and Adam do:
 * value -= stepSize * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon). Returns the norm before clipping. maxNorm 0 means no clipping.
 * D. P. Kingma and J. Ba, arXiv 1412.6980.
 */
export function adam(record: usize): f64 {
  let g = address(record, adamGradients), m = address(record, adamFirst), v = address(record, adamSecond);
  let p = address(record, adamValues);
  const bytes = address(record, adamLength) << 2;
  const norm = sqrt(sumOfSquares(g, bytes));
  const factor = splat(clipFactor(norm, float(record, adamMaxNormF)));
  const beta1 = splat(float(record, adamBeta1F)), rest1 = splat(float(record, adamOneMinusBeta1F));
  const beta2 = splat(float(record, adamBeta2F)), rest2 = splat(float(record, adamOneMinusBeta2F));
  const size = splat(float(record, adamStepSizeF)), root = splat(float(record, adamInverseRootF));
  const epsilon = splat(float(record, adamEpsilonF));
  const end = p + bytes;
  while (p < end) {
    const gradient = f32x4.mul(v128.load(g), factor);
    const first = madd(beta1, v128.load(m), f32x4.mul(rest1, gradient));
    const second = madd(beta2, v128.load(v), f32x4.mul(rest2, f32x4.mul(gradient, gradient)));
    v128.store(m, first);
    v128.store(v, second);
    const denominator = madd(f32x4.sqrt(second), root, epsilon);
    v128.store(p, f32x4.sub(v128.load(p), f32x4.div(f32x4.mul(size, first), denominator)));
    p += 16;
    g += 16;
    m += 16;
    v += 16;
  }
  return norm;
}
