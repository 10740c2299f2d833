/**
 * A connection to the server that keeps a queue, and what it says when it refuses.
 */
import type { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { CohortError, failure, mistake } from '../../core/errors.ts';
import { isLoopback } from '../../run/request.ts';
import { loadOptional } from '../film/optional.ts';
import { type QueueAddress, shownAddress } from './address.ts';

/** What all keys in the server begin with: an account may be limited to it. */
export const keyPrefix = 'cohort';

/** What connections are made with: a server that went away is waited for. */
interface ConnectionFields {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
  readonly connectTimeout: number;
  readonly maxRetriesPerRequest: null;
}

/** A server that answered. */
export interface Broker {
  readonly client: Redis;
  /** What every further connection is made with. */
  readonly connection: ConnectionFields;
  /** `redis 7.0.15`, `valkey 8.1.0`. */
  readonly server: string;
  /** The address without the password, for messages. */
  readonly shown: string;
  /** What the user should know about this server. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

const purpose = '--queue';
const connectMilliseconds = 5000;
/** BullMQ's documentation: Redis 6.2 is the oldest that it works with. */
const oldest: readonly [number, number] = [6, 2];

/** The package that keeps queues. Throws `CohortError` with the command that installs it. */
export function loadBullmq(): Promise<typeof import('bullmq')> {
  return loadOptional('bullmq', purpose, () => import('bullmq'));
}

/** Opens a queue of a server, by its name. It connects again by itself: without a listener an error would end the process. */
export async function openQueue({ connection }: Pick<Broker, 'connection'>, name: string): Promise<Queue> {
  const { Queue: Opened } = await loadBullmq();
  const queue = new Opened(name, { connection, prefix: keyPrefix });
  queue.on('error', () => {});
  return queue;
}

/** Opens what is told of a queue. */
export async function openEvents({ connection }: Pick<Broker, 'connection'>, name: string): Promise<QueueEvents> {
  const { QueueEvents: Opened } = await loadBullmq();
  const events = new Opened(name, { connection, prefix: keyPrefix });
  events.on('error', () => {});
  return events;
}

/** A sentence for what a server, or the way to it, answered. */
export function explainBroker(error: unknown, shown: string): CohortError {
  if (error instanceof CohortError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isTls = shown.startsWith('rediss');
  const wrong = (expected: string, got: string, advice: string): CohortError => mistake(shown, expected, got, advice, error);
  const failed = (expected: string, got: string, advice: string): CohortError => failure(shown, expected, got, advice, error);
  if (/WRONGPASS|invalid username-password/i.test(message)) {
    return wrong('the right user and password', 'others', 'check both; the password may stand in COHORT_QUEUE_PASSWORD');
  }
  if (/NOAUTH/.test(message))
    return wrong('a password', 'none', 'put it into COHORT_QUEUE_PASSWORD, or into the address: redis://user:password@host');
  if (/called without any password configured|no password is set/i.test(message)) {
    return wrong('no password, as the server has none', 'one', 'leave it out');
  }
  if (/NOPERM/.test(message)) {
    return wrong(`an account that may use the keys ${keyPrefix}:*`, message.split('\n')[0]!, 'ask who keeps the server for these rights');
  }
  if (/OOM command not allowed/.test(message)) {
    return failed('room in the server', 'none: its memory is full', 'raise maxmemory there, or make room: cohort-rl queue clean');
  }
  if (/MISCONF/.test(message))
    return failed('a server that can write to its disk', message.split('\n')[0]!, 'look at the disk of the server');
  if (/READONLY/.test(message)) return failed('a server that takes writes', 'a read-only copy of one', 'name the main server');
  if (/LOADING/.test(message)) return failed('a server that is up', 'one that still loads its data', 'try again in a moment');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return wrong('a host that can be found', 'none of that name', 'check the name');
  if (/CERT|certificate|self.signed/i.test(`${code} ${message}`)) {
    const advice = 'name the file with its authority in NODE_EXTRA_CA_CERTS';
    return wrong('a certificate that can be trusted', message.split('\n')[0]!, advice);
  }
  if (isTls && (code === 'EPROTO' || /SSL|wrong version/i.test(message))) {
    return wrong('a server that encrypts', 'one that does not, at this port', 'use its port for TLS, or redis://');
  }
  if (code === 'ECONNREFUSED') return failed('a Redis or Valkey server there', 'nobody who answers', 'start it, or check host and port');
  if (/ECONNRESET|Connection is closed|ETIMEDOUT|EPIPE|Command timed out/.test(`${code} ${message}`)) {
    const advice = isTls ? 'check host and port' : 'check host and port; if it wants TLS, write rediss://';
    return failed('a Redis or Valkey server there', `no answer (${code || message.split('\n')[0]!})`, advice);
  }
  return failed('a Redis or Valkey server there', message.split('\n')[0]!, 'check the address');
}

/** Whether it is what a server answered, and no error of ours. */
function isReply(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'ReplyError' || /(^|: )(OOM|NOPERM|MISCONF|READONLY|WRONGPASS|NOAUTH) /.test(error.message))
  );
}

/** What to throw for an error: a sentence for what the server answered, anything else as it is. */
export function explainReply(error: unknown, { shown }: Broker): unknown {
  return isReply(error) ? explainBroker(error, shown) : error;
}

/** Works with a server and closes the connection. Throws `CohortError` for what the server answers, and what the work throws. */
export async function withBroker<T>(broker: Broker, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainReply(error, broker);
  } finally {
    await broker.close();
  }
}

/** The names of keys that begin so. */
export async function keysBeginning(client: Redis, start: string): Promise<string[]> {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${start}*`, 'COUNT', 500);
    for (const key of keys) found.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...found].sort();
}

/** The fields of the text that INFO answers. */
function infoFields(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Facts of a server that it may keep to itself, where the account may not ask. */
async function infoOf(client: Redis): Promise<Map<string, string>> {
  try {
    return infoFields(await client.info());
  } catch (error) {
    if (/NOPERM/.test(String(error))) return new Map();
    throw error;
  }
}

function checkServer(
  info: ReadonlyMap<string, string>,
  { host, tls }: QueueAddress,
  shown: string,
): { server: string; warnings: string[] } {
  const valkey = info.get('valkey_version');
  const version = valkey ?? info.get('redis_version');
  const server = version === undefined ? 'a server that does not say what it is' : `${valkey ? 'valkey' : 'redis'} ${version}`;
  const [major = 0, minor = 0] = (info.get('redis_version') ?? '7.0').split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw failure(shown, `Redis ${oldest.join('.')} or newer, or Valkey`, server, 'update the server');
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    const advice = 'set maxmemory-policy noeviction there: a server that throws keys away loses runs';
    throw failure(shown, 'a server that keeps what it is given', `maxmemory-policy ${policy}`, advice);
  }
  const warnings: string[] = [];
  if (!tls && !isLoopback(host)) {
    warnings.push(`the connection to ${host} is not encrypted: who is on the way can read and change runs; use rediss://`);
  }
  if (info.get('aof_enabled') === '0') {
    warnings.push('the server keeps no log of writes (appendonly no): if it dies, runs begin again; set appendonly yes');
  }
  return { server, warnings };
}

/**
 * Connects to a server and looks whether it will do. Throws `CohortError` in one sentence: nobody there, the wrong password, no TLS where it is asked for,
 * an old server, one that throws keys away; and without the optional packages.
 */
export async function openBroker(address: QueueAddress): Promise<Broker> {
  // Both are needed: one without the other is told before anything begins.
  await loadBullmq();
  const { Redis: Connection } = await loadOptional('ioredis', purpose, () => import('ioredis'));
  const { host, port, database, username, password, tls } = address;
  const shown = shownAddress(address);
  const connection: ConnectionFields = {
    ...{ host, port, db: database, connectTimeout: connectMilliseconds, maxRetriesPerRequest: null },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  };
  // Tried once: later connections wait for a server that went away.
  const trial = new Connection({ ...connection, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let last: unknown;
  trial.on('error', (error) => {
    last = error;
  });
  let facts: ReturnType<typeof checkServer>;
  try {
    await trial.connect();
    await trial.ping();
    facts = checkServer(await infoOf(trial), address, shown);
  } catch (error) {
    // The reason comes as an event, the refusal to go on as the rejection.
    throw explainBroker(/Connection is closed/.test(String(error)) && last ? last : error, shown);
  } finally {
    trial.disconnect();
  }
  const client = new Connection(connection);
  // It connects again by itself; without a listener an error would end the process.
  client.on('error', () => {});
  return { client, connection, ...facts, shown, close: async () => client.disconnect() };
}
