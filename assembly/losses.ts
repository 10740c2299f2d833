// Losses at a tile's outputs: they read the outputs and write the gradient of the mean loss, both feature-major; lanes are samples.
// Statistics are summed per lane and shard. Filler rows of the last tile have weight zero.
import {
  jobActions, jobAdvantageMeanF, jobAdvantageScaleF, jobAdvantages, jobClipHighF, jobClipLowF, jobClipValue, jobEntropyCoefF,
  jobInverseCountF, jobLogProbs, jobLogStd, jobOutputGradients, jobRatioHighF, jobRatioLowF, jobReturns, jobValueClipF,
  jobValueCoefF, jobValues, networkOutputGradientTile, networkOutputSize, networkOutputTile, networkSampleTile,
  statisticApproxKl, statisticClipFraction, statisticEntropy, statisticLoss, statisticOldApproxKl, statisticRatioMax, tileBytes,
} from '../src/kernels/layout';
import { address, clamp, exp4, float, log4, splat, sum4, word } from './lanes';
import { wholeGroups } from './network';

// 0.5 ln(2 pi), and the entropy of a standard normal, 0.5 + 0.5 ln(2 pi).
const halfLog2Pi: f32 = 0.9189385332046727;
const normalEntropy: f32 = 1.4189385332046727;

/** Lanes of rows below `rows`, as a mask. */
// @ts-ignore: decorator
@inline
function maskOf(s: usize, rows: usize): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(<i32>s), i32x4(0, 1, 2, 3)), i32x4.splat(<i32>rows));
}

// @ts-ignore: decorator
@inline
function addStatistic(statistics: usize, index: i32, value: v128, mask: v128): void {
  const p = statistics + (<usize>index << 4);
  v128.store(p, f32x4.add(v128.load(p), v128.and(value, mask)));
}

/** Gathers one float (or int) per row of the tile into 64 consecutive words. */
export function gatherScalars(source: usize, rowNumbers: usize, target: usize, rows: usize): void {
  const end = rowNumbers + (wholeGroups(rows) << 2);
  do {
    store<u32>(target, load<u32>(source + (<usize>load<u32>(rowNumbers) << 2)));
    rowNumbers += 4;
    target += 4;
  } while (rowNumbers < end);
}

/** Gathers rows of `size` words to feature-major words. */
export function gatherFeatures(source: usize, size: usize, rowNumbers: usize, target: usize, rows: usize): void {
  for (let a: usize = 0; a < size; a++) {
    for (let s: usize = 0; s < wholeGroups(rows); s++) {
      const row = <usize>load<u32>(rowNumbers + (s << 2));
      store<u32>(target + a * tileBytes + (s << 2), load<u32>(source + ((row * size + a) << 2)));
    }
  }
}

/** Largest output per sample; `end` is one past the last feature row. */
// @ts-ignore: decorator
@inline
export function maximum(z: usize, end: usize): v128 {
  let m = v128.load(z);
  for (let p = z + tileBytes; p < end; p += tileBytes) m = f32x4.pmax(m, v128.load(p));
  return m;
}

/**
 * The clipped surrogate's part that needs only log-probabilities: adds statistics and returns d mean loss / d logProb.
 * Ties go as in torch: max splits equal terms in half, clamp passes the gradient on its bounds.
 */
// @ts-ignore: decorator
@inline
function surrogate(job: usize, statistics: usize, logProb: v128, oldLogProb: v128, advantage: v128, entropy: v128, mask: v128): v128 {
  const one = splat(1);
  const a = f32x4.mul(f32x4.sub(advantage, splat(float(job, jobAdvantageMeanF))), splat(float(job, jobAdvantageScaleF)));
  const low = splat(float(job, jobRatioLowF)), high = splat(float(job, jobRatioHighF));
  const logRatio = f32x4.sub(logProb, oldLogProb);
  const ratio = exp4(logRatio);
  const loss1 = f32x4.neg(f32x4.mul(a, ratio));
  const loss2 = f32x4.neg(f32x4.mul(a, clamp(ratio, low, high)));
  const excess = f32x4.sub(ratio, one);
  const outside = v128.or(
    f32x4.gt(excess, splat(float(job, jobClipHighF))), f32x4.gt(f32x4.neg(excess), splat(float(job, jobClipLowF))),
  );
  addStatistic(statistics, statisticLoss, f32x4.pmax(loss1, loss2), mask);
  addStatistic(statistics, statisticEntropy, entropy, mask);
  addStatistic(statistics, statisticApproxKl, f32x4.sub(excess, logRatio), mask);
  addStatistic(statistics, statisticOldApproxKl, f32x4.neg(logRatio), mask);
  addStatistic(statistics, statisticClipFraction, v128.and(outside, one), mask);
  const most = statistics + (<usize>statisticRatioMax << 4);
  v128.store(most, f32x4.pmax(v128.load(most), v128.and(ratio, mask)));
  const inside = v128.and(v128.and(f32x4.ge(ratio, low), f32x4.le(ratio, high)), one);
  const first = f32x4.add(
    v128.and(f32x4.gt(loss1, loss2), one), v128.and(f32x4.eq(loss1, loss2), splat(0.5)),
  );
  const share = f32x4.add(first, f32x4.mul(f32x4.sub(one, first), inside));
  const weight = v128.and(splat(float(job, jobInverseCountF)), mask);
  return f32x4.mul(f32x4.mul(share, loss1), weight); // -a * ratio is also its own derivative
}

/** Clipped surrogate and entropy bonus of a categorical head. */
export function categoricalLoss(job: usize, network: usize, workspace: usize, statistics: usize, rows: usize): void {
  const outputs = address(network, networkOutputSize) * tileBytes;
  const samples = workspace + address(network, networkSampleTile);
  const zTile = workspace + address(network, networkOutputTile);
  const dTile = workspace + address(network, networkOutputGradientTile);
  const actions = samples + 4 * tileBytes, oldLogProbs = samples + tileBytes, advantages = samples + 2 * tileBytes;
  gatherScalars(address(job, jobActions), samples, actions, rows);
  gatherScalars(address(job, jobLogProbs), samples, oldLogProbs, rows);
  gatherScalars(address(job, jobAdvantages), samples, advantages, rows);
  const entropyWeight = float(job, jobEntropyCoefF) * float(job, jobInverseCountF);
  for (let s: usize = 0; s < rows; s += 4) {
    const mask = maskOf(s, rows);
    const z = zTile + (s << 2), d = dTile + (s << 2);
    const action = v128.load(actions + (s << 2));
    const m = maximum(z, z + outputs);
    let sum = splat(0);
    for (let k: usize = 0; k < outputs; k += tileBytes) {
      const e = exp4(f32x4.sub(v128.load(z + k), m));
      v128.store(d + k, e);
      sum = f32x4.add(sum, e);
    }
    const logSum = f32x4.add(m, log4(sum));
    const inverse = f32x4.div(splat(1), sum);
    let entropy = splat(0), logProb = splat(0), index = i32x4.splat(0);
    for (let k: usize = 0; k < outputs; k += tileBytes) {
      const l = f32x4.sub(v128.load(z + k), logSum);
      const p = f32x4.mul(v128.load(d + k), inverse);
      v128.store(d + k, p);
      entropy = f32x4.sub(entropy, f32x4.mul(p, l));
      logProb = v128.bitselect(l, logProb, i32x4.eq(action, index));
      index = i32x4.add(index, i32x4.splat(1));
    }
    const slope = surrogate(
      job, statistics, logProb, v128.load(oldLogProbs + (s << 2)), v128.load(advantages + (s << 2)), entropy, mask,
    );
    const bonus = v128.and(splat(entropyWeight), mask);
    index = i32x4.splat(0);
    for (let k: usize = 0; k < outputs; k += tileBytes) {
      const p = v128.load(d + k);
      const l = f32x4.sub(v128.load(z + k), logSum);
      const chosen = v128.and(i32x4.eq(action, index), splat(1));
      const fromEntropy = f32x4.mul(f32x4.mul(bonus, p), f32x4.add(l, entropy));
      v128.store(d + k, f32x4.add(fromEntropy, f32x4.mul(slope, f32x4.sub(chosen, p))));
      index = i32x4.add(index, i32x4.splat(1));
    }
  }
}

/** Log-probability of one dimension of a Gaussian: -(x - mean)^2 / (2 sigma^2) - log sigma - 0.5 ln(2 pi). */
// @ts-ignore: decorator
@inline
export function gaussianLogProb(difference: v128, inverseVariance: v128, logStd: v128): v128 {
  const square = f32x4.mul(f32x4.mul(difference, difference), f32x4.mul(inverseVariance, splat(-0.5)));
  return f32x4.sub(f32x4.sub(square, logStd), splat(halfLog2Pi));
}

/** 1 / sigma^2. */
// @ts-ignore: decorator
@inline
export function inverseVarianceOf(logStd: v128): v128 {
  return exp4(f32x4.mul(logStd, splat(-2)));
}

/** Entropy of one dimension of a Gaussian. */
// @ts-ignore: decorator
@inline
export function gaussianEntropy(logStd: v128): v128 {
  return f32x4.add(splat(normalEntropy), logStd);
}

/** Clipped surrogate and entropy bonus of a Gaussian head; adds the gradient of the log standard deviations to `logStdGradient`. */
export function gaussianLoss(
  job: usize, network: usize, workspace: usize, statistics: usize, logStdGradient: usize, rows: usize,
): void {
  const size = address(network, networkOutputSize);
  const outputs = size * tileBytes;
  const samples = workspace + address(network, networkSampleTile);
  const zTile = workspace + address(network, networkOutputTile);
  const dTile = workspace + address(network, networkOutputGradientTile);
  const oldLogProbs = samples + tileBytes, advantages = samples + 2 * tileBytes, actions = samples + 4 * tileBytes;
  gatherScalars(address(job, jobLogProbs), samples, oldLogProbs, rows);
  gatherScalars(address(job, jobAdvantages), samples, advantages, rows);
  gatherFeatures(address(job, jobActions), size, samples, actions, rows);
  const logStds = address(job, jobLogStd);
  const entropyWeight = float(job, jobEntropyCoefF) * float(job, jobInverseCountF);
  for (let s: usize = 0; s < rows; s += 4) {
    const mask = maskOf(s, rows);
    const z = zTile + (s << 2), d = dTile + (s << 2), x = actions + (s << 2);
    let logProb = splat(0), entropy = splat(0);
    let logStd = logStds;
    for (let k: usize = 0; k < outputs; k += tileBytes) {
      const ls = v128.load32_splat(logStd);
      const inverse = inverseVarianceOf(ls);
      const difference = f32x4.sub(v128.load(x + k), v128.load(z + k));
      logProb = f32x4.add(logProb, gaussianLogProb(difference, inverse, ls));
      entropy = f32x4.add(entropy, gaussianEntropy(ls));
      v128.store(d + k, f32x4.mul(difference, inverse)); // d logProb / d mean
      v128.store(x + k, f32x4.sub(f32x4.mul(f32x4.mul(difference, difference), inverse), splat(1))); // d logProb / d logStd
      logStd += 4;
    }
    const slope = surrogate(
      job, statistics, logProb, v128.load(oldLogProbs + (s << 2)), v128.load(advantages + (s << 2)), entropy, mask,
    );
    const bonus = v128.and(splat(entropyWeight), mask);
    for (let k: usize = 0; k < outputs; k += tileBytes) {
      // Filler rows repeat row 0 with slope 0; row 0 is finite or the run stops anyway.
      v128.store(d + k, f32x4.mul(slope, v128.load(d + k)));
      v128.store(x + k, f32x4.sub(f32x4.mul(slope, v128.load(x + k)), bonus));
    }
  }
  for (let a: usize = 0; a < size; a++) {
    let sum: v128 = splat(0);
    for (let s: usize = 0; s < rows; s += 4) sum = f32x4.add(sum, v128.load(actions + a * tileBytes + (s << 2)));
    const p = logStdGradient + (a << 2);
    f32.store(p, f32.load(p) + sum4(sum));
  }
}

/** valueCoef * 0.5 * mean of max((v - R)^2, (clipped v - R)^2), clipped around the old value; or without the clipped term. */
export function valueLoss(job: usize, network: usize, workspace: usize, statistics: usize, rows: usize): void {
  const samples = workspace + address(network, networkSampleTile);
  const z = workspace + address(network, networkOutputTile);
  const d = workspace + address(network, networkOutputGradientTile);
  const clipped = word(job, jobClipValue) != 0;
  const returns = samples + tileBytes, oldValues = samples + 2 * tileBytes;
  gatherScalars(address(job, jobReturns), samples, returns, rows);
  if (clipped) gatherScalars(address(job, jobValues), samples, oldValues, rows);
  const limit = splat(float(job, jobValueClipF)), low = f32x4.neg(limit);
  const weight = splat(float(job, jobValueCoefF) * float(job, jobInverseCountF));
  const one = splat(1);
  for (let s: usize = 0; s < rows; s += 4) {
    const mask = maskOf(s, rows);
    const p = s << 2;
    const v = v128.load(z + p);
    const r = v128.load(returns + p);
    const error = f32x4.sub(v, r);
    let loss = f32x4.mul(error, error);
    let slope = error;
    if (clipped) {
      const old = v128.load(oldValues + p);
      const move = f32x4.sub(v, old);
      const error2 = f32x4.sub(f32x4.add(old, clamp(move, low, limit)), r);
      const loss2 = f32x4.mul(error2, error2);
      const inside = v128.and(v128.and(f32x4.ge(move, low), f32x4.le(move, limit)), one);
      const first = f32x4.add(v128.and(f32x4.gt(loss, loss2), one), v128.and(f32x4.eq(loss, loss2), splat(0.5)));
      slope = f32x4.add(f32x4.mul(first, error), f32x4.mul(f32x4.mul(f32x4.sub(one, first), inside), error2));
      loss = f32x4.pmax(loss, loss2);
    }
    addStatistic(statistics, statisticLoss, f32x4.mul(loss, splat(0.5)), mask);
    v128.store(d + p, f32x4.mul(slope, v128.and(weight, mask)));
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
