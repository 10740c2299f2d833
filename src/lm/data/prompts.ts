/**
 * Prompts of rows: a text, or a list of texts and pictures. A picture is named, `{"image":"shapes/1.png"}`, as people write it, or holds its pixels, as a run
 * folder keeps it: `{"image":{"width":8,"height":8,"pixels":"..."}}`.
 */
import { isRecord } from '../../core/arguments.ts';
import { type CohortError, mistake, show } from '../../core/errors.ts';
import { isVisible } from '../../core/text.ts';
import type { Picture } from '../tasks/pictures/canvas.ts';
import { lettersOf, type Prompt, type PromptPart } from '../tasks/prompt.ts';

/** Pictures by the names that rows give them. */
export type NamedPictures = ReadonlyMap<string, Picture>;

/** Most parts of a prompt, most characters of a path, and most pixels of a side of a picture that a row holds. */
const limits = { parts: 64, path: 255, side: 1024 } as const;

const example = 'write for example {"prompt":["how many circles? ",{"image":"shapes/1.png"}],"answer":"3"}';

/** The pictures that a prompt names, before anybody has looked whether it is one. */
export function picturesNamedIn(prompt: unknown): string[] {
  if (!Array.isArray(prompt)) return [];
  return prompt.flatMap((part: unknown) => (isRecord(part) && typeof part.image === 'string' ? [part.image] : []));
}

/**
 * A prompt that is a list, checked. `pictures` are those that it may name. Throws {@link CohortError} that begins with `where`: for anything that is no text and no picture, for
 * texts that `checkText` refuses, for paths that {@link checkPicturePath} refuses, and for pictures that are not there.
 */
export function readPromptParts(
  value: readonly unknown[],
  where: string,
  { pictures, checkText }: { readonly pictures: NamedPictures; checkText(text: string, where: string): string },
): Prompt {
  if (value.length === 0 || value.length > limits.parts) {
    throw mistake(where, `1 to ${limits.parts} texts and pictures`, `${value.length}`, 'mend the row, or leave it out');
  }
  return value.map((part, i): PromptPart => {
    const at = `${where}[${i}]`;
    // Blanks between pictures are no mistake.
    if (typeof part === 'string') return part !== '' && part.trim() === '' ? part : checkText(part, at);
    if (!isRecord(part) || Object.keys(part).join() !== 'image') {
      throw mistake(at, 'a text, or a picture as {"image":"file.png"}', show(part), example);
    }
    return { image: isRecord(part.image) ? heldPicture(part.image, at) : namedPicture(part.image, at, pictures) };
  });
}

function namedPicture(path: unknown, where: string, pictures: NamedPictures): Picture {
  checkPicturePath(path, where);
  const picture = pictures.get(path);
  if (picture) return picture;
  throw mistake(
    where,
    'a picture whose file was read',
    show(path),
    'give its pixels by that name: readRows(text, format, {}, name, pictures)',
  );
}

function heldPicture({ width, height, pixels }: Readonly<Record<string, unknown>>, where: string): Picture {
  const isSide = (side: unknown): side is number => Number.isInteger(side) && Number(side) >= 1 && Number(side) <= limits.side;
  const bytes = typeof pixels === 'string' ? bytesOfBase64(pixels) : undefined;
  if (isSide(width) && isSide(height) && bytes?.length === 3 * width * height) return { width, height, pixels: bytes };
  const got = `${show(width)} x ${show(height)} and ${bytes ? `${bytes.length} bytes` : show(pixels)}`;
  throw mistake(where, `a width and a height from 1 to ${limits.side} and three bytes per pixel in base64`, got, example);
}

/** The bytes of a text in base64; `undefined` for any other text. */
function bytesOfBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** A prompt as a run folder keeps it, to be written as JSON: its pictures hold their pixels. */
export function storedPrompt(prompt: Prompt): unknown {
  if (typeof prompt === 'string') return prompt;
  return prompt.map((part) => {
    if (typeof part === 'string') return part;
    const { width, height, pixels } = part.image;
    return { image: { width, height, pixels: btoa(lettersOf(pixels)) } };
  });
}

/**
 * Checks the path of a picture: relative, within the folder of its rows, the same on every system, `.png`, `.jpg` or `.jpeg`. Whether the file is there, and
 * no link, is for its reader to see. Throws {@link CohortError}.
 */
export function checkPicturePath(path: unknown, subject: string): asserts path is string {
  const refuse = (got: string, advice: string): CohortError =>
    mistake(subject, 'the path of a picture within the folder of its rows', got, advice);
  if (typeof path !== 'string') throw refuse(show(path), example);
  const named = path.length > limits.path ? `one of ${path.length} characters` : show(path);
  if (path === '' || path.length > limits.path) throw refuse(named, `give 1 to ${limits.path} characters`);
  if (!isVisible(path)) throw refuse(named, 'leave out characters that cannot be seen');
  if (/[\\:]/.test(path)) throw refuse(named, 'write / between folders, and no drive, address or backslash');
  if (path.startsWith('/')) throw refuse(named, 'start at the folder of the rows, not at the root');
  if (path.split('/').some((name) => name === '' || name === '.' || name === '..')) {
    throw refuse(named, 'name folder after folder, without . or .. or //');
  }
  if (!/\.(png|jpe?g)$/i.test(path)) throw refuse(named, 'name a file that ends in .png, .jpg or .jpeg');
}
