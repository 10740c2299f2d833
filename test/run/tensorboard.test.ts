import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { crc32c, encodeFileVersion, encodeScalars, encodeSettings, maskedCrc32c } from '../../src/run/tensorboard.ts';
import { decodeEvents } from './tfeventsDecoder.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('crc32c', () => {
  // RFC 3720, B.4, and the usual check value.
  it.each([
    ['123456789', bytesOf('123456789'), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])('%s', (_name, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('is masked as TFRecord masks it: rotated by 15, plus a282ead8', () => {
    const crc = 0xe3069283n;
    const rotated = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
    expect(maskedCrc32c(bytesOf('123456789'))).toBe(Number((rotated + 0xa282ead8n) & 0xffffffffn));
  });
});

describe('the settings of a run', () => {
  it('are a table of text and what HParams compares runs by', () => {
    const settings = { env: 'a|b', learningRate: 0.5, anneal: true, hiddenSizes: [64, 64], none: undefined, nothing: null };
    const [event] = decodeEvents(encodeSettings(12.5, settings));
    const [table, start] = event!.plugins!;
    expect(table).toMatchObject({
      tag: 'configuration/text_summary',
      plugin: 'text',
      text: '|field|value|\n|-|-|\n|env|a\\|b|\n|learningRate|0.5|\n|anneal|true|\n|hiddenSizes|[64,64]|',
    });
    expect([start!.tag, start!.plugin]).toEqual(['_hparams_/session_start_info', 'hparams']);
    // Field 3 of 1 + 8 + ... bytes; in it 29 and the time, then 0A <name and value> for each: `learningRate` is 12 letters, its value 11 and a double.
    const bytes = [...start!.content];
    const rate = [0x0a, 25, 0x0a, 12, ...bytesOf('learningRate'), 0x12, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f];
    const anneal = [0x0a, 12, 0x0a, 6, ...bytesOf('anneal'), 0x12, 2, 0x20, 1];
    const at = (part: number[]): number => bytes.findIndex((_, index) => part.every((byte, offset) => bytes[index + offset] === byte));
    expect(bytes.slice(0, 1)).toEqual([0x1a]);
    expect([at(rate) > 0, at(anneal) > 0]).toEqual([true, true]);
  });
});

describe('event records', () => {
  it('begin with the file version', () => {
    expect(decodeEvents(encodeFileVersion(12.5))).toEqual([{ wallTime: 12.5, step: 0, fileVersion: 'brain.Event:2', scalars: {} }]);
  });

  it('are the bytes of the protobuf', () => {
    // length 24, its checksum, then 09 <double 1> 10 AC02 2A 0B 0A 09 0A 01 61 15 <float 0.5> ... laid out by hand.
    const record = encodeScalars(1, 300, { a: 0.5 });
    const data = [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10, 0xac, 0x02, 0x2a, 10, 0x0a, 8, 0x0a, 1, 0x61, 0x15, 0, 0, 0, 0x3f];
    expect([...record.subarray(0, 8)]).toEqual([data.length, 0, 0, 0, 0, 0, 0, 0]);
    expect([...record.subarray(12, -4)]).toEqual(data);
  });

  it('give back time, step and values rounded to float32', () => {
    const tag = fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => key !== '__proto__');
    const scalars = fc.dictionary(tag, fc.double(), { maxKeys: 40, noNullPrototype: true });
    const step = fc.oneof(fc.nat(300), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.double({ noNaN: true }), step, scalars, (seconds, at, values) => {
        const [event] = decodeEvents(encodeScalars(seconds, at, values));
        expect(event?.wallTime).toBe(seconds);
        expect(event?.step).toBe(at);
        expect(Object.keys(event!.scalars).sort()).toEqual(Object.keys(values).sort());
        for (const [key, value] of Object.entries(values)) expect(event!.scalars[key]).toBe(Math.fround(value));
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuse step %s', (step) => {
    expect(() => encodeScalars(0, step, {})).toThrow(CohortError);
  });

  it('show a damaged byte', () => {
    const record = encodeScalars(1, 2, { a: 3 });
    for (let at = 0; at < record.length; at++) {
      const bytes = record.slice();
      bytes[at]! ^= 16;
      expect(() => decodeEvents(bytes)).toThrow();
    }
  });
});
