import { describe, expect, it } from 'vitest';
import { createCohort } from '../../src/api/createCohort.ts';
import { browserPlatform } from '../../src/browser/platform.ts';
import { browserHome, browserHost, browserStorage } from '../../src/browser/storage.ts';
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
