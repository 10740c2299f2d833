/**
 * Models of the Hugging Face Hub: downloaded once, into the cache that its Python package has too, and read from there.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ListFileEntry } from '@huggingface/hub';
import { CohortError, failure, mistake, show } from '../core/errors.ts';
import { formatBytes } from '../core/text.ts';
import { hubPrefix } from '../lm/checkpoints/place.ts';
import { loadOptional } from './film/optional.ts';

type Hub = typeof import('@huggingface/hub');

/** A model of the hub by its parts. */
export interface HubName {
  /** `owner/name`. */
  readonly repo: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** A GGUF file in it; left out: the model in safetensors. */
  readonly file?: string | undefined;
}

/** What is read of a model in safetensors: its weights, and the JSON and templates beside them. */
const wanted = /^[\w.-]+\.(safetensors|json|jinja)$/;
/** Bytes from which on a download is worth a line. */
const muchToLoad = 1e7;

/** The parts of `hf:owner/name`, `hf:owner/name/file.gguf`, either with `@revision`. Throws `CohortError` for anything else. */
export function parseHubName(place: string): HubName {
  const [, repo, file, revision = 'main'] =
    /^hf:([\w-][\w.-]*\/[\w-][\w.-]*)(?:\/([\w-][\w.-]*\.gguf))?(?:@([\w-][\w./-]*))?$/i.exec(place) ?? [];
  if (repo && !repo.includes('..') && !revision.includes('..')) return { repo, revision, file };
  const advice = 'write for example hf:HuggingFaceTB/SmolLM2-135M-Instruct, or hf:owner/name/file.gguf';
  throw mistake(show(place), `${hubPrefix}owner/name`, show(place.slice(hubPrefix.length)), advice);
}

/** Where models are kept: as the hub's own tools say it, `HF_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME`. */
export function hubCache(env: NodeJS.ProcessEnv = process.env): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = env;
  return HF_HUB_CACHE || join(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface'), 'hub');
}

/**
 * The path of a model of the hub on this machine: a folder, or a GGUF file in one. What is not in the cache is downloaded, from `HF_ENDPOINT` and with `HF_TOKEN` where they are
 * set, and its SHA-256 checked where the hub knows it; without a connection the cache is taken as it is. Lines about large files go to standard error. Throws `CohortError` for a
 * model that is not there or not allowed, without a connection and a cache, and without the optional package.
 */
export async function downloadModel(
  place: string,
  { withoutWeights = false }: { readonly withoutWeights?: boolean } = {},
): Promise<string> {
  const name = parseHubName(place);
  const root = join(hubCache(), `models--${name.repo.replaceAll('/', '--')}`);
  const hub = await loadOptional('@huggingface/hub', 'models of the Hugging Face Hub', () => import('@huggingface/hub'));
  const access = accessOf(process.env);
  let commit: string;
  let files: ListFileEntry[];
  try {
    const { sha } = await hub.modelInfo({ name: name.repo, revision: name.revision, additionalFields: ['sha'], ...access });
    commit = checkCommit(sha, place);
    files = (await filesOf(hub, name, commit, access)).filter(({ path }) => !withoutWeights || !path.endsWith('.safetensors'));
  } catch (error) {
    const kept = isUnreachable(error) ? await keptCommit(root, name.revision) : undefined;
    if (kept === undefined) throw explain(error, place);
    process.stderr.write(`note: ${place} as it is in the cache: the hub cannot be reached\n`);
    return pathOf(root, kept, name);
  }
  if (files.length === 0) {
    const expected = name.file ?? 'a model in safetensors';
    throw mistake(
      place,
      expected,
      'none in that repository',
      'look at its files on the hub; GGUF files are named: hf:owner/name/file.gguf',
    );
  }
  for (const file of files) await fetchFile(hub, { file, to: join(root, 'snapshots', commit, file.path), name, commit, access, place });
  const reference = join(root, 'refs', name.revision);
  await mkdir(dirname(reference), { recursive: true });
  await writeFile(reference, commit);
  return pathOf(root, commit, name);
}

function pathOf(root: string, commit: string, { file }: HubName): string {
  return join(root, 'snapshots', commit, ...(file === undefined ? [] : [file]));
}

interface Access {
  readonly hubUrl?: string;
  readonly accessToken?: string;
}

function accessOf({ HF_ENDPOINT, HF_TOKEN }: NodeJS.ProcessEnv): Access {
  return { ...(HF_ENDPOINT && { hubUrl: HF_ENDPOINT.replace(/\/+$/, '') }), ...(HF_TOKEN && { accessToken: HF_TOKEN }) };
}

function checkCommit(sha: unknown, place: string): string {
  if (typeof sha === 'string' && /^[0-9a-f]{40}$/.test(sha)) return sha;
  throw failure(place, 'the commit of the model', show(sha), 'try again later');
}

/** What is read of the model; of weights in several formats safetensors alone. */
async function filesOf(hub: Hub, { repo, file }: HubName, commit: string, access: Access): Promise<ListFileEntry[]> {
  const files: ListFileEntry[] = [];
  for await (const entry of hub.listFiles({ repo, revision: commit, ...access })) {
    if (entry.type === 'file' && (file === undefined ? wanted.test(entry.path) : entry.path === file)) files.push(entry);
  }
  return file !== undefined || files.some(({ path }) => path.endsWith('.safetensors')) ? files : [];
}

/** The commit that the cache has for a revision. */
async function keptCommit(root: string, revision: string): Promise<string | undefined> {
  const said = /^[0-9a-f]{40}$/.test(revision) ? revision : await readFile(join(root, 'refs', revision), 'utf8').catch(() => '');
  const commit = said.trim();
  return /^[0-9a-f]{40}$/.test(commit) && (await stat(join(root, 'snapshots', commit)).catch(() => undefined)) ? commit : undefined;
}

interface Fetching {
  readonly file: ListFileEntry;
  readonly to: string;
  readonly name: HubName;
  readonly commit: string;
  readonly access: Access;
  readonly place: string;
}

/** Downloads a file beside its place, and puts it there when it is whole. */
async function fetchFile(hub: Hub, { file: { path, size, lfs }, to, name: { repo }, commit, access, place }: Fetching): Promise<void> {
  const bytes = lfs?.size ?? size;
  if ((await stat(to).catch(() => undefined))?.size === bytes) return;
  if (bytes >= muchToLoad) process.stderr.write(`downloading ${path} of ${repo}, ${formatBytes(bytes)} …\n`);
  const beside = `${to}.${process.pid}.incomplete`;
  await mkdir(dirname(to), { recursive: true });
  const hash = createHash('sha256');
  let read = 0;
  const measure = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      read += chunk.length;
      done(null, chunk);
    },
  });
  try {
    const blob = await hub.downloadFile({ repo, path, revision: commit, xet: false, ...access });
    if (!blob) throw failure(place, `its file ${path}`, 'none', 'try again later');
    await pipeline(Readable.fromWeb(blob.stream() as Parameters<typeof Readable.fromWeb>[0]), measure, createWriteStream(beside));
    const digest = hash.digest('hex');
    if (read !== bytes) throw failure(place, `${bytes} bytes of ${path}`, `${read}`, 'try again');
    if (lfs && lfs.oid !== digest) throw failure(place, `${path} with SHA-256 ${lfs.oid}`, digest, 'try again; if it stays, ask its owner');
    await rename(beside, to);
  } catch (error) {
    throw explain(error, place);
  } finally {
    await rm(beside, { force: true });
  }
}

/** Whether there was no answer at all. */
function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError;
}

function explain(error: unknown, place: string): CohortError {
  if (error instanceof CohortError) return error;
  const { statusCode } = error as { statusCode?: number };
  if (isUnreachable(error)) {
    return failure(
      place,
      'a connection to the hub',
      String((error as Error).message),
      'go online once, or name a folder that has the model',
      error,
    );
  }
  if (statusCode === 404) return mistake(place, 'a model of the hub', 'none of that name or revision', 'check its name on the hub', error);
  if (statusCode === 401 || statusCode === 403) {
    return mistake(
      place,
      'a model that you may read',
      `a refusal (${statusCode})`,
      'check its name, ask for access there, and set HF_TOKEN',
      error,
    );
  }
  return failure(place, 'an answer of the hub', String((error as Error).message).split('\n')[0]!, 'try again later', error);
}
