// Losses at a tile's outputs: they read the outputs and write the gradient of the mean loss, both feature-major; lanes are samples.
// Statistics are summed per lane and shard. Filler rows of the last tile repeat its first row with weight zero.
import {
  jobActions, jobAdvantageMeanF, jobAdvantageScaleF, jobAdvantages, jobClipHighF, jobClipLowF, jobClipValue, jobEntropyCoefF,
  jobInverseCountF, jobLogProbs, jobLogStd, jobMasks, jobOutputGradients, jobRatioHighF, jobRatioLowF, jobReturns, jobRowWeights, jobScore,
  jobValueClipF, jobValueCoefF, jobValues, networkHeadCount, networkOutputGradientTile, networkOutputSize, networkOutputTile, networkSampleTile, slotActions,
  slotAdvantage, slotEntropy, slotLogProb, slotLogSum, slotOldLogProb, slotOldValue, slotReturn, slotSlope, slotSum, slotWeight,
  statisticApproxKl, statisticClipFraction, statisticEntropy, statisticLoss, statisticOldApproxKl, statisticRatioMax, tileBytes,
} from '../src/kernels/layout';
import { applyMasks, categoricalLogProb, gaussianLogProb, headBytes, slotOf, softmax } from './heads';
import { address, clamp, exp4, float, splat, sum4, word } from './lanes';
import { wholeGroups } from './network';

/** Lanes of the rows below `rows`, as a mask; `s` is the byte position of the first lane. */
// @ts-ignore: decorator
@inline
function maskOf(s: usize, rows: usize): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(<i32>(s >> 2)), i32x4(0, 1, 2, 3)), i32x4.splat(<i32>rows));
}

// @ts-ignore: decorator
@inline
function statistic(statistics: usize, index: i32): usize {
  return statistics + (<usize>index << 4);
}

// @ts-ignore: decorator
@inline
function addStatistic(statistics: usize, index: i32, value: v128): void {
  const p = statistic(statistics, index);
  v128.store(p, f32x4.add(v128.load(p), value));
}

/** Gathers one word per row of the tile. */
function gatherScalars(source: usize, rowNumbers: usize, target: usize, rows: usize): void {
  const end = rowNumbers + (wholeGroups(rows) << 2);
  do {
    store<u32>(target, load<u32>(source + (<usize>load<u32>(rowNumbers) << 2)));
    rowNumbers += 4;
    target += 4;
  } while (rowNumbers < end);
}

/** Gathers rows of `size` words, feature-major. */
function gatherFeatures(source: usize, size: usize, rowNumbers: usize, target: usize, rows: usize): void {
  const end = wholeGroups(rows) << 2;
  for (let s: usize = 0; s < end; s += 4) {
    let from = source + ((<usize>load<u32>(rowNumbers + s) * size) << 2);
    const past = target + size * tileBytes;
    for (let to = target; to < past; to += tileBytes) {
      store<u32>(to + s, load<u32>(from));
      from += 4;
    }
  }
}

/** The torch gradient of max(a, b) to a: all, none, or half where both are equal. */
// @ts-ignore: decorator
@inline
function shareOfMaximum(a: v128, b: v128): v128 {
  return f32x4.add(v128.and(f32x4.gt(a, b), splat(1)), v128.and(f32x4.eq(a, b), splat(0.5)));
}

/** 1 inside [low, high], bounds included, where torch's clamp passes the gradient; else 0. */
// @ts-ignore: decorator
@inline
function inside(x: v128, low: v128, high: v128): v128 {
  return v128.and(v128.and(f32x4.ge(x, low), f32x4.le(x, high)), splat(1));
}

/** How much every row counts beside the others, into its slot: 1 where the job names no weights, which changes no bit. */
function gatherWeights(job: usize, samples: usize, rows: usize): void {
  const source = address(job, jobRowWeights);
  const weights = slotOf(samples, slotWeight);
  if (source != 0) gatherScalars(source, samples, weights, rows);
  else for (let s: usize = 0; s < rows << 2; s += 16) v128.store(weights + s, splat(1));
}

/**
 * The loss of the actions from log-probabilities, advantages and row weights in their slots: statistics, and d mean loss / d logProb in its slot. It is
 * the clipped surrogate, or -A log p where the job is of the score.
 */
function surrogate(job: usize, samples: usize, statistics: usize, rows: usize): void {
  const one = splat(1);
  const mean = splat(float(job, jobAdvantageMeanF)), scale = splat(float(job, jobAdvantageScaleF));
  const low = splat(float(job, jobRatioLowF)), high = splat(float(job, jobRatioHighF));
  const clipLow = splat(float(job, jobClipLowF)), clipHigh = splat(float(job, jobClipHighF));
  const weight = splat(float(job, jobInverseCountF));
  const slopes = slotOf(samples, slotSlope), logProbs = slotOf(samples, slotLogProb), old = slotOf(samples, slotOldLogProb);
  const weights = slotOf(samples, slotWeight);
  const scored = word(job, jobScore) != 0;
  const end = rows << 2;
  for (let s: usize = 0; s < end; s += 16) {
    v128.store(slopes + s, exp4(f32x4.sub(v128.load(logProbs + s), v128.load(old + s))));
  }
  for (let s: usize = 0; s < end; s += 16) {
    const mask = maskOf(s, rows);
    const ratio = v128.load(slopes + s);
    const logRatio = f32x4.sub(v128.load(logProbs + s), v128.load(old + s));
    const advantage = f32x4.mul(f32x4.sub(v128.load(slotOf(samples, slotAdvantage) + s), mean), scale);
    const each = v128.load(weights + s);
    const loss1 = f32x4.neg(f32x4.mul(advantage, ratio));
    const loss2 = f32x4.neg(f32x4.mul(advantage, clamp(ratio, low, high)));
    const excess = f32x4.sub(ratio, one);
    const outside = v128.or(f32x4.gt(excess, clipHigh), f32x4.gt(f32x4.neg(excess), clipLow));
    const loss = scored ? f32x4.neg(f32x4.mul(advantage, v128.load(logProbs + s))) : f32x4.pmax(loss1, loss2);
    addStatistic(statistics, statisticLoss, v128.and(f32x4.mul(loss, each), mask));
    addStatistic(statistics, statisticEntropy, v128.and(v128.load(slotOf(samples, slotEntropy) + s), mask));
    addStatistic(statistics, statisticApproxKl, v128.and(f32x4.sub(excess, logRatio), mask));
    addStatistic(statistics, statisticOldApproxKl, v128.and(f32x4.neg(logRatio), mask));
    addStatistic(statistics, statisticClipFraction, v128.and(v128.and(outside, one), mask));
    const most = statistic(statistics, statisticRatioMax);
    v128.store(most, f32x4.pmax(v128.load(most), v128.and(ratio, mask)));
    const first = shareOfMaximum(loss1, loss2);
    const share = f32x4.add(first, f32x4.mul(f32x4.sub(one, first), inside(ratio, low, high)));
    // -advantage * ratio is also its own derivative by logProb.
    const slope = scored ? f32x4.neg(advantage) : f32x4.mul(share, loss1);
    v128.store(slopes + s, f32x4.mul(slope, v128.and(f32x4.mul(weight, each), mask)));
  }
}

/** z_k = log p_k + entropy of one head, after {@link categoricalLogProb}: the slope of its entropy but for the factor -p_k. */
function entropySlopes(z: usize, outputBytes: usize, samples: usize, rows: usize): void {
  for (let s: usize = 0; s < rows << 2; s += 16) {
    const logSum = v128.load(slotOf(samples, slotLogSum) + s);
    const entropy = v128.load(slotOf(samples, slotSum) + s);
    for (let k: usize = z + s; k < z + outputBytes; k += tileBytes) v128.store(k, f32x4.add(f32x4.sub(v128.load(k), logSum), entropy));
  }
}

/** Clipped surrogate and entropy bonus of categorical heads: one ratio for all of them, for their log-probabilities are summed. */
export function categoricalLoss(job: usize, network: usize, workspace: usize, statistics: usize, rows: usize): void {
  const heads = address(network, networkHeadCount);
  const samples = workspace + address(network, networkSampleTile);
  let z = workspace + address(network, networkOutputTile);
  let d = workspace + address(network, networkOutputGradientTile);
  let actions = slotOf(samples, slotActions);
  const masks = address(job, jobMasks);
  gatherFeatures(address(job, jobActions), heads, samples, actions, rows);
  gatherScalars(address(job, jobLogProbs), samples, slotOf(samples, slotOldLogProb), rows);
  gatherScalars(address(job, jobAdvantages), samples, slotOf(samples, slotAdvantage), rows);
  if (masks != 0) applyMasks(masks, network, z, samples, wholeGroups(rows));
  for (let head: usize = 0; head < heads; head++) {
    const outputBytes = headBytes(network, head);
    softmax(z, d, outputBytes, samples, rows);
    categoricalLogProb(z, d, outputBytes, samples, actions, head == 0, rows);
    entropySlopes(z, outputBytes, samples, rows);
    z += outputBytes;
    d += outputBytes;
    actions += tileBytes;
  }
  gatherWeights(job, samples, rows);
  surrogate(job, samples, statistics, rows);
  const weight = splat(float(job, jobEntropyCoefF) * float(job, jobInverseCountF));
  const outputs = z - (workspace + address(network, networkOutputTile));
  z -= outputs;
  d -= outputs;
  actions = slotOf(samples, slotActions);
  for (let head: usize = 0; head < heads; head++) {
    const outputBytes = headBytes(network, head);
    for (let s: usize = 0; s < rows << 2; s += 16) {
      const bonus = v128.and(f32x4.mul(weight, v128.load(slotOf(samples, slotWeight) + s)), maskOf(s, rows));
      const action = v128.load(actions + s);
      const slope = v128.load(slotOf(samples, slotSlope) + s);
      let index = i32x4.splat(0);
      for (let k: usize = s; k < outputBytes; k += tileBytes) {
        const p = v128.load(d + k);
        const chosen = v128.and(i32x4.eq(action, index), splat(1));
        const fromEntropy = f32x4.mul(f32x4.mul(bonus, p), v128.load(z + k));
        v128.store(d + k, f32x4.add(fromEntropy, f32x4.mul(slope, f32x4.sub(chosen, p))));
        index = i32x4.add(index, i32x4.splat(1));
      }
    }
    z += outputBytes;
    d += outputBytes;
    actions += tileBytes;
  }
}

/** Clipped surrogate and entropy bonus of a Gaussian head; adds the gradient of the log standard deviations to `logStdGradient`. */
export function gaussianLoss(
  job: usize, network: usize, workspace: usize, statistics: usize, logStdGradient: usize, rows: usize,
): void {
  const size = address(network, networkOutputSize);
  const samples = workspace + address(network, networkSampleTile);
  const z = workspace + address(network, networkOutputTile);
  let d = workspace + address(network, networkOutputGradientTile);
  let byLogStd = slotOf(samples, slotActions);
  gatherFeatures(address(job, jobActions), size, samples, byLogStd, rows);
  gatherScalars(address(job, jobLogProbs), samples, slotOf(samples, slotOldLogProb), rows);
  gatherScalars(address(job, jobAdvantages), samples, slotOf(samples, slotAdvantage), rows);
  gaussianLogProb(z, d, address(job, jobLogStd), size, samples, rows);
  gatherWeights(job, samples, rows);
  surrogate(job, samples, statistics, rows);
  const weight = splat(float(job, jobEntropyCoefF) * float(job, jobInverseCountF));
  const slopes = slotOf(samples, slotSlope), weights = slotOf(samples, slotWeight);
  for (let a: usize = 0; a < size; a++) {
    let sum = splat(0);
    for (let s: usize = 0; s < rows << 2; s += 16) {
      const slope = v128.load(slopes + s);
      v128.store(d + s, f32x4.mul(slope, v128.load(d + s)));
      const bonus = v128.and(f32x4.mul(weight, v128.load(weights + s)), maskOf(s, rows));
      sum = f32x4.add(sum, f32x4.sub(f32x4.mul(slope, v128.load(byLogStd + s)), bonus));
    }
    f32.store(logStdGradient, f32.load(logStdGradient) + sum4(sum));
    logStdGradient += 4;
    d += tileBytes;
    byLogStd += tileBytes;
  }
}

/** valueCoef * 0.5 * mean of max((v - R)^2, (clipped v - R)^2), clipped around the old value; or without the clipped term. */
export function valueLoss(job: usize, network: usize, workspace: usize, statistics: usize, rows: usize): void {
  const samples = workspace + address(network, networkSampleTile);
  const z = workspace + address(network, networkOutputTile);
  const d = workspace + address(network, networkOutputGradientTile);
  const clipped = word(job, jobClipValue) != 0;
  const returns = slotOf(samples, slotReturn), oldValues = slotOf(samples, slotOldValue);
  gatherScalars(address(job, jobReturns), samples, returns, rows);
  if (clipped) gatherScalars(address(job, jobValues), samples, oldValues, rows);
  const limit = splat(float(job, jobValueClipF)), low = f32x4.neg(limit);
  const weight = splat(float(job, jobValueCoefF) * float(job, jobInverseCountF));
  for (let s: usize = 0; s < rows << 2; s += 16) {
    const mask = maskOf(s, rows);
    const v = v128.load(z + s);
    const r = v128.load(returns + s);
    const error = f32x4.sub(v, r);
    let loss = f32x4.mul(error, error);
    let slope = error;
    if (clipped) {
      const old = v128.load(oldValues + s);
      const move = f32x4.sub(v, old);
      const error2 = f32x4.sub(f32x4.add(old, clamp(move, low, limit)), r);
      const loss2 = f32x4.mul(error2, error2);
      const first = shareOfMaximum(loss, loss2);
      const second = f32x4.mul(f32x4.sub(splat(1), first), inside(move, low, limit));
      slope = f32x4.add(f32x4.mul(first, error), f32x4.mul(second, error2));
      loss = f32x4.pmax(loss, loss2);
    }
    addStatistic(statistics, statisticLoss, v128.and(f32x4.mul(loss, splat(0.5)), mask));
    v128.store(d + s, f32x4.mul(slope, v128.and(weight, mask)));
  }
}

/** Copies given output gradients (count, outputs) of the rows [begin, begin + rows) to the feature-major tile. */
export function givenGradient(job: usize, network: usize, workspace: usize, begin: usize, rows: usize): void {
  const size = address(network, networkOutputSize);
  const source = address(job, jobOutputGradients);
  const target = workspace + address(network, networkOutputGradientTile);
  const whole = wholeGroups(rows);
  for (let a: usize = 0; a < size; a++) {
    for (let s: usize = 0; s < whole; s++) {
      const value = s < rows ? f32.load(source + (((begin + s) * size + a) << 2)) : <f32>0;
      f32.store(target + a * tileBytes + (s << 2), value);
    }
  }
}
