/** Waiting for a signal to abort. */

/** Who waits, by signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function waitersOf(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal);
  if (known) return known;
  const waiters = new Set<() => void>();
  waiting.set(signal, waiters);
  signal.addEventListener('abort', () => [...waiters].forEach((tell) => void tell()));
  return waiters;
}

/**
 * Calls `hear` when the signal aborts, at once where it has, never where there is none. Gives what ends the waiting.
 *
 * However many wait, the signal has one listener: from the eleventh on Node 20 warns of a leak. Not `AbortSignal.any`: there a signal that lives long keeps
 * all that were made of it.
 */
export function whenAborted(signal: AbortSignal | undefined, hear: () => void): () => void {
  if (signal?.aborted) hear();
  if (!signal || signal.aborted) return () => {};
  const waiters = waitersOf(signal);
  // A function may wait more than once.
  const tell = (): void => hear();
  waiters.add(tell);
  return () => void waiters.delete(tell);
}
