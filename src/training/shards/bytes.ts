/**
 * Tasks and answers of shards, or parts of them, as bytes: safetensors with a digest, in which nothing can be executed.
 */
import { failure } from '../../core/errors.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, type TensorData, tensor } from '../../run/safetensors.ts';

/** The tensor of the numbers, and the metadata that names them. */
const numbersName = 'numbers';
const advice = 'send it again, and use the same build on all machines';

/** A message: numbers, arrays, and records of both; no name of the message itself has a slash in it. */
export type ShardMessage = object;

function flatten(message: object, prefix = ''): [string, number | TensorData][] {
  return Object.entries(message).flatMap(([name, value]: [string, unknown]): [string, number | TensorData][] => {
    if (value === undefined) return [];
    if (typeof value === 'number' || ArrayBuffer.isView(value)) return [[prefix + name, value as number | TensorData]];
    return flatten(value as object, `${prefix}${name}/`);
  });
}

/** The bytes of a message. Numbers keep their bits, those that are not finite included. */
export function encodeMessage(message: ShardMessage): Uint8Array {
  const numbers: [string, number][] = [];
  const tensors: Tensor[] = [];
  for (const [name, value] of flatten(message)) {
    if (typeof value === 'number') numbers.push([name, value]);
    else tensors.push(tensor(`array/${name}`, value));
  }
  const values = Float64Array.from(numbers, ([, value]) => value);
  return encodeSafetensors([tensor(numbersName, values), ...tensors], { [numbersName]: JSON.stringify(numbers.map(([name]) => name)) });
}

/**
 * What {@link encodeMessage} wrote, in arrays of its own. Who uses it checks what is in it. Throws `CohortError` that begins with `subject` for bytes that are
 * damaged, or no message.
 */
export function decodeMessage(bytes: Uint8Array, subject: string): Record<string, unknown> {
  const { tensors, metadata } = decodeSafetensors(bytes, subject, { verifyDigest: true, advice });
  const values = tensors.get(numbersName)?.data;
  const names = namesOf(metadata[numbersName]);
  if (!(values instanceof Float64Array) || names?.length !== values.length) {
    throw failure(subject, 'a message with as many names as numbers', 'another file', advice);
  }
  const entries: [string, unknown][] = names.map((name, i) => [name, values[i]]);
  for (const [name, { data }] of tensors) if (name.startsWith('array/')) entries.push([name.slice('array/'.length), data]);
  return nest(entries, subject);
}

function namesOf(text = ''): readonly string[] | undefined {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}

/** The first slash ends the name of a record: names in it may have slashes of their own. */
function nest(entries: readonly [string, unknown][], subject: string): Record<string, unknown> {
  const message = new Map<string, unknown>();
  const records = new Map<string, [string, unknown][]>();
  for (const [name, value] of entries) {
    const slash = name.indexOf('/');
    if (slash < 0) message.set(name, value);
    else {
      const record = name.slice(0, slash);
      const inner = records.get(record) ?? [];
      inner.push([name.slice(slash + 1), value]);
      records.set(record, inner);
    }
  }
  for (const [name, inner] of records) {
    if (message.has(name)) throw failure(subject, 'names of one thing each', `${name} twice`, advice);
    message.set(name, Object.fromEntries(inner));
  }
  return Object.fromEntries(message);
}
