/** Addresses of queues, builds, and what servers answer. */
import { describe, expect, it } from 'vitest';
import { parseQueueAddress, shownAddress } from '../../../src/node/queue/address.ts';
import { explainBroker } from '../../../src/node/queue/broker.ts';
import { packageBuild, shownBuild } from '../../../src/node/queue/build.ts';
import { isLoopback } from '../../../src/run/request.ts';

describe('addresses', () => {
  it('have a host, a port, a database, an account, and perhaps TLS', () => {
    const base = { port: 6379, database: 0, username: undefined, password: undefined, tls: false };
    expect(parseQueueAddress('redis://box', {})).toEqual({ ...base, host: 'box' });
    expect(parseQueueAddress('rediss://ann:p%40ss@box:7000/3', {})).toEqual({
      ...{ host: 'box', port: 7000, database: 3, username: 'ann', password: 'p@ss', tls: true },
    });
    expect(parseQueueAddress('redis://[::1]:7000', {}).host).toBe('::1');
  });

  it('take a password that is not in them from the environment', () => {
    expect(parseQueueAddress('redis://ann@box', { COHORT_QUEUE_PASSWORD: 'quiet' }).password).toBe('quiet');
    expect(parseQueueAddress('redis://ann:loud@box', { COHORT_QUEUE_PASSWORD: 'quiet' }).password).toBe('loud');
  });

  it('are shown without the password', () => {
    expect(shownAddress(parseQueueAddress('rediss://ann:secret@box:7000/3', {}))).toBe('rediss://ann@box:7000/3');
    expect(shownAddress(parseQueueAddress('redis://:secret@[::1]', {}))).toBe('redis://[::1]:6379');
  });

  it.each(['', 'box', 'http://box', 'redis:', 'redis://', 'redis://box/name', 'redis://box?tls=1', 'redis://a%ZZ@box'])(
    '%j is refused',
    (text) => {
      expect(() => parseQueueAddress(text, {})).toThrow(/^--queue: expected .*, got .*; write for example redis:\/\/localhost:6379/);
    },
  );

  it('of this machine are told', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1']) expect(isLoopback(host)).toBe(true);
    for (const host of ['box', '10.0.0.1', '127.0.0.1.example.org', '::2']) expect(isLoopback(host)).toBe(false);
  });
});

describe('answers of servers', () => {
  it.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', /the right user and password/],
    ['NOAUTH Authentication required.', /expected a password, got none/],
    ["NOPERM this user has no permissions to run the 'get' command", /may use the keys cohort:\*/],
    [
      "OOM command not allowed when used memory > 'maxmemory'.",
      /its memory is full; raise maxmemory there, or make room: cohort-rl queue clean/,
    ],
    ["READONLY You can't write against a read only replica.", /name the main server/],
    ['LOADING Redis is loading the dataset in memory', /try again in a moment/],
    ['MISCONF Redis is configured to save RDB snapshots', /look at the disk/],
    ['something nobody has seen', /something nobody has seen; check the address/],
  ])('%s', (message, sentence) => {
    const error = explainBroker(new Error(message), 'redis://box:6379');
    expect(error.message).toMatch(sentence);
    expect(error.message).toMatch(/^redis:\/\/box:6379: expected /);
  });

  it('names codes of the network', () => {
    const coded = (code: string): Error => Object.assign(new Error(code), { code });
    expect(explainBroker(coded('ECONNREFUSED'), 'redis://box:6379').message).toContain('nobody who answers; start it');
    expect(explainBroker(coded('ENOTFOUND'), 'redis://box:6379').message).toContain('check the name');
    expect(explainBroker(coded('ECONNRESET'), 'redis://box:6379').message).toContain('if it wants TLS, write rediss://');
    expect(explainBroker(coded('EPROTO'), 'rediss://box:6379').message).toContain('use its port for TLS, or redis://');
    expect(explainBroker(coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'rediss://box:6379').message).toContain('NODE_EXTRA_CA_CERTS');
  });
});

it('a build is a version and a digest of its JavaScript', () => {
  const { version, digest } = packageBuild();
  expect(digest).toMatch(/^[0-9a-f]{12}$/);
  expect(shownBuild({ version, digest })).toBe(`${version} (${digest})`);
});
