/**
 * The lock of a run whose thread or process was ended before it could give it back.
 */
import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runFiles } from '../run/layout.ts';

/** Gives back the lock in a folder if that process of this machine (by default this one) holds it; any other is left alone. */
export function giveBackLock(folder: string, pid: number | undefined = process.pid): void {
  const path = join(folder, runFiles.lock);
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as { readonly pid?: unknown; readonly machine?: unknown };
    if (holder.pid === pid && holder.machine === hostname()) rmSync(path, { force: true });
  } catch {
    // No lock, or none of ours: the next process finds out.
  }
}
