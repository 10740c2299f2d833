// The output layer. Its weights lie as (outputs, inputs) and lanes run over the inputs, so that 1, 2 or 3 outputs waste nothing.
// Outputs and their gradients are feature-major, [output][sample of the tile], ready for a loss whose lanes are samples.
import { tileBytes } from '../src/kernels/layout';
import { madd, splat, sum4, sumLanes } from './lanes';

/** z[o][s] = bias[o] + sum_k h[s][k] * w[o][k] for `rows` rows (multiple of 4); lanes of k are summed last, always in the same order. */
export function outputForward(
  h: usize, hStride: usize, weights: usize, bias: usize, z: usize, inputBytes: usize, outputs: usize, rows: usize,
): void {
  const hEnd = h + rows * hStride;
  let o: usize = 0;
  for (; o + 2 <= outputs; o += 2) {
    let target = z;
    const bias0 = v128.load32_splat(bias), bias1 = v128.load32_splat(bias, 4);
    for (let row = h; row < hEnd; row += hStride << 2) {
      let x0 = row;
      let x1 = x0 + hStride;
      let x2 = x1 + hStride;
      let x3 = x2 + hStride;
      let w0 = weights;
      let w1 = weights + inputBytes;
      const end = x0 + inputBytes;
      let c00 = splat(0), c01 = splat(0), c10 = splat(0), c11 = splat(0);
      let c20 = splat(0), c21 = splat(0), c30 = splat(0), c31 = splat(0);
      do {
        const b0 = v128.load(w0), b1 = v128.load(w1);
        let a = v128.load(x0);
        c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
        a = v128.load(x1);
        c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
        a = v128.load(x2);
        c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
        a = v128.load(x3);
        c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
        w0 += 16; w1 += 16;
        x0 += 16; x1 += 16; x2 += 16; x3 += 16;
      } while (x0 < end);
      v128.store(target, f32x4.add(sumLanes(c00, c10, c20, c30), bias0));
      v128.store(target, f32x4.add(sumLanes(c01, c11, c21, c31), bias1), tileBytes);
      target += 16;
    }
    weights += inputBytes << 1;
    bias += 8;
    z += tileBytes << 1;
  }
  if (o == outputs) return;
  const bias0 = v128.load32_splat(bias);
  for (let row = h; row < hEnd; row += hStride << 2) {
    let x0 = row;
    let x1 = x0 + hStride;
    let x2 = x1 + hStride;
    let x3 = x2 + hStride;
    let w0 = weights;
    const end = x0 + inputBytes;
    let c0 = splat(0), c1 = splat(0), c2 = splat(0), c3 = splat(0);
    do {
      const b = v128.load(w0);
      c0 = madd(v128.load(x0), b, c0);
      c1 = madd(v128.load(x1), b, c1);
      c2 = madd(v128.load(x2), b, c2);
      c3 = madd(v128.load(x3), b, c3);
      w0 += 16;
      x0 += 16; x1 += 16; x2 += 16; x3 += 16;
    } while (x0 < end);
    v128.store(z, f32x4.add(sumLanes(c0, c1, c2, c3), bias0));
    z += 16;
  }
}

/** g[s][k] = sum_o dz[o][s] * w[o][k] for `rows` rows (multiple of 4) and a padded input size that is a multiple of 8. */
export function outputInputGradient(
  dz: usize, weights: usize, g: usize, gStride: usize, inputBytes: usize, outputs: usize, rows: usize,
): void {
  for (let k: usize = 0; k < inputBytes; k += 32) {
    let target = g + k;
    for (let s: usize = 0; s < rows; s += 4) {
      let d = dz + (s << 2);
      let w = weights + k;
      const end = d + outputs * tileBytes;
      let c00 = splat(0), c01 = splat(0), c10 = splat(0), c11 = splat(0);
      let c20 = splat(0), c21 = splat(0), c30 = splat(0), c31 = splat(0);
      do {
        const b0 = v128.load(w), b1 = v128.load(w, 16);
        let a = v128.load32_splat(d);
        c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
        a = v128.load32_splat(d, 4);
        c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
        a = v128.load32_splat(d, 8);
        c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
        a = v128.load32_splat(d, 12);
        c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
        w += inputBytes;
        d += tileBytes;
      } while (d < end);
      let y = target;
      v128.store(y, c00); v128.store(y, c01, 16);
      y += gStride;
      v128.store(y, c10); v128.store(y, c11, 16);
      y += gStride;
      v128.store(y, c20); v128.store(y, c21, 16);
      y += gStride;
      v128.store(y, c30); v128.store(y, c31, 16);
      target += gStride << 2;
    }
  }
}

/** One output, `vectors` x 4 inputs: gradient[k] += sum_s dz[s] * h[s][k]. */
// @ts-ignore: decorator
@inline
function outputWeightGradientSpan8(dz: usize, h: usize, hStride: usize, gradient: usize, rows: usize): void {
  const end = dz + (rows << 2);
  let c0 = v128.load(gradient), c1 = v128.load(gradient, 16), c2 = v128.load(gradient, 32), c3 = v128.load(gradient, 48);
  let c4 = v128.load(gradient, 64), c5 = v128.load(gradient, 80), c6 = v128.load(gradient, 96), c7 = v128.load(gradient, 112);
  do {
    const d = v128.load32_splat(dz);
    c0 = madd(d, v128.load(h), c0);
    c1 = madd(d, v128.load(h, 16), c1);
    c2 = madd(d, v128.load(h, 32), c2);
    c3 = madd(d, v128.load(h, 48), c3);
    c4 = madd(d, v128.load(h, 64), c4);
    c5 = madd(d, v128.load(h, 80), c5);
    c6 = madd(d, v128.load(h, 96), c6);
    c7 = madd(d, v128.load(h, 112), c7);
    dz += 4;
    h += hStride;
  } while (dz < end);
  v128.store(gradient, c0); v128.store(gradient, c1, 16); v128.store(gradient, c2, 32); v128.store(gradient, c3, 48);
  v128.store(gradient, c4, 64); v128.store(gradient, c5, 80); v128.store(gradient, c6, 96); v128.store(gradient, c7, 112);
}

// @ts-ignore: decorator
@inline
function outputWeightGradientSpan1(dz: usize, h: usize, hStride: usize, gradient: usize, rows: usize): void {
  const end = dz + (rows << 2);
  let c = v128.load(gradient);
  do {
    c = madd(v128.load32_splat(dz), v128.load(h), c);
    dz += 4;
    h += hStride;
  } while (dz < end);
  v128.store(gradient, c);
}

/** gradient[o][k] += sum_s dz[o][s] * h[s][k]; biasGradient[o] += sum_s dz[o][s]. Rows beyond the count hold dz = 0. */
export function outputWeightGradient(
  dz: usize, h: usize, hStride: usize, gradient: usize, biasGradient: usize, inputBytes: usize, outputs: usize, rows: usize,
): void {
  for (let o: usize = 0; o < outputs; o++) {
    let k: usize = 0;
    for (; k + 128 <= inputBytes; k += 128) outputWeightGradientSpan8(dz, h + k, hStride, gradient + k, rows);
    for (; k < inputBytes; k += 16) outputWeightGradientSpan1(dz, h + k, hStride, gradient + k, rows);
    let sum = splat(0);
    for (let s: usize = 0; s < rows << 2; s += 16) sum = f32x4.add(sum, v128.load(dz + s));
    f32.store(biasGradient, f32.load(biasGradient) + sum4(sum));
    gradient += inputBytes;
    biasGradient += 4;
    dz += tileBytes;
  }
}
