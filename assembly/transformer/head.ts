// From normed rows to log-probabilities and back, a tile of the vocabulary at a time: more logits than one tile of rows are never kept.
import {
  headCoefficientF, headEntropyF, headEntropyWeightF, headLogSumF, headMaximumF, headSumF, headWeightedF, headWords, lossClipped, lossGated, lossWeighted, modelHeadOffset, modelHeadTransposed,
  modelHidden, modelIsFrozen, modelVocabulary, modelVocabularyPadded, planBranch, planFinalNormed, planHeadGradients, planHeadInputs, planHeadRows,
  planHeadState, planHeadTile, planLogits, planNormGradient, planPredictions, planTransposed, predictionIndex, predictionLogitF, predictionRow,
  predictionSlopeF, predictionToken, predictionWords, referenceK1, referenceK2, taskAdvantageWeights, taskClipHighF, taskClipLowF,
  taskDualClipF, taskEntropies, taskEntropyCoefficientF,
  taskInverseTemperatureF, taskLogits, taskLogProbs, taskLoss, taskOldLogProbs, taskReferenceCoefficientF, taskReferenceForm, taskReferenceLogProbs,
  taskTargets, taskTokenWeights, taskValues, vocabularyTile,
} from '../../src/kernels/transformer/layout';
import { denseForward, denseWeightGradient } from '../dense';
import { address, exp4, float, log4, madd, splat, sum4, word } from '../lanes';
import { add } from './layers';
import { baseForward, basePanelBytes, transposeBasePanel } from './weights';

const lowest: f32 = -3e38;

/** Address of the state of a head row. */
// @ts-ignore: decorator
@inline
export function stateOf(states: usize, row: usize): usize {
  return states + row * (headWords << 2);
}

// @ts-ignore: decorator
@inline
export function predictionOf(predictions: usize, index: usize): usize {
  return predictions + index * (predictionWords << 2);
}

// @ts-ignore: decorator
@inline
function setFloat(record: usize, index: i32, value: f32): void {
  f32.store(record + (<usize>index << 2), value);
}

/** exp of one number, in the arithmetic of exp4. */
// @ts-ignore: decorator
@inline
function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(splat(x)), 0);
}

/** Lanes that lie before `count` (1 to 3 of the last group, all of others). */
// @ts-ignore: decorator
@inline
function lanesBefore(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

/** Collects the normed rows that predict something. */
export function gatherHeadRows(model: usize, plan: usize, workspace: usize, count: usize): void {
  const bytes = address(model, modelHidden) << 2;
  const normed = workspace + address(plan, planFinalNormed), rows = workspace + address(plan, planHeadRows);
  let target = workspace + address(plan, planHeadInputs);
  for (let k: usize = 0; k < count; k++, target += bytes) {
    memory.copy(target, normed + <usize>load<u32>(rows + (k << 2)) * bytes, bytes);
  }
}

/** Logits of `columns` tokens from `first` on, divided by the temperature, into rows `stride` bytes apart. */
export function tileLogits(
  model: usize, parameters: usize, plan: usize, workspace: usize, inputs: usize, target: usize, stride: usize, first: usize, columns: usize,
  rows: usize, inverse: f32,
): void {
  const hidden = address(model, modelHidden), whole = (rows + 3) & ~3;
  const panels = parameters + address(model, modelHeadOffset) + (first >> 3) * basePanelBytes(model, hidden);
  baseForward(model, plan, workspace, inputs, hidden, panels, 0, target, stride, columns, whole);
  if (inverse == 1) return;
  const factor = splat(inverse);
  for (let row: usize = 0; row < rows; row++, target += stride) {
    for (let k: usize = 0; k < columns << 2; k += 16) v128.store(target + k, f32x4.mul(v128.load(target + k), factor));
  }
}

/** Begins the statistics of a row. */
export function beginRow(state: usize): void {
  setFloat(state, headMaximumF, lowest);
  setFloat(state, headSumF, 0);
  setFloat(state, headWeightedF, 0);
  setFloat(state, headCoefficientF, 0);
  setFloat(state, headEntropyWeightF, 0);
}

/** Takes `count` more logits of a row into its maximum, and into the sums of e and of e times x: x the logit without the maximum, e = exp(x). */
export function takeLogits(state: usize, logits: usize, count: i32): void {
  let tops = splat(lowest);
  const end = logits + (<usize>count << 2);
  for (let p = logits, left = count; p < end; p += 16, left -= 4) {
    tops = f32x4.pmax(tops, v128.bitselect(v128.load(p), splat(lowest), lanesBefore(left)));
  }
  const before = float(state, headMaximumF);
  const top = max(
    max(max(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1)), max(f32x4.extract_lane(tops, 2), f32x4.extract_lane(tops, 3))), before,
  );
  const middle = splat(top);
  let sums = splat(0), weighted = splat(0);
  for (let p = logits, left = count; p < end; p += 16, left -= 4) {
    const x = f32x4.sub(v128.load(p), middle);
    const e = v128.and(exp4(x), lanesBefore(left));
    sums = f32x4.add(sums, e);
    weighted = madd(e, x, weighted);
  }
  const fall = max(before - top, -1000), shrink = exp1(fall), sum = float(state, headSumF);
  setFloat(state, headMaximumF, top);
  setFloat(state, headSumF, sum * shrink + sum4(sums));
  setFloat(state, headWeightedF, (float(state, headWeightedF) + sum * fall) * shrink + sum4(weighted));
}

/** Log of the sum of exponentials of all logits taken, the maximum taken off. */
export function endRow(state: usize): void {
  setFloat(state, headLogSumF, f32x4.extract_lane(log4(splat(float(state, headSumF))), 0));
}

/** Log-probability of a logit; the maximum is taken off first, so that it costs no digits. */
// @ts-ignore: decorator
@inline
export function logProbOf(state: usize, logit: f32): f32 {
  return logit - float(state, headMaximumF) - float(state, headLogSumF);
}

/** Entropy in nats: log sum - sum of p times logit, the maximum taken off both. */
// @ts-ignore: decorator
@inline
export function entropyOf(state: usize): f32 {
  return float(state, headLogSumF) - float(state, headWeightedF) / float(state, headSumF);
}

/** Slope of the loss in the log-probability of a token. */
function slopeOf(job: usize, index: usize, logProb: f32): f32 {
  const at = index << 2;
  const weight = f32.load(address(job, taskAdvantageWeights) + at);
  let slope: f32 = -weight;
  const loss = word(job, taskLoss), low = float(job, taskClipLowF), high = float(job, taskClipHighF);
  if (loss == lossClipped) {
    const ratio = exp1(logProb - f32.load(address(job, taskOldLogProbs) + at));
    const clipped = min(max(ratio, low), high);
    const most = float(job, taskDualClipF);
    slope = weight * ratio <= weight * clipped && !(most > 0 && weight < 0 && ratio > most) ? -weight * ratio : 0;
  } else if (loss == lossWeighted) {
    slope = -weight * min(max(exp1(logProb - f32.load(address(job, taskOldLogProbs) + at)), low), high);
  } else if (loss == lossGated) {
    const ratio = exp1(logProb - f32.load(address(job, taskOldLogProbs) + at));
    // 4 s (1 - s), s the logistic function, an even function of its argument.
    const e = exp1(-abs((weight > 0 ? high : low) * (ratio - 1)));
    slope = -weight * ratio * (4 * e / ((1 + e) * (1 + e)));
  }
  const coefficient = float(job, taskReferenceCoefficientF);
  if (coefficient > 0) slope += coefficient * f32.load(address(job, taskTokenWeights) + at) * referenceSlope(job, at, logProb);
  return slope;
}

/** Slope of the term that keeps the model near its reference: 1 of k1, log(p / q) of k2, 1 - q / p of k3. */
function referenceSlope(job: usize, at: usize, logProb: f32): f32 {
  const form = word(job, taskReferenceForm);
  if (form == referenceK1) return 1;
  const distance = f32.load(address(job, taskReferenceLogProbs) + at) - logProb;
  return form == referenceK2 ? -distance : 1 - exp1(distance);
}

/** Writes log-probabilities and entropies of the chunk's predictions, and with `backward` the slopes of the loss. */
function writePredictions(job: usize, states: usize, predictions: usize, count: usize, backward: bool): void {
  const bonus = float(job, taskEntropyCoefficientF);
  for (let k: usize = 0; k < count; k++) {
    const prediction = predictionOf(predictions, k);
    const state = stateOf(states, address(prediction, predictionRow));
    const index = address(prediction, predictionIndex);
    const logProb = logProbOf(state, float(prediction, predictionLogitF));
    f32.store(address(job, taskLogProbs) + (index << 2), logProb);
    const entropy = entropyOf(state);
    f32.store(address(job, taskEntropies) + (index << 2), entropy);
    if (!backward) continue;
    const slope = slopeOf(job, index, logProb);
    setFloat(prediction, predictionSlopeF, slope);
    setFloat(state, headCoefficientF, float(state, headCoefficientF) + slope);
    if (!(bonus > 0)) continue;
    setFloat(state, headEntropyF, entropy);
    setFloat(state, headEntropyWeightF, float(state, headEntropyWeightF) + bonus * f32.load(address(job, taskTokenWeights) + (index << 2)));
  }
}

/**
 * From the logits of a tile to their gradient: (slopes of the row's tokens) - (their sum) p, by the temperature; with a bonus of weight w for the entropy H
 * also w p (log p + H), the derivative of -w H.
 */
function logitGradients(
  model: usize, states: usize, predictions: usize, count: usize, tile: usize, stride: usize, first: usize, columns: usize, rows: usize,
  inverse: f32,
): void {
  const padding = <i32>(address(model, modelVocabulary) - first);
  for (let row: usize = 0; row < rows; row++) {
    const state = stateOf(states, row), p = tile + row * stride;
    const top = splat(float(state, headMaximumF)), logSum = splat(float(state, headLogSumF));
    const factor = splat(-float(state, headCoefficientF) * inverse);
    const weight = float(state, headEntropyWeightF);
    if (weight != 0) {
      const each = splat(weight * inverse), entropy = splat(float(state, headEntropyF));
      for (let k: usize = 0, left = padding; k < columns << 2; k += 16, left -= 4) {
        const logProb = f32x4.sub(f32x4.sub(v128.load(p + k), top), logSum);
        const slope = madd(each, f32x4.add(logProb, entropy), factor);
        v128.store(p + k, v128.and(f32x4.mul(exp4(logProb), slope), lanesBefore(left)));
      }
      continue;
    }
    for (let k: usize = 0, left = padding; k < columns << 2; k += 16, left -= 4) {
      const gradient = f32x4.mul(exp4(f32x4.sub(f32x4.sub(v128.load(p + k), top), logSum)), factor);
      v128.store(p + k, v128.and(gradient, lanesBefore(left)));
    }
  }
  for (let k: usize = 0; k < count; k++) {
    const prediction = predictionOf(predictions, k);
    const column = address(prediction, predictionToken) - first;
    if (column >= columns) continue; // unsigned: also tokens before the tile
    const p = tile + address(prediction, predictionRow) * stride + (column << 2);
    f32.store(p, f32.load(p) + float(prediction, predictionSlopeF) * inverse);
  }
}

/**
 * Log-probabilities and entropies of the chunk's predictions; with `gradients` (an address) also the head's gradient, added there, and that
 * of the normed rows, into the plan's norm gradient, which has to be zero.
 */
export function logitsHead(
  job: usize, model: usize, parameters: usize, gradients: usize, plan: usize, workspace: usize, headRows: usize, count: usize,
): void {
  const hidden = address(model, modelHidden), vocabulary = address(model, modelVocabulary);
  const padded = address(model, modelVocabularyPadded), tileWidth = min<usize>(padded, vocabularyTile);
  const stride = tileWidth << 2, inverse = float(job, taskInverseTemperatureF);
  const inputs = workspace + address(plan, planHeadInputs), tile = workspace + address(plan, planHeadTile);
  const states = workspace + address(plan, planHeadState), predictions = workspace + address(plan, planPredictions);
  const copies = address(job, taskLogits);
  gatherHeadRows(model, plan, workspace, headRows);
  for (let row: usize = 0; row < headRows; row++) beginRow(stateOf(states, row));
  for (let first: usize = 0; first < padded; first += vocabularyTile) {
    const columns = min<usize>(padded - first, vocabularyTile), valid = <i32>min<usize>(vocabulary - first, columns);
    tileLogits(model, parameters, plan, workspace, inputs, tile, stride, first, columns, headRows, inverse);
    for (let row: usize = 0; row < headRows; row++) {
      takeLogits(stateOf(states, row), tile + row * stride, valid);
      if (copies != 0) memory.copy(copies + ((row * vocabulary + first) << 2), tile + row * stride, <usize>valid << 2);
    }
    for (let k: usize = 0; k < count; k++) {
      const prediction = predictionOf(predictions, k);
      const column = address(prediction, predictionToken) - first;
      if (column < columns) {
        setFloat(prediction, predictionLogitF, f32.load(tile + address(prediction, predictionRow) * stride + (column << 2)));
      }
    }
  }
  for (let row: usize = 0; row < headRows; row++) endRow(stateOf(states, row));
  writePredictions(job, states, predictions, count, gradients != 0);
  if (gradients == 0) return;
  const dInputs = workspace + address(plan, planHeadGradients), branch = workspace + address(plan, planBranch);
  const whole = (headRows + 3) & ~3;
  for (let first: usize = 0; first < padded; first += vocabularyTile) {
    const columns = min<usize>(padded - first, vocabularyTile);
    if (padded > <usize>vocabularyTile) tileLogits(model, parameters, plan, workspace, inputs, tile, stride, first, columns, headRows, inverse);
    logitGradients(model, states, predictions, count, tile, stride, first, columns, headRows, inverse);
    const panels = address(model, modelHeadOffset) + (first >> 3) * basePanelBytes(model, hidden);
    let transposed = address(model, modelHeadTransposed) + (first << 5), panelBytes = padded << 5;
    if (word(model, modelIsFrozen) != 0) {
      transposed = workspace + address(plan, planTransposed);
      panelBytes = columns << 5;
      for (let k: usize = 0; k < hidden; k += 8) {
        transposeBasePanel(model, plan, workspace, parameters + panels, transposed + k * panelBytes / 8, hidden, columns, k);
      }
    } else {
      denseWeightGradient(inputs, hidden << 2, tile, stride, gradients + panels, hidden, columns << 2, headRows);
    }
    const target = first == 0 ? dInputs : branch;
    denseForward(tile, stride, transposed, panelBytes, 0, target, hidden << 2, columns << 2, hidden << 2, whole);
    if (first > 0) add(dInputs, branch, headRows * (hidden << 2));
  }
  scatter(model, plan, workspace, headRows);
}

/** Puts the gradients of the collected rows back where they came from. */
function scatter(model: usize, plan: usize, workspace: usize, count: usize): void {
  const bytes = address(model, modelHidden) << 2;
  const rows = workspace + address(plan, planHeadRows), normed = workspace + address(plan, planNormGradient);
  let source = workspace + address(plan, planHeadGradients);
  for (let k: usize = 0; k < count; k++, source += bytes) {
    memory.copy(normed + <usize>load<u32>(rows + (k << 2)) * bytes, source, bytes);
  }
}

/** The same for a value head: one number per row, and the gradient of sum of share (v - target)^2 / 2. */
export function valueHead(
  job: usize, model: usize, parameters: usize, gradients: usize, plan: usize, workspace: usize, headRows: usize, count: usize,
): void {
  const bytes = address(model, modelHidden) << 2;
  const inputs = workspace + address(plan, planHeadInputs), weights = parameters + address(model, modelHeadOffset);
  const states = workspace + address(plan, planHeadState), predictions = workspace + address(plan, planPredictions);
  const copies = address(job, taskLogits);
  gatherHeadRows(model, plan, workspace, headRows);
  for (let row: usize = 0; row < headRows; row++) {
    let products = splat(0);
    const x = inputs + row * bytes, state = stateOf(states, row);
    for (let k: usize = 0; k < bytes; k += 16) products = madd(v128.load(x + k), v128.load(weights + k), products);
    setFloat(state, headMaximumF, sum4(products));
    setFloat(state, headCoefficientF, 0);
    if (copies != 0) f32.store(copies + (row << 2), sum4(products));
  }
  for (let k: usize = 0; k < count; k++) {
    const prediction = predictionOf(predictions, k);
    const state = stateOf(states, address(prediction, predictionRow));
    const at = address(prediction, predictionIndex) << 2;
    const value = float(state, headMaximumF);
    f32.store(address(job, taskValues) + at, value);
    if (gradients == 0) continue;
    const slope = f32.load(address(job, taskTokenWeights) + at) * (value - f32.load(address(job, taskTargets) + at));
    setFloat(state, headCoefficientF, float(state, headCoefficientF) + slope);
  }
  if (gradients == 0) return;
  const dInputs = workspace + address(plan, planHeadGradients), dWeights = gradients + address(model, modelHeadOffset);
  for (let row: usize = 0; row < headRows; row++) {
    const slope = splat(float(stateOf(states, row), headCoefficientF));
    for (let k: usize = 0; k < bytes; k += 16) {
      v128.store(dInputs + row * bytes + k, f32x4.mul(slope, v128.load(weights + k)));
      v128.store(dWeights + k, madd(slope, v128.load(inputs + row * bytes + k), v128.load(dWeights + k)));
    }
  }
  scatter(model, plan, workspace, headRows);
}
