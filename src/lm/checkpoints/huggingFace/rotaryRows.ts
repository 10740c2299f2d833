/**
 * Query and key projections between the two layouts of rotary positions.
 */
import type { ModelShape } from '../checkpoint.ts';

/** Whether a tensor's rows are components of heads that are turned. */
export const isTurned = (name: string): boolean => /\.(q|k)_(proj\.(weight|bias)|norm\.weight)$/.test(name);

/**
 * The rows of a projection of queries or keys, or of its bias, whose heads pair components (2i, 2i + 1), in the order in which they pair (i,
 * i + size / 2): what Hugging Face has. Attention stays the same, because queries and keys are moved alike.
 */
export function toHalfLayout(floats: Float32Array, { headDim }: Pick<ModelShape, 'headDim'>, columns: number): Float32Array {
  const moved = new Float32Array(floats.length);
  const half = headDim / 2;
  for (let row = 0; row < floats.length / columns; row++) {
    const component = row % headDim;
    const from = row - component + (component < half ? 2 * component : 2 * (component - half) + 1);
    moved.set(floats.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return moved;
}
