/**
 * One writer per run folder: a lock file that names its process, and is taken over when that process is gone.
 */
import { CohortError, locked } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import { sha256 } from './sha256.ts';
import { maxJsonBytes, type RunStorage } from './storage.ts';

/** What the platform says about time and processes; injected, so that `run` needs neither `node:` nor the page. */
export interface RunHost {
  /** Milliseconds since 1970. */
  now(): number;
  /** The name of the machine, for people. */
  readonly machine: string;
  /** Where process numbers mean the same, besides the machine's name: two containers of one name differ here. A process of another place cannot be asked after. */
  readonly place: string;
  /** The number of this process; 0 where there are none. */
  readonly pid: number;
  /** Text that tells this process from an earlier or later one with the same number. */
  readonly startToken: string;
  /** Random text: no other host, in this process or another, has the same. */
  readonly token: string;
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
  readonly place: string;
  readonly pid: number;
  readonly startToken: string;
}

function parseHolder(bytes: Uint8Array): Holder | undefined {
  const value = parseJsonObject(bytes);
  if (!value) return undefined;
  const { machine, place, pid, startToken } = value;
  const isHolder = [machine, place, startToken].every((text) => typeof text === 'string') && Number.isSafeInteger(pid);
  return isHolder ? (value as unknown as Holder) : undefined;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);

/** Whether the holder's process can be asked after from here. */
const isNear = (holder: Holder, host: RunHost): boolean => holder.machine === host.machine && holder.place === host.place;

function describeHolder(holder: Holder, host: RunHost): string {
  if (holder.machine !== host.machine) return `process ${holder.pid} on ${holder.machine}`;
  if (holder.place !== host.place) return `process ${holder.pid} of another container or machine named ${holder.machine}`;
  return holder.pid === host.pid ? 'this process' : `process ${holder.pid}`;
}

/** Whether a process that lives, or one that cannot be asked after, holds the lock file. */
export async function isHeld(storage: RunStorage, path: string, host: RunHost): Promise<boolean> {
  const bytes = await storage.read(path, maxJsonBytes);
  const holder = bytes && parseHolder(bytes);
  if (!holder) return false;
  return !isNear(holder, host) || (await host.isAlive(holder.pid, holder.startToken));
}

/** Whether a process that cannot be asked after, of another machine or container, holds the lock file. */
export async function isHeldElsewhere(storage: RunStorage, path: string, host: RunHost): Promise<boolean> {
  const bytes = await storage.read(path, maxJsonBytes);
  const holder = bytes && parseHolder(bytes);
  return holder !== undefined && !isNear(holder, host);
}

/** Tells the locks of one host apart. */
let taken = 0;
/** How often a lock that comes and goes is tried for. */
const attempts = 20;

/**
 * Takes the lock file. Throws `CohortError` if a living process holds it, or one that cannot be asked after.
 *
 * The lock of a dead process is never removed, but replaced, by the one process that holds the right to: a lock of its own, named after the bytes of
 * the dead one. So there is no moment without a lock in which a third process could make one, and nobody replaces what another has just taken.
 */
export async function acquireLock(storage: RunStorage, path: string, host: RunHost): Promise<RunLock> {
  const where = storage.locate(path);
  const { machine, place, pid, startToken, token } = host;
  // The token makes every lock another text: a lock that was given back and taken again is not the one before.
  const own = new TextEncoder().encode(`${JSON.stringify({ machine, place, pid, startToken, token: `${token}-${taken++}` })}\n`);
  const refuse = (got: string, advice: string): never => {
    throw new CohortError({ subject: where, expected: 'a run that no other process writes', got, advice, kind: 'failure', code: locked });
  };
  const isOurs = async (): Promise<boolean> => {
    const now = await storage.read(path, maxJsonBytes);
    return now !== undefined && isSame(now, own);
  };
  const lock: RunLock = {
    verify: async () => {
      if (!(await isOurs())) refuse('a lock that is gone or taken over', 'see who else writes this folder, then resume the run');
    },
    release: async () => {
      if (await isOurs()) await storage.remove(path);
    },
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await storage.writeNew(path, own)) return lock;
    const old = await storage.read(path, maxJsonBytes);
    // Given back meanwhile.
    if (!old) continue;
    const holder = parseHolder(old) ?? refuse('a lock file that cannot be read', 'delete it if no process writes this run');
    const name = describeHolder(holder, host);
    if (!isNear(holder, host)) refuse(`a lock of ${name}`, 'wait for it, or delete the lock file if that process is gone');
    if (await host.isAlive(holder.pid, holder.startToken)) refuse(`a lock of ${name}`, 'wait for it to end, or choose another folder');
    const right = await acquireLock(storage, takeoverPath(path, old), host);
    try {
      const now = await storage.read(path, maxJsonBytes);
      if (now && isSame(now, old)) {
        try {
          await storage.write(path, own);
        } catch (error) {
          // It may be there in spite of that: this process lives, and nobody could ever take it over.
          await lock.release().catch(() => undefined);
          throw error;
        }
        return lock;
      }
    } finally {
      await right.release();
    }
  }
  return refuse('a lock that comes and goes', 'choose another folder');
}

/** The lock of whoever takes over the lock of these bytes; short, whatever its own takeover and that one's are called. */
function takeoverPath(path: string, old: Uint8Array): string {
  return `${path.replace(/\.takeover-[0-9a-f]{16}$/, '')}.takeover-${sha256(new TextDecoder().decode(old)).slice(0, 16)}`;
}

/** Whether a name is that of a lock of a takeover of `path`; what is left of one belongs to a dead process. */
export function isTakeover(name: string, path: string): boolean {
  return name.startsWith(`${path}.takeover-`) && /^[0-9a-f]{16}$/.test(name.slice(`${path}.takeover-`.length));
}
