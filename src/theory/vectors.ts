/** Gradients as vectors: lengths, angles, differences. */

/** Euclidean length. Example: 3, 4: 5. */
export function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

/** Sum of the products. Throws nothing; the vectors have one length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** `factor * vector`, a new vector. */
export function scaled(vector: Float64Array, factor: number): Float64Array {
  return Float64Array.from(vector, (value) => factor * value);
}

/** `a - b`, a new vector. */
export function minus(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.from(a, (value, k) => value - b[k]!);
}

/** Largest absolute difference of two vectors of one length; NaN if an entry is. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < a.length; k++) largest = Math.max(largest, Math.abs(a[k]! - b[k]!));
  return largest;
}

/** |a - b| / |b|. */
export function relativeBias(a: Float64Array, b: Float64Array): number {
  return norm(minus(a, b)) / norm(b);
}

/** Cosine of the angle between two vectors. */
export function cosine(a: Float64Array, b: Float64Array): number {
  return dot(a, b) / (norm(a) * norm(b));
}
