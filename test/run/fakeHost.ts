import type { RunHost } from '../../src/run/lock.ts';

/** A process; its clock stands where `time` says. */
export interface FakeHost extends RunHost {
  time: number;
}

let tokens = 0;

/** A process of a made-up machine: `dead` is shared, so that one process sees another die. */
export function fakeHost(pid = 1, dead: ReadonlySet<number> = new Set(), more: Partial<FakeHost> = {}): FakeHost {
  return {
    time: 1_700_000_000_000,
    now() {
      return this.time;
    },
    machine: 'here',
    place: '',
    pid,
    startToken: `start${pid}`,
    token: `token${tokens++}`,
    isAlive: (other, token) => !dead.has(other) && token === `start${other}`,
    ...more,
  };
}
