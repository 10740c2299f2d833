/**
 * The questions and answers that a language model is trained on, where they are a user's own: a copy that its folder keeps, so that the run can go on when
 * the file is gone or has changed. What the rows mean is read in src/lm/data.
 */
import { failure } from '../core/errors.ts';
import { type Check, type Checked, finite, objectOf, such, text } from '../core/stored.ts';
import { isVisible } from '../core/text.ts';
import { runFiles } from './layout.ts';
import { sha256 } from './sha256.ts';
import type { RunStorage } from './storage.ts';

/** Questions and answers as plain data, which threads take. */
export interface RunData {
  /** Id of the task that they are. */
  readonly id: string;
  /** Name of the file that they came from, for people to read; nothing opens it. */
  readonly name: string;
  /** SHA-256 of that file. */
  readonly sha256: string;
  /** The share of prompts that is never trained on. */
  readonly heldOut: number;
  /** The rows: a line of JSON each, with `prompt`, `answer` and, where there is one, `solution`. */
  readonly rows: Uint8Array;
}

/** Most bytes of a copy, and of a file that rows are read from. */
export const maxDataBytes: number = 2 ** 26;
/** Longest name of a file. */
export const maxDataName = 255;
const digest: Check<string> = such(text(), (value) => /^[0-9a-f]{64}$/.test(value), '64 hexadecimal digits');

/** Lets through what a file records of the data. */
export const checkRecordedData = objectOf({
  name: such(text({ min: 1, max: maxDataName }), isVisible, 'text without control characters'),
  sha256: digest,
  /** SHA-256 of the copy. */
  copySha256: digest,
  heldOut: finite({ min: 0, max: 1 }),
});

/** What config.json records of the data of a run. */
export type RecordedData = Readonly<Checked<typeof checkRecordedData>>;

/** What a folder keeps of data. */
export interface DataOfRun {
  /** What config.json, or a plan of seeds, records of it. */
  readonly recorded: { readonly data: RecordedData };
  /** The copy, by its name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What a folder keeps of data. */
export function keepData({ name, sha256: digest, heldOut, rows }: RunData): DataOfRun {
  return { recorded: { data: { name, sha256: digest, copySha256: sha256(rows), heldOut } }, files: new Map([[runFiles.data, rows]]) };
}

/** The copy that a folder keeps, as the data of task `id`; `stored` is what its file records. Throws `CohortError` where it is missing, or is not the one that was recorded. */
export async function readData(storage: RunStorage, id: string, stored: unknown): Promise<RunData> {
  const place = { subject: storage.locate(''), path: ['data'], advice: 'restore the folder from a copy, or begin a new run' };
  const { copySha256, ...recorded } = checkRecordedData(stored, place);
  const rows = await storage.read(runFiles.data, maxDataBytes);
  if (rows && sha256(rows) === copySha256) return { id, ...recorded, rows };
  const expected = `the questions and answers of the run (SHA-256 ${copySha256.slice(0, 12)}...)`;
  const advice = 'restore the file from a copy, or begin a new run';
  throw failure(storage.locate(runFiles.data), expected, rows ? 'another file' : 'none', advice);
}
