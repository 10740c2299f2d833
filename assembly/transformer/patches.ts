// Pictures as rows of the residual stream: a linear map of every patch's numbers, and a position that is learned.
import {
  modelHidden, modelPatchInputs, modelPatchOffset, modelPatchPositions, modelVocabulary, planDescriptors, planPatches, planPatchRows, rowPatch,
  rowToken,
} from '../../src/kernels/transformer/layout';
import { denseForward, denseWeightGradient } from '../dense';
import { address } from '../lanes';
import { add, descriptorOf, sum } from './layers';

/** Collects the numbers of a chunk's patches; how many there are. */
function gather(model: usize, plan: usize, workspace: usize, rows: usize): usize {
  const bytes = address(model, modelPatchInputs) << 2, descriptors = workspace + address(plan, planDescriptors);
  let target = workspace + address(plan, planPatches), count: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const patch = address(descriptorOf(descriptors, row), rowPatch);
    if (patch == 0) continue;
    memory.copy(target, patch, bytes);
    target += bytes;
    count++;
  }
  return count;
}

/** Offset of the position of a row's patch, from the positions on. */
// @ts-ignore: decorator
@inline
function positionOf(model: usize, descriptor: usize, hiddenBytes: usize): usize {
  return (address(descriptor, rowToken) - address(model, modelVocabulary)) * hiddenBytes;
}

/** Writes the rows of x (rows, hidden) that are patches. */
export function embedPatches(model: usize, parameters: usize, plan: usize, workspace: usize, x: usize, rows: usize): void {
  const inputs = address(model, modelPatchInputs);
  if (inputs == 0) return;
  const count = gather(model, plan, workspace, rows);
  if (count == 0) return;
  const bytes = address(model, modelHidden) << 2, descriptors = workspace + address(plan, planDescriptors);
  let product = workspace + address(plan, planPatchRows);
  denseForward(
    workspace + address(plan, planPatches), inputs << 2, parameters + address(model, modelPatchOffset), inputs << 5, 0, product, bytes,
    inputs << 2, bytes, (count + 3) & ~3,
  );
  const positions = parameters + address(model, modelPatchPositions);
  for (let row: usize = 0; row < rows; row++, x += bytes) {
    const descriptor = descriptorOf(descriptors, row);
    if (address(descriptor, rowPatch) == 0) continue;
    sum(x, product, positions + positionOf(model, descriptor, bytes), bytes);
    product += bytes;
  }
}

/** Adds the gradients of the map and of the positions, rows in order. */
export function embedPatchesBackward(model: usize, gradients: usize, plan: usize, workspace: usize, dx: usize, rows: usize): void {
  const inputs = address(model, modelPatchInputs);
  if (inputs == 0) return;
  const count = gather(model, plan, workspace, rows);
  if (count == 0) return;
  const bytes = address(model, modelHidden) << 2, descriptors = workspace + address(plan, planDescriptors);
  const slopes = workspace + address(plan, planPatchRows), positions = gradients + address(model, modelPatchPositions);
  let target = slopes;
  for (let row: usize = 0; row < rows; row++, dx += bytes) {
    const descriptor = descriptorOf(descriptors, row);
    if (address(descriptor, rowPatch) == 0) continue;
    add(positions + positionOf(model, descriptor, bytes), dx, bytes);
    memory.copy(target, dx, bytes);
    target += bytes;
  }
  denseWeightGradient(
    workspace + address(plan, planPatches), inputs << 2, slopes, bytes, gradients + address(model, modelPatchOffset), inputs, bytes, count,
  );
}
