import { describe, expect, it } from 'vitest';
import { acquireLock, isHeld, type RunHost } from '../../src/run/lock.ts';
import { memoryStorage } from '../../src/run/storage.ts';
import { fakeHost } from './fakeHost.ts';

const host = (more: Partial<RunHost> = {}): RunHost => ({ ...fakeHost(), startToken: 'a', isAlive: () => true, ...more });

describe('a lock', () => {
  it('is held while its process lives, or cannot be asked after', async () => {
    const storage = memoryStorage();
    expect(await isHeld(storage, 'run.lock', host())).toBe(false);
    const lock = await acquireLock(storage, 'run.lock', host({ pid: 7, startToken: 'b' }));
    const asked: unknown[] = [];
    const ask = (alive: boolean) => host({ isAlive: (...of) => asked.push(of) > 0 && alive });
    expect(await isHeld(storage, 'run.lock', ask(true))).toBe(true);
    expect(await isHeld(storage, 'run.lock', ask(false))).toBe(false);
    expect(asked).toEqual([
      [7, 'b'],
      [7, 'b'],
    ]);
    // A process of another machine cannot be asked after.
    expect(await isHeld(storage, 'run.lock', host({ machine: 'there', isAlive: () => false }))).toBe(true);
    await lock.release();
    expect(await isHeld(storage, 'run.lock', host())).toBe(false);
  });

  it('of another container of the same name is not taken over, though its process number says nothing here', async () => {
    const storage = memoryStorage();
    await acquireLock(storage, 'run.lock', host({ pid: 7, place: 'pid:[1]' }));
    const elsewhere = host({ place: 'pid:[2]', isAlive: () => false });
    await expect(acquireLock(storage, 'run.lock', elsewhere)).rejects.toThrow(
      /a lock of process 7 of another container or machine named here; .* delete the lock file if that process is gone/,
    );
    expect(await isHeld(storage, 'run.lock', elsewhere)).toBe(true);
  });

  it('is known from one that the same process took later', async () => {
    const storage = memoryStorage();
    const first = await acquireLock(storage, 'run.lock', host());
    await storage.remove('run.lock');
    const second = await acquireLock(storage, 'run.lock', host());
    await expect(first.verify()).rejects.toThrow(/gone or taken over/);
    await first.release();
    await second.verify();
  });

  it('that is refused says so by its code, which a runner waits for', async () => {
    const storage = memoryStorage();
    await acquireLock(storage, 'run.lock', host());
    await expect(acquireLock(storage, 'run.lock', host({ pid: 2 }))).rejects.toMatchObject({ parts: { code: 'locked', kind: 'failure' } });
  });
});
