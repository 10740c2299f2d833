/**
 * A server of the Tinker protocol: requests with retries and time-outs, results that are waited for, and what its answers mean.
 */
import * as z from 'zod/mini';
import { type CohortError, failure, mistake, show } from '../../../core/errors.ts';
import { parseJson, parseJsonObject } from '../../../core/json.ts';
import { isTemporaryStatus, RequestError, sendRequest } from '../../../run/request.ts';
import type { WebPlatform } from '../../../run/web.ts';
import { failed, futureAnswer, notYet } from './wire.ts';

/** The environment variable with the key of the server: it is written nowhere. */
export const apiKeyVariable = 'TINKER_API_KEY';

/** How to reach a server. */
export interface ServerOptions {
  /** Its address, without `/api/v1`. */
  readonly url: string;
  /** Sent as `X-API-Key`; servers of one's own mostly need none. */
  readonly apiKey?: string | undefined;
  readonly platform: Pick<WebPlatform, 'fetch' | 'wait' | 'now'>;
  /** Most milliseconds of one request; a result that takes longer is asked for again. Default 60,000. */
  readonly requestMilliseconds?: number | undefined;
  /** Most milliseconds until a result is there. Default an hour. */
  readonly resultMilliseconds?: number | undefined;
  /** How often a request is sent that fails for a reason that may pass. Default 6. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second try; each further one waits twice as long, at most 16 times. Default 500. */
  readonly backoffMilliseconds?: number | undefined;
}

/** The most bytes of an answer: log-probabilities of a million tokens take some twenty. */
const mostBytes = 2 ** 28;

/** The address of a server as requests begin with. Throws `CohortError` for what is none, or holds a password: it would be shown and kept. */
export function checkServerUrl(url: unknown, subject: string): string {
  const expected = 'the address of a server that speaks the Tinker protocol';
  let address: URL | undefined;
  try {
    address = typeof url === 'string' ? new URL(url) : undefined;
  } catch {
    // Answered below.
  }
  if (address && (address.username !== '' || address.password !== '' || address.search !== '')) {
    const got = 'one with a name, a password or a query (not shown)';
    throw mistake(subject, expected, got, `leave them out; a key belongs into the environment variable ${apiKeyVariable}`);
  }
  if (address && (address.protocol === 'http:' || address.protocol === 'https:')) {
    return `${address.origin}${address.pathname}`.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  }
  throw mistake(subject, `${expected}, http:// or https://`, show(url), 'write for example http://127.0.0.1:8000');
}

type Answer<Schema extends z.core.$ZodType> = z.output<Schema>;

/** A server, and how its answers are read. */
export class TinkerServer {
  /** Its address. */
  readonly url: string;
  readonly #options: Required<Omit<ServerOptions, 'url' | 'apiKey'>>;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, apiKey, platform, requestMilliseconds, resultMilliseconds, attempts, backoffMilliseconds }: ServerOptions) {
    this.url = url;
    this.#headers = { 'Content-Type': 'application/json', ...(apiKey !== undefined && apiKey !== '' && { 'X-API-Key': apiKey }) };
    this.#options = {
      platform,
      requestMilliseconds: requestMilliseconds ?? 60_000,
      resultMilliseconds: resultMilliseconds ?? 3_600_000,
      attempts: attempts ?? 6,
      backoffMilliseconds: backoffMilliseconds ?? 500,
    };
  }

  /** The answer of an endpoint. `body` left out: by GET. Throws `CohortError` in one sentence for whatever went wrong. */
  async ask<Schema extends z.core.$ZodType>(
    endpoint: string,
    body: object | undefined,
    schema: Schema,
    signal?: AbortSignal,
  ): Promise<Answer<Schema>> {
    const { attempts, backoffMilliseconds, platform } = this.#options;
    const never = new AbortController().signal;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(endpoint, body, signal).catch((error: unknown) => error);
      const isTemporary = answer instanceof RequestError ? answer.isTemporary : isTemporaryStatus((answer as { status: number }).status);
      if (!isTemporary || attempt >= attempts || signal?.aborted) return this.#read(endpoint, answer, schema, signal);
      await platform.wait(backoffMilliseconds * Math.min(16, 2 ** (attempt - 1)), signal ?? never);
    }
  }

  /**
   * The result of an asynchronous endpoint, however long it takes, and what it answered at once. Throws `CohortError` as {@link TinkerServer.ask} does, where the
   * result is a failure, and where it takes too long.
   */
  async result<Schema extends z.core.$ZodType>(
    endpoint: string,
    body: object,
    schema: Schema,
    signal?: AbortSignal,
  ): Promise<{ readonly result: Answer<Schema>; readonly begun: Answer<typeof futureAnswer> }> {
    const { platform, resultMilliseconds, backoffMilliseconds } = this.#options;
    const begun = await this.ask(endpoint, body, futureAnswer, signal);
    const start = platform.now();
    for (let failures = 0; ; ) {
      const answer = await this.#send('retrieve_future', { request_id: begun.request_id }, signal).catch((error: unknown) => error);
      const isLate =
        answer instanceof RequestError
          ? answer.message === noAnswer
          : answer instanceof Object && 'status' in answer && answer.status === 408;
      const isPending = !(answer instanceof RequestError) && z.safeParse(notYet, parseJson((answer as Received).bytes)).success;
      if (signal?.aborted) throw this.#aborted(endpoint);
      if (platform.now() - start > resultMilliseconds) {
        const seconds = Math.round(resultMilliseconds / 1000);
        throw failure(
          this.#subject(endpoint),
          `a result within ${seconds} s`,
          'none',
          'look at the log of the server, then resume the run',
        );
      }
      if (isLate) continue;
      if (isPending) {
        // A server that answers at once would be asked without end.
        await platform.wait(backoffMilliseconds / 5, signal ?? new AbortController().signal);
        continue;
      }
      const isTemporary = answer instanceof RequestError ? answer.isTemporary : isTemporaryStatus((answer as Received).status);
      if (isTemporary && ++failures < this.#options.attempts) {
        await platform.wait(backoffMilliseconds * Math.min(16, 2 ** (failures - 1)), signal ?? new AbortController().signal);
        continue;
      }
      return { result: this.#read(endpoint, answer, schema, signal), begun };
    }
  }

  #subject(endpoint: string): string {
    return `server ${this.url}: ${endpoint}`;
  }

  #aborted(endpoint: string): CohortError {
    return failure(this.#subject(endpoint), 'an answer', 'an abort before it', 'resume the run to go on');
  }

  async #send(endpoint: string, body: object | undefined, signal: AbortSignal | undefined): Promise<Received> {
    const { platform, requestMilliseconds: milliseconds } = this.#options;
    const request = body === undefined ? { method: 'GET' } : { method: 'POST', body: JSON.stringify(body) };
    return sendRequest(
      `${this.url}/api/v1/${endpoint}`,
      { ...request, headers: { ...this.#headers } },
      { platform, signal, milliseconds, mostBytes },
    );
  }

  /** What an answer holds. Throws `CohortError` for one that is none. */
  #read<Schema extends z.core.$ZodType>(
    endpoint: string,
    answer: unknown,
    schema: Schema,
    signal: AbortSignal | undefined,
  ): Answer<Schema> {
    const subject = this.#subject(endpoint);
    if (answer instanceof RequestError) {
      if (signal?.aborted) throw this.#aborted(endpoint);
      throw failure(
        subject,
        'a server that answers',
        answer.message,
        'check that it runs and that the address is right, then resume the run',
        answer,
      );
    }
    const { ok, status, bytes } = answer as Received;
    const value = parseJson(bytes);
    const no = z.safeParse(failed, value);
    if (!ok || no.success) throw refusal(subject, status, no.success ? no.data.error : detailOf(bytes));
    const read = z.safeParse(schema, value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const got = value === undefined ? 'no JSON' : `${issue?.path.join('.') || 'an answer'} that is not (${issue?.message})`;
    const advice = 'check the address; a server of another version may speak otherwise (this is the protocol of tinker 0.24)';
    throw failure(subject, 'an answer of the Tinker protocol', got, advice);
  }
}

type Received = Awaited<ReturnType<typeof sendRequest>>;

/** What `sendRequest` says where the time is up. */
const noAnswer = 'no answer in time';

/** What a server says of a refusal: FastAPI's `detail`, or a message. */
function detailOf(bytes: Uint8Array): string {
  const { detail, message } = parseJsonObject(bytes) ?? {};
  const [first] = Array.isArray(detail) ? detail : [detail];
  const said =
    typeof first === 'object' && first !== null
      ? `${(first as { loc?: unknown[] }).loc?.join('.')}: ${(first as { msg?: unknown }).msg}`
      : first;
  const text = typeof said === 'string' ? said : typeof message === 'string' ? message : '';
  return text.slice(0, 300);
}

function refusal(subject: string, status: number, said: string): CohortError {
  const got = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 401 || status === 403) {
    return failure(subject, 'a key that the server knows', got, `set the environment variable ${apiKeyVariable} to it`);
  }
  if (status === 404 && (said === '' || said === 'Not Found')) {
    return failure(subject, 'a server of the Tinker protocol', got, 'check the address: it is the part before /api/v1');
  }
  if (status === 404) {
    return failure(
      subject,
      'what was made there before',
      got,
      'the server may have been started again: resume the run, which begins from what it saved',
    );
  }
  return failure(subject, 'a result', got, 'look at the log of the server');
}
