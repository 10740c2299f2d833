/**
 * A server that is OpenAI-compatible: requests with its key, and what its answers mean.
 */
import { whenAborted } from '../../../core/aborted.ts';
import { type CohortError, failure } from '../../../core/errors.ts';
import { RequestError } from '../../../run/request.ts';
import { type Outcome, type RequestOptions, Requests, readKey, readServerUrl, reasonSaid, type ServerKind } from '../requests.ts';

/** The environment variable with the key of the server: it is written nowhere. */
export const openAiKeyVariable = 'OPENAI_API_KEY';

const kind: ServerKind = {
  noun: 'an OpenAI-compatible server',
  keyVariable: openAiKeyVariable,
  ending: /\/v1$/,
  example: 'http://127.0.0.1:8000/v1',
};

/** How to reach a server. */
export interface SamplingServerOptions extends Omit<RequestOptions, 'requestMilliseconds'> {
  /** Its address, with or without `/v1`. */
  readonly url: unknown;
  /** Sent as `Authorization: Bearer`; servers of one's own mostly need none. */
  readonly apiKey?: string | undefined;
  /** Most milliseconds of one request. Default 300,000: Node waits no longer for the beginning of an answer, which is there when all of its completions are. */
  readonly requestMilliseconds?: number | undefined;
  /** Ends all requests. */
  readonly signal?: AbortSignal | undefined;
}

/** A server. */
export class SamplingServer {
  /** Its address, without `/v1`. */
  readonly url: string;
  readonly #requests: Requests;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal | undefined;

  /** Throws `CohortError` for an address that is none or holds a password, and where a key would travel unencrypted to another machine. */
  constructor({ url, apiKey, signal, requestMilliseconds = 300_000, ...options }: SamplingServerOptions) {
    this.url = readServerUrl(url, 'url', kind);
    const key = readKey(apiKey, this.url, openAiKeyVariable);
    this.#headers = { Accept: 'application/json', ...(key !== undefined && { Authorization: `Bearer ${key}` }) };
    this.#requests = new Requests({ ...options, requestMilliseconds });
    this.#signal = signal;
  }

  /** What comes of a request, which is sent again where it may succeed later. `body` left out: by GET. */
  async send(endpoint: string, body?: object, signal?: AbortSignal): Promise<Outcome> {
    const over = new AbortController();
    const end = (): void => over.abort();
    const forget = [whenAborted(this.#signal, end), whenAborted(signal, end)];
    const headers = body === undefined ? this.#headers : { ...this.#headers, 'Content-Type': 'application/json' };
    const request = body === undefined ? { method: 'GET', headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    try {
      for (let attempt = 1; ; attempt++) {
        const outcome = await this.#requests.once(`${this.url}/${endpoint}`, request, over.signal);
        const isOver = over.signal.aborted || !(await this.#requests.again(outcome, attempt, over.signal)) || over.signal.aborted;
        if (isOver) return outcome;
      }
    } finally {
      for (const each of forget) each();
    }
  }

  /** What an answer that is no success means. */
  refusal(endpoint: string, outcome: Outcome): CohortError {
    const subject = this.subject(endpoint);
    if (outcome instanceof RequestError) {
      if (this.#signal?.aborted) return failure(subject, 'an answer', 'an abort before it', 'ask again to go on', outcome);
      return failure(subject, 'a server that answers', outcome.message, 'check that it runs and that the address is right', outcome);
    }
    const { status, bytes } = outcome;
    const said = reasonSaid(bytes);
    const got = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
    if (status === 401 || status === 403) {
      return failure(subject, 'a key that the server knows', got, `set the environment variable ${openAiKeyVariable} to it`);
    }
    if (status === 404 && (said === '' || said === 'Not Found')) {
      return failure(subject, kind.noun, got, 'check the address: it ends with /v1');
    }
    return failure(subject, 'completions', got, 'do what it says, or look at the log of the server');
  }

  /** What messages about an endpoint begin with. */
  subject(endpoint: string): string {
    return `server ${this.url}: ${endpoint}`;
  }
}
