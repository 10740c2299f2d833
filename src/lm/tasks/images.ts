/**
 * Checks of what a task says of its pictures, and of the pictures in its prompts.
 */
import { isRecord } from '../../core/arguments.ts';
import { show } from '../../core/errors.ts';
import { type Defect, type Prompt, picturesOf } from './prompt.ts';
import { patchTokens, type TaskImages } from './task.ts';

/** Most pixels of a side of a picture, and most pictures of a prompt: far more than a model of this library reads. */
const limits = { side: 1024, count: 64 } as const;

/** What is wrong with the pictures that a task declares; `undefined` if nothing is. `promptLength` must have room for their patches. */
export function imagesProblem(images: unknown, promptLength: number): Defect | undefined {
  const { width, height, patchSize, count } = (isRecord(images) ? images : {}) as Partial<TaskImages>;
  const isWithin = (value: unknown, most: number): value is number =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
  if (
    !isWithin(width, limits.side) ||
    !isWithin(height, limits.side) ||
    !isWithin(patchSize, limits.side) ||
    !isWithin(count, limits.count)
  ) {
    return [
      `{ width, height, patchSize, count }, whole numbers from 1: sides up to ${limits.side} pixels, up to ${limits.count} pictures`,
      show(images),
      'write for example { width: 24, height: 24, patchSize: 4, count: 1 }',
    ];
  }
  if (width % patchSize !== 0 || height % patchSize !== 0) {
    const got = `${width} x ${height} pixels and patches of ${patchSize}`;
    return ['sides that are multiples of patchSize', got, 'choose a patchSize that divides both sides, or other pictures'];
  }
  const tokens = patchTokens({ width, height, patchSize, count });
  if (tokens <= promptLength) return undefined;
  return [`at most ${show(promptLength)} patches in a prompt, as promptLength says`, `${tokens}`, 'add the patches to promptLength'];
}

/** What is wrong with the pictures of a prompt of a task that declares `images`; `undefined` if nothing is, or the task declares none. */
export function picturesProblem(prompt: Prompt, images: TaskImages | undefined): Defect | undefined {
  if (images === undefined) return undefined;
  const { width, height, count } = images;
  const pictures = picturesOf(prompt);
  if (pictures.length !== count)
    return [`${count} pictures, as the task’s images say`, `${pictures.length}`, 'let prompts() give that many'];
  const wrong = pictures.find(
    (picture) => picture.width !== width || picture.height !== height || picture.pixels.length !== 3 * width * height,
  );
  if (!wrong) return undefined;
  const got = `${show(wrong.width)} x ${show(wrong.height)} with ${wrong.pixels.length} bytes`;
  return [
    `pictures of ${width} x ${height} pixels with ${3 * width * height} bytes`,
    got,
    'let prompts() give pictures of the size that images says',
  ];
}
