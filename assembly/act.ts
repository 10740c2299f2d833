// From outputs to actions: the heads' sampling, with log-probabilities in the very arithmetic of the losses.
import {
  headCategorical, jobActions, jobEntropies, jobFirstEnv, jobGreedy, jobHead, jobIteration, jobKey0, jobKey1, jobLogProbs,
  jobLogStd, jobMasks, jobNoiseRows, jobOutputRow, jobOutputs, jobStep, jobStream, networkHeadCount, networkOutputGradientTile, networkOutputSize, networkOutputTile,
  networkSampleTile, slotActions, slotEntropy, slotLogProb, slotSlope, slotSum, tileBytes,
} from '../src/kernels/layout';
import { applyMasks, categoricalLogProb, gaussianLogProb, headBytes, maskedOutput, slotOf, softmax } from './heads';
import { address, exp4, inverseErf4, splat, word } from './lanes';
import { wholeGroups } from './network';
import { philox } from './philox';

/**
 * Word `index` of the stream of a row's environment: counter [iteration, step, env]. With noise rows the environment is e where the row says e, and where it
 * says ~e its word is complemented: the uniform number of that word is one minus that of the word, the normal number is its opposite, to the bit.
 */
// @ts-ignore: decorator
@inline
function draw(job: usize, row: usize, index: u32): u32 {
  const noiseRows = address(job, jobNoiseRows);
  let env = word(job, jobFirstEnv) + <i32>row, mirror = 0;
  if (noiseRows != 0) {
    env = load<i32>(noiseRows + ((address(job, jobOutputRow) + row) << 2));
    mirror = env >> 31;
    env ^= mirror;
  }
  return <u32>mirror ^ philox(
    <u32>word(job, jobKey0), <u32>word(job, jobKey1), <u32>word(job, jobIteration), <u32>word(job, jobStep), <u32>env,
    <u32>word(job, jobStream), index,
  );
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

/** Copies the tile's log-probabilities, and its entropies where asked for, to the job's arrays. */
function writeLogProbs(job: usize, samples: usize, row: usize, rows: usize): void {
  const logProbs = address(job, jobLogProbs) + (row << 2);
  const entropies = address(job, jobEntropies) + (row << 2);
  const wanted = address(job, jobEntropies) != 0;
  for (let s: usize = 0; s < rows; s += 4) {
    const p = s << 2;
    storeSome(logProbs + p, v128.load(slotOf(samples, slotLogProb) + p), rows - s);
    if (wanted) storeSome(entropies + p, v128.load(slotOf(samples, slotEntropy) + p), rows - s);
  }
}

/** The likeliest value of one head for four samples: the lowest k with the largest output. */
// @ts-ignore: decorator
@inline
function likeliest(z: usize, outputBytes: usize, s: usize): v128 {
  let best = v128.load(z + s), action = i32x4.splat(0), index = i32x4.splat(1);
  for (let k: usize = tileBytes + s; k < outputBytes; k += tileBytes) {
    const value = v128.load(z + k);
    const better = f32x4.gt(value, best);
    best = v128.bitselect(value, best, better);
    action = v128.bitselect(index, action, better);
    index = i32x4.add(index, i32x4.splat(1));
  }
  return action;
}

/** A drawn value of one head for four samples: the lowest k with c_k > min(u, 1 - 2^-24) * c_last. */
// @ts-ignore: decorator
@inline
function drawn(e: usize, outputBytes: usize, samples: usize, uniforms: usize, s: usize): v128 {
  const kept = f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(uniforms + s), 8));
  const uniform = f32x4.add(f32x4.mul(kept, splat(5.9604644775390625e-8)), splat(2.98023223876953125e-8));
  const threshold = f32x4.mul(f32x4.pmin(uniform, splat(0.99999994)), v128.load(slotOf(samples, slotSum) + s));
  let cumulative = splat(0), action = i32x4.splat(0);
  for (let k: usize = s; k + tileBytes < outputBytes; k += tileBytes) {
    cumulative = f32x4.add(cumulative, v128.load(e + k));
    action = i32x4.sub(action, f32x4.le(cumulative, threshold)); // a true lane is -1
  }
  return action;
}

/** Puts the first allowed value where the chosen one is masked, which only outputs that are not numbers bring about. */
function keepAllowed(z: usize, outputBytes: usize, chosen: usize, rows: usize): void {
  for (let s: usize = 0; s < rows << 2; s += 4) {
    if (f32.load(z + <usize>load<u32>(chosen + s) * tileBytes + s) != maskedOutput) continue;
    let k: usize = 0;
    while (k + tileBytes < outputBytes && f32.load(z + k + s) == maskedOutput) k += tileBytes;
    store<u32>(chosen + s, <u32>(k / tileBytes));
  }
}

/**
 * Categorical heads, one after another. With e_k = exp(z_k - max) and c_k = e_0 + .. + e_k in float32, the value of head h is drawn with word h of
 * the environment's stream (word h mod 4 of block h div 4); a value of probability zero is never drawn. Greedy: the lowest k with the largest
 * output. Log-probabilities and entropies are sums over heads.
 */
function categorical(job: usize, network: usize, workspace: usize, begin: usize, rows: usize): void {
  const heads = address(network, networkHeadCount);
  let z = workspace + address(network, networkOutputTile);
  let e = workspace + address(network, networkOutputGradientTile);
  const samples = workspace + address(network, networkSampleTile);
  const uniforms = slotOf(samples, slotSlope);
  const greedy = word(job, jobGreedy) != 0;
  const row = address(job, jobOutputRow) + begin;
  const actions = address(job, jobActions);
  const masks = address(job, jobMasks);
  if (masks != 0) applyMasks(masks, network, z, samples, wholeGroups(rows));
  for (let head: usize = 0; head < heads; head++) {
    const outputBytes = headBytes(network, head);
    const chosen = slotOf(samples, slotActions) + head * tileBytes;
    softmax(z, e, outputBytes, samples, rows);
    if (!greedy) {
      for (let s: usize = 0; s < rows; s++) store<u32>(uniforms + (s << 2), draw(job, begin + s, <u32>head));
    }
    for (let s: usize = 0; s < rows << 2; s += 16) {
      v128.store(chosen + s, greedy ? likeliest(z, outputBytes, s) : drawn(e, outputBytes, samples, uniforms, s));
    }
    if (masks != 0) keepAllowed(z, outputBytes, chosen, rows);
    for (let s: usize = 0; s < rows; s++) store<u32>(actions + (((row + s) * heads + head) << 2), load<u32>(chosen + (s << 2)));
    categoricalLogProb(z, e, outputBytes, samples, chosen, head == 0, rows);
    z += outputBytes;
    e += outputBytes;
  }
  writeLogProbs(job, samples, row, rows);
}

/**
 * Gaussian head: action_a = mean_a + sigma_a * n_a, where n_a = sqrt(2) erfinv(t) and t = (2 (word >> 8) + 1 - 2^24) 2^-24 of word
 * a mod 4 of block a div 4: exact in float32 and symmetric around 0. Greedy: the mean.
 */
function gaussian(job: usize, network: usize, workspace: usize, begin: usize, rows: usize): void {
  const size = address(network, networkOutputSize);
  const means = workspace + address(network, networkOutputTile);
  const samples = workspace + address(network, networkSampleTile);
  const logStds = address(job, jobLogStd);
  const greedy = word(job, jobGreedy) != 0;
  const row = address(job, jobOutputRow) + begin;
  const actions = address(job, jobActions);
  for (let a: usize = 0; a < size; a++) {
    const chosen = slotOf(samples, slotActions) + a * tileBytes;
    const mean = means + a * tileBytes;
    if (!greedy) {
      for (let s: usize = 0; s < rows; s++) store<u32>(chosen + (s << 2), draw(job, begin + s, <u32>a));
    }
    const sigma = exp4(v128.load32_splat(logStds + (a << 2)));
    for (let s: usize = 0; s < rows << 2; s += 16) {
      let x = v128.load(mean + s);
      if (!greedy) {
        const raw = i32x4.shr_u(v128.load(chosen + s), 8);
        const centerd = i32x4.sub(i32x4.add(i32x4.shl(raw, 1), i32x4.splat(1)), i32x4.splat(1 << 24));
        const t = f32x4.mul(f32x4.convert_i32x4_s(centerd), splat(5.9604644775390625e-8));
        x = f32x4.add(x, f32x4.mul(sigma, f32x4.mul(inverseErf4(t), splat(1.4142135623730951))));
      }
      v128.store(chosen + s, x);
    }
    for (let s: usize = 0; s < rows; s++) {
      store<u32>(actions + (((row + s) * size + a) << 2), load<u32>(chosen + (s << 2)));
    }
  }
  gaussianLogProb(means, workspace + address(network, networkOutputGradientTile), logStds, size, samples, rows);
  writeLogProbs(job, samples, row, rows);
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
