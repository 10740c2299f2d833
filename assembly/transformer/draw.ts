// One token from a row of logits.
import { exp4, splat } from '../lanes';

/** e[v] = exp(logit[v] - top) for all tokens; the arrays have room for whole groups of four. */
export function exponentiate(logits: usize, e: usize, count: usize, top: f32): void {
  const middle = splat(top);
  for (let k: usize = 0; k < count << 2; k += 16) v128.store(e + k, exp4(f32x4.sub(v128.load(logits + k), middle)));
}

/** The token with the largest logit, the lowest on ties. */
export function likeliest(logits: usize, count: usize): usize {
  let best: usize = 0;
  let most = f32.load(logits);
  for (let v: usize = 1; v < count; v++) {
    const value = f32.load(logits + (v << 2));
    if (value > most) {
      most = value;
      best = v;
    }
  }
  return best;
}

/** Whether token a comes before token b: larger, or as large and lower. */
// @ts-ignore: decorator
@inline
function before(e: usize, a: u32, b: u32): bool {
  const x = f32.load(e + (<usize>a << 2)), y = f32.load(e + (<usize>b << 2));
  return x > y || (x == y && a < b);
}

/** Lets the entry at `at` of a heap of `size` tokens sink to its place. */
function sink(heap: usize, e: usize, at: usize, size: usize): void {
  const token = load<u32>(heap + (at << 2));
  for (;;) {
    let child = at * 2 + 1;
    if (child >= size) break;
    if (child + 1 < size && before(e, load<u32>(heap + (child << 2), 4), load<u32>(heap + (child << 2)))) child++;
    const other = load<u32>(heap + (child << 2));
    if (!before(e, other, token)) break;
    store<u32>(heap + (at << 2), other);
    at = child;
  }
  store<u32>(heap + (at << 2), token);
}

/** Takes the likeliest token out of a heap of `size` tokens and notes it behind the rest. */
// @ts-ignore: decorator
@inline
function takeLikeliest(heap: usize, e: usize, size: usize): u32 {
  const token = load<u32>(heap);
  const last = heap + ((size - 1) << 2);
  store<u32>(heap, load<u32>(last));
  store<u32>(last, token);
  if (size > 1) sink(heap, e, 0, size - 1);
  return token;
}

/**
 * Keeps the `topK` likeliest tokens (0 = all) and of these the fewest that together have at least `topP` of what the `topK` have, as in transformers; the
 * others become 0. Of tokens that are as likely the lower ids come first, so never more than `topK` are kept. `heap` has room for a word per token.
 */
export function keepLikeliest(e: usize, count: usize, topK: i32, topP: f32, heap: usize): void {
  let total: f32 = 0;
  for (let v: usize = 0; v < count; v++) {
    total += f32.load(e + (v << 2));
    store<u32>(heap + (v << 2), <u32>v);
  }
  for (let at = <i32>(count / 2) - 1; at >= 0; at--) sink(heap, e, <usize>at, count);
  let size = count;
  if (topK > 0 && <usize>topK < count) {
    let kept: f32 = 0;
    while (count - size < <usize>topK) {
      kept += f32.load(e + (<usize>takeLikeliest(heap, e, size) << 2));
      size--;
    }
    drop(heap, e, 0, size);
    if (topP >= 1) return;
    // Behind the heap stand the kept ones, the likeliest last.
    let mass: f32 = 0;
    let at = count;
    while (at > size && (at == count || mass < topP * kept)) {
      at--;
      mass += f32.load(e + (<usize>load<u32>(heap + (at << 2)) << 2));
    }
    drop(heap, e, size, at);
    return;
  }
  if (topP >= 1) return;
  let mass: f32 = 0;
  while (size > 0 && (size == count || mass < topP * total)) {
    mass += f32.load(e + (<usize>takeLikeliest(heap, e, size) << 2));
    size--;
  }
  drop(heap, e, 0, size);
}

/** The tokens noted from `start` to `end` become 0. */
function drop(heap: usize, e: usize, start: usize, end: usize): void {
  for (let k = start; k < end; k++) f32.store(e + (<usize>load<u32>(heap + (k << 2)) << 2), 0);
}

/** The lowest token whose cumulative sum is above min(u, 1 - 2^-24) of the whole: one of probability zero is never drawn. */
export function drawToken(e: usize, count: usize, bits: u32): usize {
  let total: f32 = 0;
  for (let v: usize = 0; v < count; v++) total += f32.load(e + (v << 2));
  const uniform: f32 = <f32>(bits >> 8) * <f32>5.9604644775390625e-8 + <f32>2.98023223876953125e-8;
  const threshold: f32 = min<f32>(uniform, 0.99999994) * total;
  let sum: f32 = 0;
  let last: usize = 0;
  for (let v: usize = 0; v < count; v++) {
    const value = f32.load(e + (v << 2));
    sum += value;
    if (value > 0) last = v;
    if (sum > threshold && value > 0) return v;
  }
  return last;
}
