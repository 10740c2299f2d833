// From outputs to actions: the heads' sampling, with log-probabilities in the very arithmetic of the losses.
import {
  headCategorical, jobActions, jobEntropies, jobFirstEnv, jobGreedy, jobHead, jobIteration, jobKey0, jobKey1, jobLogProbs,
  jobLogStd, jobOutputRow, jobOutputs, jobStep, jobStream, networkOutputGradientTile, networkOutputSize, networkOutputTile,
  networkSampleTile, tileBytes,
} from '../src/kernels/layout';
import { address, exp4, inverseErf4, log4, splat, word } from './lanes';
import { gaussianEntropy, gaussianLogProb, inverseVarianceOf, maximum } from './losses';
import { wholeGroups } from './network';

/**
 * Philox 4x32-10 of counter [iteration, step, env, (stream << 24) | block]: four words at `target`, `apart` bytes from one another.
 * J. K. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011); the same as src/random/philox.ts.
 */
function philox(job: usize, env: u32, block: u32, target: usize, apart: usize): void {
  let c0 = <u32>word(job, jobIteration), c1 = <u32>word(job, jobStep), c2 = env;
  let c3 = (<u32>word(job, jobStream) << 24) | block;
  let k0 = <u32>word(job, jobKey0), k1 = <u32>word(job, jobKey1);
  for (let round = 0; round < 10; round++) {
    const p0 = <u64>c0 * 0xd2511f53, p1 = <u64>c2 * 0xcd9e8d57;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(target, c0);
  store<u32>(target + apart, c1);
  store<u32>(target + 2 * apart, c2);
  store<u32>(target + 3 * apart, c3);
}

/** Stores the first `count` of four words at `p`. */
// @ts-ignore: decorator
@inline
function storeSome(p: usize, value: v128, count: usize): void {
  if (count >= 4) {
    v128.store(p, value);
    return;
  }
  store<u32>(p, i32x4.extract_lane(value, 0));
  if (count > 1) store<u32>(p, i32x4.extract_lane(value, 1), 4);
  if (count > 2) store<u32>(p, i32x4.extract_lane(value, 2), 8);
}

/**
 * Categorical head. With e_k = exp(z_k - max) and c_k = e_0 + .. + e_k in float32, the action is the lowest k with
 * c_k > min(u, 1 - 2^-24) * c_last: an action of probability zero is never drawn. Greedy: the lowest k with the largest output.
 */
function categorical(job: usize, network: usize, workspace: usize, begin: usize, rows: usize): void {
  const size = address(network, networkOutputSize);
  const outputs = size * tileBytes;
  const zTile = workspace + address(network, networkOutputTile);
  const eTile = workspace + address(network, networkOutputGradientTile);
  const words = workspace + address(network, networkSampleTile) + 4 * tileBytes;
  const greedy = word(job, jobGreedy) != 0;
  const row = address(job, jobOutputRow) + begin;
  const actions = address(job, jobActions) + (row << 2), logProbs = address(job, jobLogProbs) + (row << 2);
  const entropies = address(job, jobEntropies);
  const firstEnv = word(job, jobFirstEnv) + <i32>begin;
  if (!greedy) {
    for (let s: usize = 0; s < rows; s++) philox(job, firstEnv + <i32>s, 0, words + (s << 4), 4);
  }
  for (let s: usize = 0; s < rows; s += 4) {
    const z = zTile + (s << 2), e = eTile + (s << 2);
    const m = maximum(z, z + outputs);
    let sum = splat(0);
    for (let k: usize = 0; k < outputs; k += tileBytes) {
      const value = exp4(f32x4.sub(v128.load(z + k), m));
      v128.store(e + k, value);
      sum = f32x4.add(sum, value);
    }
    const logSum = f32x4.add(m, log4(sum));
    let action = i32x4.splat(0);
    if (greedy) {
      let best = v128.load(z), index = i32x4.splat(1);
      for (let k: usize = tileBytes; k < outputs; k += tileBytes) {
        const value = v128.load(z + k);
        const better = f32x4.gt(value, best);
        best = v128.bitselect(value, best, better);
        action = v128.bitselect(index, action, better);
        index = i32x4.add(index, i32x4.splat(1));
      }
    } else {
      const w = words + (s << 4);
      const raw = i32x4(load<i32>(w), load<i32>(w, 16), load<i32>(w, 32), load<i32>(w, 48));
      const uniform = f32x4.add(
        f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(raw, 8)), splat(5.9604644775390625e-8)), splat(2.98023223876953125e-8),
      );
      const threshold = f32x4.mul(f32x4.pmin(uniform, splat(0.99999994)), sum);
      let cumulative = splat(0);
      for (let k: usize = 0; k + tileBytes < outputs; k += tileBytes) {
        cumulative = f32x4.add(cumulative, v128.load(e + k));
        action = i32x4.sub(action, f32x4.le(cumulative, threshold)); // a true lane is -1
      }
    }
    let logProb = splat(0), entropy = splat(0), index = i32x4.splat(0);
    const inverse = f32x4.div(splat(1), sum);
    for (let k: usize = 0; k < outputs; k += tileBytes) {
      const l = f32x4.sub(v128.load(z + k), logSum);
      entropy = f32x4.sub(entropy, f32x4.mul(f32x4.mul(v128.load(e + k), inverse), l));
      logProb = v128.bitselect(l, logProb, i32x4.eq(action, index));
      index = i32x4.add(index, i32x4.splat(1));
    }
    storeSome(actions + (s << 2), action, rows - s);
    storeSome(logProbs + (s << 2), logProb, rows - s);
    if (entropies != 0) storeSome(entropies + ((row + s) << 2), entropy, rows - s);
  }
}

/**
 * Gaussian head: action_a = mean_a + sigma_a * n_a, where n_a = sqrt(2) erfinv(t) and t = (2 (word >> 8) + 1 - 2^24) 2^-24 of word
 * a mod 4 of block a div 4: exact in float32 and symmetric around 0. Greedy: the mean.
 */
function gaussian(job: usize, network: usize, workspace: usize, begin: usize, rows: usize): void {
  const size = address(network, networkOutputSize);
  const zTile = workspace + address(network, networkOutputTile);
  const words = workspace + address(network, networkSampleTile) + 4 * tileBytes;
  const greedy = word(job, jobGreedy) != 0;
  const logStds = address(job, jobLogStd);
  const row = address(job, jobOutputRow) + begin;
  const actions = address(job, jobActions), logProbs = address(job, jobLogProbs) + (row << 2);
  const entropies = address(job, jobEntropies);
  const firstEnv = word(job, jobFirstEnv) + <i32>begin;
  for (let s: usize = 0; s < rows; s += 4) {
    let logProb = splat(0), entropy = splat(0);
    for (let a: usize = 0; a < size; a++) {
      const mean = v128.load(zTile + a * tileBytes + (s << 2));
      const ls = v128.load32_splat(logStds + (a << 2));
      let x = mean;
      if (!greedy) {
        if ((a & 3) == 0) {
          for (let lane: usize = 0; lane < 4; lane++) philox(job, firstEnv + <i32>(s + lane), <u32>(a >> 2), words + (lane << 2), 16);
        }
        const raw = i32x4.shr_u(v128.load(words + ((a & 3) << 4)), 8);
        const centred = i32x4.sub(i32x4.add(i32x4.shl(raw, 1), i32x4.splat(1)), i32x4.splat(1 << 24));
        const t = f32x4.mul(f32x4.convert_i32x4_s(centred), splat(5.9604644775390625e-8));
        const normal = f32x4.mul(inverseErf4(t), splat(1.4142135623730951));
        x = f32x4.add(mean, f32x4.mul(exp4(ls), normal));
      }
      logProb = f32x4.add(logProb, gaussianLogProb(f32x4.sub(x, mean), inverseVarianceOf(ls), ls));
      entropy = f32x4.add(entropy, gaussianEntropy(ls));
      const p = actions + (((row + s) * size + a) << 2);
      const apart = size << 2;
      f32.store(p, f32x4.extract_lane(x, 0));
      if (s + 1 < rows) f32.store(p + apart, f32x4.extract_lane(x, 1));
      if (s + 2 < rows) f32.store(p + 2 * apart, f32x4.extract_lane(x, 2));
      if (s + 3 < rows) f32.store(p + 3 * apart, f32x4.extract_lane(x, 3));
    }
    storeSome(logProbs + (s << 2), logProb, rows - s);
    if (entropies != 0) storeSome(entropies + ((row + s) << 2), entropy, rows - s);
  }
}

/** Actions, log-probabilities and (where asked for) entropies of the rows [begin, begin + rows). */
export function sampleTile(job: usize, network: usize, workspace: usize, begin: usize, rows: usize): void {
  if (word(job, jobHead) == headCategorical) categorical(job, network, workspace, begin, rows);
  else gaussian(job, network, workspace, begin, rows);
}

/** Writes the tile's outputs as rows (count, outputs). */
export function writeOutputs(job: usize, network: usize, workspace: usize, begin: usize, rows: usize): void {
  const size = address(network, networkOutputSize);
  const z = workspace + address(network, networkOutputTile);
  let p = address(job, jobOutputs) + (((address(job, jobOutputRow) + begin) * size) << 2);
  if (size == 1) {
    for (let s: usize = 0; s < rows; s += 4) storeSome(p + (s << 2), v128.load(z + (s << 2)), rows - s);
    return;
  }
  for (let s: usize = 0; s < rows; s++) {
    for (let a: usize = 0; a < size; a++) {
      f32.store(p, f32.load(z + a * tileBytes + (s << 2)));
      p += 4;
    }
  }
}
