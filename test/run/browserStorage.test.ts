import { describe, expect, it } from 'vitest';
import { createCohort } from '../../src/api/createCohort.ts';
import { browserPlatform } from '../../src/browser/platform.ts';
import { browserHome, browserHost, browserStorage } from '../../src/browser/storage.ts';
import { deleteRun, importRun, listRuns, packRun } from '../../src/run/folders.ts';
import { createRun, openRun } from '../../src/run/runFolder.ts';
import { tensor } from '../../src/run/safetensors.ts';
import type { RunStorage } from '../../src/run/storage.ts';
import { readMetrics, readRun } from '../../src/run/storedRun.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const description = { road: 'environments', versions: {}, platform: 'test', config: { seed: 1 } } as const;
const table = { file: 'episodes.csv', header: '' };

/** Node has no page; there the platform's own storage is tested in storage.node.test.ts. */
const inPage = typeof document !== 'undefined';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textAt = async (storage: RunStorage, path: string): Promise<string> => new TextDecoder().decode(await storage.read(path));

describe.runIf(inPage)('browserStorage', () => {
  it('writes, replaces, appends, cuts, lists, removes', async () => {
    const root = `test-${performance.now()}`;
    const storage = browserStorage(root);
    expect(storage.locate('x')).toBe(`browser:/${root}/x`);
    expect(await storage.read('a/b')).toBeUndefined();
    expect(await storage.size('a/b')).toBeUndefined();
    expect(await storage.list('a')).toEqual([]);
    await storage.remove('a/b');
    await storage.makeDirectory('a/b');
    await storage.write('a/b/x', bytes('one'));
    await storage.write('a/b/x', bytes('2'));
    expect(await textAt(storage, 'a/b/x')).toBe('2');
    await storage.append('a/b/y', bytes('12'), 0);
    await storage.append('a/b/y', bytes('345'), 2);
    await expect(storage.append('a/b/y', bytes('6'), 4)).rejects.toThrow(/expected the 4 bytes that this process wrote, got 5 bytes/);
    expect(await textAt(storage, 'a/b/y')).toBe('12345');
    await storage.truncate('a/b/y', 3);
    expect(await textAt(storage, 'a/b/y')).toBe('123');
    expect(await storage.size('a/b/y')).toBe(3);
    expect(await storage.list('a/b')).toEqual(['x', 'y']);
    await storage.remove('a/b/x');
    expect(await storage.list('a/b')).toEqual(['y']);
    const made = await Promise.all(['1', '2', '3'].map((text) => storage.writeNew('lock', bytes(text))));
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  it('keeps a run, its checkpoint and its lock', async () => {
    const storage = browserStorage(`test-${performance.now()}`);
    const host = browserHost();
    const writer = await createRun(storage, description, { table, host });
    await writer.iteration({ iteration: 1, globalStep: 10, seconds: 1, metrics: { 'losses/entropy': 0.5 } });
    await writer.checkpoint([tensor('w', Float32Array.of(1, 2))]);
    await expect(openRun(storage, { table, host: browserHost() })).rejects.toThrow(
      /run\.lock: expected a run that no other process writes/,
    );
    await writer.iteration({ iteration: 2, globalStep: 20, seconds: 2, metrics: {} });
    await writer.close();
    const run = await openRun(storage, { table, host });
    expect(run.checkpoint?.tensors.get('w')?.data).toEqual(Float32Array.of(1, 2));
    expect(await readMetrics(storage)).toHaveLength(1);
    await run.writer.close();
    expect((await readRun(storage)).description).toMatchObject(description);
  });
});

describe.runIf(inPage)('run folders of a page', () => {
  it('are listed, taken away, put back and deleted', async () => {
    const home = browserHome(`test-${performance.now()}`);
    const cohort = createCohort(browserPlatform, home);
    await cohort.train({ ...shortRun, stopAfter: 2 }, { runDirectory: 'runs/one' }).finish();
    expect(await listRuns(home)).toMatchObject([{ directory: 'runs/one', target: 'CartPole-v1', status: 'stopped' }]);
    const archive = await packRun(home, 'runs/one');
    await deleteRun(home, 'runs/one');
    expect(await listRuns(home)).toEqual([]);
    expect(await home.open('runs').list('')).toEqual([]);
    await importRun(home, 'runs/back', archive);
    const { summary } = await (await cohort.resume('runs/back')).finish();
    expect(summary.parametersSha256).toBe((await testCohort().train(shortRun).finish()).summary.parametersSha256);
  });

  it.each([
    ['QuotaExceededError', /expected space in this site's storage, got a full storage \(QuotaExceededError\); delete old runs/],
    ['NotAllowedError', /expected a site that may keep files, got a refusal/],
    ['UnknownError', /expected a file system that works, got UnknownError/],
  ])('say in one sentence why nothing is written: %s', async (name, message) => {
    const { createWritable } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createWritable = () => Promise.reject(new DOMException('', name));
    try {
      const error = await browserStorage(`test-${performance.now()}`)
        .write('x', bytes('1'))
        .catch((caught: unknown) => caught);
      expect(String(error)).toMatch(message);
    } finally {
      FileSystemFileHandle.prototype.createWritable = createWritable;
    }
  });

  it('say so where a page can keep nothing', async () => {
    const { createWritable, createSyncAccessHandle } = FileSystemFileHandle.prototype as FileSystemFileHandle & Record<string, unknown>;
    Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createWritable');
    try {
      expect(createSyncAccessHandle).toBeUndefined();
      await expect(browserStorage('test').read('x')).rejects.toThrow(
        /a page that can keep files .*got one that cannot; train without a run folder/,
      );
    } finally {
      FileSystemFileHandle.prototype.createWritable = createWritable;
    }
  });

  it('are kept by handles that block, in a worker of a browser without others', async () => {
    const worker = new Worker(new URL('./blockingWorker.ts', import.meta.url), { type: 'module' });
    const answer = await new Promise<{ hash?: string; files?: string[]; error?: string }>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(`test-${performance.now()}`);
    });
    worker.terminate();
    const { summary } = await testCohort().train(shortRun).finish();
    expect(answer.error).toBeUndefined();
    expect(answer.hash).toBe(summary.parametersSha256);
    expect(answer.files?.filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });
});

describe('browserHome', () => {
  it('touches nothing before its first use, so that Node may load what a page uses', () => {
    expect(() => createCohort(browserPlatform, browserHome())).not.toThrow();
  });
});

describe.runIf(inPage)('the library in a page', () => {
  it('trains, resumes, evaluates, loads and saves below its folders, with the same bits as in memory', async () => {
    const root = `test-${performance.now()}`;
    const home = browserHome(root);
    const cohort = createCohort(browserPlatform, home);
    await cohort.train({ ...shortRun, stopAfter: 3 }, { runDirectory: './runs/one/' }).finish();
    const { summary } = await (await cohort.resume('runs/one')).finish();
    const memory = await testCohort().train(shortRun).finish();
    expect(summary.parametersSha256).toBe(memory.summary.parametersSha256);
    expect(home.open('runs/one').locate('config.json')).toBe(`browser:/${root}/runs/one/config.json`);
    expect(await home.open('runs').list('')).toEqual(['one']);
    await cohort.savePolicy('policies/one', await cohort.readPolicy('runs/one'));
    const [run, policy] = await Promise.all(['runs/one', 'policies/one'].map((folder) => cohort.evaluate(folder, { episodes: 3 })));
    expect(policy).toEqual(run);
    expect((await cohort.loadPolicy('policies/one')).act(Float32Array.of(0, 0, 0, 0))).toBe(memory.policy.act(Float32Array.of(0, 0, 0, 0)));
    await expect(cohort.evaluate('runs/two')).rejects.toThrow(/browser:.*\/runs\/two/);
    expect(() => home.open('runs/../../elsewhere')).toThrow(/without \. or \.\./);
  });
});
