/**
 * Where runs are kept on a platform.
 */
import { mistake } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import type { RunHost } from './lock.ts';
import type { RunStorage } from './storage.ts';

/** A storage for every run folder, and what is known of processes. */
export interface RunHome {
  readonly host: RunHost;
  /** The storage whose root is that folder. */
  open(runDirectory: string): RunStorage;
}

/** The home, or what is wrong where nothing can be kept. */
export function requireHome(home: RunHome | undefined, platform: Platform): RunHome {
  if (home) return home;
  throw mistake('runDirectory', 'a platform that keeps files', platform.name, 'train without a run folder here');
}
