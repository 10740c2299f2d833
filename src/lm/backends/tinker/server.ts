/**
 * A server of the Tinker protocol: requests with retries and time-outs, results that are waited for, and what its answers mean.
 */
import type * as z from 'zod/mini';
import { failure } from '../../../core/errors.ts';
import { RequestError } from '../../../run/request.ts';
import type { WebPlatform } from '../../../run/web.ts';
import { type Outcome, type RequestOptions, Requests, readKey } from '../requests.ts';
import { apiKeyVariable, isPending, readAnswer } from './answers.ts';
import { protobufType } from './protobuf.ts';
import { futureAnswer } from './wire.ts';

/** How to reach a server. */
export interface ServerOptions extends Omit<RequestOptions, 'requestMilliseconds'> {
  /** Its address, without `/api/v1`. */
  readonly url: string;
  /** Sent as `X-API-Key`; servers of one's own mostly need none. */
  readonly apiKey?: string | undefined;
  readonly platform: RequestOptions['platform'] & Pick<WebPlatform, 'now'>;
  /** Most milliseconds of one request; a result that takes longer is asked for again. Default 60,000. */
  readonly requestMilliseconds?: number | undefined;
  /** Most milliseconds until a result is there. Default an hour. */
  readonly resultMilliseconds?: number | undefined;
}

type Answer<Schema extends z.core.$ZodType> = z.output<Schema>;

/** What an endpoint is sent: JSON, or a message with the same as JSON for servers that know no messages. */
export type RequestBody = object | { readonly message: Uint8Array<ArrayBuffer>; readonly otherwise: object };

/** Answers of servers that take no message: 415 where they say so, 400 and 422 where they read it as JSON. */
const messageRefused: readonly unknown[] = [400, 415, 422];

/** A server, and how its answers are read. */
export class TinkerServer {
  /** Its address. */
  readonly url: string;
  readonly #requests: Requests;
  readonly #now: () => number;
  readonly #resultMilliseconds: number;
  readonly #headers: Readonly<Record<string, string>>;
  /** Whether it takes messages, as far as that is known. */
  #takesMessages: boolean | undefined;

  constructor({ url, apiKey, platform, requestMilliseconds = 60_000, resultMilliseconds = 3_600_000, ...retries }: ServerOptions) {
    this.url = url;
    const key = readKey(apiKey, url, apiKeyVariable);
    this.#headers = { Accept: `${protobufType}, application/json`, ...(key !== undefined && { 'X-API-Key': key }) };
    this.#requests = new Requests({ platform, requestMilliseconds, ...retries });
    this.#now = () => platform.now();
    this.#resultMilliseconds = resultMilliseconds;
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
      if (signal?.aborted || !(await this.#requests.again(outcome, attempt, signal))) return this.#read(endpoint, outcome, schema, signal);
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
    const begun = await this.ask(endpoint, body, futureAnswer(), signal);
    const start = this.#now();
    for (let failures = 1; !signal?.aborted; ) {
      const outcome = await this.#send('retrieve_future', { request_id: begun.request_id }, signal);
      const isLate = outcome instanceof RequestError ? outcome.isLate : outcome.status === 408;
      if (!isLate && !isPending(outcome)) {
        if (await this.#requests.again(outcome, failures++, signal)) continue;
        return { result: this.#read(endpoint, outcome, schema, signal), begun };
      }
      if (this.#now() - start > this.#resultMilliseconds) {
        const seconds = Math.round(this.#resultMilliseconds / 1000);
        const advice = 'look at the log of the server, then resume the run';
        throw failure(this.#subject(endpoint), `a result within ${seconds} s`, 'none', advice);
      }
      if (!isLate) await this.#requests.pause(signal);
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
    return this.#requests.once(`${this.url}/api/v1/${endpoint}`, request, signal);
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
