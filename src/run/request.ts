/**
 * One request to a server, with a limit of time and of size, and why it failed.
 */
import { whenAborted } from '../core/aborted.ts';
import { escapeControls } from '../core/show.ts';
import type { WebPlatform } from './web.ts';

/** A request that failed: the server cannot be reached, or says no. */
export class RequestError extends Error {
  /** Whether the same request may succeed later. */
  readonly isTemporary: boolean;
  /** The server's own name for what is wrong. */
  readonly code: string | undefined;
  /** Of HTTP; missing where nothing came back. */
  readonly status: number | undefined;
  /** Whether the time was up. */
  readonly isLate: boolean;
  constructor(
    message: string,
    { isTemporary, code, status, isLate = false }: { isTemporary: boolean; code?: string | undefined; status?: number; isLate?: boolean },
  ) {
    super(message);
    this.name = 'RequestError';
    this.isTemporary = isTemporary;
    this.code = code;
    this.status = status;
    this.isLate = isLate;
  }
}

/** Whether a request that was answered so may succeed later. */
export function isTemporaryStatus(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/** Whether nobody but this machine hears what is said to that host, a name or an address as in a URL. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** What came back. */
export interface RequestAnswer {
  /** Whether the status is one of success. */
  readonly ok: boolean;
  readonly status: number;
  /** The media type; empty where the server says none. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The limits of a request. */
interface RequestLimits {
  readonly platform: Pick<WebPlatform, 'fetch' | 'wait'>;
  /** After it none is sent, and one that is under way is given up. */
  readonly signal?: AbortSignal | undefined;
  /** The most that it may take. */
  readonly milliseconds: number;
  /** The most bytes of an answer that are read. */
  readonly mostBytes: number;
}

/** Sends a request and reads the answer. Throws {@link RequestError} where none came back, or one that is too long. */
export async function sendRequest(address: string, request: RequestInit, limits: RequestLimits): Promise<RequestAnswer> {
  const { platform, signal, milliseconds, mostBytes } = limits;
  const over = new AbortController();
  const limit = new AbortController();
  const giveUp = (): void => limit.abort();
  const forget = whenAborted(signal, giveUp);
  void platform.wait(milliseconds, over.signal).then(giveUp);
  try {
    // A redirection would take the credentials elsewhere.
    const response = await platform.fetch(address, { ...request, signal: limit.signal, redirect: 'error' });
    const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    return { ok: response.ok, status: response.status, type, bytes: await readAnswer(response, mostBytes) };
  } catch (error) {
    if (error instanceof RequestError) throw error;
    const isLate = limit.signal.aborted;
    throw new RequestError(isLate ? 'no answer in time' : reasonOf(error), { isTemporary: true, isLate });
  } finally {
    forget();
    over.abort();
  }
}

async function readAnswer(response: Response, mostBytes: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) break;
    size += next.value.length;
    if (size > mostBytes) {
      await reader?.cancel();
      throw new RequestError('its answer is too long', { isTemporary: false });
    }
    parts.push(next.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Why nothing came back, in a few words: `fetch failed` says less than its cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: unknown; message?: unknown } };
  const text = typeof cause?.code === 'string' ? cause.code : typeof cause?.message === 'string' ? cause.message : message;
  return escapeControls(String(text).slice(0, 200));
}
