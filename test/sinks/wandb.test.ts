import { describe, expect, it } from 'vitest';
import { failure } from '../../src/core/errors.ts';
import { hexOf } from '../../src/core/text.ts';
import { version } from '../../src/core/version.ts';
import { crc32 } from '../../src/run/crc.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { memoryStorage, type RunStorage } from '../../src/run/storage.ts';
import { type Sink, type WandbOptions, wandbSink } from '../../src/sinks/index.ts';
import { frameRecord, logHeader } from '../../src/sinks/levelLog.ts';
import { valueJson } from '../../src/sinks/wandbRecords.ts';
import fixture from '../fixtures/wandb/run.json' with { type: 'json' };
import { configEvent, evaluationEvent, iterationEvent, summaryEvent } from './events.ts';

const one = { runDirectory: 'runs/one', seed: 1 };
const name = 'offline-run-20231114_221320-01234567';
const path = `${name}/run-01234567.wandb`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A sink into memory, with what it warns of. */
function open(options: Partial<WandbOptions> = {}): { sink: Sink; files: Map<string, Uint8Array>; warnings: string[] } {
  const storage = memoryStorage();
  const warnings: string[] = [];
  const sink = wandbSink({
    home: { open: () => storage },
    warn: (message) => void warnings.push(message),
    platform: {
      now: () => 1_700_000_000_250,
      randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => index + 36 * (index % 2)),
      timeStamp: () => '20231114_221320',
      wait: (milliseconds, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve();
          if (milliseconds < 5000) setTimeout(resolve);
          signal.addEventListener('abort', () => resolve());
        }),
    },
    ...options,
  });
  return { sink, files: storage.files, warnings };
}

/** The records of a file, put together from its fragments. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset);
  const records: Uint8Array[] = [];
  let open: number[] | undefined;
  for (let at = logHeader.length; at < file.length; ) {
    const room = 32768 - (at % 32768);
    if (room < 7) {
      expect([...file.subarray(at, at + room)]).toEqual(new Array(room).fill(0));
      at += room;
      continue;
    }
    const length = view.getUint16(at + 4, true);
    expect(length + 7).toBeLessThanOrEqual(room);
    expect(view.getUint32(at, true)).toBe(crc32(file.subarray(at + 6, at + 7 + length)));
    const kind = file[at + 6]!;
    expect(open === undefined).toBe(kind === 1 || kind === 2);
    open ??= [];
    open.push(...file.subarray(at + 7, at + 7 + length));
    if (kind === 1 || kind === 4) {
      records.push(Uint8Array.from(open));
      open = undefined;
    }
    at += 7 + length;
  }
  expect(open).toBeUndefined();
  return records;
}

describe('the file of an offline run', () => {
  it('has the checksum of gzip and PNG', () => {
    expect([crc32(bytesOf('123456789')), crc32(bytesOf('6789'), crc32(bytesOf('12345')))]).toEqual([0xcbf43926, 0xcbf43926]);
  });

  it('frames a record: checksum over kind and data, length, kind, data', () => {
    // zlib.crc32(b'\x01abc') in Python: 0x539d20a9.
    expect(hexOf(frameRecord(bytesOf('abc'), 7))).toBe('a9209d53030001616263');
  });

  it('breaks records at blocks of 32768 bytes, and leaves a rest of less than a header empty', () => {
    for (const first of [0, 1, 32747, 32748, 32749, 32754, 32755, 32756, 70_000, 32761 * 3]) {
      const parts = [logHeader];
      let size = logHeader.length;
      const given = [first, 5, 40_000].map((length, index) => new Uint8Array(length).fill(index + 1));
      for (const record of given) {
        const framed = frameRecord(record, size);
        parts.push(framed);
        size += framed.length;
      }
      expect(recordsOf(Uint8Array.from(parts.flatMap((part) => [...part])))).toEqual(given);
    }
  });

  it('holds byte for byte the records that wandb was shown to read', async () => {
    const { sink, files, warnings } = open({ project: 'mine', entity: 'me', group: 'both' });
    sink.onEvent(configEvent(one, { hiddenSizes: [64, 64], none: undefined }));
    sink.onEvent(evaluationEvent(one, 0));
    sink.onEvent(iterationEvent(one, 1, { 'losses/policy_loss': 0.5, 'losses/approx_kl': Number.NaN }));
    sink.onEvent(summaryEvent(one, 1));
    await sink.close();
    expect(warnings).toEqual([]);
    expect([...files.keys()]).toEqual([path]);
    const [header, ...records] = recordsOf(files.get(path)!);
    // The first names the version of this package: 1 of 1, field 21, in it 1, in it 1.
    const producer = hexOf(bytesOf(`cohort-rl ${version}`));
    const length = (more: number): string => (producer.length / 2 + more).toString(16).padStart(2, '0');
    expect(hexOf(header!)).toBe(`0801aa01${length(4)}0a${length(2)}0a${length(0)}${producer}`);
    expect(records.map(hexOf)).toEqual(fixture.map(({ bytes }) => bytes));
  });

  it('has one row for each step, whatever events tell of it', async () => {
    const { sink, files } = open();
    sink.onEvent(configEvent(one));
    sink.onEvent(iterationEvent(one, 1, { a: 1 }));
    sink.onEvent(evaluationEvent(one, 1));
    sink.onEvent(iterationEvent(one, 2, { a: 2 }));
    await sink.close();
    const texts = recordsOf(files.get(path)!).map((record) => new TextDecoder().decode(record));
    const rows = texts.filter((text) => text.includes('_timestamp') && !text.includes('status'));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/evaluation\/sampled_return/);
    expect(rows[1]).not.toMatch(/evaluation/);
  });

  it.each([
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a"b', '"a\\"b"'],
    [[64, 64], '[64,64]'],
    [undefined, undefined],
  ])('writes %s as %s', (value, text) => {
    expect(valueJson(value)).toBe(text);
  });

  it('is written while the run goes on, with a summary: a run that is killed shows what it had', async () => {
    const { sink, files } = open({ flushMilliseconds: 1 });
    sink.onEvent(configEvent(one));
    for (let iteration = 1; iteration <= 3; iteration++) sink.onEvent(iterationEvent(one, iteration, { a: iteration }));
    await expect.poll(() => files.has(path) && recordsOf(files.get(path)!).length).toBe(5);
    await sink.close();
  });
});

describe('the sink for W&B', () => {
  it('takes what the run is called, and its tags', async () => {
    const { sink, files } = open();
    sink.onEvent({ ...configEvent(one), name: 'wide nets', tags: ['june'] } as RunEvent);
    sink.onEvent(summaryEvent(one, 1));
    await sink.close();
    const [, run] = recordsOf(files.get(path)!).map((record) => new TextDecoder().decode(record));
    expect(run).toContain('wide nets');
    expect(run).toContain('june');
  });

  it.each([
    ['interrupted', true, 0xff],
    ['failed', false, 1],
  ] as const)('ends a run without a summary as %s', async (status, interrupted, code) => {
    const { sink, files } = open();
    sink.onEvent(configEvent(one));
    await sink.close({ interrupted });
    const [, , summary, exit, final] = recordsOf(files.get(path)!);
    expect(new TextDecoder().decode(summary)).toContain(`"${status}"`);
    // Number 4, field 18 of some bytes: code and seconds; number 5, field 20, empty.
    expect(hexOf(exit!)).toBe(code === 1 ? '0804920104080110' + '00' : '080492010508ff011000');
    expect(hexOf(final!)).toBe('0805a20100');
  });

  it('keeps runs apart, and says where each is', async () => {
    let id = 0;
    const folders: string[] = [];
    const platform = { randomBytes: (count: number) => new Uint8Array(count).fill(id++), timeStamp: () => '20231114_221320' };
    const { sink, files } = open({ platform, onFolder: (folder) => folders.push(folder), flushMilliseconds: 1 });
    for (const seed of [1, 2]) sink.onEvent(configEvent({ runDirectory: `runs/${seed}`, seed }));
    await sink.close();
    expect(folders).toEqual([0, 1].map((digit) => `memory:/offline-run-20231114_221320-${String(digit).repeat(8)}`));
    expect(files.size).toBe(2);
  });

  it('says once that the disk takes nothing, and the run goes on', async () => {
    const full = (): Promise<never> => Promise.reject(failure('wandb', 'space on the disk', 'a full disk', 'free some space'));
    const storage: RunStorage = { ...memoryStorage(), append: full };
    const { sink, warnings } = open({ home: { open: () => storage }, flushMilliseconds: 1 });
    sink.onEvent(configEvent(one));
    await expect.poll(() => warnings.length).toBe(1);
    for (let iteration = 1; iteration <= 3; iteration++) sink.onEvent(iterationEvent(one, iteration, { a: 1 }));
    await sink.close();
    expect(warnings).toEqual([
      'the run goes on, and is no longer written for W&B: wandb: expected space on the disk, got a full disk; free some space',
    ]);
  });

  it('is closed in time beside a disk that hangs', async () => {
    const storage: RunStorage = { ...memoryStorage(), makeDirectory: () => new Promise(() => {}) };
    const { sink, warnings } = open({ home: { open: () => storage } });
    sink.onEvent(configEvent(one));
    await sink.close({ milliseconds: 1 });
    expect(warnings).toEqual([`memory:/${name}: not everything was written in time; the end of the run is missing there`]);
  });

  it('must have a project and a folder', () => {
    expect(() => open({ project: '' })).toThrow(/wandbSink: project: expected the name of a project/);
    expect(() => open({ directory: '' })).toThrow(/wandbSink: directory: expected the name of a folder/);
  });
});
