/** A Redis or Valkey server of a test's own, on loopback, with a log of writes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The program; nothing where none is installed. */
export const serverProgram: string | undefined = [process.env.COHORT_REDIS, 'redis-server', 'valkey-server'].find(
  (program) => program !== undefined && spawnSync(program, ['--version']).status === 0,
);

if (serverProgram === undefined && process.env.COHORT_REQUIRE_REDIS === '1') throw new Error('expected redis-server, got none; install it');

/** A server that can be killed and started again. */
export interface TestServer {
  readonly port: number;
  readonly address: string;
  /** With the data of before. */
  start(): Promise<void>;
  /** As a power cut would. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** Starts a server with these options besides the usual ones. */
export async function startServer(...options: readonly string[]): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cohort-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const ended = (): Promise<unknown> =>
    child && child.exitCode === null && child.signalCode === null
      ? new Promise((resolve) => child!.once('exit', resolve))
      : Promise.resolve();
  const server: TestServer = {
    port,
    address: `redis://127.0.0.1:${port}`,
    async start() {
      const usual = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''];
      child = spawn(serverProgram!, [...usual, '--maxmemory-policy', 'noeviction', ...options], { stdio: 'ignore' });
      for (let tries = 0; tries < 200; tries++) {
        if (await answers(port)) return;
        await delay(50);
      }
      throw new Error('the server did not start');
    },
    async kill() {
      const gone = ended();
      child?.kill('SIGKILL');
      await gone;
    },
    async remove() {
      await server.kill();
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
