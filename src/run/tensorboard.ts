/**
 * TensorBoard event files: scalars, and the configuration for the pages Text and HParams. Framing: TFRecord (u64 length, masked CRC of it, data, masked
 * CRC of them); data: the protobuf `Event` of tensorboard/compat/proto (wall_time 1, step 2, file_version 3, summary 5; value: tag 1, simple_value 2,
 * tensor 8, metadata 9; metadata: plugin_data 1 of plugin_name 1 and content 2; tensor: dtype 1, tensor_shape 2, string_val 8).
 */
import { mistake, show } from '../core/errors.ts';
import { type Crc, crcOf } from './crc.ts';
import { Message } from './protobuf.ts';

/** Added when a TFRecord masks its checksum (tensorflow/core/lib/hash/crc32c.h). */
const maskDelta = 0xa282ead8;

/** CRC-32C (Castagnoli; RFC 3720, appendix B.4): of the text `123456789` it is e3069283. */
export const crc32c: Crc = /* @__PURE__ */ crcOf(0x82f63b78);

/** The checksum as a TFRecord stores it. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0;
}

/** One TFRecord around the data. */
function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** An event of a moment; `seconds` since 1970. */
function event(seconds: number): Message {
  return new Message().double(1, seconds);
}

/** The first record of an event file. `seconds` since 1970. */
export function encodeFileVersion(seconds: number): Uint8Array {
  return frame(event(seconds).text(3, 'brain.Event:2').bytes());
}

/**
 * One record with all scalars of one step. `seconds` since 1970, `step` a whole number of at least 0.
 * Values are rounded to float32; NaN and infinities stay what they are. Throws `CohortError` for another step.
 */
export function encodeScalars(seconds: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw mistake('step of a metric', 'a whole number of at least 0', show(step), 'count environment steps');
  }
  const summary = new Message();
  for (const [tag, scalar] of Object.entries(scalars)) summary.message(1, new Message().text(1, tag).float(2, scalar));
  return frame(event(seconds).whole(2, step).message(5, summary).bytes());
}

/** A summary value that belongs to a page of TensorBoard. */
function pluginValue(tag: string, plugin: string, content: Message = new Message()): Message {
  const metadata = new Message().message(1, new Message().text(1, plugin).message(2, content));
  return new Message().text(1, tag).message(9, metadata);
}

/** A setting as the page HParams takes it, a protobuf `Value`: a number, a truth or a text. */
function settingValue(setting: unknown): Message {
  if (typeof setting === 'number') return new Message().double(2, setting);
  if (typeof setting === 'boolean') return new Message().whole(4, Number(setting));
  return new Message().text(3, typeof setting === 'string' ? setting : JSON.stringify(setting));
}

/**
 * The record of a run's configuration: a table on the page Text, as CleanRL writes it, and the settings on the page HParams, which compares runs by them
 * (tensorboard/plugins/hparams/plugin_data.proto: data of version 1 and session_start_info 3; that of hparams 1 and start_time_secs 5).
 */
export function encodeSettings(seconds: number, settings: Readonly<Record<string, unknown>>): Uint8Array {
  const given = Object.entries(settings).filter(([, setting]) => setting !== undefined && setting !== null);
  const cell = (setting: unknown): string => (typeof setting === 'string' ? setting : JSON.stringify(setting)).replaceAll('|', '\\|');
  const table = ['|field|value|', '|-|-|', ...given.map(([name, setting]) => `|${name}|${cell(setting)}|`)].join('\n');
  const stringType = 7;
  const tensor = new Message().whole(1, stringType).message(2, new Message()).text(8, table);
  const start = new Message().double(5, seconds);
  for (const [name, setting] of given) start.message(1, new Message().text(1, name).message(2, settingValue(setting)));
  const summary = new Message()
    .message(1, pluginValue('configuration/text_summary', 'text').message(8, tensor))
    .message(1, pluginValue('_hparams_/session_start_info', 'hparams', new Message().message(3, start)));
  return frame(event(seconds).message(5, summary).bytes());
}
