import { describe, expect, it } from 'vitest';
import { readCurve } from '../../src/node/watch/curve.ts';
import { memoryStorage, type RunStorage } from '../../src/run/storage.ts';

function storageOf(text: string): RunStorage {
  return memoryStorage(new Map([['metrics.jsonl', new TextEncoder().encode(text)]]));
}

const row = (iteration: number, metrics: object): string => `${JSON.stringify({ iteration, globalStep: 64 * iteration, ...metrics })}\n`;

describe('the curve that the server of the watch page reads', () => {
  it('has evaluations and episodes of training, what is not finite and the half line at the end left out', async () => {
    const text = [
      row(0, { 'evaluation/greedy_return': 9, 'evaluation/sampled_return': 8 }),
      row(1, { 'charts/episodic_return': null }),
      row(2, { 'charts/episodic_return': 20.5 }),
      row(2, { 'evaluation/greedy_return': 30, 'evaluation/sampled_return': null }),
      row(3, { 'charts/SPS': 5 }),
    ].join('');
    const point = (iteration: number, value: number): object => ({ iteration, step: 64 * iteration, value });
    for (const end of ['', row(4, { 'charts/episodic_return': 99 }).slice(0, 50)]) {
      expect(await readCurve(storageOf(text + end))).toEqual({
        lines: [
          { name: 'greedy', points: [point(0, 9), point(2, 30)] },
          { name: 'sampled', points: [point(0, 8)] },
          { name: 'training', points: [point(2, 20.5)] },
        ],
      });
    }
  });

  it('stays small however long the run: means of training, a choice of evaluations, first and last kept', async () => {
    const iterations = Array.from({ length: 10_001 }, (_, k) => k);
    const text = iterations.map((k) => row(k, { 'charts/episodic_return': k % 2, 'evaluation/greedy_return': k })).join('');
    const { lines } = await readCurve(storageOf(text));
    const [greedy, training] = lines.map(({ points }) => points);
    expect(greedy).toHaveLength(150);
    expect([greedy![0], greedy!.at(-1)].map((point) => point!.value)).toEqual([0, 10_000]);
    expect(training!.length).toBeLessThanOrEqual(150);
    expect(training!.length).toBeGreaterThan(100);
    expect(training!.at(-1)!.iteration).toBe(10_000);
    for (const { value } of training!) expect(Math.abs(value - 0.5)).toBeLessThan(0.02);
  });

  it('is empty before the first episode has ended, and for a run without metrics', async () => {
    expect(await readCurve(storageOf(row(1, {})))).toEqual({ lines: [] });
    expect(await readCurve(memoryStorage())).toEqual({ lines: [] });
  });

  it('says which line is broken', async () => {
    for (const broken of ['{"iteration":', '[1]', 'null', '']) {
      await expect(readCurve(storageOf(`${row(1, {})}${broken}\n${row(2, {})}`))).rejects.toThrow(
        /metrics\.jsonl, line 2: expected a JSON object/,
      );
    }
  });

  it('refuses metrics that would take too long, before it reads them', async () => {
    const storage: RunStorage = {
      ...memoryStorage(),
      size: async () => 2 ** 30,
      read: async () => {
        throw new Error('was read');
      },
    };
    await expect(readCurve(storage)).rejects.toThrow(/expected metrics of at most 128 MiB, got 1024 MiB; draw it with `cohort-rl plot`/);
  });
});
