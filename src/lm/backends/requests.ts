/**
 * Requests to a server that samples or learns: sent again where they fail for a reason that may pass, with limits of time and size.
 */
import { mistake, show } from '../../core/errors.ts';
import { parseJsonObject } from '../../core/json.ts';
import { isLoopback, isTemporaryStatus, type RequestAnswer, RequestError, sendRequest } from '../../run/request.ts';
import type { WebPlatform } from '../../run/web.ts';

/** How requests are sent. */
export interface RequestOptions {
  readonly platform: Pick<WebPlatform, 'fetch' | 'wait'>;
  /** Most milliseconds of one request. */
  readonly requestMilliseconds: number;
  /** How often a request is sent that fails for a reason that may pass. Default 6. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second try; each further one waits twice as long, at most 16 times. Default 500. */
  readonly backoffMilliseconds?: number | undefined;
}

/** What came of a request. */
export type Outcome = RequestAnswer | RequestError;

/** The most bytes of an answer: log-probabilities of a million tokens take some twenty. */
const mostBytes = 2 ** 28;
/** How much longer each try waits than the first. */
const waits = [1, 2, 4, 8, 16] as const;
/** The signal of a wait that nothing ends. */
const never = (): AbortSignal => new AbortController().signal;

/** Sends requests. */
export class Requests {
  readonly #options: Required<RequestOptions>;

  constructor({ attempts, backoffMilliseconds, ...options }: RequestOptions) {
    this.#options = { ...options, attempts: attempts ?? 6, backoffMilliseconds: backoffMilliseconds ?? 500 };
  }

  /** Sends a request once. */
  once(address: string, request: RequestInit, signal?: AbortSignal): Promise<Outcome> {
    const { platform, requestMilliseconds: milliseconds } = this.#options;
    return sendRequest(address, request, { platform, signal, milliseconds, mostBytes }).catch((error: unknown) => {
      if (error instanceof RequestError) return error;
      throw error;
    });
  }

  /** Whether a request is to be sent again that was sent `attempt` times, after the wait for it. */
  async again(outcome: Outcome, attempt: number, signal?: AbortSignal): Promise<boolean> {
    const { attempts, backoffMilliseconds } = this.#options;
    const isTemporary = outcome instanceof RequestError ? outcome.isTemporary : isTemporaryStatus(outcome.status);
    if (!isTemporary || attempt >= attempts) return false;
    await this.#wait(backoffMilliseconds * waits[Math.min(attempt, waits.length) - 1]!, signal);
    return true;
  }

  /** Waits before a server is asked again that has nothing to say yet: it would be asked without end. */
  async pause(signal?: AbortSignal): Promise<void> {
    await this.#wait(this.#options.backoffMilliseconds / 5, signal);
  }

  #wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#options.platform.wait(milliseconds, signal ?? never());
  }
}

/** A kind of server, as messages call it and as its addresses end. */
export interface ServerKind {
  /** `a server that speaks the Tinker protocol`. */
  readonly noun: string;
  /** The environment variable with its key. */
  readonly keyVariable: string;
  /** How its addresses may end; it is left out. */
  readonly ending: RegExp;
  /** An address, to show how one is written. */
  readonly example: string;
}

/** The address of a server as requests begin with. Throws `CohortError` for what is none, or holds a password: it would be shown and kept. */
export function readServerUrl(url: unknown, subject: string, { noun, keyVariable, ending, example }: ServerKind): string {
  const expected = `the address of ${noun}`;
  let address: URL | undefined;
  try {
    address = typeof url === 'string' ? new URL(url) : undefined;
  } catch {
    // Answered below.
  }
  if (address && (address.username !== '' || address.password !== '' || address.search !== '')) {
    const got = 'one with a name, a password or a query (not shown)';
    throw mistake(subject, expected, got, `leave them out; a key belongs into the environment variable ${keyVariable}`);
  }
  if (address && (address.protocol === 'http:' || address.protocol === 'https:')) {
    return `${address.origin}${address.pathname}`.replace(/\/+$/, '').replace(ending, '');
  }
  throw mistake(subject, `${expected}, http:// or https://`, show(url), `write for example ${example}`);
}

/** The key to send to a server; an empty one is none. Throws `CohortError` where it would travel unencrypted to another machine. */
export function readKey(key: string | undefined, url: string, keyVariable: string): string | undefined {
  if (key === undefined || key === '') return undefined;
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' || isLoopback(hostname)) return key;
  const advice = `who is on the way can read a key: use https://, a tunnel to 127.0.0.1, or no key (unset ${keyVariable})`;
  throw mistake('url', 'https:// for a server on another machine that is sent a key', url, advice);
}

/** What a server says of a refusal: FastAPI's `detail`, the `error` of OpenAI's interface, or a message. */
export function reasonSaid(bytes: Uint8Array): string {
  const { detail, message, error } = parseJsonObject(bytes) ?? {};
  const [first] = Array.isArray(detail) ? (detail as unknown[]) : [detail];
  const { loc, msg } = fieldsOf(first) as { readonly loc?: unknown; readonly msg?: unknown };
  const inner = typeof error === 'string' ? error : (fieldsOf(error) as { readonly message?: unknown }).message;
  const said = msg === undefined ? (first ?? message ?? inner) : `${Array.isArray(loc) ? loc.join('.') : ''}: ${String(msg)}`;
  return typeof said === 'string' ? said.slice(0, 300) : '';
}

function fieldsOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
