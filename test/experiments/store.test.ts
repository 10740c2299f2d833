import { describe, expect, it } from 'vitest';
import { readResults, writeResult } from '../../src/experiments/result.ts';
import { addPart, openResults, resultsFile } from '../../src/experiments/store.ts';
import { memoryStorage } from '../../src/run/storage.ts';
import { makeResult } from './makeResult.ts';

const text = (files: ReadonlyMap<string, Uint8Array>, name: string): string => new TextDecoder().decode(files.get(name));
const result = (seed: number, more: Parameters<typeof makeResult>[0] = {}) => makeResult({ seed, target: 'A/b c', ...more });

describe('results in a folder', () => {
  it('are lines of one file per target, each identity once', async () => {
    const storage = memoryStorage();
    const store = await openResults(storage);
    await Promise.all([store.add(result(1)), store.add(result(2)), store.add(result(1)), store.add(makeResult({ target: 'Other' }))]);
    expect([...storage.files.keys()].sort()).toEqual(['A-b-c.jsonl', 'Other.jsonl']);
    expect(readResults(text(storage.files, resultsFile('A/b c')), 'file').map(({ seed }) => seed)).toEqual([1, 2]);
    expect([...(await openResults(storage)).results.keys()]).toHaveLength(3);
  });

  it('a line that a process died writing is cut before the next one is added, so that the file can be read at any moment', async () => {
    const whole = writeResult(result(1));
    for (const half of ['{', writeResult(result(2)).slice(0, -1), writeResult(result(2)).slice(0, 40)]) {
      const files = new Map([['A-b-c.jsonl', new TextEncoder().encode(whole + half)]]);
      const storage = memoryStorage(files);
      const store = await openResults(storage);
      expect([...store.results.values()].map(({ seed }) => seed)).toEqual([1]);
      await store.add(result(3));
      expect(readResults(text(files, 'A-b-c.jsonl'), 'file').map(({ seed }) => seed)).toEqual([1, 3]);
    }
  });

  it('are sorted by method, settings and seed, numbers by their value', async () => {
    const storage = memoryStorage();
    const store = await openResults(storage);
    for (const numEnvs of [16, 4])
      for (const seed of [10, 2]) await store.add(result(seed, { identity: `${numEnvs}/${seed}`, settings: { numEnvs } }));
    await store.add(result(1, { identity: 'rate', method: 'a', settings: { learningRate: 0.00025 } }));
    await store.add(result(1, { identity: 'higher', method: 'a', settings: { learningRate: 0.001 } }));
    await store.sort();
    const order = readResults(text(storage.files, 'A-b-c.jsonl'), 'file').map(({ identity }) => identity);
    expect(order).toEqual(['rate', 'higher', '4/2', '4/10', '16/2', '16/10']);
  });

  it('may lie alone, written by many at once, until they are put with the others', async () => {
    const storage = memoryStorage();
    const identity = (seed: number): string => String(seed).repeat(64);
    await (await openResults(storage)).add(result(1, { identity: identity(1) }));
    await Promise.all([3, 2, 2].map((seed) => addPart(storage, result(seed, { identity: identity(seed) }))));
    const parts = [2, 3].map((seed) => `A-b-c.part-${String(seed).repeat(16)}.jsonl`);
    expect([...storage.files.keys()].sort()).toEqual(['A-b-c.jsonl', ...parts]);
    const store = await openResults(storage);
    expect([...store.results.values()].map(({ seed }) => seed).sort()).toEqual([1, 2, 3]);
    // One that comes after the folder was read is neither lost nor taken along.
    await addPart(storage, result(4, { identity: identity(4) }));
    await store.sort();
    expect([...storage.files.keys()].sort()).toEqual(['A-b-c.jsonl', `A-b-c.part-${'4'.repeat(16)}.jsonl`]);
    expect(readResults(text(storage.files, 'A-b-c.jsonl'), 'file').map(({ seed }) => seed)).toEqual([1, 2, 3]);
    await (await openResults(storage)).sort();
    expect([...storage.files.keys()]).toEqual(['A-b-c.jsonl']);
    expect([...(await openResults(storage)).results.keys()]).toHaveLength(4);
  });

  it('that are damaged are named with their line', async () => {
    const files = new Map([['x.jsonl', new TextEncoder().encode(`${writeResult(result(1))}nonsense\n`)]]);
    await expect(openResults(memoryStorage(files))).rejects.toThrow(/x.jsonl, line 2: expected JSON/);
    files.set('x.jsonl', new TextEncoder().encode('{"identity":"a"}\n'));
    await expect(openResults(memoryStorage(files))).rejects.toThrow(/x.jsonl, line 1, cell/);
  });
});
