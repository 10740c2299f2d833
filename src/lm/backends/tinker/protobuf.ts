/**
 * The messages of the Tinker protocol that travel as protocol buffers since the Python package tinker 0.25: what `forward_backward` is sent, and the results of it and of
 * `asample`. Field numbers are those of its `tinker/proto/tinker_public_pb2.py` (tinker 0.25); numbers are little-endian bytes. What is read becomes what the same
 * result is in JSON, and is checked as that.
 */
import { Message } from '../../../run/protobuf.ts';
import type { Datum } from './wire.ts';

/** The media type of these messages. */
export const protobufType = 'application/x-protobuf';

/** `DType`: the kinds of numbers of a tensor. */
const dtypes = { float32: 1, int64: 2 } as const;

function bytesOf(values: readonly number[], dtype: string): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(Float32Array.from(values).buffer);
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}

/** The body of `forward_backward`. */
export function encodeForwardBackward(modelId: string, sequence: number, data: readonly Datum[], loss: string): Uint8Array<ArrayBuffer> {
  const request = new Message().text(1, modelId).whole(2, sequence);
  for (const { model_input, loss_fn_inputs } of data) {
    const tokens = new Uint8Array(Int32Array.from(model_input.chunks[0].tokens).buffer);
    const datum = new Message().message(1, new Message().message(1, new Message().data(1, tokens)));
    for (const [name, { data: values, dtype, shape }] of Object.entries(loss_fn_inputs)) {
      const tensor = new Message()
        .data(1, bytesOf(values, dtype))
        .whole(3, dtypes[dtype as keyof typeof dtypes])
        .whole(4, shape[0]);
      datum.message(2, new Message().text(1, name).message(2, tensor));
    }
    request.message(3, datum);
  }
  return request.text(4, loss).bytes();
}

type Value = number | Uint8Array;

/** The fields of a message, by number, each with its values in order. Throws `RangeError` for bytes that are no message. */
function fieldsOf(bytes: Uint8Array): (field: number) => readonly Value[] {
  const fields = new Map<number, Value[]>();
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (let count = 0; count < 10; count++) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new RangeError('a number that does not end');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('a field that is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, kind] = [Math.floor(tag / 8), tag % 8];
    const lengths: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
    let value: Value;
    if (kind === 0) value = varint();
    else if (kind === 2) value = take(varint());
    else if (lengths[kind] !== undefined) value = take(lengths[kind]);
    else throw new RangeError(`a field of kind ${kind}`);
    const values = fields.get(field);
    if (values) values.push(value);
    else fields.set(field, [value]);
  }
  return (field) => fields.get(field) ?? [];
}

const isBytes = (value: Value | undefined): value is Uint8Array => value instanceof Uint8Array;
const messages = (values: readonly Value[]): Uint8Array[] => values.filter(isBytes);
const lastBytes = (values: readonly Value[]): Uint8Array => messages(values).at(-1) ?? new Uint8Array(0);
const lastWhole = (values: readonly Value[]): number => (typeof values.at(-1) === 'number' ? (values.at(-1) as number) : 0);

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function floats(bytes: Uint8Array): number[] {
  const data = view(bytes);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => data.getFloat32(4 * i, true));
}

function sampleOf(bytes: Uint8Array): unknown {
  const sequences = messages(fieldsOf(bytes)(1)).map((one) => {
    const field = fieldsOf(one);
    const tokens = lastBytes(field(2));
    const data = view(tokens);
    return {
      stop_reason: lastWhole(field(1)) === 0 ? 'stop' : 'length',
      tokens: Array.from({ length: Math.floor(tokens.length / 4) }, (_, i) => data.getInt32(4 * i, true)),
      logprobs: floats(lastBytes(field(3))),
    };
  });
  return { sequences };
}

/** Per datum the tensors by name; those of other numbers than float32 are left out. */
function recordOf(bytes: Uint8Array): Record<string, { data: number[] }>[] {
  const record = fieldsOf(bytes);
  const fields = messages(record(2)).map(fieldsOf);
  const tensors = fields.flatMap((entry) => {
    const tensor = fieldsOf(lastBytes(entry(2)));
    if (lastWhole(tensor(3)) !== dtypes.float32) return [];
    const offsets = view(lastBytes(tensor(2)));
    const edges = Array.from({ length: Math.floor(offsets.byteLength / 8) }, (_, i) => Number(offsets.getBigInt64(8 * i, true)));
    return [{ name: new TextDecoder().decode(lastBytes(entry(1))), data: lastBytes(tensor(1)), edges }];
  });
  const count = Math.max(0, ...tensors.map(({ edges }) => edges.length - 1));
  return Array.from({ length: count }, (_, datum) =>
    Object.fromEntries(
      tensors.map(({ name, data, edges }) => [name, { data: floats(data.subarray(edges[datum] ?? 0, edges[datum + 1] ?? 0)) }]),
    ),
  );
}

/** A result of that endpoint as it is in JSON; `undefined` for bytes that are none. */
export function decodeResult(endpoint: string, bytes: Uint8Array): unknown {
  try {
    if (endpoint === 'asample') return sampleOf(bytes);
    return endpoint === 'forward_backward' ? { loss_fn_outputs: messages(fieldsOf(bytes)(2)).flatMap(recordOf) } : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
