/**
 * Reads TensorBoard event files back, checking every checksum. Knows just the fields that Cohort writes and throws on others.
 */
import { maskedCrc32c } from '../../src/run/tensorboard.ts';

/** One event. */
export interface DecodedEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  /** What belongs to a page of TensorBoard: its tag, the page's name, and its data undecoded. */
  plugins?: { tag: string; plugin: string; content: Uint8Array; text?: string }[];
  scalars: Record<string, number>;
}

/** A protobuf message as [field, wire type, value] triples. */
function* fields(bytes: Uint8Array): Generator<[field: number, wire: number, value: number | Uint8Array]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    const field = key >>> 3;
    if (wire === 0) yield [field, wire, varint()];
    else if (wire === 1) {
      yield [field, wire, view.getFloat64(at, true)];
      at += 8;
    } else if (wire === 5) {
      yield [field, wire, view.getFloat32(at, true)];
      at += 4;
    } else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new Error('field longer than its message');
      yield [field, wire, bytes.subarray(at, at + length)];
      at += length;
    } else throw new Error(`wire type ${wire}`);
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** All events of a file. Throws for a record that is cut short or has a wrong checksum. */
export function decodeEvents(bytes: Uint8Array): DecodedEvent[] {
  const events: DecodedEvent[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== maskedCrc32c(bytes.subarray(at, at + 8))) throw new Error(`length checksum at ${at}`);
    const data = bytes.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== maskedCrc32c(data)) throw new Error(`data checksum at ${at}`);
    at += 16 + length;
    const event: DecodedEvent = { wallTime: 0, step: 0, scalars: {} };
    for (const [field, wire, value] of fields(data)) {
      if (field === 1 && wire === 1) event.wallTime = value as number;
      else if (field === 2 && wire === 0) event.step = value as number;
      else if (field === 3 && wire === 2) event.fileVersion = text(value as Uint8Array);
      else if (field === 5 && wire === 2) {
        for (const [, , summaryValue] of fields(value as Uint8Array)) {
          const parts = new Map([...fields(summaryValue as Uint8Array)].map(([name, , content]) => [name, content]));
          if (parts.has(9)) {
            const [[, , data]] = [...fields(parts.get(9) as Uint8Array)] as [[number, number, Uint8Array]];
            const described = new Map([...fields(data)].map(([name, , content]) => [name, content as Uint8Array]));
            const tensor = parts.has(8)
              ? new Map([...fields(parts.get(8) as Uint8Array)].map(([name, , content]) => [name, content]))
              : undefined;
            event.plugins ??= [];
            event.plugins.push({
              tag: text(parts.get(1) as Uint8Array),
              plugin: text(described.get(1)!),
              content: described.get(2)!,
              ...(tensor && { text: text(tensor.get(8) as Uint8Array) }),
            });
            continue;
          }
          event.scalars[text(parts.get(1) as Uint8Array)] = parts.get(2) as number;
        }
      } else throw new Error(`field ${field} of wire type ${wire}`);
    }
    events.push(event);
  }
  return events;
}
