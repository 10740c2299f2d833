/**
 * The safetensors files of a model's folder: their headers, checked, without their data.
 */
import { isRecord } from '../../../core/arguments.ts';
import { failure, mistake, show } from '../../../core/errors.ts';
import { headerStart, readSafetensorsHeader, type SafetensorsHeader, safetensorsHeaderLength } from '../../../run/safetensors.ts';
import type { ModelFiles } from '../files.ts';
import { readJsonFile } from './jsonFile.ts';

/** Where a tensor lies. */
export interface StoredEntry {
  readonly file: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly begin: number;
  /** The byte after the last one. */
  readonly end: number;
}

/** All tensors of a folder. */
export interface WeightFiles {
  /** The files in the order of their names. */
  readonly names: readonly string[];
  /** Bytes of all of them. */
  readonly bytes: number;
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

/** The file of a model that is not in shards. */
const singleFile = 'model.safetensors';
/** Which shard holds which tensor. */
const indexFile = 'model.safetensors.index.json';
const advice = 'use another copy of the model';

/** The header of one safetensors file, of which no more is read. Throws `CohortError` for a missing or damaged one. */
export async function readHeader(files: ModelFiles, file: string): Promise<SafetensorsHeader & { readonly size: number }> {
  const subject = `${files.place}, ${file}`;
  const size = await files.size(file);
  if (size === undefined) throw failure(subject, 'a file', 'none', advice);
  const start = await files.read(file, 0, Math.min(size, headerStart));
  const length = safetensorsHeaderLength(start, size, subject, advice);
  return { ...readSafetensorsHeader(await files.read(file, 8, 8 + length), size, subject, advice), size };
}

/** Which shard the index says holds which tensor. */
function readIndex(index: Readonly<Record<string, unknown>>, subject: string): Map<string, string> {
  const map = Object.hasOwn(index, 'weight_map') ? index.weight_map : undefined;
  if (!isRecord(map)) throw failure(subject, 'weight_map: the file of every tensor', show(map), advice);
  const shards = new Map<string, string>();
  for (const [name, file] of Object.entries(map)) {
    // A path would leave the folder.
    const isName = typeof file === 'string' && /^[^/\\\0]+\.safetensors$/.test(file);
    if (!isName) throw failure(`${subject}, tensor ${show(name)}`, 'the name of a .safetensors file beside it', show(file), advice);
    shards.set(name, file);
  }
  if (shards.size === 0) throw failure(subject, 'weight_map: the file of every tensor', 'an empty one', advice);
  return shards;
}

async function noWeights(files: ModelFiles): Promise<Error> {
  const names = await files.list();
  const pickled = names.find((name) => /\.(bin|pt|pth|ckpt)$/.test(name));
  const expected = `${singleFile}, or ${indexFile} and its shards`;
  if (pickled === undefined) return mistake(files.place, expected, 'neither', 'name the folder of a model, with all its files');
  const how = "load it in Python and write it with save_pretrained('folder'), which makes safetensors";
  return mistake(files.place, expected, `${show(pickled)}, which only Python can read`, how);
}

/**
 * Reads the headers of model.safetensors, or of the shards that model.safetensors.index.json names where there is no such file (the order of
 * transformers). Throws `CohortError`: for a missing or damaged file, a tensor in two shards, and an index that says something else than the
 * shards.
 */
export async function readWeightFiles(files: ModelFiles): Promise<WeightFiles> {
  let index: Map<string, string> | undefined;
  let names: string[] = [singleFile];
  const subject = `${files.place}, ${indexFile}`;
  if ((await files.size(singleFile)) === undefined) {
    const json = await readJsonFile(files, indexFile);
    if (!json) throw await noWeights(files);
    index = readIndex(json, subject);
    names = [...new Set(index.values())].sort();
  }
  const entries = new Map<string, StoredEntry>();
  let bytes = 0;
  for (const file of names) {
    const header = await readHeader(files, file);
    bytes += header.size;
    for (const { name, dtype, shape, begin, end } of header.entries) {
      const before = entries.get(name);
      if (before) throw failure(`${files.place}, tensor ${show(name)}`, 'one', `one in ${before.file} and one in ${file}`, advice);
      const said = index ? index.get(name) : file;
      if (said !== file) throw failure(`${subject}, tensor ${show(name)}`, `${show(file)}, which holds it`, show(said), advice);
      entries.set(name, { file, dtype, shape, begin: header.length + begin, end: header.length + end });
    }
  }
  for (const [name, file] of index ?? []) {
    if (!entries.has(name))
      throw failure(`${subject}, tensor ${show(name)}`, `a tensor that ${file} holds`, 'none of that name there', advice);
  }
  return { names, bytes, entries };
}
