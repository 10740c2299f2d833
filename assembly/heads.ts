// What outputs say about actions: log-probabilities and entropies of a tile, lanes over samples. Acting and learning both come through
// here, so that the probability of an action has the same bits in both, and the first ratio of an update is exactly 1.
// Short loops, one after another: each keeps its constants in registers and lets the processor work on several vectors at once.
import {
  networkHeadSizes, networkOutputSize, slotActions, slotEntropy, slotLogProb, slotLogSum, slotSum, tileBytes,
} from '../src/kernels/layout';
import { address, exp4, log4, splat } from './lanes';

/** What stands for the output of an action that is not allowed: finite, so that 0 times its logarithm is 0. */
// @ts-ignore: decorator
@inline
export const maskedOutput: f32 = -1e38;

// 0.5 ln(2 pi), and the entropy of a standard normal, 0.5 + 0.5 ln(2 pi).
const halfLog2Pi: f32 = 0.9189385332046727;
const normalEntropy: f32 = 1.4189385332046727;

/** Array `slot` of a tile's sample arrays. */
// @ts-ignore: decorator
@inline
export function slotOf(samples: usize, slot: i32): usize {
  return samples + <usize>slot * tileBytes;
}

/** Bytes of the outputs of categorical head `head` of a tile. */
// @ts-ignore: decorator
@inline
export function headBytes(network: usize, head: usize): usize {
  return <usize>load<u32>(address(network, networkHeadSizes) + (head << 2)) * tileBytes;
}

/**
 * Puts {@link maskedOutput} where a mask does not allow an action: bit k & 31 of word k >> 5 of a row says whether output k is allowed. The
 * tile's row numbers say which rows; `rows` is a multiple of four.
 */
export function applyMasks(masks: usize, network: usize, z: usize, rowNumbers: usize, rows: usize): void {
  const outputs = address(network, networkOutputSize);
  const words = (outputs + 31) >> 5;
  for (let s: usize = 0; s < rows << 2; s += 4) {
    const mask = masks + ((<usize>load<u32>(rowNumbers + s) * words) << 2);
    for (let k: usize = 0; k < outputs; k++) {
      const bits = load<u32>(mask + ((k >> 5) << 2));
      if (((bits >> <u32>(k & 31)) & 1) == 0) f32.store(z + k * tileBytes + s, maskedOutput);
    }
  }
}

/** e_k = exp(z_k - max z), 0 where masked, their sum, and the logarithm of the sum of exp(z_k); z and e are feature-major. */
export function softmax(z: usize, e: usize, outputBytes: usize, samples: usize, rows: usize): void {
  const sums = slotOf(samples, slotSum), logSums = slotOf(samples, slotLogSum);
  const end = rows << 2;
  for (let s: usize = 0; s < end; s += 16) {
    let most = v128.load(z + s);
    for (let k: usize = tileBytes; k < outputBytes; k += tileBytes) most = f32x4.pmax(most, v128.load(z + s + k));
    v128.store(logSums + s, most);
  }
  for (let s: usize = 0; s < end; s += 16) {
    const most = v128.load(logSums + s);
    let sum = splat(0);
    for (let k: usize = 0; k < outputBytes; k += tileBytes) {
      const output = v128.load(z + s + k);
      const value = v128.andnot(exp4(f32x4.sub(output, most)), f32x4.eq(output, splat(maskedOutput)));
      v128.store(e + s + k, value);
      sum = f32x4.add(sum, value);
    }
    v128.store(sums + s, sum);
  }
  for (let s: usize = 0; s < end; s += 16) {
    v128.store(logSums + s, f32x4.add(v128.load(logSums + s), log4(v128.load(sums + s))));
  }
}

/**
 * After {@link softmax}: log-probability of the `actions`, and entropy, stored for the first head and added for the others; the head's own entropy
 * takes the place of the sum. Turns e into probabilities.
 */
export function categoricalLogProb(
  z: usize, e: usize, outputBytes: usize, samples: usize, actions: usize, first: boolean, rows: usize,
): void {
  const logProbs = slotOf(samples, slotLogProb), entropies = slotOf(samples, slotEntropy), sums = slotOf(samples, slotSum);
  for (let s: usize = 0; s < rows << 2; s += 16) {
    const action = v128.load(actions + s);
    const logSum = v128.load(slotOf(samples, slotLogSum) + s);
    const inverse = f32x4.div(splat(1), v128.load(sums + s));
    let entropy = splat(0), logProb = splat(0), index = i32x4.splat(0);
    for (let k: usize = 0; k < outputBytes; k += tileBytes) {
      const l = f32x4.sub(v128.load(z + s + k), logSum);
      const p = f32x4.mul(v128.load(e + s + k), inverse);
      v128.store(e + s + k, p);
      entropy = f32x4.sub(entropy, f32x4.mul(p, l));
      logProb = v128.bitselect(l, logProb, i32x4.eq(action, index));
      index = i32x4.add(index, i32x4.splat(1));
    }
    v128.store(sums + s, entropy);
    v128.store(logProbs + s, first ? logProb : f32x4.add(v128.load(logProbs + s), logProb));
    v128.store(entropies + s, first ? entropy : f32x4.add(v128.load(entropies + s), entropy));
  }
}

/**
 * Log-probability of the actions (feature-major in their slots), -(x - mean)^2 / (2 sigma^2) - log sigma - 0.5 ln(2 pi) summed over
 * dimensions, and entropy. Leaves d logProb / d mean in `slopes` and d logProb / d logStd where the actions were.
 */
export function gaussianLogProb(mean: usize, slopes: usize, logStds: usize, size: usize, samples: usize, rows: usize): void {
  const logProbs = slotOf(samples, slotLogProb), entropies = slotOf(samples, slotEntropy);
  let actions = slotOf(samples, slotActions);
  memory.fill(logProbs, 0, tileBytes);
  memory.fill(entropies, 0, tileBytes);
  for (let a: usize = 0; a < size; a++) {
    const logStd = v128.load32_splat(logStds);
    const inverseVariance = exp4(f32x4.mul(logStd, splat(-2)));
    const constant = f32x4.add(logStd, splat(halfLog2Pi));
    const entropy = f32x4.add(logStd, splat(normalEntropy));
    for (let s: usize = 0; s < rows << 2; s += 16) {
      const difference = f32x4.sub(v128.load(actions + s), v128.load(mean + s));
      const slope = f32x4.mul(difference, inverseVariance);
      const square = f32x4.mul(difference, slope);
      const logProb = f32x4.sub(f32x4.mul(square, splat(-0.5)), constant);
      v128.store(logProbs + s, f32x4.add(v128.load(logProbs + s), logProb));
      v128.store(entropies + s, f32x4.add(v128.load(entropies + s), entropy));
      v128.store(slopes + s, slope);
      v128.store(actions + s, f32x4.sub(square, splat(1)));
    }
    logStds += 4;
    actions += tileBytes;
    mean += tileBytes;
    slopes += tileBytes;
  }
}
