/**
 * A server of a page on this machine, for who was told its address. It answers GET and HEAD on loopback, to loopback names (a page elsewhere that renames
 * itself to 127.0.0.1 is refused: DNS rebinding), below a random token (another user of this machine does not know it), from a fixed list of paths; no path is
 * ever made into a file name.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CohortError, failure } from '../core/errors.ts';
import { isLoopbackHost, loopback } from './loopback.ts';
import type { Content } from './watch/contents.ts';
import type { Kind } from './watch/headers.ts';
import { isToken, newToken } from './watch/token.ts';
import { Turns } from './watch/turns.ts';

/** What the server shows. */
export interface PageServerOptions {
  /** Files by their addresses below the token; the page itself is `''`. */
  readonly contents: ReadonlyMap<string, Content>;
  /** The headers of an answer of that kind. */
  readonly headersOf: (kind: Kind) => Readonly<Record<string, string>>;
  /** Addresses that are answered at once although they are made anew, since they are small. */
  readonly readNow?: (address: string) => Promise<Content | undefined>;
  /** What else an address gives; `undefined` for an unknown one. */
  readonly read?: (address: string) => Promise<Content | undefined>;
  /** The port; left out, the first free one of {@link firstPort} and those after it. 0 is any. */
  readonly port?: number | undefined;
}

/** A server that runs. */
export interface PageServer {
  /** The address of the page, token included. */
  readonly url: string;
  readonly port: number;
  /** An address that leads to the page once: for the command line of a browser, which other users of the machine can read. */
  urlOnce(): string;
  /** Ends it, open connections included. */
  close(): Promise<void>;
}

/** Tried first: free of well-known services (IANA lists nothing on it). */
export const firstPort = 4327;
/** How many ports are tried before any will do. */
const portsTried = 10;

/** A page needs a handful; what comes beyond is closed at once. */
const maxConnections = 128;
/** Answers with a body of their own, from reading it until it is sent: so many policies are in memory at most. */
const maxReading = 4;
/** A request has to be here after so many milliseconds. */
const requestTimeout = 5000;
/** An answer of which nothing is read for so many milliseconds is given up. */
const answerTimeout = 20_000;

/** Whether another site's page asks: browsers say so themselves. */
function isForeign(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** What answers need to know besides the request. */
interface Service {
  readonly options: PageServerOptions;
  readonly token: string;
  /** Tokens that lead to the real one, each a single time. */
  readonly once: Set<string>;
  readonly turns: Turns;
}

/** What is made anew for each answer, or `undefined`. */
async function read(path: string, response: ServerResponse, { options, turns }: Service): Promise<Content | undefined> {
  const small = await options.readNow?.(path);
  if (small || !options.read) return small;
  const over = await turns.take();
  response.on('close', over);
  if (!response.destroyed) return options.read(path);
  // Who has gone while waiting needs no answer.
  over();
  return undefined;
}

async function answer(request: IncomingMessage, response: ServerResponse, port: number, service: Service): Promise<void> {
  const { options, token, once } = service;
  const send = (status: number, { kind, body }: Content, more: Record<string, string> = {}): void => {
    const headers = { ...options.headersOf(kind), ...more, 'Content-Length': body.length, Connection: 'close' };
    // From here on only: who waits for a turn is idle too.
    request.socket.setTimeout(answerTimeout);
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  };
  const refuse = (status: number, text: string, more?: Record<string, string>): void => {
    send(status, { kind: 'text', body: Buffer.from(`${text}\n`) }, more);
  };
  if (!isLoopbackHost(request.headers.host, port)) return refuse(403, 'This page is for the machine it runs on.');
  if (isForeign(request)) return refuse(403, 'Another page may not ask.');
  const [, said = '', path] = /^\/([^/?]*)(?:\/([^?]*))?/.exec(request.url ?? '') ?? [];
  const used = request.method === 'GET' ? [...once].find((single) => isToken(said, single)) : undefined;
  if (used !== undefined) {
    once.delete(used);
    return refuse(303, 'once', { Location: `/${token}/` });
  }
  if (!isToken(said, token)) return refuse(403, 'Open the address that the command printed: it ends with a token, new at every start.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
  if (path === undefined) return refuse(308, 'with a slash at the end', { Location: `/${token}/` });
  const content = options.contents.get(path);
  if (content) return send(200, content);
  try {
    const found = await read(path, response, service);
    if (found) send(200, found);
    else refuse(404, 'nothing here');
  } catch (error) {
    // The text is for the page, which shows it.
    refuse(500, error instanceof Error ? error.message : String(error));
  }
}

/** Starts to listen; whether the port was free. Throws for any other reason. */
async function listen(server: Server, port: number): Promise<boolean> {
  try {
    await once(server.listen(port, loopback), 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw refusal(port, error as NodeJS.ErrnoException);
  }
}

function refusal(port: number, error: NodeJS.ErrnoException): CohortError {
  const place = error.code === 'EADDRINUSE' ? 'another port' : 'a port from 1024';
  const got = `${port} (${error.code ?? error.message})`;
  return failure('--port', 'a port that may be listened on', got, `choose ${place}, or leave --port out`, error);
}

/** Starts the server. Throws {@link CohortError} if the port that was asked for cannot be had. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const token = newToken();
  const service: Service = { options, token, once: new Set(), turns: new Turns(maxReading) };
  const timeouts = { headersTimeout: requestTimeout, requestTimeout, connectionsCheckingInterval: 1000 };
  const server = createServer(timeouts, (request, response) => void answer(request, response, port, service));
  server.maxConnections = maxConnections;
  // One answer per connection: a client cannot line up requests whose answers it never reads.
  server.maxRequestsPerSocket = 1;
  const asked = options.port;
  const candidates = asked === undefined ? [...Array.from({ length: portsTried }, (_, i) => firstPort + i), 0] : [asked];
  while (candidates.length > 0 && !(await listen(server, candidates[0]!))) candidates.shift();
  if (candidates.length === 0) throw refusal(asked!, Object.assign(new Error('in use'), { code: 'EADDRINUSE' }));
  const { port } = server.address() as AddressInfo;
  const urlOf = (secret: string): string => `http://${loopback}:${port}/${secret}/`;
  return {
    url: urlOf(token),
    port,
    urlOnce: () => {
      const single = newToken();
      service.once.add(single);
      return urlOf(single);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
