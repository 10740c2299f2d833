// Dense layers on tiles. Activations are row-major (one sample, one row); weights lie in panels of eight outputs, [outputs / 8][inputs][8].
// Lanes run over outputs and a sample's value is broadcast, so a sample's bits depend on its row and the weights alone.
// Inner loops hold eight accumulators and are not unrolled: more of either makes V8 spill registers, which costs a factor of two.
import { madd, splat } from './lanes';

/** One panel for four rows: y[s][0..8) = start + sum_k x[s][k] * panel[k][0..8). */
// @ts-ignore: decorator
@inline
function panelRows(x: usize, xStride: usize, panel: usize, first: v128, second: v128, y: usize, yStride: usize, bytes: usize): void {
  let x0 = x;
  let x1 = x0 + xStride;
  let x2 = x1 + xStride;
  let x3 = x2 + xStride;
  let w = panel;
  const end = x0 + bytes;
  let c00 = first, c01 = second, c10 = first, c11 = second;
  let c20 = first, c21 = second, c30 = first, c31 = second;
  do {
    const b0 = v128.load(w), b1 = v128.load(w, 16);
    let a = v128.load32_splat(x0);
    c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load32_splat(x1);
    c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load32_splat(x2);
    c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load32_splat(x3);
    c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    w += 32;
    x0 += 4; x1 += 4; x2 += 4; x3 += 4;
  } while (x0 < end);
  v128.store(y, c00); v128.store(y, c01, 16);
  y += yStride;
  v128.store(y, c10); v128.store(y, c11, 16);
  y += yStride;
  v128.store(y, c20); v128.store(y, c21, 16);
  y += yStride;
  v128.store(y, c30); v128.store(y, c31, 16);
}

/**
 * y = x w + bias for `rows` rows, a multiple of 4. `panelBytes` is the distance of two panels, `inputBytes` 4 x the true input size,
 * `outputBytes` 4 x the padded output size. Without a bias (address 0) sums start at zero.
 */
export function denseForward(
  x: usize, xStride: usize, weights: usize, panelBytes: usize, bias: usize,
  y: usize, yStride: usize, inputBytes: usize, outputBytes: usize, rows: usize,
): void {
  const xEnd = x + rows * xStride;
  for (let m: usize = 0; m < outputBytes; m += 32) {
    let first = splat(0), second = splat(0);
    if (bias != 0) {
      first = v128.load(bias + m);
      second = v128.load(bias + m, 16);
    }
    let target = y + m;
    for (let row = x; row < xEnd; row += xStride << 2) {
      panelRows(row, xStride, weights, first, second, target, yStride, inputBytes);
      target += yStride << 2;
    }
    weights += panelBytes;
  }
}

/** gradient[k][m] += sum_s x[s][k] * g[s][m], in panels; `inputPadded` a multiple of 4, rows summed in order. */
export function denseWeightGradient(
  x: usize, xStride: usize, g: usize, gStride: usize, gradient: usize, inputPadded: usize, outputBytes: usize, rows: usize,
): void {
  const span = rows * xStride;
  for (let m: usize = 0; m < outputBytes; m += 32) {
    for (let k: usize = 0; k < inputPadded; k += 4) {
      let a = x + (k << 2);
      let b = g + m;
      const end = a + span;
      let c00 = v128.load(gradient), c01 = v128.load(gradient, 16);
      let c10 = v128.load(gradient, 32), c11 = v128.load(gradient, 48);
      let c20 = v128.load(gradient, 64), c21 = v128.load(gradient, 80);
      let c30 = v128.load(gradient, 96), c31 = v128.load(gradient, 112);
      do {
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let v = v128.load32_splat(a);
        c00 = madd(v, b0, c00); c01 = madd(v, b1, c01);
        v = v128.load32_splat(a, 4);
        c10 = madd(v, b0, c10); c11 = madd(v, b1, c11);
        v = v128.load32_splat(a, 8);
        c20 = madd(v, b0, c20); c21 = madd(v, b1, c21);
        v = v128.load32_splat(a, 12);
        c30 = madd(v, b0, c30); c31 = madd(v, b1, c31);
        a += xStride;
        b += gStride;
      } while (a < end);
      v128.store(gradient, c00); v128.store(gradient, c01, 16);
      v128.store(gradient, c10, 32); v128.store(gradient, c11, 48);
      v128.store(gradient, c20, 64); v128.store(gradient, c21, 80);
      v128.store(gradient, c30, 96); v128.store(gradient, c31, 112);
      gradient += 128;
    }
  }
}

/** Four by four numbers from rows 32 bytes apart to rows 32 bytes apart, transposed. */
// @ts-ignore: decorator
@inline
function transposeFour(from: usize, to: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from, 32), r2 = v128.load(from, 64), r3 = v128.load(from, 96);
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(a, b, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(c, d, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(c, d, 2, 3, 6, 7), 96);
}

/** One panel of the transpose: [outputs][8] for the inputs `first` to `first + 7`, from panels [outputs / 8][inputs][8]. */
export function transposePanel(source: usize, target: usize, inputPadded: usize, outputPadded: usize, first: usize): void {
  for (let m: usize = 0; m < outputPadded; m += 4, target += 128) {
    const from = source + (m >> 3) * (inputPadded << 5) + (m & 4) * 4 + (first << 5);
    for (let half: usize = 0; half < 2; half++) transposeFour(from + (half << 7), target + (half << 4));
  }
}

/** Panels of the transpose, [inputs / 8][outputs][8], from panels [outputs / 8][inputs][8]; both sizes are multiples of 8. */
export function transposePanels(source: usize, target: usize, inputPadded: usize, outputPadded: usize): void {
  for (let k: usize = 0; k < inputPadded; k += 8, target += outputPadded << 5) transposePanel(source, target, inputPadded, outputPadded, k);
}
