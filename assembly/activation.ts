// Activations and their derivatives over whole tiles.
import { activationGelu, activationTanh } from '../src/kernels/layout';
import { madd, splat, tanh4 } from './lanes';

// gelu, tanh form: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). D. Hendrycks and K. Gimpel, arXiv 1606.08415.
const geluScale: f32 = 0.7978845608028654;
const geluCubic: f32 = 0.044715;

/** In place over `rows` rows of `bytes` bytes (multiple of 32). gelu also stores its derivative, which needs what is overwritten. */
export function activate(kind: i32, tile: usize, stride: usize, derivative: usize, bytes: usize, rows: usize): void {
  for (let s: usize = 0; s < rows; s++) {
    let p = tile;
    const end = p + bytes;
    if (kind == activationTanh) {
      do {
        const a = tanh4(v128.load(p)), b = tanh4(v128.load(p, 16));
        v128.store(p, a);
        v128.store(p, b, 16);
        p += 32;
      } while (p < end);
    } else if (kind == activationGelu) {
      let d = derivative;
      do {
        const x = v128.load(p);
        const x2 = f32x4.mul(x, x);
        const t = tanh4(f32x4.mul(f32x4.mul(x, splat(geluScale)), madd(splat(geluCubic), x2, splat(1))));
        const half = madd(splat(0.5), t, splat(0.5));
        const slope = f32x4.mul(madd(splat(3 * geluCubic), x2, splat(1)), splat(0.5 * geluScale));
        v128.store(d, madd(f32x4.mul(x, slope), f32x4.sub(splat(1), f32x4.mul(t, t)), half));
        v128.store(p, f32x4.mul(x, half));
        p += 16;
        d += 16;
      } while (p < end);
    } else {
      do {
        v128.store(p, f32x4.pmax(v128.load(p), splat(0)));
        v128.store(p, f32x4.pmax(v128.load(p, 16), splat(0)), 16);
        p += 32;
      } while (p < end);
    }
    tile += stride;
    derivative += stride;
  }
}

// @ts-ignore: decorator
@inline
function slope(kind: i32, output: v128): v128 {
  if (kind == activationTanh) return f32x4.sub(splat(1), f32x4.mul(output, output));
  return v128.and(f32x4.gt(output, splat(0)), splat(1));
}

// @ts-ignore: decorator
@inline
function columns(kind: i32, g: usize, outputs: usize, derivative: usize, stride: usize, biasGradient: usize, bytes: usize, rows: usize): void {
  for (let m: usize = 0; m < bytes; m += 32) {
    let p = g + m;
    let h = (kind == activationGelu ? derivative : outputs) + m;
    const end = p + rows * stride;
    let sum0 = v128.load(biasGradient + m), sum1 = v128.load(biasGradient + m, 16);
    do {
      let d0 = v128.load(h), d1 = v128.load(h, 16);
      if (kind != activationGelu) {
        d0 = slope(kind, d0);
        d1 = slope(kind, d1);
      }
      d0 = f32x4.mul(v128.load(p), d0);
      d1 = f32x4.mul(v128.load(p, 16), d1);
      v128.store(p, d0);
      v128.store(p, d1, 16);
      sum0 = f32x4.add(sum0, d0);
      sum1 = f32x4.add(sum1, d1);
      p += stride;
      h += stride;
    } while (p < end);
    v128.store(biasGradient + m, sum0);
    v128.store(biasGradient + m, sum1, 16);
  }
}

/** g *= activation'(.) and biasGradient[m] += sum_s g[s][m]; the gradient tile and the output tile have the same stride. */
export function activationGradient(
  kind: i32, g: usize, outputs: usize, derivative: usize, stride: usize, biasGradient: usize, bytes: usize, rows: usize,
): void {
  if (kind == activationTanh) columns(activationTanh, g, outputs, derivative, stride, biasGradient, bytes, rows);
  else if (kind == activationGelu) columns(activationGelu, g, outputs, derivative, stride, biasGradient, bytes, rows);
  else columns(1, g, outputs, derivative, stride, biasGradient, bytes, rows);
}
