/**
 * Processes that share a run folder, in simulated time: a seed decides who does the next operation, and who dies when. A seed that fails is a bug
 * report by itself.
 */
import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/random/index.ts';
import { memoryStorage, type RunStorage } from '../../src/run/storage.ts';
import { fakeHost } from './fakeHost.ts';
import { type Around, Faulty, guarded, Turns } from './faultyStorage.ts';
import { text, train } from './madeUpRun.ts';

/** Files that only the holder of the lock may change. */
const isOfTheRun = (path: string): boolean => path !== '' && !path.startsWith('run.lock');
const changes: readonly (keyof RunStorage)[] = ['write', 'writeNew', 'append', 'truncate', 'remove'];

/** Notes who changed a file of the run. */
function watched(process: number, log: number[], around: Around): Around {
  return (name, path, work, half) =>
    around(
      name,
      path,
      async () => {
        if (changes.includes(name) && isOfTheRun(path)) log.push(process);
        return work();
      },
      half,
    );
}

describe('several processes on one run folder', () => {
  it('are one writer at any moment, under a thousand orders of their operations, and the run ends with the same bytes', async () => {
    const undisturbed = memoryStorage();
    await train(undisturbed, fakeHost(), 5);
    for (let seed = 1; seed <= 1000; seed++) {
      const random = createGenerator(seed);
      const disk = memoryStorage();
      const dead = new Set<number>();
      // One process dies somewhere, and leaves its lock.
      await train(guarded(disk, new Faulty(random.integers(1, 45), 'endsBefore').around), fakeHost(1, dead), 5).catch(() => undefined);
      dead.add(1);
      const turns = new Turns(() => random.random());
      const log: number[] = [];
      const processes = [2, 3, 4];
      const open = new Set(processes);
      const refusals: unknown[] = [];
      for (const process of processes) {
        const storage = guarded(disk, watched(process, log, turns.of(process)));
        void train(storage, fakeHost(process, dead), 5)
          .catch((error: unknown) => refusals.push(error))
          .finally(() => open.delete(process));
      }
      let steps = 0;
      const victim = random.random() < 0.7 ? processes[random.integers(0, 3)] : undefined;
      const hour = random.integers(1, 80);
      await turns.run(
        () => open.size === 0,
        () => {
          if (++steps !== hour || victim === undefined) return;
          turns.stop(victim);
          dead.add(victim);
          open.delete(victim);
        },
      );
      const blocks = log.filter((process, index) => process !== log[index - 1]);
      expect(new Set(blocks).size, `seed ${seed}: who wrote, in turn: ${blocks}`).toBe(blocks.length);
      for (const error of refusals) expect(String(error), `seed ${seed}`).toMatch(/no other process writes|a folder without a run/);
      await train(disk, fakeHost(9, dead), 5);
      expect([...disk.files.keys()].sort(), `seed ${seed}`).toEqual([...undisturbed.files.keys()].sort());
      for (const [path, bytes] of undisturbed.files) expect(text(disk.files.get(path)), `seed ${seed}, ${path}`).toBe(text(bytes));
    }
  });
});
