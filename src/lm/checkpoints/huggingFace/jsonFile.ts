/**
 * A JSON file of a model's folder.
 */
import { failure } from '../../../core/errors.ts';
import { parseJsonObject } from '../../../core/json.ts';
import type { ModelFiles } from '../files.ts';

/** Longest JSON file that is read; the index of a model of hundreds of shards has some megabytes. */
const longest = 64 * 2 ** 20;

/**
 * The object in a JSON file; `undefined` where there is none of that name. Throws `CohortError` for more than 64 MiB, and for what is no JSON
 * object.
 */
export async function readJsonFile(files: ModelFiles, file: string): Promise<Record<string, unknown> | undefined> {
  const size = await files.size(file);
  if (size === undefined) return undefined;
  const subject = `${files.place}, ${file}`;
  const advice = 'use another copy of the model';
  if (size > longest) throw failure(subject, `at most ${longest} bytes`, `${size}`, advice);
  const value = parseJsonObject(await files.read(file, 0, size));
  if (!value) throw failure(subject, 'a JSON object', 'something else', advice);
  return value;
}
