/**
 * A server of the Tinker protocol: requests with retries and time-outs, results that are waited for, and what its answers mean.
 */
import type * as z from 'zod/mini';
import { failure, mistake, show } from '../../../core/errors.ts';
import { isTemporaryStatus, RequestError, sendRequest } from '../../../run/request.ts';
import type { WebPlatform } from '../../../run/web.ts';
import { apiKeyVariable, isPending, type Outcome, readAnswer } from './answers.ts';
import { protobufType } from './protobuf.ts';
import { futureAnswer } from './wire.ts';

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

/** How much longer each try waits than the first. */
const waits = [1, 2, 4, 8, 16] as const;
/** The signal of a wait that nothing ends. */
const never = (): AbortSignal => new AbortController().signal;

type Answer<Schema extends z.core.$ZodType> = z.output<Schema>;

/** What an endpoint is sent: JSON, or a message with the same as JSON for servers that know no messages. */
export type RequestBody = object | { readonly message: Uint8Array<ArrayBuffer>; readonly otherwise: object };

/** Answers of servers that take no message: 415 where they say so, 400 and 422 where they read it as JSON. */
const messageRefused: readonly unknown[] = [400, 415, 422];

/** A server, and how its answers are read. */
export class TinkerServer {
  /** Its address. */
  readonly url: string;
  readonly #options: Required<Omit<ServerOptions, 'url' | 'apiKey'>>;
  readonly #headers: Readonly<Record<string, string>>;
  /** Whether it takes messages, as far as that is known. */
  #takesMessages: boolean | undefined;

  constructor({ url, apiKey, platform, requestMilliseconds, resultMilliseconds, attempts, backoffMilliseconds }: ServerOptions) {
    this.url = url;
    this.#headers = { Accept: `${protobufType}, application/json`, ...(apiKey !== undefined && apiKey !== '' && { 'X-API-Key': apiKey }) };
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
    body: RequestBody | undefined,
    schema: Schema,
    signal?: AbortSignal,
  ): Promise<Answer<Schema>> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#send(endpoint, body, signal);
      if (signal?.aborted || !(await this.#retries(outcome, attempt, signal))) return this.#read(endpoint, outcome, schema, signal);
    }
  }

  /**
   * The result of an asynchronous endpoint, however long it takes, and what it answered at once. Throws `CohortError` as {@link TinkerServer.ask} does, where the
   * result is a failure, and where it takes too long.
   */
  async result<Schema extends z.core.$ZodType>(
    endpoint: string,
    body: RequestBody,
    schema: Schema,
    signal?: AbortSignal,
  ): Promise<{ readonly result: Answer<Schema>; readonly begun: Answer<ReturnType<typeof futureAnswer>> }> {
    const { platform, resultMilliseconds, backoffMilliseconds } = this.#options;
    const begun = await this.ask(endpoint, body, futureAnswer(), signal);
    const start = platform.now();
    for (let failures = 1; !signal?.aborted; ) {
      const outcome = await this.#send('retrieve_future', { request_id: begun.request_id }, signal);
      const isLate = outcome instanceof RequestError ? outcome.isLate : outcome.status === 408;
      if (!isLate && !isPending(outcome)) {
        if (await this.#retries(outcome, failures++, signal)) continue;
        return { result: this.#read(endpoint, outcome, schema, signal), begun };
      }
      if (platform.now() - start > resultMilliseconds) {
        const seconds = Math.round(resultMilliseconds / 1000);
        const advice = 'look at the log of the server, then resume the run';
        throw failure(this.#subject(endpoint), `a result within ${seconds} s`, 'none', advice);
      }
      // A server that answers at once would be asked without end.
      if (!isLate) await platform.wait(backoffMilliseconds / 5, signal ?? never());
    }
    throw failure(this.#subject(endpoint), 'an answer', 'an abort before it', 'resume the run to go on');
  }

  /** Asks for something to be deleted, once. Whether it is is no matter of the run. */
  async discard(endpoint: string): Promise<void> {
    await this.#request(endpoint, { method: 'DELETE', headers: this.#headers });
  }

  #subject(endpoint: string): string {
    return `server ${this.url}: ${endpoint}`;
  }

  /** Waits where a request is to be sent again. */
  async #retries(outcome: Outcome, attempt: number, signal: AbortSignal | undefined): Promise<boolean> {
    const { attempts, backoffMilliseconds, platform } = this.#options;
    const isTemporary = outcome instanceof RequestError ? outcome.isTemporary : isTemporaryStatus(outcome.status);
    if (!isTemporary || attempt >= attempts) return false;
    await platform.wait(backoffMilliseconds * waits[Math.min(attempt, waits.length) - 1]!, signal ?? never());
    return true;
  }

  /** Sends a message, or its JSON where the server takes no messages: that shows at the first. */
  async #send(endpoint: string, body: RequestBody | undefined, signal: AbortSignal | undefined): Promise<Outcome> {
    if (body === undefined || !('message' in body)) return this.#sendOnce(endpoint, body && JSON.stringify(body), signal);
    if (this.#takesMessages !== false) {
      const outcome = await this.#sendOnce(endpoint, body.message, signal);
      if (outcome instanceof RequestError) return outcome;
      if (outcome.ok) this.#takesMessages = true;
      if (this.#takesMessages || !messageRefused.includes(outcome.status)) return outcome;
    }
    const outcome = await this.#sendOnce(endpoint, JSON.stringify(body.otherwise), signal);
    if (!(outcome instanceof RequestError) && outcome.ok) this.#takesMessages = false;
    return outcome;
  }

  #sendOnce(endpoint: string, body: string | Uint8Array<ArrayBuffer> | undefined, signal: AbortSignal | undefined): Promise<Outcome> {
    const type = typeof body === 'string' ? 'application/json' : protobufType;
    const posted = { method: 'POST', headers: { ...this.#headers, 'Content-Type': type }, body: body! };
    return this.#request(endpoint, body === undefined ? { method: 'GET', headers: this.#headers } : posted, signal);
  }

  #request(endpoint: string, request: RequestInit, signal?: AbortSignal): Promise<Outcome> {
    const { platform, requestMilliseconds: milliseconds } = this.#options;
    const limits = { platform, signal, milliseconds, mostBytes };
    return sendRequest(`${this.url}/api/v1/${endpoint}`, request, limits).catch((error: unknown) => {
      if (error instanceof RequestError) return error;
      throw error;
    });
  }

  #read<Schema extends z.core.$ZodType>(
    endpoint: string,
    outcome: Outcome,
    schema: Schema,
    signal: AbortSignal | undefined,
  ): Answer<Schema> {
    if (!signal?.aborted) return readAnswer(this.#subject(endpoint), endpoint, outcome, schema);
    throw failure(this.#subject(endpoint), 'an answer', 'an abort before it', 'resume the run to go on');
  }
}
