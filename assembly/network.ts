// One tile through a network of any depth, forwards and backwards, and the gather of its rows.
import {
  layerBiasOffset, layerDerivativeTile, layerInputPadded, layerInputSize, layerInputStride, layerInputTile, layerOutputPadded,
  layerOutputSize, layerOutputStride, layerOutputTile, layerTransposed, layerWeightOffset, layerWords, networkActivation,
  networkGradientTileA, networkGradientTileB, networkHiddenCount, networkInputPadded, networkInputSize, networkInputTile,
  networkLayers, networkOutputBiasOffset, networkOutputGradientTile, networkOutputInputPadded, networkOutputInputStride,
  networkOutputInputTile, networkOutputSize, networkOutputTile, networkOutputWeightOffset,
} from '../src/kernels/layout';
import { activate, activationGradient } from './activation';
import { denseForward, denseWeightGradient, transposePanels } from './dense';
import { splat, word, address } from './lanes';
import { outputForward, outputInputGradient, outputWeightGradient } from './output';

// @ts-ignore: decorator
@inline
function layerOf(network: usize, index: i32): usize {
  return network + (<usize>(networkLayers + index * layerWords) << 2);
}

/** Rows rounded up to whole groups of four. */
// @ts-ignore: decorator
@inline
export function wholeGroups(rows: usize): usize {
  return (rows + 3) & ~3;
}

/** Writes the row numbers of a tile: from the index list, or counted on from `first`. Filler rows repeat row 0. */
export function gatherRows(indices: usize, first: i32, begin: usize, rows: usize, target: usize): void {
  const whole = wholeGroups(rows);
  if (indices != 0) {
    const from = indices + (begin << 2);
    for (let s: usize = 0; s < rows; s++) store<i32>(target + (s << 2), load<i32>(from + (s << 2)));
  } else {
    for (let s: usize = 0; s < rows; s++) store<i32>(target + (s << 2), first + <i32>(begin + s));
  }
  for (let s = rows; s < whole; s++) store<i32>(target + (s << 2), load<i32>(target));
}

/** Copies the rows of a tile into the workspace, padded with zeros to a multiple of four floats. */
export function gatherInputs(network: usize, inputs: usize, rowNumbers: usize, workspace: usize, rows: usize): void {
  const size = address(network, networkInputSize) << 2;
  const padded = address(network, networkInputPadded) << 2;
  const whole = wholeGroups(rows);
  let target = workspace + address(network, networkInputTile);
  for (let s: usize = 0; s < whole; s++) {
    const from = inputs + <usize>load<u32>(rowNumbers + (s << 2)) * size;
    let k: usize = 0;
    for (; k + 16 <= size; k += 16) v128.store(target + k, v128.load(from + k));
    if (k < size) {
      v128.store(target + k, splat(0));
      for (; k < size; k += 4) f32.store(target + k, f32.load(from + k));
    }
    target += padded;
  }
}

/** Inputs of the tile to outputs, feature-major in the network's output tile. */
export function forwardTile(network: usize, parameters: usize, workspace: usize, rows: usize): void {
  const whole = wholeGroups(rows);
  const count = word(network, networkHiddenCount);
  const kind = word(network, networkActivation);
  for (let index = 0; index < count; index++) {
    const layer = layerOf(network, index);
    const tile = workspace + address(layer, layerOutputTile);
    const stride = address(layer, layerOutputStride);
    const bytes = address(layer, layerOutputPadded) << 2;
    denseForward(
      workspace + address(layer, layerInputTile), address(layer, layerInputStride),
      parameters + address(layer, layerWeightOffset), address(layer, layerInputPadded) << 5,
      parameters + address(layer, layerBiasOffset),
      tile, stride, address(layer, layerInputSize) << 2, bytes, whole,
    );
    activate(kind, tile, stride, workspace + address(layer, layerDerivativeTile), bytes, whole);
  }
  outputForward(
    workspace + address(network, networkOutputInputTile), address(network, networkOutputInputStride),
    parameters + address(network, networkOutputWeightOffset), parameters + address(network, networkOutputBiasOffset),
    workspace + address(network, networkOutputTile), address(network, networkOutputInputPadded) << 2,
    address(network, networkOutputSize), whole,
  );
}

/** Adds the gradient of a tile, whose output gradients lie feature-major in the output gradient tile, into `gradients`. */
export function backwardTile(network: usize, parameters: usize, gradients: usize, workspace: usize, rows: usize): void {
  const whole = wholeGroups(rows);
  const kind = word(network, networkActivation);
  const outputs = address(network, networkOutputSize);
  const outputInputBytes = address(network, networkOutputInputPadded) << 2;
  const dz = workspace + address(network, networkOutputGradientTile);
  outputWeightGradient(
    dz, workspace + address(network, networkOutputInputTile), address(network, networkOutputInputStride),
    gradients + address(network, networkOutputWeightOffset), gradients + address(network, networkOutputBiasOffset),
    outputInputBytes, outputs, whole,
  );
  let index = word(network, networkHiddenCount) - 1;
  if (index < 0) return;
  let g = workspace + address(network, networkGradientTileA);
  let other = workspace + address(network, networkGradientTileB);
  outputInputGradient(
    dz, parameters + address(network, networkOutputWeightOffset), g, address(layerOf(network, index), layerOutputStride),
    outputInputBytes, outputs, whole,
  );
  for (; ; index--) {
    const layer = layerOf(network, index);
    const stride = address(layer, layerOutputStride);
    const bytes = address(layer, layerOutputPadded) << 2;
    const inputStride = address(layer, layerInputStride);
    const inputPadded = address(layer, layerInputPadded);
    activationGradient(
      kind, g, workspace + address(layer, layerOutputTile), workspace + address(layer, layerDerivativeTile), stride,
      gradients + address(layer, layerBiasOffset), bytes, whole,
    );
    denseWeightGradient(
      workspace + address(layer, layerInputTile), inputStride, g, stride,
      gradients + address(layer, layerWeightOffset), inputPadded, bytes, whole,
    );
    if (index == 0) return;
    denseForward(
      g, stride, address(layer, layerTransposed), address(layer, layerOutputPadded) << 5, 0,
      other, inputStride, address(layer, layerOutputSize) << 2, inputPadded << 2, whole,
    );
    const swap = g;
    g = other;
    other = swap;
  }
}

/** Renews the transposed weights that the backward pass reads; once after the parameters changed. */
export function transposeNetwork(network: usize, parameters: usize): void {
  const count = word(network, networkHiddenCount);
  for (let index = 1; index < count; index++) {
    const layer = layerOf(network, index);
    transposePanels(
      parameters + address(layer, layerWeightOffset), address(layer, layerTransposed),
      address(layer, layerInputPadded), address(layer, layerOutputPadded),
    );
  }
}
