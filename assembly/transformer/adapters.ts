// Low-rank adapters: y += scale * (x A^T) B^T beside a matrix whose own weights stay, and the gradients of A and B.
import {
  adapterA, adapterATransposed, adapterB, adapterBTransposed, adapterColumn, adapterInputs, adapterIsThere, adapterOutputs, adaptersPerBlock,
  adapterWords, blockAdapters, blockWords, dropoutKey0, dropoutKey1, dropoutScaleF, dropoutStep, dropoutStream, dropoutThreshold,
  modelAdapterRank, modelAdapterScaleF, modelAdapterValues, modelDropout, modelLayerRecords, planDescriptors, planLow, planLowGradient, planMask,
  planProducts, rowNumber,
} from '../../src/kernels/transformer/layout';
import { denseForward, denseWeightGradient, transposePanels } from '../dense';
import { address, float, splat, word } from '../lanes';
import { philoxBlock } from '../philox';
import { add, descriptorOf } from './layers';

/** Address of the record of one of a block's adapters. */
// @ts-ignore: decorator
@inline
function recordOf(block: usize, target: i32): usize {
  return address(block, blockAdapters) + (<usize>(target * adapterWords) << 2);
}

/** Whether a matrix of the block has an adapter in use. */
// @ts-ignore: decorator
@inline
function isAdapted(model: usize, block: usize, target: i32): bool {
  return word(model, modelAdapterRank) != 0 && word(recordOf(block, target), adapterIsThere) != 0;
}

// @ts-ignore: decorator
@inline
function wholeGroups(rows: usize): usize {
  return (rows + 3) & ~3;
}

/** x *= factor, `bytes` a multiple of 16. */
function scale(x: usize, factor: f32, bytes: usize): void {
  const f = splat(factor), end = x + bytes;
  for (; x < end; x += 16) v128.store(x, f32x4.mul(v128.load(x), f));
}

/** Rows of `bytes` in rows `stride` apart: y += x. */
function addColumns(y: usize, stride: usize, x: usize, bytes: usize, rows: usize): void {
  for (let row: usize = 0; row < rows; row++, y += stride, x += bytes) add(y, x, bytes);
}

/** target = a * b, `bytes` a multiple of 16. */
function multiply(target: usize, a: usize, b: usize, bytes: usize): void {
  const end = target + bytes;
  for (; target < end; target += 16, a += 16, b += 16) v128.store(target, f32x4.mul(v128.load(a), v128.load(b)));
}

/** Writes what the inputs of an adapter are multiplied by: 0, or 1 / (1 - rate). It depends on the row's number, not on where the row lies. */
function writeMask(model: usize, block: usize, target: i32, plan: usize, workspace: usize, bytes: usize, rows: usize): void {
  const dropout = address(model, modelDropout), descriptors = workspace + address(plan, planDescriptors);
  const layer = (block - model - (<usize>modelLayerRecords << 2)) / (<usize>blockWords << 2), place = <u32>(layer << 3) | <u32>target;
  const key0 = <u32>word(dropout, dropoutKey0), key1 = <u32>word(dropout, dropoutKey1);
  const step = <u32>word(dropout, dropoutStep), stream = <u32>word(dropout, dropoutStream);
  const threshold = i32x4.splat(word(dropout, dropoutThreshold)), factor = splat(float(dropout, dropoutScaleF));
  let mask = workspace + address(plan, planMask);
  for (let row: usize = 0; row < rows; row++, mask += bytes) {
    const number = <u32>address(descriptorOf(descriptors, row), rowNumber);
    for (let k: usize = 0; k < bytes; k += 16) {
      const words = philoxBlock(key0, key1, step, number, place, stream, <u32>(k >> 4));
      v128.store(mask + k, v128.and(i32x4.ge_u(words, threshold), factor));
    }
  }
}

/** The inputs that A reads: `x`, or with a dropout what it leaves of them, which lies where the products will. */
function inputsOf(model: usize, block: usize, target: i32, plan: usize, workspace: usize, x: usize, rows: usize): usize {
  if (address(model, modelDropout) == 0) return x;
  const bytes = address(recordOf(block, target), adapterInputs) << 2, left = workspace + address(plan, planProducts);
  writeMask(model, block, target, plan, workspace, bytes, rows);
  multiply(left, x, workspace + address(plan, planMask), rows * bytes);
  return left;
}

/** The scaled inner rows: scale * x A^T, (rows, rank). */
function inner(model: usize, record: usize, x: usize, low: usize, rows: usize): void {
  const rank = address(model, modelAdapterRank), bytes = address(record, adapterInputs) << 2;
  const weights = address(model, modelAdapterValues) + address(record, adapterA);
  denseForward(x, bytes, weights, bytes << 3, 0, low, rank << 2, bytes, rank << 2, wholeGroups(rows));
  scale(low, float(model, modelAdapterScaleF), rows * (rank << 2));
}

/** Adds what the adapter of a matrix says of `x` to its output, rows `stride` bytes apart. */
export function adapt(
  model: usize, block: usize, target: i32, plan: usize, workspace: usize, x: usize, y: usize, stride: usize, rows: usize,
): void {
  if (!isAdapted(model, block, target)) return;
  const record = recordOf(block, target);
  const rank = address(model, modelAdapterRank), bytes = address(record, adapterOutputs) << 2;
  const low = workspace + address(plan, planLow), products = workspace + address(plan, planProducts);
  inner(model, record, inputsOf(model, block, target, plan, workspace, x, rows), low, rows);
  const weights = address(model, modelAdapterValues) + address(record, adapterB);
  denseForward(low, rank << 2, weights, rank << 5, 0, products, bytes, rank << 2, bytes, wholeGroups(rows));
  addColumns(y + address(record, adapterColumn), stride, products, bytes, rows);
}

/** From the gradient `g` of a matrix's output, rows `stride` bytes apart: adds those of A and B to `gradients`, and that of `x` to `dx`. */
export function adaptBackward(
  model: usize, block: usize, target: i32, gradients: usize, plan: usize, workspace: usize, x: usize, g: usize, stride: usize, dx: usize,
  rows: usize,
): void {
  if (!isAdapted(model, block, target)) return;
  const record = recordOf(block, target);
  const rank = address(model, modelAdapterRank), inputs = address(record, adapterInputs), bytes = address(record, adapterOutputs) << 2;
  const low = workspace + address(plan, planLow), dLow = workspace + address(plan, planLowGradient);
  const products = workspace + address(plan, planProducts), whole = wholeGroups(rows);
  g += address(record, adapterColumn);
  const read = inputsOf(model, block, target, plan, workspace, x, rows);
  inner(model, record, read, low, rows);
  denseWeightGradient(low, rank << 2, g, stride, gradients + address(record, adapterB), rank, bytes, rows);
  denseForward(g, stride, address(record, adapterBTransposed), bytes << 3, 0, dLow, rank << 2, bytes, rank << 2, whole);
  scale(dLow, float(model, modelAdapterScaleF), rows * (rank << 2));
  denseWeightGradient(read, inputs << 2, dLow, rank << 2, gradients + address(record, adapterA), inputs, rank << 2, rows);
  denseForward(dLow, rank << 2, address(record, adapterATransposed), rank << 5, 0, products, inputs << 2, rank << 2, inputs << 2, whole);
  if (address(model, modelDropout) != 0) multiply(products, products, workspace + address(plan, planMask), rows * (inputs << 2));
  add(dx, products, rows * (inputs << 2));
}

/** Renews the transposed matrices of a block's adapters, which the backward pass reads. */
export function transposeAdapters(model: usize, block: usize): void {
  const rank = address(model, modelAdapterRank), values = address(model, modelAdapterValues);
  for (let target = 0; target < adaptersPerBlock; target++) {
    const record = recordOf(block, target);
    if (word(record, adapterIsThere) == 0) continue;
    transposePanels(values + address(record, adapterA), address(record, adapterATransposed), address(record, adapterInputs), rank);
    transposePanels(values + address(record, adapterB), address(record, adapterBTransposed), rank, address(record, adapterOutputs));
  }
}
