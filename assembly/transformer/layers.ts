// The elementwise and row-wise layers, forwards and backwards. A row's forward bits depend on that row and the parameters alone.
import { address, exp4, madd, splat, sum4, word } from '../lanes';
import {
  modelCosines, modelHeads, modelHeadSize, modelHidden, modelInterleaved, modelKeyValueHeads, modelQkv, modelSines, rowPatch, rowPosition, rowToken, rowWords,
} from '../../src/kernels/transformer/layout';
import { copyBaseRow } from './weights';

/** Address of the descriptor of a row. */
// @ts-ignore: decorator
@inline
export function descriptorOf(descriptors: usize, row: usize): usize {
  return descriptors + row * (rowWords << 2);
}

/** target += source, `bytes` a multiple of 16. */
export function add(target: usize, source: usize, bytes: usize): void {
  const end = target + bytes;
  for (; target < end; target += 16, source += 16) v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
}

/** target = a + b, `bytes` a multiple of 16. */
export function sum(target: usize, a: usize, b: usize, bytes: usize): void {
  const end = target + bytes;
  for (; target < end; target += 16, a += 16, b += 16) v128.store(target, f32x4.add(v128.load(a), v128.load(b)));
}

/** target = sum over `rows` of the rows of `source`, added to what is there; rows in order. */
export function addRows(target: usize, source: usize, bytes: usize, rows: usize): void {
  for (let row: usize = 0; row < rows; row++, source += bytes) add(target, source, bytes);
}

/** y = x * inverse * w with inverse = 1 / sqrt(mean(x^2) + epsilon), which is kept for the backward pass. */
export function normForward(x: usize, weight: usize, y: usize, inverses: usize, bytes: usize, rows: usize, epsilon: f32): void {
  const count: f32 = <f32>(bytes >> 2);
  for (let row: usize = 0; row < rows; row++) {
    let squares = splat(0), others = splat(0);
    for (let k: usize = 0; k < bytes; k += 32) {
      const a = v128.load(x + k), b = v128.load(x + k, 16);
      squares = madd(a, a, squares);
      others = madd(b, b, others);
    }
    const inverse: f32 = <f32>1 / sqrt<f32>(sum4(f32x4.add(squares, others)) / count + epsilon);
    f32.store(inverses + (row << 2), inverse);
    const factor = splat(inverse);
    for (let k: usize = 0; k < bytes; k += 16) {
      v128.store(y + k, f32x4.mul(f32x4.mul(v128.load(x + k), factor), v128.load(weight + k)));
    }
    x += bytes;
    y += bytes;
  }
}

/** Adds the gradient of the input to `dx` and that of the weight to `dw`: dx += inverse (w dy) - x inverse^3 mean(w dy x). */
export function normBackward(
  x: usize, weight: usize, inverses: usize, dy: usize, dx: usize, dw: usize, bytes: usize, rows: usize,
): void {
  const count: f32 = <f32>(bytes >> 2);
  for (let row: usize = 0; row < rows; row++) {
    const inverse = f32.load(inverses + (row << 2));
    const factor = splat(inverse);
    let products = splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const input = v128.load(x + k), g = v128.load(dy + k);
      products = madd(f32x4.mul(g, v128.load(weight + k)), input, products);
      v128.store(dw + k, madd(g, f32x4.mul(input, factor), v128.load(dw + k)));
    }
    const shrink = splat((sum4(products) / count) * inverse * inverse * inverse);
    for (let k: usize = 0; k < bytes; k += 16) {
      const direct = f32x4.mul(f32x4.mul(v128.load(dy + k), v128.load(weight + k)), factor);
      v128.store(dx + k, f32x4.add(v128.load(dx + k), f32x4.sub(direct, f32x4.mul(v128.load(x + k), shrink))));
    }
    x += bytes;
    dy += bytes;
    dx += bytes;
  }
}

/** The heads of queries and of keys, each with its norm, in rows `stride` bytes apart; inverse norms of a row's heads follow each other. */
export function normHeads(
  rows: usize, stride: usize, queryWeight: usize, keyWeight: usize, queries: usize, keys: usize, headBytes: usize, inverses: usize, count: usize,
  epsilon: f32,
): void {
  for (let row: usize = 0; row < count; row++, rows += stride, inverses += (queries + keys) << 2) {
    normForward(rows, queryWeight, rows, inverses, headBytes, queries, epsilon);
    const first = rows + queries * headBytes;
    normForward(first, keyWeight, first, inverses + (queries << 2), headBytes, keys, epsilon);
  }
}

/** Turns one head by its position's angles, or back where `back` is -1. */
// @ts-ignore: decorator
@inline
function turn(p: usize, cosines: usize, sines: usize, halfBytes: usize, interleaved: bool, back: v128): void {
  if (interleaved) {
    for (let i: usize = 0; i < halfBytes; i += 16) {
      const low = v128.load(p + (i << 1)), high = v128.load(p + (i << 1), 16);
      const x = v128.shuffle<f32>(low, high, 0, 2, 4, 6), y = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
      const c = v128.load(cosines + i), s = f32x4.mul(v128.load(sines + i), back);
      const u = f32x4.sub(f32x4.mul(x, c), f32x4.mul(y, s)), v = f32x4.add(f32x4.mul(y, c), f32x4.mul(x, s));
      v128.store(p + (i << 1), v128.shuffle<f32>(u, v, 0, 4, 1, 5));
      v128.store(p + (i << 1), v128.shuffle<f32>(u, v, 2, 6, 3, 7), 16);
    }
    return;
  }
  for (let i: usize = 0; i < halfBytes; i += 16) {
    const x = v128.load(p + i), y = v128.load(p + halfBytes + i);
    const c = v128.load(cosines + i), s = f32x4.mul(v128.load(sines + i), back);
    v128.store(p + i, f32x4.sub(f32x4.mul(x, c), f32x4.mul(y, s)));
    v128.store(p + halfBytes + i, f32x4.add(f32x4.mul(y, c), f32x4.mul(x, s)));
  }
}

/** Rotary positions on the queries and keys of (rows, qkv); `back` 1 forwards, -1 for gradients. The kernel turns pairs where they lie. */
export function rotate(model: usize, qkv: usize, descriptors: usize, rows: usize, back: f32): void {
  const stride = address(model, modelQkv) << 2;
  const headBytes = address(model, modelHeadSize) << 2;
  const halfBytes = headBytes >> 1;
  const turned = headBytes * (address(model, modelHeads) + address(model, modelKeyValueHeads));
  const interleaved = word(model, modelInterleaved) != 0;
  const sign = splat(back);
  for (let row: usize = 0; row < rows; row++) {
    const table = address(descriptorOf(descriptors, row), rowPosition) * halfBytes;
    const cosines = address(model, modelCosines) + table, sines = address(model, modelSines) + table;
    for (let head: usize = 0; head < turned; head += headBytes) turn(qkv + head, cosines, sines, halfBytes, interleaved, sign);
    qkv += stride;
  }
}

/** h = silu(gate) * up; (rows, 2 F) to (rows, F), gates first. */
export function swigluForward(gateUp: usize, h: usize, bytes: usize, rows: usize): void {
  const one = splat(1);
  for (let row: usize = 0; row < rows; row++) {
    for (let k: usize = 0; k < bytes; k += 16) {
      const gate = v128.load(gateUp + k);
      const sigmoid = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(gate))));
      v128.store(h + k, f32x4.mul(f32x4.mul(gate, sigmoid), v128.load(gateUp + bytes + k)));
    }
    gateUp += bytes << 1;
    h += bytes;
  }
}

/** The gradient of gates and ups from that of h: d silu(x) = s (1 + x (1 - s)) with s = sigmoid(x). */
export function swigluBackward(gateUp: usize, dh: usize, dGateUp: usize, bytes: usize, rows: usize): void {
  const one = splat(1);
  for (let row: usize = 0; row < rows; row++) {
    for (let k: usize = 0; k < bytes; k += 16) {
      const gate = v128.load(gateUp + k), up = v128.load(gateUp + bytes + k), g = v128.load(dh + k);
      const sigmoid = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(gate))));
      const slope = f32x4.mul(sigmoid, f32x4.add(one, f32x4.mul(gate, f32x4.sub(one, sigmoid))));
      v128.store(dGateUp + k, f32x4.mul(f32x4.mul(g, up), slope));
      v128.store(dGateUp + bytes + k, f32x4.mul(g, f32x4.mul(gate, sigmoid)));
    }
    gateUp += bytes << 1;
    dGateUp += bytes << 1;
    dh += bytes;
  }
}

/** Copies the embedding of every row's token into x (rows, hidden); rows of patches are left as they are. */
export function embed(model: usize, panels: usize, descriptors: usize, x: usize, rows: usize): void {
  const bytes = address(model, modelHidden) << 2;
  for (let row: usize = 0; row < rows; row++, x += bytes) {
    const descriptor = descriptorOf(descriptors, row);
    if (address(descriptor, rowPatch) != 0) continue;
    copyBaseRow(model, panels, bytes >> 2, address(descriptor, rowToken), x);
  }
}

/** Adds the gradient of every row to its token's embedding, rows in order. */
export function embedBackward(model: usize, panels: usize, descriptors: usize, dx: usize, rows: usize): void {
  const bytes = address(model, modelHidden) << 2;
  for (let row: usize = 0; row < rows; row++, dx += bytes) {
    const descriptor = descriptorOf(descriptors, row);
    if (address(descriptor, rowPatch) != 0) continue;
    // Component 0 of the token's row in panels [tokens / 8][hidden][8]; components lie 32 bytes apart.
    const token = address(descriptor, rowToken);
    let to = panels + (token >> 3) * (bytes << 3) + ((token & 7) << 2);
    for (let k: usize = 0; k < bytes; k += 4, to += 32) f32.store(to, f32.load(to) + f32.load(dx + k));
  }
}
