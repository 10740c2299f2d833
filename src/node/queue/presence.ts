/**
 * Which workers listen at a queue: each says so every few seconds, and is forgotten when it no longer does.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { parseJsonObject } from '../../core/json.ts';
import { keyPrefix, keysBeginning } from './broker.ts';
import { packageBuild } from './build.ts';

/** Seconds between two signs of life, and those after which a worker that gave none is gone. */
const [beatSeconds, goneSeconds] = [5, 20];

/** A worker as it describes itself. */
export interface WorkerPresence {
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly digest: string;
  /** Runs side by side, at most. */
  readonly jobs: number;
  /** Names of what it runs at the moment. */
  readonly running: readonly string[];
}

const workerKey = (id: string): string => `${keyPrefix}:worker:${id}`;

/** Says that a worker is here until `end` is called. `running` is asked at every sign of life. */
export function announce(client: Redis, jobs: number, running: () => readonly string[]): { end(): Promise<void> } {
  const key = workerKey(randomUUID());
  const { version, digest } = packageBuild();
  const beat = async (): Promise<void> => {
    const presence: WorkerPresence = { host: hostname(), pid: process.pid, version, digest, jobs, running: running() };
    await client.set(key, JSON.stringify(presence), 'EX', goneSeconds).catch(() => undefined);
  };
  void beat();
  const timer = setInterval(() => void beat(), beatSeconds * 1000);
  return {
    end: async () => {
      clearInterval(timer);
      await client.del(key).catch(() => undefined);
    },
  };
}

function parsePresence(text: string | null): WorkerPresence | undefined {
  const found = text === null ? undefined : parseJsonObject(text);
  const { host, pid, version, digest, jobs, running } = found ?? {};
  const isWhole =
    [host, version, digest].every((part) => typeof part === 'string') &&
    [pid, jobs].every(Number.isSafeInteger) &&
    Array.isArray(running) &&
    running.every((name) => typeof name === 'string');
  return isWhole ? (found as unknown as WorkerPresence) : undefined;
}

/** The workers that listen, by host and process. */
export async function presentWorkers(client: Redis): Promise<WorkerPresence[]> {
  const keys = await keysBeginning(client, workerKey(''));
  const texts = keys.length > 0 ? await client.mget(...keys) : [];
  const workers = texts.flatMap((text) => parsePresence(text) ?? []);
  return workers.sort((a, b) => (a.host === b.host ? a.pid - b.pid : a.host < b.host ? -1 : 1));
}
