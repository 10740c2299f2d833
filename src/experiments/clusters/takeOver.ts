/**
 * A run that a task of a cluster left when its node or its container died. Its lock names a process of another machine, which cannot be asked after; but the
 * scheduler lets one attempt at a task live at a time, so that under the same job the one before is gone.
 */
import { parseJsonObject } from '../../core/json.ts';
import { runFiles } from '../../run/layout.ts';
import { isHeld, isHeldElsewhere, type RunHost } from '../../run/lock.ts';
import { maxJsonBytes, type RunStorage } from '../../run/storage.ts';
import { runningFolder } from '../runner.ts';

/**
 * Takes the lock of a run away if the same job of the scheduler left it, and notes whose the run is now. Without `job` nothing is taken away. A writer that
 * lives in spite of that finds its lock gone before it writes its next checkpoint, and stops.
 */
export async function takeOver(
  results: RunStorage,
  run: RunStorage,
  identity: string,
  job: string | undefined,
  host: RunHost,
): Promise<void> {
  const note = `${runningFolder}/${identity.slice(0, 16)}.job`;
  const before = await results.read(note, maxJsonBytes);
  const isSame = job !== undefined && before !== undefined && parseJsonObject(before)?.job === job;
  if (await isHeld(run, runFiles.lock, host)) {
    // Whoever trains next is refused, and the run stays whose it was.
    if (!isSame) return;
    if (await isHeldElsewhere(run, runFiles.lock, host)) await run.remove(runFiles.lock);
  }
  await results.makeDirectory(runningFolder);
  if (job === undefined) await results.remove(note);
  else await results.write(note, new TextEncoder().encode(`${JSON.stringify({ job })}\n`));
}

/** Removes the note of a run whose result is kept. */
export function forget(results: RunStorage, identity: string): Promise<void> {
  return results.remove(`${runningFolder}/${identity.slice(0, 16)}.job`);
}
