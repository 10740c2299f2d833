/**
 * The tensors of a Hugging Face folder against what its config.json asks for, and their numbers. Data is read in pieces.
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import { embeddingName, headName, tensorShapes } from '../../../kernels/transformer/shapes.ts';
import type { ModelShape } from '../checkpoint.ts';
import type { ModelFiles } from '../files.ts';
import { dtypeBytes, firstNotFinite, type WeightDtype, weightDtypes, writeFloats } from './dtypes.ts';
import { readWeightFiles, type StoredEntry, type WeightFiles } from './weightFiles.ts';

/** Bytes of a piece; a multiple of every dtype's size. */
const pieceBytes = 4 * 2 ** 20;

/** A tensor as its file has it. */
export interface StoredTensor {
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

/** The tensors of a folder that its config.json asks for, all of them there and of the right shape. */
export interface ModelTensors extends WeightFiles {
  /** Where each lies: the names of `tensorShapes`, no others. */
  readonly entries: ReadonlyMap<string, StoredEntry & { readonly dtype: WeightDtype }>;
}

const advice = 'use a folder whose config.json and weights belong together';
const show3 = (names: readonly string[]): string =>
  `${names.slice(0, 3).map(show).join(', ')}${names.length > 3 ? `, ... (${names.length})` : ''}`;

/**
 * Tensors that older versions of transformers wrote beside the weights, and that newer ones compute: the frequencies of rotary positions.
 * transformers passes over them, too (`_keys_to_ignore_on_load_unexpected` of models/llama in 4.x).
 */
const isComputed = (name: string): boolean => /(^|\.)rotary_emb\.(inv_freq|cos_cached|sin_cached)$/.test(name);

/** Pieces of a tensor's bytes, in order. */
export async function* piecesOf(files: ModelFiles, { file, begin, end }: StoredEntry): AsyncGenerator<Uint8Array> {
  for (let at = begin; at < end; at += pieceBytes) yield await files.read(file, at, Math.min(end, at + pieceBytes));
}

/** The numbers of a tensor as float32. Throws `CohortError` that begins with `where` for one that is not finite. */
export async function floatsOf(
  files: ModelFiles,
  entry: StoredEntry & { readonly dtype: WeightDtype },
  where: string,
): Promise<Float32Array> {
  const size = dtypeBytes(entry.dtype);
  // The header was held against the file's size: so many bytes are there.
  const floats = new Float32Array((entry.end - entry.begin) / size);
  let at = 0;
  for await (const piece of piecesOf(files, entry)) {
    writeFloats(piece, entry.dtype, floats, at);
    at += piece.length / size;
  }
  const wrong = firstNotFinite(floats);
  if (wrong >= 0) throw failure(where, 'finite numbers', `${floats[wrong]} at index ${wrong}`, 'use another copy of the model');
  return floats;
}

/** The bytes of a tensor. */
export async function bytesOf(files: ModelFiles, entry: StoredEntry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.end - entry.begin);
  let at = 0;
  for await (const piece of piecesOf(files, entry)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Whether two tensors of one shape hold the same numbers. */
async function areEqual(files: ModelFiles, first: StoredEntry, second: StoredEntry): Promise<boolean> {
  const others = piecesOf(files, second);
  for await (const piece of piecesOf(files, first)) {
    const other = (await others.next()).value as Uint8Array;
    for (let i = 0; i < piece.length; i++) if (piece[i] !== other[i]) return false;
  }
  return true;
}

/**
 * An entry whose tensor has the dtype of a weight and the shape that is asked for. Throws `CohortError` else.
 * `where` names the tensor.
 */
export function checkEntry(entry: StoredEntry, shape: readonly number[], where: string): StoredEntry & { readonly dtype: WeightDtype } {
  const dtype = weightDtypes.find((known) => known === entry.dtype);
  if (!dtype) throw mistake(where, `a dtype of ${weightDtypes.join(', ')}`, show(entry.dtype), 'convert the model to float32 (F32) first');
  if (entry.shape.length !== shape.length || shape.some((length, i) => length !== entry.shape[i])) {
    throw failure(where, `the shape (${shape.join(', ')}) that the configuration asks for`, `(${entry.shape.join(', ')})`, advice);
  }
  return { ...entry, dtype };
}

async function checkTiedHead(files: ModelFiles, head: StoredEntry, embedding: StoredEntry): Promise<void> {
  const where = `${files.place}, tensor ${headName}`;
  const checked = checkEntry(head, embedding.shape, where);
  const isSame = checked.dtype === embedding.dtype && (await areEqual(files, head, embedding));
  if (isSame) return;
  const expected = `the bytes of ${embeddingName}, since config.json says tie_word_embeddings`;
  throw failure(where, expected, checked.dtype === embedding.dtype ? 'others' : `${checked.dtype}, not ${embedding.dtype}`, advice);
}

/**
 * Finds the tensors that a model of this shape has. Of a model with a tied head `lm_head.weight` may be there, too, if its bytes are the
 * embedding's; buffers that are computed (`rotary_emb.inv_freq`) are passed over. Throws `CohortError` for a tensor that is missing, one
 * more, another shape, a dtype that is none of weights, and for what `readWeightFiles` refuses. No data is read but that of a tied head.
 */
export async function findTensors(files: ModelFiles, shape: ModelShape): Promise<ModelTensors> {
  const found = await readWeightFiles(files);
  const shapes = tensorShapes(shape);
  const missing = [...shapes.keys()].filter((name) => !found.entries.has(name));
  if (missing.length === 1 && missing[0] === headName) {
    const expected = `tensor ${headName}, since config.json does not say tie_word_embeddings`;
    throw failure(
      files.place,
      expected,
      'none',
      `write "tie_word_embeddings": true into config.json if the embedding is its head, or ${advice}`,
    );
  }
  const extra = [...found.entries.keys()].filter((name) => !shapes.has(name) && !isComputed(name));
  const left = extra.filter((name) => !(name === headName && shape.tieWordEmbeddings));
  if (missing.length > 0) {
    const got = left.length > 0 ? `others, ${show3(left)}` : 'fewer tensors';
    throw failure(files.place, `the tensors that config.json asks for, ${show3(missing)} among them`, got, advice);
  }
  if (left.length > 0)
    throw failure(files.place, `the ${shapes.size} tensors that config.json asks for`, `${show3(left)} beside them`, advice);
  const entries = new Map<string, StoredEntry & { readonly dtype: WeightDtype }>();
  for (const [name, wanted] of shapes) entries.set(name, checkEntry(found.entries.get(name)!, wanted, `${files.place}, tensor ${name}`));
  if (extra.includes(headName)) await checkTiedHead(files, found.entries.get(headName)!, found.entries.get(embeddingName)!);
  return { ...found, entries };
}
