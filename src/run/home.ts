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
  /** The folder of a policy that comes with the package, by its name; nothing where there is none, or where a folder here has that name. */
  pretrained?(name: string): RunStorage | undefined;
}
