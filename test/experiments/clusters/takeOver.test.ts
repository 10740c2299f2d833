/** Runs that a task left when its machine died: who may go on with them. */
import { describe, expect, it } from 'vitest';
import { forget, takeOver } from '../../../src/experiments/clusters/takeOver.ts';
import { runFiles } from '../../../src/run/layout.ts';
import { acquireLock } from '../../../src/run/lock.ts';
import { memoryStorage } from '../../../src/run/storage.ts';
import { fakeHost } from '../../run/fakeHost.ts';

const identity = 'ab'.repeat(32);
const note = 'running/abababababababab.job';
const world = () => ({ results: memoryStorage(), run: memoryStorage() });
const before = fakeHost(7, new Set(), { machine: 'node1' });
const now = fakeHost(9, new Set(), { machine: 'node2' });

describe('a run that was left', () => {
  it('of the same job on a machine that died is taken over', async () => {
    const { results, run } = world();
    await takeOver(results, run, identity, 'slurm-77', before);
    const old = await acquireLock(run, runFiles.lock, before);
    await takeOver(results, run, identity, 'slurm-77', now);
    const lock = await acquireLock(run, runFiles.lock, now);
    // A writer that lives in spite of that finds out before it writes.
    await expect(old.verify()).rejects.toThrow(/a lock that is gone or taken over/);
    await lock.release();
    await forget(results, identity);
    expect([...results.files.keys()]).toEqual([]);
  });

  it.each([
    ['another job', 'slurm-77', 'slurm-78'],
    ['nobody that is named', undefined, 'slurm-77'],
    ['a named job, by somebody who names none,', 'slurm-77', undefined],
    ['nobody, by nobody', undefined, undefined],
  ])('of %s stays locked', async (_, first, second) => {
    const { results, run } = world();
    await takeOver(results, run, identity, first, before);
    await acquireLock(run, runFiles.lock, before);
    await takeOver(results, run, identity, second, now);
    await expect(acquireLock(run, runFiles.lock, now)).rejects.toThrow(/a lock of process 7 on node1; wait for it/);
    // Whose it is has not changed by that.
    if (first === undefined) return;
    await takeOver(results, run, identity, first, now);
    await acquireLock(run, runFiles.lock, now);
  });

  it('of the same job on this machine is asked after, as always', async () => {
    for (const isDead of [false, true]) {
      const { results, run } = world();
      await takeOver(results, run, identity, 'slurm-77', before);
      await acquireLock(run, runFiles.lock, before);
      const neighbor = fakeHost(9, new Set(isDead ? [7] : []), { machine: 'node1' });
      await takeOver(results, run, identity, 'slurm-77', neighbor);
      const taken = acquireLock(run, runFiles.lock, neighbor);
      if (isDead) await taken;
      else await expect(taken).rejects.toThrow(/a lock of process 7/);
    }
  });

  it('whose note cannot be read is nobody’s', async () => {
    const { results, run } = world();
    await results.makeDirectory('running');
    await results.write(note, new TextEncoder().encode('{"job":'));
    await acquireLock(run, runFiles.lock, before);
    await takeOver(results, run, identity, 'slurm-77', now);
    await expect(acquireLock(run, runFiles.lock, now)).rejects.toThrow(/node1/);
    await run.remove(runFiles.lock);
    await takeOver(results, run, identity, 'slurm-77', now);
    expect(new TextDecoder().decode(results.files.get(note))).toBe('{"job":"slurm-77"}\n');
  });
});
