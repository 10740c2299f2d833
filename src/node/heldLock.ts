/**
 * The lock of a run whose thread or process was ended before it could give it back.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseJsonObject } from '../core/json.ts';
import { runFiles } from '../run/layout.ts';
import { readPlainSync } from './files.ts';
import { nodeHome } from './storage.ts';

/** Gives back the lock in a folder if that process of this machine (by default this one) holds it; any other is left alone. */
export function giveBackLock(folder: string, pid: number | undefined = process.pid): void {
  const path = join(folder, runFiles.lock);
  try {
    const { machine, place } = nodeHome.host;
    const holder = parseJsonObject(readPlainSync(path));
    if (holder?.pid === pid && holder.machine === machine && holder.place === place) rmSync(path, { force: true });
  } catch {
    // No lock, or none of ours: the next process finds out.
  }
}
