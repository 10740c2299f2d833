/**
 * Where a queue is: the address of a Redis or Valkey server.
 */
import { isIP } from 'node:net';
import { mistake, show } from '../../core/errors.ts';

/** The parts of an address. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  /** The number of the database. */
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Whether the connection is encrypted. */
  readonly tls: boolean;
}

const example = 'redis://localhost:6379, or rediss://user@host:6379 with the password in COHORT_QUEUE_PASSWORD';

/**
 * The parts of `redis://user:password@host:port/database`; `rediss` encrypts. A password that is not in it is taken from `COHORT_QUEUE_PASSWORD`, where
 * no list of processes shows it. Throws `CohortError` for anything else.
 */
export function parseQueueAddress(text: string, env: NodeJS.ProcessEnv = process.env): QueueAddress {
  const refuse = (expected: string, got: string): never => {
    throw mistake('--queue', expected, got, `write for example ${example}`);
  };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return refuse('the address of a Redis or Valkey server', show(text));
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return refuse('redis:// or rediss://', show(url.protocol));
  if (url.hostname === '') return refuse('the name of a host', 'none');
  if (url.search !== '' || url.hash !== '') return refuse('an address without ? and #', show(`${url.search}${url.hash}`));
  const path = url.pathname.replace(/^\//, '');
  if (!/^\d{0,4}$/.test(path)) return refuse('the number of a database behind the host', show(path));
  const decoded = (part: string): string | undefined => {
    try {
      return part === '' ? undefined : decodeURIComponent(part);
    } catch {
      return refuse('letters in user and password as %20 and the like write them', show(part));
    }
  };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    database: Number(path),
    username: decoded(url.username),
    password: decoded(url.password) ?? (env.COHORT_QUEUE_PASSWORD || undefined),
    tls: url.protocol === 'rediss:',
  };
}

/** The address for messages: without the password. */
export function shownAddress({ host, port, database, username, tls }: QueueAddress): string {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  const user = username === undefined ? '' : `${encodeURIComponent(username)}@`;
  return `${tls ? 'rediss' : 'redis'}://${user}${name}:${port}${database === 0 ? '' : `/${database}`}`;
}
