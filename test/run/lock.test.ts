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

  it('that is refused says so by its code, which a runner waits for', async () => {
    const storage = memoryStorage();
    await acquireLock(storage, 'run.lock', host());
    await expect(acquireLock(storage, 'run.lock', host({ pid: 2 }))).rejects.toMatchObject({ parts: { code: 'locked', kind: 'failure' } });
  });
});
