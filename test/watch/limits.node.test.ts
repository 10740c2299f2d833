import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PageServer } from '../../src/node/pageServer.ts';
import { startWatchServer } from '../../src/node/watch/server.ts';
import { Turns } from '../../src/node/watch/turns.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-limits-'));
/** More than an operating system takes from a server whose client does not read. */
const large = Buffer.alloc(32 * 2 ** 20);
const sockets: Socket[] = [];
let server: PageServer;
let read = 0;

beforeAll(async () => {
  for (const name of ['index.html', 'page.js', 'page.css']) writeFileSync(join(folder, name), name);
  server = await startWatchServer({
    pageFolder: folder,
    port: 0,
    readState: async () => ({ title: '', sources: [] }),
    readFile: async () => {
      read++;
      return { kind: 'safetensors', body: large };
    },
  });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A connection that reads nothing until it is told to. */
function open(): Socket {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined).pause();
  sockets.push(socket);
  return socket;
}

const requestOf = (path: string): string => `GET ${new URL(server.url).pathname}${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`;
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Everything that comes until the server closes. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
  });
  socket.resume();
  await closed(socket);
  return text;
}

describe('the limits of the watch server', () => {
  it('answers one request per connection, however many are lined up', async () => {
    const socket = open();
    socket.write(requestOf('page.js').repeat(20));
    const text = await readAll(socket);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    expect(text.match(/page\.js/g)).toHaveLength(1);
  });

  it('reads for four at a time, and goes on when they are gone', async () => {
    read = 0;
    for (let k = 0; k < 30; k++) open().write(requestOf(`policies/0/${k}.safetensors`));
    await expect.poll(() => read).toBe(4);
    await pause(200);
    expect(read).toBe(4);
    // Its own files and the state need no turn.
    for (const path of ['page.js', 'run.json']) {
      const page = open();
      page.write(requestOf(path));
      expect(await readAll(page)).toContain('200 OK');
    }
    for (const socket of sockets.splice(0)) socket.destroy();
    const last = open();
    last.write(requestOf('policies/0/1.safetensors'));
    expect((await readAll(last)).length).toBeGreaterThan(large.length);
  });

  it('closes connections beyond its number, and takes new ones when the others have gone', async () => {
    const all = Array.from({ length: 150 }, open);
    let gone = 0;
    for (const socket of all) socket.resume().once('close', () => gone++);
    await expect.poll(() => gone).toBe(150 - 128);
    for (const socket of all) socket.destroy();
    await expect
      .poll(async () => {
        const socket = open();
        socket.write(requestOf('page.js'));
        return readAll(socket);
      })
      .toContain('200 OK');
  });

  it('closes a connection that asks for nothing, or for half of something', async () => {
    const [silent, slow] = [open(), open()];
    slow.write(requestOf('page.js').slice(0, -4));
    for (const socket of [silent, slow]) socket.resume();
    await Promise.all([closed(silent), closed(slow)]);
  });
});

describe('turns', () => {
  it('are given to so many at a time, in order, and count once when they are over', async () => {
    const turns = new Turns(2);
    const order: number[] = [];
    const begin = (k: number): Promise<() => void> =>
      turns.take().then((over) => {
        order.push(k);
        return over;
      });
    const [one, two, three, four] = [begin(1), begin(2), begin(3), begin(4)];
    (await one)();
    (await one)();
    await three;
    await pause(1);
    expect(order).toEqual([1, 2, 3]);
    (await two)();
    (await three)();
    (await four)();
    const again = await Promise.all([turns.take(), turns.take()]);
    expect(again).toHaveLength(2);
  });
});
