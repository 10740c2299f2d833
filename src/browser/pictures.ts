/**
 * Pictures of prompts out of PNG and JPEG files, in a page or a worker.
 */
import { failure } from '../core/errors.ts';
import { notDecoded, pictureOfDecoded, plainPicture, readPictureHeader } from '../lm/tasks/pictures/pictureFile.ts';
import type { ImagePart } from '../lm/tasks/prompt.ts';

/**
 * Decodes a PNG or JPEG file; what is transparent lies on white. The picture has its own size: scaling it to that of a task is up to the caller. The pixels of
 * a JPEG, and of what is half transparent, may differ by a little from those that Node, or another browser, finds.
 *
 * Throws {@link CohortError} as `readPictureHeader` does, for data that cannot be decoded, and where a page has no memory for a canvas of that size.
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<ImagePart['image']> {
  const header = readPictureHeader(bytes, name);
  let decoded: ImageBitmap;
  try {
    decoded = await createImageBitmap(new Blob([plainPicture(bytes, header)], { type: `image/${header.format}` }));
  } catch (cause) {
    throw notDecoded(name, cause);
  }
  try {
    const { width, height } = decoded;
    // A size that is not the header's takes no memory.
    if (width * height !== header.width * header.height) return pictureOfDecoded({ width, height, data: new Uint8Array() }, header, name);
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) throw failure(name, 'a canvas to decode it on', 'none', 'close other pages, or make the picture smaller');
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, height);
    context.drawImage(decoded, 0, 0);
    return pictureOfDecoded(context.getImageData(0, 0, width, height), header, name);
  } finally {
    decoded.close();
  }
}
