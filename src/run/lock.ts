/**
 * One writer per run folder: a lock file that names its process, and is taken over when that process is gone.
 */
import { CohortError, locked } from '../core/errors.ts';
import type { RunStorage } from './storage.ts';

/** What the platform says about time and processes; injected, so that `run` needs neither `node:` nor the page. */
export interface RunHost {
  /** Milliseconds since 1970. */
  now(): number;
  /** The name of the machine: a process can be asked after only on its own machine. */
  readonly machine: string;
  /** The number of this process; 0 where there are none. */
  readonly pid: number;
  /** Text that tells this process from an earlier or later one with the same number. */
  readonly startToken: string;
  /** Whether that process still runs on this machine. */
  isAlive(pid: number, startToken: string): boolean | Promise<boolean>;
}

/** A lock that is held. */
export interface RunLock {
  /** Throws `CohortError` if the lock is no longer ours. */
  verify(): Promise<void>;
  /** Gives the lock back; a lock that is no longer ours is left alone. */
  release(): Promise<void>;
}

interface Holder {
  readonly machine: string;
  readonly pid: number;
  readonly startToken: string;
}

function parseHolder(bytes: Uint8Array): Holder | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value !== 'object' || value === null) return undefined;
    const { machine, pid, startToken } = value as Record<string, unknown>;
    if (typeof machine !== 'string' || typeof pid !== 'number' || typeof startToken !== 'string') return undefined;
    return { machine, pid, startToken };
  } catch {
    return undefined;
  }
}

function describeHolder(holder: Holder, host: RunHost): string {
  if (holder.machine !== host.machine) return `process ${holder.pid} on ${holder.machine}`;
  return holder.pid === host.pid ? 'this process' : `process ${holder.pid}`;
}

/** Whether a process that lives, or one that cannot be asked after, holds the lock file. */
export async function isHeld(storage: RunStorage, path: string, host: RunHost): Promise<boolean> {
  const bytes = await storage.read(path);
  const holder = bytes && parseHolder(bytes);
  if (!holder) return false;
  return holder.machine !== host.machine || (await host.isAlive(holder.pid, holder.startToken));
}

/** Takes the lock file. Throws `CohortError` if a living process holds it, or one that cannot be asked after. */
export async function acquireLock(storage: RunStorage, path: string, host: RunHost): Promise<RunLock> {
  const where = storage.locate(path);
  const own: Holder = { machine: host.machine, pid: host.pid, startToken: host.startToken };
  const bytes = new TextEncoder().encode(`${JSON.stringify(own)}\n`);
  const refuse = (got: string, advice: string): never => {
    throw new CohortError({ subject: where, expected: 'a run that no other process writes', got, advice, kind: 'failure', code: locked });
  };
  if (!(await storage.writeNew(path, bytes))) {
    const old = await storage.read(path);
    const holder = old && parseHolder(old);
    if (old && !holder) refuse('a lock file that cannot be read', 'delete it if no process writes this run');
    if (holder) {
      const name = describeHolder(holder, host);
      if (holder.machine !== host.machine) refuse(`a lock of ${name}`, 'wait for it, or delete the lock file if that process is gone');
      if (await host.isAlive(holder.pid, holder.startToken)) refuse(`a lock of ${name}`, 'wait for it to end, or choose another folder');
      await storage.remove(path);
    }
    if (!(await storage.writeNew(path, bytes))) refuse('a lock that was just taken', 'choose another folder');
  }
  const isOurs = async (): Promise<boolean> => {
    const now = await storage.read(path);
    const holder = now && parseHolder(now);
    return holder !== undefined && holder.machine === own.machine && holder.pid === own.pid && holder.startToken === own.startToken;
  };
  return {
    verify: async () => {
      if (!(await isOurs())) refuse('a lock that is gone or taken over', 'see who else writes this folder, then resume the run');
    },
    release: async () => {
      if (await isOurs()) await storage.remove(path);
    },
  };
}
