/**
 * Submits the runs of an export to a Ray cluster by its Jobs API, and watches them. Ray runs a job once and leaves further tries to whoever submitted it; a
 * job that waits long for cores fails there. So a few are submitted at a time, and what failed is submitted again under a name of its own.
 */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { failure, mistake, show } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import type { RayJob } from '../experiments/clusters/ray.ts';
import { codeOf } from './files.ts';

// Of `GET /api/jobs/` only what is needed; drivers that nobody submitted have no submission_id.
const listSchema = z.array(
  z.object({
    submission_id: z.string().nullish(),
    status: z.enum(['PENDING', 'RUNNING', 'STOPPED', 'SUCCEEDED', 'FAILED']),
    message: z.string().nullish(),
    driver_exit_code: z.number().nullish(),
  }),
);
type Listed = z.output<typeof listSchema>[number];

/** What is told while jobs run; `run` is the number of the run in its plan. */
export interface SubmitEvent {
  readonly event: 'submitted' | 'done' | 'again' | 'failed';
  readonly run: number;
  readonly name: string;
  /** What Ray said of a job that did not succeed. */
  readonly message?: string;
}

/** How jobs are submitted. */
export interface SubmitOptions {
  /** The address of the dashboard: `http://127.0.0.1:8265`. */
  readonly address: string;
  /** Jobs at once. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  onEvent(event: SubmitEvent): void;
  /** Milliseconds between two looks. Default 2000. */
  readonly pause?: number;
}

/** How it ended. */
export interface SubmitOutcome {
  readonly done: number;
  readonly failed: number;
  /** Jobs that were not seen to end, because the signal came: those that run go on without us. */
  readonly left: number;
}

/** Times that a run is tried in one call. */
const mostTries = 3;
/** Looks in a row that may fail, as while the head node is restarted. */
const mostSilences = 10;
/** Milliseconds without a byte after which an answer is given up. */
const silence = 30_000;
/** The exit code of a task that was refused: no further try helps. */
const refused = 2;

interface Entry {
  readonly job: RayJob;
  readonly run: number;
  attempt: number;
  tries: number;
  state: 'waiting' | 'active' | 'done' | 'failed';
}

const nameOf = ({ job, attempt }: Pick<Entry, 'job' | 'attempt'>): string =>
  attempt === 1 ? job.submission_id : `${job.submission_id}-${attempt}`;

/** The root of the API. Throws `CohortError` for what is no address. */
function apiOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return `${url.href.replace(/\/+$/, '')}/api/jobs/`;
  throw mistake('--address', 'the address of the dashboard of a Ray cluster', show(address), 'write for example http://127.0.0.1:8265');
}

/** No answer of Ray is longer than this: it lists all jobs of a cluster. */
const mostBytes = 2 ** 26;

/** Asks by hand: Ray refuses whatever has the headers of a browser, and the `fetch` of Node has them. */
function send(url: string, body: string | undefined, signal: AbortSignal): Promise<{ readonly status: number; readonly text: string }> {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: body === undefined ? 'GET' : 'POST', headers, signal, timeout: silence }, (answer) => {
      const parts: Buffer[] = [];
      let length = 0;
      answer.on('data', (part: Buffer) => {
        length += part.length;
        if (length > mostBytes) answer.destroy(new Error(`an answer of more than ${mostBytes} bytes`));
        else parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`silence for ${silence / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function ask(url: string, signal: AbortSignal, body?: string): Promise<unknown> {
  const advice = 'see whether the cluster runs and its dashboard can be reached';
  const { status, text } = await send(url, body, signal).catch((error: Error) => {
    throw failure(url, 'an answer of Ray', error.message === '' ? String(codeOf(error)) : error.message, advice, error);
  });
  if (status !== 200) throw failure(url, 'an answer of Ray', `status ${status}: ${show(text)}`, advice);
  const value = parseJson(text);
  if (value === undefined) throw failure(url, 'JSON of the Jobs API', show(text), advice);
  return value;
}

/** Submits what has not succeeded yet, and returns when all have ended. Throws `CohortError` for a cluster that does not answer, or not as Ray does. */
export async function submitRayJobs(jobs: readonly RayJob[], options: SubmitOptions): Promise<SubmitOutcome> {
  const { address, parallel, signal, onEvent, pause = 2000 } = options;
  const api = apiOf(address);
  const list = async (): Promise<Map<string, Listed>> => {
    const answer = listSchema.safeParse(await ask(api, signal));
    if (!answer.success) throw failure(api, 'a list of jobs', answer.error.issues[0]!.message, 'use a version of Ray with this API');
    return new Map(answer.data.flatMap((one) => (typeof one.submission_id === 'string' ? [[one.submission_id, one] as const] : [])));
  };
  const entries = jobs.map((job, run): Entry => ({ job, run, attempt: 1, tries: 0, state: 'waiting' }));
  const tell = (event: SubmitEvent['event'], entry: Entry, message?: string | null): void =>
    onEvent({ event, run: entry.run, name: nameOf(entry), ...(message && { message }) });

  // What an earlier call submitted.
  const before = await list();
  for (const entry of entries) {
    while (before.has(nameOf({ job: entry.job, attempt: entry.attempt + 1 }))) entry.attempt++;
    const status = before.get(nameOf(entry))?.status;
    if (status === 'SUCCEEDED') entry.state = 'done';
    else if (status === 'PENDING' || status === 'RUNNING') entry.state = 'active';
    else if (status !== undefined) entry.attempt++;
  }

  const submit = async (entry: Entry): Promise<void> => {
    entry.tries++;
    const body = JSON.stringify({ ...entry.job, submission_id: nameOf(entry) });
    await ask(api, signal, body);
    entry.state = 'active';
    tell('submitted', entry);
  };
  const look = (entry: Entry, listed: Listed | undefined): void => {
    if (listed?.status === 'PENDING' || listed?.status === 'RUNNING') return;
    if (listed?.status === 'SUCCEEDED') {
      entry.state = 'done';
      tell('done', entry);
      return;
    }
    // Nothing: a head node that was started anew forgot it.
    const message = listed?.message ?? 'Ray does not know it any more';
    const isOver = listed?.status === 'STOPPED' || listed?.driver_exit_code === refused || entry.tries >= mostTries;
    tell(isOver ? 'failed' : 'again', entry, message);
    entry.state = isOver ? 'failed' : 'waiting';
    entry.attempt++;
  };
  const count = (state: Entry['state']): number => entries.filter((entry) => entry.state === state).length;
  let silences = 0;
  while (!signal.aborted && count('waiting') + count('active') > 0) {
    try {
      for (const entry of entries) {
        if (entry.state === 'waiting' && count('active') < parallel) await submit(entry);
      }
      await delay(pause, undefined, { signal });
      const now = await list();
      for (const entry of entries) if (entry.state === 'active') look(entry, now.get(nameOf(entry)));
      silences = 0;
    } catch (error) {
      if (signal.aborted) break;
      if (++silences >= mostSilences) throw error;
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
  return { done: count('done'), failed: count('failed'), left: count('waiting') + count('active') };
}
