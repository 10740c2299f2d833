// Matrices that are not trained, as they are kept: float32, bfloat16, or integers of 8 bits with a scale for 32 inputs of an output. Narrow ones are
// widened a panel at a time into a thread's workspace; what is computed with them, and in which order, is the same for every kind.
import {
  integersPerScale, modelBaseWeights, planWidened, weightsBfloat16, weightsFloat32,
} from '../../src/kernels/transformer/layout';
import { denseForward, transposePanel } from '../dense';
import { address, word } from '../lanes';

const blockInputs: usize = <usize>integersPerScale;
/** Bytes of a panel's whole block of integers: eight scales, then the integers. */
const blockBytes: usize = 32 + 8 * blockInputs;

/** Bytes of a panel of eight outputs; `inputs` a multiple of 8. */
export function basePanelBytes(model: usize, inputs: usize): usize {
  const kind = word(model, modelBaseWeights);
  if (kind == weightsFloat32) return inputs << 5;
  if (kind == weightsBfloat16) return inputs << 4;
  return (inputs << 3) + ((inputs + blockInputs - 1) / blockInputs) * 32;
}

/** Inputs `first` to `first + count - 1` of a narrow panel as float32, [count][8]. */
function widen(kind: i32, panel: usize, first: usize, count: usize, target: usize): void {
  const end = target + (count << 5);
  if (kind == weightsBfloat16) {
    const zero = i32x4.splat(0);
    for (let from = panel + (first << 4); target < end; from += 16, target += 32) {
      // A bfloat16 is the upper half of a float32.
      const eight = v128.load(from);
      v128.store(target, v128.shuffle<i16>(zero, eight, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(target, v128.shuffle<i16>(zero, eight, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    }
    return;
  }
  for (let k = first; target < end; ) {
    const block = panel + (k / blockInputs) * blockBytes, within = k % blockInputs;
    const low = v128.load(block), high = v128.load(block, 16);
    const until = min(end, target + ((blockInputs - within) << 5));
    k += blockInputs - within;
    for (let from = block + 32 + (within << 3); target < until; from += 8, target += 32) {
      const eight = v128.load_ext<i8>(from);
      v128.store(target, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), low));
      v128.store(target, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), high), 16);
    }
  }
}

/** y = x w + bias for `rows` rows, a multiple of 4, as `denseForward`; `outputs` a multiple of 8. */
export function baseForward(
  model: usize, plan: usize, workspace: usize, x: usize, inputs: usize, weights: usize, bias: usize, y: usize, yStride: usize, outputs: usize,
  rows: usize,
): void {
  const kind = word(model, modelBaseWeights), bytes = inputs << 2;
  if (kind == weightsFloat32) {
    denseForward(x, bytes, weights, inputs << 5, bias, y, yStride, bytes, outputs << 2, rows);
    return;
  }
  const panel = workspace + address(plan, planWidened), panelBytes = basePanelBytes(model, inputs);
  for (let m: usize = 0; m < outputs << 2; m += 32, weights += panelBytes) {
    widen(kind, weights, 0, inputs, panel);
    denseForward(x, bytes, panel, 0, bias == 0 ? 0 : bias + m, y + m, yStride, bytes, 32, rows);
  }
}

/** One panel of the transpose, as `transposePanel`; a square of eight by eight is widened at a time. */
export function transposeBasePanel(
  model: usize, plan: usize, workspace: usize, source: usize, target: usize, inputs: usize, outputs: usize, first: usize,
): void {
  const kind = word(model, modelBaseWeights);
  if (kind == weightsFloat32) {
    transposePanel(source, target, inputs, outputs, first);
    return;
  }
  const square = workspace + address(plan, planWidened), panelBytes = basePanelBytes(model, inputs);
  for (let m: usize = 0; m < outputs; m += 8, source += panelBytes, target += 256) {
    widen(kind, source, first, 8, square);
    transposePanel(square, target, 8, 8, 0);
  }
}

/** Copies a token's row of a matrix (vocabulary, hidden) to x. */
export function copyBaseRow(model: usize, weights: usize, hidden: usize, token: usize, x: usize): void {
  const kind = word(model, modelBaseWeights), lane = token & 7, end = x + (hidden << 2);
  const panel = weights + (token >> 3) * basePanelBytes(model, hidden);
  if (kind == weightsFloat32) {
    for (let from = panel + (lane << 2); x < end; x += 4, from += 32) f32.store(x, f32.load(from));
  } else if (kind == weightsBfloat16) {
    for (let from = panel + (lane << 1); x < end; x += 4, from += 16) store<u32>(x, <u32>load<u16>(from) << 16);
  } else {
    for (let k: usize = 0; k < hidden; k++, x += 4) {
      const block = panel + (k / blockInputs) * blockBytes;
      f32.store(x, <f32>load<i8>(block + 32 + ((k % blockInputs) << 3) + lane) * f32.load(block + (lane << 2)));
    }
  }
}
