/**
 * Files of questions and answers that a page was given, or that have an address, as tasks.
 */
import { CohortError, failure, mistake, show } from '../core/errors.ts';
import { checkDataOptions, type DataFileOptions, dataFormatOf, taskOfFile } from '../lm/data/file.ts';
import { maxPictureBytes } from '../lm/tasks/pictures/pictureFile.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import { maxDataBytes } from '../run/data.ts';
import { decodePicture } from './pictures.ts';

/** Where a picture is: a PNG or JPEG file, or its address. */
export type PictureSource = Blob | URL;

/** How a page reads a data file. */
export interface PageDataOptions extends DataFileOptions {
  /**
   * The pictures that rows name. Files, as an input with `webkitdirectory` gives them: that one whose path ends in the name is taken. Or a function from a name to
   * a file or an address. Default: what lies beside the rows, where these have an address.
   */
  readonly pictures?: Iterable<File> | ((name: string) => PictureSource | Promise<PictureSource>) | undefined;
}

const example = 'write for example readDataTask(file, { pictures: input.files })';

/**
 * The task of questions and answers: `await readDataTask(input.files[0], { pictures: input.files })`, or of an address. JSON lines, CSV or values between tabs; prompts of JSON
 * lines may name pictures, PNG or JPEG, which the browser decodes. The same rows and pixels give the task of Node's `readDataTask`; pixels of a JPEG, and half transparent ones,
 * may differ by a little.
 *
 * Throws {@link CohortError} with the line for what is wrong with the rows, for more than 64 MiB, also as they are kept with their pictures, for Parquet, for pictures that
 * are not there or cannot be decoded, and for an address that does not answer.
 */
export async function readDataTask(rows: File | URL, options: PageDataOptions = {}): Promise<LanguageTask> {
  checkDataOptions(options, 'readDataTask');
  if (!(rows instanceof File || rows instanceof URL)) {
    const advice = `${example}; of a text: new File([text], "shapes.jsonl")`;
    throw mistake('readDataTask', 'a File, or the URL of one', show(rows), advice);
  }
  const path = rows instanceof URL ? rows.href : rows.name;
  const name = rows instanceof URL ? rows.pathname.replace(/^.*\//, '') : rows.name;
  if (dataFormatOf(name) === 'parquet')
    throw mistake(path, 'JSON lines, CSV or values between tabs', 'Parquet', 'read it in Node, or convert it');
  const bytes = await bytesOf(rows, path, maxDataBytes);
  const find = finderOf(options.pictures, rows);
  return taskOfFile(
    {
      name,
      path,
      bytes,
      readPicture: async (picture) => decodePicture(await bytesOf(await find(picture), picture, maxPictureBytes), picture),
    },
    options,
  );
}

/** The bytes of a file, or of what an address answers. */
async function bytesOf(source: PictureSource, path: string, most: number): Promise<Uint8Array> {
  if (!(source instanceof Blob || source instanceof URL)) throw mistake(path, 'a File, a Blob or a URL', show(source), example);
  try {
    const blob = source instanceof URL ? await fetched(source, path) : source;
    if (blob.size > most) throw mistake(path, `at most ${most} bytes`, `${blob.size}`, 'take a part of it, or make it smaller');
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    if (cause instanceof CohortError) throw cause;
    // Browsers say little of why: a file that has changed since it was chosen, another origin, no connection.
    throw failure(
      path,
      'a file that can be read',
      cause instanceof Error ? cause.message : show(cause),
      'choose it again, or check its address',
      cause,
    );
  }
}

async function fetched(url: URL, path: string): Promise<Blob> {
  const response = await fetch(url);
  if (response.ok) return response.blob();
  throw failure(path, `an answer of ${url.href}`, `${response.status} ${response.statusText}`.trim(), 'check the address');
}

/** What finds the pictures that rows name. */
function finderOf(pictures: PageDataOptions['pictures'], rows: File | URL): (name: string) => PictureSource | Promise<PictureSource> {
  if (typeof pictures === 'function') return pictures;
  // Part by part: a name is no address, and may hold what means something in one.
  if (pictures === undefined && rows instanceof URL && /^https?:$/.test(rows.protocol)) {
    return (name) => new URL(name.split('/').map(encodeURIComponent).join('/'), rows);
  }
  const isIterable = typeof (pictures as Partial<Iterable<File>> | undefined)?.[Symbol.iterator] === 'function';
  const files = isIterable ? [...pictures!] : [];
  if ((pictures !== undefined && !isIterable) || files.some((file) => !(file instanceof File))) {
    throw mistake('readDataTask: pictures', 'files, or a function from a name to one', show(pictures), example);
  }
  return (name) => {
    const found = files.filter((file) => `/${file.webkitRelativePath || file.name}`.endsWith(`/${name}`));
    if (found.length === 1) return found[0]!;
    const got = found.length === 0 ? `none among ${files.length} files` : `${found.length} of them`;
    throw mistake(name, 'one picture whose path ends so', got, 'choose the folder of the rows, or give a function from names to files');
  };
}
