import { describe, expect, it } from 'vitest';
import { createRun } from '../../src/run/runFolder.ts';
import { memoryStorage } from '../../src/run/storage.ts';
import { readMetrics } from '../../src/run/storedRun.ts';
import { isKept, strideOf } from '../../src/run/thinning.ts';
import { fakeHost } from './fakeHost.ts';
import { config, describing, table, text } from './madeUpRun.ts';

describe('thinning', () => {
  it('keeps the first 5000 iterations, then ever fewer, and the last', () => {
    expect([1, 5000, 5001, 10_000, 10_001, 20_001, 1_000_000].map(strideOf)).toEqual([1, 1, 2, 2, 4, 8, 256]);
    expect([5000, 5001, 5002, 10_002, 10_004].map((iteration) => isKept(iteration, 20_000))).toEqual([true, false, true, false, true]);
    expect(isKept(19_999, 19_999)).toBe(true);
  });

  it('bounds the lines of a million iterations', () => {
    let lines = 0;
    for (let iteration = 1; iteration <= 1_000_000; iteration++) if (isKept(iteration, 1_000_000)) lines++;
    expect(lines).toBe(23_907);
  });

  it('holds for every file that grows with iterations', async () => {
    const storage = memoryStorage();
    const writer = await createRun(storage, describing({ ...config, iterations: 5005 }), { table, host: fakeHost() });
    for (let iteration = 4999; iteration <= 5005; iteration++) {
      await writer.iteration({ iteration, globalStep: iteration, seconds: 1, metrics: { x: 1 }, lines: [`row ${iteration}`] });
    }
    await writer.close();
    const kept = [4999, 5000, 5002, 5004, 5005];
    expect((await readMetrics(storage)).map(({ iteration }) => iteration)).toEqual(kept);
    expect(text(storage.files.get('episodes.csv')).trimEnd().split('\n').slice(1)).toEqual(kept.map((iteration) => `row ${iteration}`));
  });
});
