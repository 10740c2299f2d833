// Causal attention, one query row at a time: over the keys of its prompt, then over those of its own completion. Probabilities are not kept;
// the backward pass computes them again from the kept maximum and sum.
import {
  modelHeads, modelHeadSize, modelKeyValueHeads, modelQkv, modelScaleF, rowOwn, rowOwnCount, rowPrompt, rowPromptCount,
} from '../../src/kernels/transformer/layout';
import { address, exp4, float, madd, splat, sum4, sumLanes, word } from '../lanes';
import { descriptorOf } from './layers';

/** out[j] = scale * dot(query, row j), for `count` rows `stride` bytes apart; writes up to three entries too many. */
function scoreRows(query: usize, rows: usize, stride: usize, count: i32, bytes: usize, scale: f32, out: usize): void {
  const factor = splat(scale);
  for (let j = 0; j < count; j += 4) {
    const left = count - j;
    const r1 = left > 1 ? rows + stride : rows;
    const r2 = left > 2 ? r1 + stride : rows;
    const r3 = left > 3 ? r2 + stride : rows;
    let a = splat(0), b = splat(0), c = splat(0), d = splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const q = v128.load(query + k);
      a = madd(q, v128.load(rows + k), a);
      b = madd(q, v128.load(r1 + k), b);
      c = madd(q, v128.load(r2 + k), c);
      d = madd(q, v128.load(r3 + k), d);
    }
    v128.store(out, f32x4.mul(sumLanes(a, b, c, d), factor));
    out += 16;
    rows += stride << 2;
  }
}

/** out[0..16 bytes) of a component block: start + sum_j weight[j] * row j, rows in order. */
// @ts-ignore: decorator
@inline
function weighRows(weights: usize, rows: usize, stride: usize, count: i32, out: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 32) {
    let a = v128.load(out + k), b = v128.load(out + k, 16);
    let p = rows + k, w = weights;
    for (let j = 0; j < count; j++) {
      const factor = v128.load32_splat(w);
      a = madd(factor, v128.load(p), a);
      b = madd(factor, v128.load(p, 16), b);
      p += stride;
      w += 4;
    }
    v128.store(out + k, a);
    v128.store(out + k, b, 16);
  }
}

/** row j += weight[j] * vector. */
// @ts-ignore: decorator
@inline
function spreadRows(weights: usize, vector: usize, rows: usize, stride: usize, count: i32, bytes: usize): void {
  for (let j = 0; j < count; j++) {
    const factor = v128.load32_splat(weights + (<usize>j << 2));
    for (let k: usize = 0; k < bytes; k += 16) {
      v128.store(rows + k, madd(factor, v128.load(vector + k), v128.load(rows + k)));
    }
    rows += stride;
  }
}

/** Fills the last, incomplete group of four with a score that no maximum is lower than. */
// @ts-ignore: decorator
@inline
function padScores(scores: usize, count: i32, value: f32): void {
  for (let j = count; (j & 3) != 0; j++) f32.store(scores + (<usize>j << 2), value);
}

/** score[j] = exp(score[j] - maximum); entries after `count` are never read. */
// @ts-ignore: decorator
@inline
function exponentials(scores: usize, count: i32, maximum: f32): void {
  const top = splat(maximum);
  for (let p = scores; p < scores + (<usize>count << 2); p += 16) v128.store(p, exp4(f32x4.sub(v128.load(p), top)));
}

/**
 * Attention of `rows` rows: queries from qkv (rows, qkv), keys and values from rows `stride` bytes apart at `keys` and `values`.
 * Writes out (rows, queries) and, per row and head, the maximum score and 1 / sum into `softmax`.
 */
export function attend(
  model: usize, qkv: usize, keys: usize, values: usize, stride: usize, descriptors: usize, scores: usize, softmax: usize, out: usize,
  rows: usize,
): void {
  const heads = word(model, modelHeads), shared = heads / word(model, modelKeyValueHeads);
  const bytes = address(model, modelHeadSize) << 2, qkvStride = address(model, modelQkv) << 2;
  const scale = float(model, modelScaleF);
  for (let row: usize = 0; row < rows; row++) {
    const record = descriptorOf(descriptors, row);
    const promptCount = word(record, rowPromptCount), ownCount = word(record, rowOwnCount), count = promptCount + ownCount;
    const prompt = address(record, rowPrompt) * stride, own = address(record, rowOwn) * stride;
    const ownScores = scores + (<usize>promptCount << 2);
    for (let head = 0; head < heads; head++) {
      const at = <usize>(head / shared) * bytes;
      const query = qkv + <usize>head * bytes;
      scoreRows(query, keys + prompt + at, stride, promptCount, bytes, scale, scores);
      scoreRows(query, keys + own + at, stride, ownCount, bytes, scale, ownScores);
      padScores(scores, count, -3e38);
      let tops = v128.load(scores);
      for (let p = scores + 16; p < scores + (<usize>count << 2); p += 16) tops = f32x4.pmax(tops, v128.load(p));
      const maximum = max(
        max(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1)), max(f32x4.extract_lane(tops, 2), f32x4.extract_lane(tops, 3)),
      );
      exponentials(scores, count, maximum);
      padScores(scores, count, 0);
      let sums = splat(0);
      for (let p = scores; p < scores + (<usize>count << 2); p += 16) sums = f32x4.add(sums, v128.load(p));
      const inverse: f32 = <f32>1 / sum4(sums);
      f32.store(softmax, maximum);
      f32.store(softmax, inverse, 4);
      softmax += 8;
      memory.fill(out, 0, bytes);
      weighRows(scores, values + prompt + at, stride, promptCount, out, bytes);
      weighRows(ownScores, values + own + at, stride, ownCount, out, bytes);
      const factor = splat(inverse);
      for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, f32x4.mul(v128.load(out + k), factor));
      out += bytes;
    }
    qkv += qkvStride;
  }
}

/** slope[j] = p[j] * (slope[j] - mean) * scale, and score[j] = p[j]: from scores and d p to d score and p. */
// @ts-ignore: decorator
@inline
function scoreGradients(scores: usize, slopes: usize, count: i32, maximum: f32, inverse: f32, mean: f32, scale: f32): void {
  const top = splat(maximum), factor = splat(inverse), middle = splat(mean), size = splat(scale);
  for (let i: usize = 0; i < <usize>count << 2; i += 16) {
    const p = f32x4.mul(exp4(f32x4.sub(v128.load(scores + i), top)), factor);
    v128.store(scores + i, p);
    v128.store(slopes + i, f32x4.mul(f32x4.mul(p, f32x4.sub(v128.load(slopes + i), middle)), size));
  }
}

/**
 * Adds the gradient of queries, keys and values to dQkv (rows, qkv), which has to be zero at first; rows in order. Keys and values lie in
 * qkv itself. `outputs` is what `attend` wrote, `dOut` its gradient.
 */
export function attendBackward(
  model: usize, qkv: usize, descriptors: usize, scores: usize, slopes: usize, softmax: usize, outputs: usize, dOut: usize, dQkv: usize,
  rows: usize,
): void {
  const heads = word(model, modelHeads), keyValueHeads = word(model, modelKeyValueHeads), shared = heads / keyValueHeads;
  const bytes = address(model, modelHeadSize) << 2, stride = address(model, modelQkv) << 2;
  const keysAt = <usize>heads * bytes, valuesAt = keysAt + <usize>keyValueHeads * bytes;
  const scale = float(model, modelScaleF);
  for (let row: usize = 0; row < rows; row++) {
    const record = descriptorOf(descriptors, row);
    const promptCount = word(record, rowPromptCount), ownCount = word(record, rowOwnCount), count = promptCount + ownCount;
    const prompt = address(record, rowPrompt) * stride, own = address(record, rowOwn) * stride;
    const ownBytes = <usize>promptCount << 2;
    for (let head = 0; head < heads; head++) {
      const at = <usize>(head / shared) * bytes;
      const queryAt = row * stride + <usize>head * bytes;
      const query = qkv + queryAt;
      scoreRows(query, qkv + keysAt + prompt + at, stride, promptCount, bytes, scale, scores);
      scoreRows(query, qkv + keysAt + own + at, stride, ownCount, bytes, scale, scores + ownBytes);
      scoreRows(dOut, qkv + valuesAt + prompt + at, stride, promptCount, bytes, 1, slopes);
      scoreRows(dOut, qkv + valuesAt + own + at, stride, ownCount, bytes, 1, slopes + ownBytes);
      let products = splat(0);
      for (let k: usize = 0; k < bytes; k += 16) products = madd(v128.load(dOut + k), v128.load(outputs + k), products);
      scoreGradients(scores, slopes, count, f32.load(softmax), f32.load(softmax, 4), sum4(products), scale);
      softmax += 8;
      weighRows(slopes, qkv + keysAt + prompt + at, stride, promptCount, dQkv + queryAt, bytes);
      weighRows(slopes + ownBytes, qkv + keysAt + own + at, stride, ownCount, dQkv + queryAt, bytes);
      spreadRows(slopes, query, dQkv + keysAt + prompt + at, stride, promptCount, bytes);
      spreadRows(slopes + ownBytes, query, dQkv + keysAt + own + at, stride, ownCount, bytes);
      spreadRows(scores, dOut, dQkv + valuesAt + prompt + at, stride, promptCount, bytes);
      spreadRows(scores + ownBytes, dOut, dQkv + valuesAt + own + at, stride, ownCount, bytes);
      dOut += bytes;
      outputs += bytes;
    }
  }
}
