import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { AppendFile } from '../../src/run/appendFile.ts';
import { acquireLock } from '../../src/run/lock.ts';
import { createRun, openRun } from '../../src/run/runFolder.ts';
import { encodeSafetensors, tensor } from '../../src/run/safetensors.ts';
import { memoryStorage, type RunStorage } from '../../src/run/storage.ts';
import { readMetrics, readRun, readSummary } from '../../src/run/storedRun.ts';
import { fakeHost } from './fakeHost.ts';
import { Faulty, faults, guarded } from './faultyStorage.ts';
import { config, describing, iterate, state, stateOf, summaryOf, table, text, train } from './madeUpRun.ts';
import { decodeEvents } from './tfeventsDecoder.ts';

const eventsName = 'events.out.tfevents.1700000000.cohort';

describe('a run folder', () => {
  it('holds what was noted', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 5);
    expect([...storage.files.keys()].sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'episodes.csv',
      'evaluations.csv',
      eventsName,
      'metrics.jsonl',
      'summary.json',
    ]);
    expect(text(storage.files.get('episodes.csv'))).toMatch(/^globalStep,iteration,env,return,length,seconds\n10,1,1,0.33333/);
    expect(text(storage.files.get('evaluations.csv')).split('\n')).toEqual([
      'globalStep,iteration,policy,episode,return,length',
      '40,4,sampled,0,4,4',
      '40,4,sampled,1,5,4',
      '40,4,greedy,0,4,4',
      '40,4,greedy,1,5,4',
      '',
    ]);
    const rows = await readMetrics(storage);
    expect(rows).toHaveLength(6);
    expect(rows[0]).toEqual({ iteration: 1, globalStep: 10, seconds: 0.1, 'losses/entropy': 1, 'charts/SPS': 1 });
    expect(rows[4]).toMatchObject({ iteration: 4, 'evaluation/sampled_return': 4.5, 'evaluation/greedy_iqm': 4.5 });
    const events = decodeEvents(storage.files.get(eventsName)!);
    expect(events.map((event) => event.step)).toEqual([0, 0, 10, 20, 30, 40, 40, 50]);
    expect(events[0]?.fileVersion).toBe('brain.Event:2');
    expect(events[1]?.plugins?.map(({ plugin }) => plugin)).toEqual(['text', 'hparams']);
    expect(events[4]).toEqual({ wallTime: 1_700_000_000, step: 30, scalars: { 'losses/entropy': Math.fround(1 / 3), 'charts/SPS': 3 } });
    const run = await readRun(storage);
    expect(run.description).toMatchObject(describing());
    expect(run.checkpoint?.metadata).toEqual({ iteration: '5' });
    expect(stateOf(run.checkpoint!.tensors)).toBe(5);
    expect(run.summary).toEqual(summaryOf('done'));
  });

  it('writes null where a number is not finite', async () => {
    const storage = memoryStorage();
    const writer = await createRun(storage, describing(), { table, host: fakeHost() });
    await writer.iteration({ iteration: 1, globalStep: 1, seconds: 1, metrics: { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 1 } });
    await writer.close();
    expect((await readMetrics(storage))[0]).toMatchObject({ a: null, b: null, c: 1 });
    expect(decodeEvents(storage.files.get(eventsName)!)[2]?.scalars).toEqual({ a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 1 });
  });

  it('writes no event file where the configuration says so, also after a resume', async () => {
    const storage = memoryStorage();
    const writer = await createRun(storage, describing({ ...config, tensorboard: false }), { table, host: fakeHost() });
    await iterate(writer, 1);
    await writer.checkpoint(state(1));
    await writer.close();
    const run = await openRun(storage, { table, host: fakeHost() });
    await iterate(run.writer, 2);
    await run.writer.close();
    expect((await storage.list('')).filter((name) => name.startsWith('events'))).toEqual([]);
    expect(await readMetrics(storage)).toHaveLength(2);
  });

  it('writes when enough time has passed, and at a checkpoint', async () => {
    const storage = memoryStorage();
    const host = fakeHost();
    const writer = await createRun(storage, describing(), { table, host, flushMilliseconds: 500 });
    await iterate(writer, 1);
    expect(storage.files.has('metrics.jsonl')).toBe(false);
    host.time += 500;
    await iterate(writer, 2);
    expect(await readMetrics(storage)).toHaveLength(2);
    await iterate(writer, 3);
    expect(await readMetrics(storage)).toHaveLength(2);
    await writer.checkpoint(state(3));
    expect(await readMetrics(storage)).toHaveLength(3);
  });

  it('takes the tensors when the checkpoint is called, and keeps the order of calls that nobody awaits', async () => {
    const storage = memoryStorage();
    const writer = await createRun(storage, describing(), { table, host: fakeHost(), flushMilliseconds: 0 });
    const live = Float64Array.of(1);
    const pending = [iterate(writer, 1), writer.checkpoint([tensor('state', live)])];
    live[0] = 2;
    pending.push(iterate(writer, 2), writer.close());
    await Promise.all(pending);
    const run = await openRun(storage, { table, host: fakeHost() });
    expect(stateOf(run.checkpoint!.tensors)).toBe(1);
    expect(await readMetrics(storage)).toHaveLength(1);
  });

  it('leaves out the line that is being written', async () => {
    const storage = memoryStorage(new Map([['metrics.jsonl', new TextEncoder().encode('{"iteration":1}\n{"iterat')]]));
    expect(await readMetrics(storage)).toEqual([{ iteration: 1 }]);
    await storage.write('metrics.jsonl', new TextEncoder().encode('{"iteration":1}\n{"iterat\n{}\n'));
    await expect(readMetrics(storage)).rejects.toThrow(/line 2: expected a JSON object/);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a big integer', { seed: 2n ** 70n }, /config\.seed: expected what JSON can hold, got 1180591620717411303424n/],
    ['infinity', { nested: { list: [1, Number.POSITIVE_INFINITY] } }, /config\.nested\.list\[1\]/],
    ['a function', { bins: () => 1 }, /config\.bins/],
  ])('does not store %s', async (_name, wrong, message) => {
    const storage = memoryStorage();
    await expect(createRun(storage, describing(wrong), { table, host: fakeHost() })).rejects.toThrow(message);
    expect(storage.files.size).toBe(0);
  });

  it('refuses metrics and metadata under its own names', async () => {
    const writer = await createRun(memoryStorage(), describing(), { table, host: fakeHost() });
    await expect(writer.iteration({ iteration: 1, globalStep: 1, seconds: 1, metrics: { seconds: 1 } })).rejects.toThrow(CohortError);
    await expect(writer.checkpoint([], { 'cohort.files': '{}' })).rejects.toThrow(CohortError);
  });
});

describe('createRun', () => {
  it('does not touch a folder that holds a run', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 3);
    const before = new Map(storage.files);
    const error = await createRun(storage, describing(), { table, host: fakeHost() }).catch((caught: unknown) => caught);
    expect((error as CohortError).message).toMatch(/^memory:\/: expected a folder without a run, got one with checkpoint\.safetensors/);
    expect(storage.files).toEqual(before);
  });

  it('begins anew with overwrite', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 3);
    await storage.write('notes.txt', new Uint8Array(1));
    const writer = await createRun(storage, describing({ ...config, seed: 2 }), { table, host: fakeHost(), overwrite: true });
    await writer.close();
    const run = await readRun(storage);
    expect(run).toMatchObject({ description: describing({ ...config, seed: 2 }), checkpoint: undefined, summary: undefined });
    expect(await storage.list('')).toContain('notes.txt');
    expect(text(storage.files.get('episodes.csv')).split('\n')).toHaveLength(2);
  });

  it('never overwrites what is not a run of ours', async () => {
    const storage = memoryStorage(new Map([['config.json', new TextEncoder().encode('{"name": "another program"}')]]));
    const before = new Map(storage.files);
    await expect(createRun(storage, describing(), { table, host: fakeHost(), overwrite: true })).rejects.toThrow(/not ours/);
    expect(storage.files).toEqual(before);
  });
});

describe('openRun', () => {
  it('cuts the files back to the checkpoint', async () => {
    const storage = memoryStorage();
    const writer = await createRun(storage, describing(), { table, host: fakeHost(1), flushMilliseconds: 0 });
    for (let i = 1; i <= 4; i++) await iterate(writer, i);
    await writer.checkpoint(state(4), { note: 'x' });
    const sizes = new Map([...storage.files].map(([path, bytes]) => [path, bytes.length]));
    for (let i = 5; i <= 8; i++) await iterate(writer, i);
    expect(storage.files.get('metrics.jsonl')!.length).toBeGreaterThan(sizes.get('metrics.jsonl')!);
    // Killed: no close. Process 2 finds process 1 dead, an hour later.
    const later = fakeHost(2, new Set([1]), { time: 1_700_003_600_000 });
    const run = await openRun(storage, { table, host: later, flushMilliseconds: 0 });
    expect(run.checkpoint?.metadata).toEqual({ note: 'x' });
    expect(stateOf(run.checkpoint!.tensors)).toBe(4);
    for (const name of ['metrics.jsonl', 'episodes.csv', 'evaluations.csv', eventsName]) {
      expect(storage.files.get(name)?.length).toBe(sizes.get(name));
    }
    await iterate(run.writer, 5);
    await run.writer.close();
    expect((await readMetrics(storage)).map((row) => row.iteration)).toEqual([1, 2, 3, 4, 4, 5]);
    const events = decodeEvents(storage.files.get(eventsName)!);
    expect(events.map(({ step }) => step)).toEqual([0, 0, 10, 20, 30, 40, 40, 50]);
    expect(events.at(-1)?.wallTime).toBe(1_700_003_600);
    expect((await storage.list('')).filter((name) => name.startsWith('events'))).toHaveLength(1);
  });

  it('removes the old summary once the run goes on', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 3);
    const { writer } = await openRun(storage, { table, host: fakeHost(), flushMilliseconds: 0 });
    expect((await readSummary(storage))?.status).toBe('done');
    await iterate(writer, 4);
    expect(await readSummary(storage)).toBeUndefined();
  });

  it('prolongs a run: the checkpoint stays its own, and config.json says how far it is to go', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 3);
    const run = await openRun(storage, { table, host: fakeHost(), iterations: 500 });
    await run.writer.close();
    expect(run.checkpoint).toBeDefined();
    const { description, checkpoint } = await readRun(storage);
    expect(description.config).toEqual({ ...config, iterations: 500 });
    expect(stateOf(checkpoint!.tensors)).toBe(3);
  });

  it.each<[string, (files: Map<string, Uint8Array>) => void, RegExp]>([
    ['no run', (files) => files.clear(), /^memory:\/: expected a run folder/],
    ['config of another program', (files) => files.set('config.json', new TextEncoder().encode('{}')), /"format": "cohort-run"/],
    ['broken config', (files) => files.set('config.json', files.get('config.json')!.slice(0, 20)), /a JSON object/],
    [
      'a run of the past',
      (files) => files.set('config.json', new TextEncoder().encode('{"format":"cohort-run","formatVersion":1,"env":"CartPole-v1"}')),
      /"formatVersion": 2, got 1; train it again: runs of that format are no longer read/,
    ],
    [
      'a road that is none',
      (files) => files.set('config.json', new TextEncoder().encode(text(files.get('config.json')).replace('environments', 'lm'))),
      /config\.json: road: expected one of environments, language-models, got "lm"/,
    ],
    [
      'a run of the future',
      (files) => files.set('config.json', new TextEncoder().encode('{"format":"cohort-run","formatVersion":3}')),
      /"formatVersion": 2, got 3; use the version/,
    ],
    [
      'changed config',
      (files) => files.set('config.json', new TextEncoder().encode(text(files.get('config.json')).replace('0.001', '0.002'))),
      /another configuration/,
    ],
    [
      'truncated checkpoint',
      (files) => files.set('checkpoint.safetensors', files.get('checkpoint.safetensors')!.slice(0, -1)),
      /cut short/,
    ],
    ['empty checkpoint', (files) => files.set('checkpoint.safetensors', new Uint8Array(0)), /got 0 bytes/],
    [
      'foreign safetensors',
      (files) => {
        // Well-formed, with a digest, but no checkpoint.
        files.set('checkpoint.safetensors', encodeSafetensors(state(1)));
      },
      /format checkpoint\/2/,
    ],
    [
      'metrics too short',
      (files) => files.set('metrics.jsonl', new Uint8Array(5)),
      /metrics\.jsonl: expected at least the \d+ bytes .* got 5 bytes/,
    ],
    ['metrics gone', (files) => files.delete('metrics.jsonl'), /metrics\.jsonl: .* got no file/],
  ])('changes nothing when it finds: %s', async (_name, damage, message) => {
    const storage = memoryStorage();
    const writer = await createRun(storage, describing(), { table, host: fakeHost(), flushMilliseconds: 0 });
    for (let i = 1; i <= 3; i++) await iterate(writer, i);
    await writer.checkpoint(state(3));
    await iterate(writer, 4);
    await writer.close();
    damage(storage.files);
    const before = new Map(storage.files);
    const error = await openRun(storage, { table, host: fakeHost() }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CohortError);
    expect((error as CohortError).message).toMatch(message);
    expect((error as CohortError).parts.kind).toBe('failure');
    expect(storage.files).toEqual(before);
  });

  it('refuses a checkpoint with any changed byte', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 1);
    const path = 'checkpoint.safetensors';
    const original = storage.files.get(path)!;
    for (let at = 0; at < original.length; at++) {
      const bytes = original.slice();
      bytes[at]! ^= 1;
      storage.files.set(path, bytes);
      await expect(readRun(storage)).rejects.toThrow(CohortError);
    }
  });

  it('takes a config.json that was only laid out anew', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 1);
    const stored = JSON.parse(text(storage.files.get('config.json')));
    await storage.write('config.json', new TextEncoder().encode(JSON.stringify(stored)));
    const run = await openRun(storage, { table, host: fakeHost() });
    expect(run.checkpoint).toBeDefined();
  });
});

describe('the lock', () => {
  it('keeps a second process out while the first lives', async () => {
    const storage = memoryStorage();
    const dead = new Set<number>();
    const first = await createRun(storage, describing(), { table, host: fakeHost(1, dead) });
    await first.checkpoint(state(1));
    await expect(openRun(storage, { table, host: fakeHost(2, dead) })).rejects.toThrow(
      /run\.lock: expected a run that no other process writes, got a lock of process 1; wait/,
    );
    await expect(openRun(storage, { table, host: fakeHost(1, dead) })).rejects.toThrow(/a lock of this process/);
    await expect(createRun(storage, describing(), { table, host: fakeHost(2, dead), overwrite: true })).rejects.toThrow(
      /a lock of process 1/,
    );
    dead.add(1);
    const second = await openRun(storage, { table, host: fakeHost(2, dead) });
    await second.writer.close();
    expect(await storage.list('')).not.toContain('run.lock');
  });

  it('is looked at before anything is written: whoever lost it adds no line, no summary', async () => {
    const storage = memoryStorage();
    const writer = await createRun(storage, describing(), { table, host: fakeHost(), flushMilliseconds: 0 });
    await iterate(writer, 1);
    await storage.write('run.lock', new TextEncoder().encode('{}'));
    const before = new Map(storage.files);
    await expect(iterate(writer, 2)).rejects.toThrow(/gone or taken over/);
    await expect(writer.summary(summaryOf('done'))).rejects.toThrow(/gone or taken over/);
    await expect(writer.snapshot(2, new Uint8Array(1))).rejects.toThrow(/gone or taken over/);
    await expect(writer.close()).rejects.toThrow(/gone or taken over/);
    expect(storage.files).toEqual(before);
  });

  it('is not all: a file that somebody else added to is left as it is, also after a write that failed', async () => {
    const storage = memoryStorage();
    const file = new AppendFile(storage, 'x', 0);
    file.add('one');
    await file.flush(false);
    await storage.append('x', new TextEncoder().encode(' and a long line of somebody else'), 3);
    file.add('two');
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(file.flush(false)).rejects.toThrow(/expected the 3 bytes that this process wrote/);
    expect(text(storage.files.get('x'))).toBe('one and a long line of somebody else');
    // A failed write may leave a part, but no more than was tried.
    const torn = new AppendFile({ ...storage, append: () => Promise.reject(new Error('broken')) }, 'y', 0);
    torn.add('1234');
    await expect(torn.flush(false)).rejects.toThrow(/broken/);
    await storage.write('y', new TextEncoder().encode('12345'));
    await expect(torn.flush(false)).rejects.toThrow(/expected the 0 bytes that this process wrote, got 5 bytes/);
    expect(text(storage.files.get('y'))).toBe('12345');
  });

  it('is not taken from another machine, nor when it cannot be read', async () => {
    const storage = memoryStorage();
    await acquireLock(storage, 'lock', { ...fakeHost(7), machine: 'there' });
    await expect(acquireLock(storage, 'lock', fakeHost(2))).rejects.toThrow(/process 7 on there; .* delete the lock file/);
    await storage.write('lock', new Uint8Array(0));
    await expect(acquireLock(storage, 'lock', fakeHost(2))).rejects.toThrow(/cannot be read; delete it/);
  });

  it('stops a writer whose lock was taken over, before it writes', async () => {
    const storage = memoryStorage();
    const first = await createRun(storage, describing(), { table, host: fakeHost(1), flushMilliseconds: 1e9 });
    await iterate(first, 1);
    await first.checkpoint(state(1));
    // Taken for dead by mistake.
    const second = await openRun(storage, { table, host: fakeHost(2, new Set([1])) });
    const before = new Map(storage.files);
    await iterate(first, 2);
    await expect(first.checkpoint(state(2))).rejects.toThrow(/gone or taken over/);
    expect(storage.files).toEqual(before);
    await second.writer.close();
  });

  it('is given back when opening fails', async () => {
    const storage = memoryStorage();
    await train(storage, fakeHost(), 1);
    await storage.write('checkpoint.safetensors', new Uint8Array(3));
    await expect(openRun(storage, { table, host: fakeHost() })).rejects.toThrow(CohortError);
    expect(await storage.list('')).not.toContain('run.lock');
  });
});

describe('a fault at any operation', () => {
  // Lines written at once, and lines that wait for the checkpoint.
  it.each([0, 1e9].flatMap((wait) => faults.map((fault) => [fault, wait] as const)))(
    '%s, lines waiting %d ms: the run goes on and ends as if never killed',
    async (fault, wait) => {
      const undisturbed = memoryStorage();
      await train(undisturbed, fakeHost(), 8, wait);
      const probe = new Faulty(Number.POSITIVE_INFINITY, fault);
      await train(guarded(memoryStorage(), probe.around), fakeHost(), 8, wait);
      expect(probe.count).toBeGreaterThan(30);
      for (let at = 1; at <= probe.count; at++) {
        const disk = memoryStorage();
        const dead = new Set<number>();
        await train(guarded(disk, new Faulty(at, fault).around), fakeHost(1, dead), 8, wait).catch((error) =>
          expect(String(error)).toMatch(/power/),
        );
        dead.add(1);
        // The last checkpoint is readable at once, and the metric files reach at least as far.
        if (disk.files.has('checkpoint.safetensors')) {
          const { checkpoint } = await readRun(disk);
          const rows = await readMetrics(disk);
          expect(rows.at(-1)?.iteration ?? 0).toBeGreaterThanOrEqual(stateOf(checkpoint!.tensors));
        }
        // Killed a second time while resuming, then left alone.
        await train(guarded(disk, new Faulty(1 + (at % 9), fault).around), fakeHost(2, dead), 8, wait).catch(() => undefined);
        dead.add(2);
        await train(disk, fakeHost(3, dead), 8, wait);
        expect([...disk.files.keys()].sort()).toEqual([...undisturbed.files.keys()].sort());
        for (const [path, bytes] of undisturbed.files) expect(text(disk.files.get(path)), `${path}, operation ${at}`).toBe(text(bytes));
      }
    },
  );

  it('a write that fails once is made good by the next', async () => {
    const disk = memoryStorage();
    const probe = memoryStorage();
    await train(probe, fakeHost(), 6);
    let broken = false;
    const storage: RunStorage = {
      ...disk,
      append: async (path, bytes, size, options) => {
        if (!broken) return disk.append(path, bytes, size, options);
        await disk.append(path, bytes.slice(0, bytes.length >> 1), size);
        throw new CohortError({ subject: path, expected: 'space', got: 'none', advice: 'free some', kind: 'failure' });
      },
    };
    const writer = await createRun(storage, describing(), { table, host: fakeHost(), flushMilliseconds: 0 });
    for (let i = 1; i <= 6; i++) {
      broken = i === 2 || i === 5;
      const noted = iterate(writer, i);
      if (broken) await expect(noted).rejects.toThrow(/space/);
      else await noted;
    }
    broken = false;
    await writer.close();
    expect(text(disk.files.get('metrics.jsonl'))).toBe(text(probe.files.get('metrics.jsonl')));
    expect(text(disk.files.get('episodes.csv'))).toBe(text(probe.files.get('episodes.csv')));
  });
});
