/**
 * Pictures as numbers that a model reads: cut into square patches, row by row from the top, picture after picture.
 */
import type { PatchSpec } from '../../kernels/transformer/spec.ts';
import { type ImagePart, type Prompt, promptParts } from '../tasks/prompt.ts';
import { patchTokens, type TaskImages } from '../tasks/task.ts';

/** Red, green and blue. */
const channels = 3;
/** Middle of a byte's range: numbers lie from -1 to 1. */
const half = 127.5;

/** The patches of a task's prompts, for the kernels. */
export function patchSpec(images: TaskImages): PatchSpec {
  return { count: patchTokens(images), inputs: channels * images.patchSize * images.patchSize };
}

/**
 * The numbers of the patches of a prompt, (count, inputs padded to a multiple of 8), each (byte - 127.5) / 127.5; of a patch row by row, pixel by pixel, red, green, blue. Pictures
 * are of the size that the task declares.
 *
 * Example: one picture of 2 x 1 pixels, black and white, in patches of 1 is `-1 -1 -1 0 0 0 0 0` and `1 1 1 0 0 0 0 0`.
 */
export function patchesOf(prompt: Prompt, images: TaskImages): Float32Array {
  const { width, height, patchSize } = images;
  const { count, inputs } = patchSpec(images);
  const padded = Math.ceil(inputs / 8) * 8;
  const numbers = new Float32Array(count * padded);
  let at = 0;
  for (const part of promptParts(prompt)) {
    if (typeof part === 'string') continue;
    for (let y = 0; y < height; y += patchSize) {
      for (let x = 0; x < width; x += patchSize, at += padded) writePatch(part.image, x, y, patchSize, numbers, at);
    }
  }
  return numbers;
}

function writePatch({ width, pixels }: ImagePart['image'], x: number, y: number, size: number, numbers: Float32Array, start: number): void {
  let at = start;
  for (let row = y; row < y + size; row++) {
    const first = (row * width + x) * channels;
    for (let i = first; i < first + size * channels; i++) numbers[at++] = (pixels[i]! - half) / half;
  }
}
