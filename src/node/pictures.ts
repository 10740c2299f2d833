/**
 * Pictures of prompts out of PNG and JPEG files, in Node.
 */
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { CohortError, mistake, show } from '../core/errors.ts';
import { checkPicturePath } from '../lm/data/prompts.ts';
import { maxPictureBytes, notDecoded, pictureOfDecoded, plainPicture, readPictureHeader } from '../lm/tasks/pictures/pictureFile.ts';
import { pngPixels } from '../lm/tasks/pictures/pngFile.ts';
import type { ImagePart } from '../lm/tasks/prompt.ts';
import { codeOf } from './files.ts';
import { loadOptional } from './film/optional.ts';

/**
 * Decodes a PNG or JPEG file; what is transparent lies on white. The picture has its own size: scaling it to that of a task is up to the caller. The pixels of
 * a JPEG, and of what is half transparent, may differ by a little from those that a browser finds.
 *
 * Throws {@link CohortError} as `readPictureHeader` does, for data that cannot be decoded, and without the optional package that decodes.
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<ImagePart['image']> {
  const header = readPictureHeader(bytes, name);
  const { createCanvas, loadImage } = await loadOptional('@napi-rs/canvas', 'reading pictures', () => import('@napi-rs/canvas'));
  let decoded: Awaited<ReturnType<typeof loadImage>>;
  try {
    if (header.format === 'png') await checkPixels(bytes);
    decoded = await loadImage(plainPicture(bytes, header));
  } catch (cause) {
    throw notDecoded(name, cause);
  }
  const { width, height } = decoded;
  // A size that is not the header's takes no memory.
  if (width * height !== header.width * header.height) return pictureOfDecoded({ width, height, data: new Uint8Array() }, header, name);
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.drawImage(decoded, 0, 0);
  return pictureOfDecoded({ width, height, data: context.getImageData(0, 0, width, height).data }, header, name);
}

/** Throws if the compressed pixels of a PNG are damaged, or fewer or more than its header says: the decoder would paint them black. */
async function checkPixels(bytes: Uint8Array): Promise<void> {
  const { compressed, length } = pngPixels(bytes);
  const raw = await promisify(inflate)(compressed, { maxOutputLength: length });
  if (raw.length !== length) throw new Error(`${raw.length} bytes of pixels instead of ${length}`);
}

/**
 * The bytes of a picture in a folder, named as rows name it. Throws {@link CohortError} for a path that leads out of the folder, for one that passes a link,
 * for what is no plain file, and for more than 65 MiB.
 */
export async function readPictureFile(folder: string, file: string): Promise<Uint8Array> {
  checkPicturePath(file, folder);
  const path = join(folder, file);
  const refuse = (got: string, advice: string, cause?: unknown): CohortError =>
    mistake(path, 'a picture that can be read', got, advice, cause);
  try {
    let part = folder;
    for (const name of file.split('/')) {
      part = join(part, name);
      if ((await lstat(part)).isSymbolicLink()) throw refuse(`${show(part)}, which is a link`, 'put the picture itself into the folder');
    }
    const handle = await open(path);
    try {
      const information = await handle.stat();
      if (!information.isFile()) throw refuse(information.isDirectory() ? 'a folder' : 'no plain file', 'name the file in it');
      if (information.size > maxPictureBytes) throw refuse(`${information.size} bytes`, `at most ${maxPictureBytes} bytes are read`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CohortError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse(`${show(path)}, which does not exist`, 'check the path', error);
    throw refuse(`${show(path)} (${code ?? 'unreadable'})`, 'check its permissions', error);
  }
}
