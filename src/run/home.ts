/**
 * Where runs are kept on a platform.
 */
import type { RunHost } from './lock.ts';
import type { RunStorage } from './storage.ts';

/** A storage for every run folder, and what is known of processes. */
export interface RunHome {
  readonly host: RunHost;
  /** The storage whose root is that folder. */
  open(runDirectory: string): RunStorage;
}
