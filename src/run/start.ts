/**
 * What a run begins from that begins from a policy: bytes that its folder keeps, so that it can begin again when the source is gone. What they hold is
 * read in src/policies/start.ts.
 */
import { failure } from '../core/errors.ts';
import { type Check, type Checked, objectOf, optional, such, text } from '../core/stored.ts';
import { isVisible } from '../core/text.ts';
import { runFiles } from './layout.ts';
import { sha256 } from './sha256.ts';
import type { RunStorage } from './storage.ts';

/** What a run begins from, as the bytes of its files: plain data, which threads take. */
export interface RunStart {
  /** Where it comes from, for people to read. */
  readonly from: string;
  /** A policy file. */
  readonly policy: Uint8Array;
  /** The optimizer's file; missing where the optimizer begins afresh. */
  readonly optimizer?: Uint8Array | undefined;
}

/** Longest text of where a policy came from: paths may be long. */
export const maxOrigin = 5000;
const digest: Check<string> = such(text(), (value) => /^[0-9a-f]{64}$/.test(value), '64 hexadecimal digits');

/** Lets through what a file records of it: SHA-256 of its files, and where it came from, for people to read; nothing opens that. */
export const checkRecordedStart = objectOf({
  sha256: digest,
  /** Missing for a run that began with a fresh optimizer. */
  optimizerSha256: optional(digest),
  from: such(text({ max: maxOrigin }), isVisible, 'text without control characters'),
});

/** What config.json records of what a run began from. */
export type RecordedStart = Readonly<Checked<typeof checkRecordedStart>>;

/** What config.json records of it. */
export function recordStart({ from, policy, optimizer }: RunStart): RecordedStart {
  return { sha256: sha256(policy), ...(optimizer && { optimizerSha256: sha256(optimizer) }), from };
}

/** Its files, by their names. */
export function filesOfStart({ policy, optimizer }: RunStart): Map<string, Uint8Array> {
  return new Map([[runFiles.startPolicy, policy], ...(optimizer ? ([[runFiles.startOptimizer, optimizer]] as const) : [])]);
}

/** The copy that a folder keeps. Throws `CohortError` where a file is missing, or is not the one that was recorded. */
export async function readStart(storage: RunStorage, { sha256: digest, optimizerSha256, from }: RecordedStart): Promise<RunStart> {
  const read = async (name: string, expected: string): Promise<Uint8Array> => {
    const bytes = await storage.read(name);
    if (bytes && sha256(bytes) === expected) return bytes;
    const got = bytes ? 'another file' : 'none';
    throw failure(
      storage.locate(name),
      `what the run begins from (SHA-256 ${expected.slice(0, 12)}...)`,
      got,
      'restore the file from a copy, or begin a new run',
    );
  };
  const policy = await read(runFiles.startPolicy, digest);
  const optimizer = optimizerSha256 === undefined ? undefined : await read(runFiles.startOptimizer, optimizerSha256);
  return { from, policy, ...(optimizer && { optimizer }) };
}
