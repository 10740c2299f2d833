/**
 * The files of a run in a server, so that machines need no disk in common: pieces of bounded length, and a manifest that names them. The manifest changes
 * at once, and only for the attempt that owns the run: a worker that was thought dead, and is not, changes nothing.
 *
 *     cohort:files:<job>   a hash: `owner`, `manifest` and `error` (JSON), and `<attempt>:<number>`, the bytes of one piece each
 */
import type { Redis } from 'ioredis';
import { failure, show } from '../../core/errors.ts';
import { parseJsonObject } from '../../core/json.ts';
import { type PackedError, packError, unpackError } from '../../core/packedError.ts';
import { eventsName, runFiles, snapshotFolder, snapshotIteration } from '../../run/layout.ts';
import { maxFileBytes, type RunStorage } from '../../run/storage.ts';
import { keyPrefix, keysBeginning } from './broker.ts';

/** Bytes of a piece, at most: what a server moves at once without keeping others waiting. */
export const pieceBytes: number = 2 ** 20;
/** Bytes of all files of a run together, at most. */
export const maxRunBytes: number = 2 ** 30;
/** Seconds that files of a run that has ended are kept, for a submitter that comes back: a week. */
export const keptSeconds: number = 7 * 24 * 3600;

/** A file as it lies in the server. */
interface StoredFile {
  readonly size: number;
  readonly pieces: readonly { readonly field: string; readonly size: number }[];
}

/** What lies there of a run. */
export interface Manifest {
  readonly files: ReadonlyMap<string, StoredFile>;
  /** Iterations that are in the checkpoint. */
  readonly iteration: number;
  /** Whether the run has ended. */
  readonly done: boolean;
  /** Processor and number of cores of the worker that wrote it. */
  readonly machine: string;
  /** Where the files are instead: the folder of an attempt, below that of the run in a folder that all machines share. */
  readonly folder?: string | undefined;
}

/** What an attempt writes of itself beside the files. */
export type ManifestFacts = Omit<Manifest, 'files'>;

/** Thrown where another attempt has taken over the run. */
export class NoLongerOwner extends Error {
  constructor() {
    super('another worker has taken over this run');
    this.name = 'NoLongerOwner';
  }
}

const filesKey = (job: string): string => `${keyPrefix}:files:${job}`;

// Who owns the run writes; the time that keys are kept begins anew.
const commitScript = `
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'manifest', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1`;

/** Whether a name is that of a file of a run, which may travel: never a path that leads anywhere else. */
function travels(name: string): boolean {
  const [folder, file] = name.split('/');
  if (file !== undefined) return folder === snapshotFolder && snapshotIteration(file) !== undefined && name === `${folder}/${file}`;
  return (
    eventsName.test(name) || (name !== runFiles.lock && Object.values(runFiles).some((known) => known === name && !name.endsWith('.')))
  );
}

/** The files of a run that travel. */
async function namesIn(storage: RunStorage): Promise<string[]> {
  const snapshots = (await storage.list(snapshotFolder)).map((name) => `${snapshotFolder}/${name}`);
  return [...(await storage.list('')), ...snapshots].filter(travels);
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parseFile(value: unknown): StoredFile | undefined {
  const { size, pieces } = (value ?? {}) as { size?: unknown; pieces?: unknown };
  if (!isSize(size) || !Array.isArray(pieces)) return undefined;
  const isPiece = (piece: unknown): boolean => {
    const { field, size: length } = (piece ?? {}) as { field?: unknown; size?: unknown };
    return typeof field === 'string' && /^[\w-]+:\d+$/.test(field) && isSize(length) && length > 0 && length <= pieceBytes;
  };
  if (!pieces.every(isPiece)) return undefined;
  const file = { size, pieces } as StoredFile;
  return file.pieces.reduce((sum, piece) => sum + piece.size, 0) === size ? file : undefined;
}

/** Reads a manifest. Throws `CohortError` for anything but one of ours. */
export function parseManifest(text: string, subject: string): Manifest {
  const advice = 'remove it: cohort-rl queue clean';
  const { files, iteration, done, machine, folder } = parseJsonObject(text) ?? {};
  const isFolder = folder === undefined || (typeof folder === 'string' && /^[\w-]{1,64}$/.test(folder));
  const hasFacts = isSize(iteration) && typeof done === 'boolean' && typeof machine === 'string' && isFolder;
  if (typeof files !== 'object' || files === null || !hasFacts) {
    throw failure(subject, 'the manifest of a run', show(text.slice(0, 80)), advice);
  }
  const entries = Object.entries(files).map(([name, value]): [string, StoredFile] => {
    const file = parseFile(value);
    if (!travels(name) || !file) throw failure(subject, 'names, sizes and pieces of files of a run', show(name), advice);
    return [name, file];
  });
  const total = entries.reduce((sum, [, { size }]) => sum + size, 0);
  if (total > maxRunBytes) throw failure(subject, `files of at most ${maxRunBytes} bytes`, `${total}`, advice);
  return { files: new Map(entries), iteration, done, machine, folder };
}

function writeManifest({ files, ...facts }: Manifest): string {
  return JSON.stringify({ ...facts, files: Object.fromEntries(files) });
}

/** What the server has of a run; `undefined` where there is nothing. Throws `CohortError` for anything but files of a run. */
export async function readManifest(client: Redis, job: string): Promise<Manifest | undefined> {
  const text = await client.hget(filesKey(job), 'manifest');
  return text === null ? undefined : parseManifest(text, `the files of run ${job.slice(0, 12)} in the queue`);
}

/** Writes the files that a manifest names into a folder. Throws `CohortError` where a piece is missing or has another length. */
export async function pull(client: Redis, job: string, { files }: Manifest, storage: RunStorage): Promise<void> {
  await storage.makeDirectory('');
  if ([...files.keys()].some((name) => name.includes('/'))) await storage.makeDirectory(snapshotFolder);
  for (const [name, { size, pieces }] of files) {
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const { field, size: length } of pieces) {
      const piece = await client.hgetBuffer(filesKey(job), field);
      if (piece?.length !== length) {
        const got = piece ? `${piece.length} bytes` : 'nothing';
        throw failure(
          `${name} of run ${job.slice(0, 12)} in the queue`,
          `a piece of ${length} bytes`,
          got,
          'run it again: cohort-rl queue retry',
        );
      }
      bytes.set(piece, at);
      at += length;
    }
    await storage.write(name, bytes);
  }
}

/** Copies the files of a run from one folder to another; another process may still write the first. */
export async function copyRun(from: RunStorage, to: RunStorage): Promise<void> {
  await to.makeDirectory('');
  const names = await namesIn(from);
  // The checkpoint first: what grows is then at least as long as it says.
  for (const name of [runFiles.checkpoint, ...names.filter((other) => other !== runFiles.checkpoint)]) {
    const bytes = await from.read(name);
    if (name.includes('/')) await to.makeDirectory(snapshotFolder);
    if (bytes) await to.write(name, bytes);
  }
}

/** Keeps why a run failed. */
export async function keepError(client: Redis, job: string, error: unknown): Promise<void> {
  const { stack: _here, cause: _deeper, ...packed } = packError(error);
  await client.hset(filesKey(job), 'error', JSON.stringify(packed));
  await client.expire(filesKey(job), keptSeconds);
}

/** Why a run failed, as it was kept; `undefined` where nothing was. */
export async function readError(client: Redis, job: string): Promise<Error | undefined> {
  const text = await client.hget(filesKey(job), 'error');
  const packed = text === null ? undefined : parseJsonObject(text);
  if (typeof packed?.name !== 'string' || typeof packed.message !== 'string') return undefined;
  const { subject, expected, got, advice } = (packed.parts ?? {}) as Record<string, unknown>;
  const isWhole = [subject, expected, got, advice].every((part) => typeof part === 'string');
  const { parts: _checked, ...rest } = packed as unknown as PackedError;
  return unpackError({
    ...rest,
    ...(isWhole && { parts: { subject, expected, got, advice, kind: 'failure' } as PackedError['parts'] & object }),
  });
}

/** Removes what the server has of a run. */
export async function removeFiles(client: Redis, job: string): Promise<void> {
  await client.del(filesKey(job));
}

/** The jobs of which the server has files. */
export async function jobsWithFiles(client: Redis): Promise<string[]> {
  return (await keysBeginning(client, filesKey(''))).map((key) => key.slice(filesKey('').length));
}

/** Bytes that the files of a run take in the server. */
export async function bytesInServer(client: Redis, job: string): Promise<number> {
  const manifest = await readManifest(client, job).catch(() => undefined);
  return [...(manifest?.files.values() ?? [])].reduce((sum, { size }) => sum + size, 0);
}

/** One attempt at a run, as its files are concerned. */
export interface Attempt {
  /** What an earlier one left. */
  readonly before: Manifest | undefined;
  /**
   * Sends what is new. `sizes`: of a run that goes on, the sizes at its checkpoint of the files that grow; of these only so much travels, and of the others
   * what has changed. Throws {@link NoLongerOwner}, and what the server answers; what was there before then stays.
   */
  push(
    storage: RunStorage,
    facts: ManifestFacts,
    options?: { readonly sizes?: ReadonlyMap<string, number>; readonly without?: readonly string[] },
  ): Promise<Manifest>;
}

/** Takes over the files of a run for an attempt with that name (letters, digits, `-`), which no other has. */
export async function claim(client: Redis, job: string, attempt: string): Promise<Attempt> {
  const key = filesKey(job);
  await client.hset(key, 'owner', attempt);
  await client.expire(key, keptSeconds);
  const before = await readManifest(client, job);
  let manifest = before;
  let pieces = 0;
  // Files that change as a whole are told by their content.
  const sent = new Map<string, Uint8Array>();

  const send = async (bytes: Uint8Array): Promise<StoredFile['pieces']> => {
    const fields: { field: string; size: number }[] = [];
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      const field = `${attempt}:${pieces++}`;
      await client.hset(key, field, Buffer.from(piece.buffer, piece.byteOffset, piece.length));
      fields.push({ field, size: piece.length });
    }
    return fields;
  };
  const removeUnnamed = async (): Promise<void> => {
    const named = new Set([...(manifest?.files.values() ?? [])].flatMap((file) => file.pieces.map(({ field }) => field)));
    const unnamed = (await client.hkeys(key)).filter((field) => field.includes(':') && !named.has(field));
    if (unnamed.length > 0) await client.hdel(key, ...unnamed);
  };
  // What a killed attempt sent and never named.
  await removeUnnamed();
  return {
    before,
    async push(storage, facts, { sizes, without = [] } = {}) {
      const files = new Map<string, StoredFile>();
      const names = (await namesIn(storage)).filter((name) => !without.includes(name));
      for (const name of names) {
        const there = manifest?.files.get(name);
        const all = (await storage.read(name, maxFileBytes)) ?? new Uint8Array(0);
        const grows = growing(name);
        const limit = sizes?.get(name) ?? all.length;
        const bytes = grows ? all.subarray(0, limit) : all;
        const last = sent.get(name);
        if (there && grows && there.size <= bytes.length) {
          files.set(name, { size: bytes.length, pieces: [...there.pieces, ...(await send(bytes.subarray(there.size)))] });
        } else if (there && !grows && last && last.length === bytes.length && last.every((byte, index) => byte === bytes[index])) {
          files.set(name, there);
        } else {
          files.set(name, { size: bytes.length, pieces: await send(bytes) });
        }
        if (!grows) sent.set(name, bytes);
      }
      const total = [...files.values()].reduce((sum, { size }) => sum + size, 0);
      if (total > maxRunBytes) {
        const advice = 'keep fewer snapshots and completions, or use --shared-folder';
        throw failure(storage.locate(''), `files of at most ${maxRunBytes} bytes, which a queue carries`, `${total}`, advice);
      }
      const next: Manifest = { ...facts, files };
      const isOwner = await client.eval(commitScript, 1, key, attempt, writeManifest(next), keptSeconds);
      if (isOwner !== 1) throw new NoLongerOwner();
      manifest = next;
      await removeUnnamed();
      return next;
    },
  };
}

/** Whether a file of a run only grows. */
function growing(name: string): boolean {
  return (
    ([runFiles.metrics, runFiles.episodes, runFiles.evaluations, runFiles.completions] as string[]).includes(name) || eventsName.test(name)
  );
}
