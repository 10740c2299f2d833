/**
 * What every checkpoint holds: parameters with their optimizer's moments as named tensors, and counters as JSON in the metadata.
 */

import { failure, show } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { type Tensor, tensor } from './safetensors.ts';
import type { Checkpoint } from './storedRun.ts';

/** Which numbers of a parameter. */
export type ParameterKind = 'values' | 'firstMoments' | 'secondMoments';

/** Parameters as a checkpoint sees them: `ParameterStore` of the kernels is one. */
export interface StoredParameters {
  /** Every number, padding included. */
  readonly values: Float32Array;
  /** In documented order. */
  tensors(): readonly {
    readonly name: string;
    readonly shape: readonly number[];
    get(kind?: ParameterKind): Float32Array<ArrayBuffer>;
    set(kind: ParameterKind, source: ArrayLike<number>): void;
  }[];
}

const prefixes = { values: '', firstMoments: 'adam.first/', secondMoments: 'adam.second/' } as const;
const kinds = ['values', 'firstMoments', 'secondMoments'] as const;

/** Parameters (or moments) as tensors `<prefix><kind's own prefix><name>`; shapes are (out, in). */
export function parameterTensors(store: StoredParameters, prefix = '', kind: ParameterKind = 'values'): Tensor[] {
  return store.tensors().map(({ name, shape, get }) => tensor(`${prefix}${prefixes[kind]}${name}`, get(kind), shape));
}

/** Parameters and both moments. The momentum of SGD is the first moment. */
export function trainedTensors(store: StoredParameters, prefix = ''): Tensor[] {
  return kinds.flatMap((kind) => parameterTensors(store, prefix, kind));
}

/** Overwrites parameters (or moments) from a checkpoint. Throws `CohortError` for a tensor that is missing or has another size. */
export function restoreParameters(
  store: StoredParameters,
  checkpoint: Pick<Checkpoint, 'tensors'>,
  prefix = '',
  kind: ParameterKind = 'values',
): void {
  for (const { name, shape, set } of store.tensors()) {
    const length = shape.reduce((product, size) => product * size, 1);
    set(kind, takeTensor(checkpoint, `${prefix}${prefixes[kind]}${name}`, new Float32Array(0), length));
  }
}

/** The reverse of {@link trainedTensors}. */
export function restoreTrained(store: StoredParameters, checkpoint: Pick<Checkpoint, 'tensors'>, prefix = ''): void {
  for (const kind of kinds) restoreParameters(store, checkpoint, prefix, kind);
}

/** The tensor of that name, with numbers of the class of `like` and of that length. Throws `CohortError` if it is not there. */
export function takeTensor<Data extends Tensor['data']>(
  { tensors }: Pick<Checkpoint, 'tensors'>,
  name: string,
  like: Data,
  length: number = like.length,
): Data {
  const found = tensors.get(name);
  if (found && found.data.constructor === like.constructor && found.data.length === length) return found.data as Data;
  const expected = `${length} numbers (${like.constructor.name})`;
  const got = found ? `${found.data.length} (${found.data.constructor.name})` : 'no such tensor';
  throw failure(`checkpoint: tensor ${name}`, expected, got, 'the checkpoint is not of this run; restore the folder from a copy');
}

/** What a run counts; whole numbers. */
export type Counters = Readonly<Record<string, number>>;

/** A JSON record from a checkpoint's metadata. Throws `CohortError` where `isRight` says that it is none. */
export function readRecord<T>(metadata: Checkpoint['metadata'], key: string, expected: string, isRight: (value: unknown) => value is T): T {
  const value = parseJson(metadata[key] ?? '');
  if (isRight(value)) return value;
  const advice = 'the checkpoint was not written by training; restore the folder from a copy';
  throw failure(`checkpoint: ${key}`, expected, show(metadata[key]), advice);
}

/** The counters of a checkpoint: those of `names`, each a whole number of at least 0. Throws `CohortError` otherwise. */
export function readCounters<const Names extends readonly string[]>(
  { metadata }: Pick<Checkpoint, 'metadata'>,
  names: Names,
): Record<Names[number], number> {
  const isRight = (value: unknown): value is Record<Names[number], number> =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => {
      const count = (value as Counters)[name];
      return Number.isSafeInteger(count) && count! >= 0;
    });
  return readRecord(metadata, 'counters', `whole numbers ${names.join(', ')}`, isRight);
}
