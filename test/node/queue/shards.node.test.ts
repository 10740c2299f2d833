/** One large run whose shards workers compute: the bits of the same shards in one process, whoever computes them and whoever dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageBuild } from '../../../src/node/queue/build.ts';
import { parseShardTask, shardQueueName, taskName } from '../../../src/node/queue/shardData.ts';
import { cli, makeFolder, removeFolders, runCli } from '../../cli/runCli.ts';
import { serverProgram, startServer, type TestServer } from './server.ts';

const run = [
  'train',
  'CartPole-v1',
  '--recipe',
  'none',
  '--num-envs',
  '8',
  '--num-steps',
  '32',
  '--shards',
  '4',
  '--evaluation-interval',
  '0',
];
const small = [...run, '--final-evaluation-episodes', '2', '--quiet'];

const hashIn = (folder: string): string => JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')).parametersSha256;

describe.skipIf(serverProgram === undefined)('a run in shards on a queue', () => {
  let server: TestServer;
  let folder = '';
  const workers: ChildProcess[] = [];
  const startWorkers = async (count: number): Promise<ChildProcess[]> => {
    const started = Array.from({ length: count }, () => {
      const words = [cli, 'worker', '--queue', server.address, '--jobs', '1', '--lock-seconds', '2'];
      return spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    });
    workers.push(...started);
    await Promise.all(
      started.map(
        (child) => new Promise((resolve) => child.stdout!.on('data', (text) => String(text).includes('listening') && resolve(0))),
      ),
    );
    return started;
  };
  const train = (name: string, iterations: number, queue = true) =>
    runCli([...small, '--iterations', String(iterations), '--run-dir', name, ...(queue ? ['--queue', server.address] : [])], {
      cwd: folder,
    });

  beforeAll(async () => {
    server = await startServer();
    folder = makeFolder();
  });
  afterEach(() => {
    for (const child of workers.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await server.remove();
    removeFolders();
  });

  it('has the bits of the same shards in one process, with 1 and with 2 workers, and leaves nothing in the server', async () => {
    expect(await train('local', 4, false)).toMatchObject({ code: 0 });
    for (const count of [1, 2]) {
      const started = await startWorkers(count);
      expect(await train(`queue-${count}`, 4)).toMatchObject({ code: 0, stderr: '' });
      expect(hashIn(join(folder, `queue-${count}`))).toBe(hashIn(join(folder, 'local')));
      for (const child of started) child.kill('SIGKILL');
    }
    const client = new Redis(server.port);
    expect(await client.keys('cohort:shards:*')).toEqual([]);
    client.disconnect();
  });

  it('survives the death of a worker, and of the server, in the middle', async () => {
    expect(await train('long-local', 30, false)).toMatchObject({ code: 0 });
    const [first] = await startWorkers(3);
    const queued = train('long', 30);
    const reached = async (iteration: number): Promise<void> => {
      const text = (): string => {
        try {
          return readFileSync(join(folder, 'long/metrics.jsonl'), 'utf8');
        } catch {
          return '';
        }
      };
      while (!text().includes(`"iteration":${iteration},`)) await delay(50);
    };
    await reached(2);
    first!.kill('SIGKILL');
    await reached(8);
    await server.kill();
    await delay(500);
    await server.start();
    expect(await queued).toMatchObject({ code: 0 });
    expect(hashIn(join(folder, 'long'))).toBe(hashIn(join(folder, 'long-local')));
  });

  it('a task of a stranger fails in one sentence', async () => {
    await startWorkers(1);
    const queue = new Queue(shardQueueName(packageBuild()), { connection: { port: server.port }, prefix: 'cohort' });
    const stranger = { run: '0'.repeat(36), kind: 'collect', shard: 0, iteration: 1, version: 0 };
    const jobs = [await queue.add('x', { evil: 1 }), await queue.add('x', stranger)];
    for (const job of jobs) while (!(await job.isFailed())) await delay(50);
    const reasons = await Promise.all(jobs.map(async ({ id }) => (await queue.getJob(id!))!.failedReason));
    expect(reasons[0]).toMatch(/^job: expected a task of a run in shards, got .*; submit it with cohort-rl$/);
    expect(reasons[1]).toBe('run 00000000 in the queue: expected its configuration, got none; begin it again: its leader is gone');
    await queue.close();
  });
});

it('tasks have names, and nothing else is a task', () => {
  const task = { run: '01234567-89ab-cdef-0123-456789abcdef', kind: 'gradient', shard: 2, iteration: 7, minibatch: 3, version: 9 } as const;
  expect(parseShardTask(task)).toEqual(task);
  expect(taskName(task)).toBe('7-2-3');
  expect(taskName({ iteration: 7, shard: 2 })).toBe('7-2');
  for (const wrong of [{ ...task, shard: -1 }, { ...task, run: '../..' }, { ...task, code: 'x' }, { ...task, iteration: 0 }, null]) {
    expect(() => parseShardTask(wrong)).toThrow(/a task of a run in shards/);
  }
});
