/** A sweep whose runs go to workers: `worker`, `sweep --queue` and `queue` as their users type them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readResults } from '../../../src/experiments/result.ts';
import { packageBuild } from '../../../src/node/queue/build.ts';
import { queueName } from '../../../src/node/queue/jobs.ts';
import { cli, makeFolder, removeFolders, runCli } from '../../cli/runCli.ts';
import { serverProgram, startServer, type TestServer } from './server.ts';

const settings = '{ env: CartPole-v1, recipe: none, numEnvs: 4, numSteps: 16, evaluationInterval: 0, finalEvaluationEpisodes: 2 }';
const sweep = (iterations: number, seeds = 2): string => `title: Rates
seeds: ${seeds}
settings: ${settings.replace('}', `, iterations: ${iterations}, checkpointInterval: 5 }`)}
axes:
  learningRate: [1e-4, 1e-3]
`;

/** A command that is left running. */
interface RunningCommand {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when it has written that. */
  wrote(words: RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

function startCommand(cwd: string, ...words: string[]): RunningCommand {
  const child = spawn(process.execPath, [cli, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    ended: closed,
    output: () => output,
    wrote: async (pattern) => {
      while (!pattern.test(output)) {
        if (child.exitCode !== null) throw new Error(`the command ended: ${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    end: (signal = 'SIGINT') => {
      child.kill(signal);
      return closed;
    },
  };
}

/** The events file is named by the time. */
const withoutTime = (name: string): string => name.replace(/\d{10,}/, 'time');

const hashesIn = (folder: string): string[] =>
  readResults(readFileSync(join(folder, 'CartPole-v1.jsonl'), 'utf8'), folder).map(
    ({ cell, seed, parametersSha256 }) => `${cell}/${seed} ${parametersSha256}`,
  );

describe.skipIf(serverProgram === undefined)('a sweep on a queue', () => {
  let server: TestServer;
  let folder = '';
  const workers: RunningCommand[] = [];
  const worker = (...words: string[]): RunningCommand => {
    const started = startCommand(folder, 'worker', '--queue', server.address, '--jobs', '1', ...words);
    workers.push(started);
    return started;
  };
  const run = (...words: string[]) => runCli(words, { cwd: folder });
  const there = ['--queue'];
  /** A sweep that is interrupted, once, when it has written that. */
  const interrupted = (results: string, words: string) => {
    let isPressed = false;
    return runCli(['sweep', 'rates.yaml', '--results', results, ...there], {
      cwd: folder,
      onOutput: (stdout, interrupt) => {
        if (isPressed || !stdout.includes(words)) return;
        isPressed = true;
        interrupt();
      },
    });
  };

  beforeAll(async () => {
    server = await startServer();
    there[1] = server.address;
    folder = makeFolder();
    writeFileSync(join(folder, 'rates.yaml'), sweep(10));
    const local = await run('sweep', 'rates.yaml', '--results', 'local', '--jobs', '1', '--quiet');
    expect(local).toMatchObject({ code: 0, stderr: '' });
  });
  afterEach(async () => {
    for (const one of workers.splice(0)) if (one.child.exitCode === null && one.child.signalCode === null) await one.end('SIGKILL');
    // Also what workers say of themselves, which is forgotten after twenty seconds only.
    const client = new Redis(server.port);
    await client.flushall();
    client.disconnect();
  });
  afterAll(async () => {
    await server.remove();
    removeFolders();
  });

  it('gives the bits of the same sweep here, says where they were made, and runs nothing twice', async () => {
    const one = worker('--json');
    await one.wrote(/"listening"/);
    const first = await run('sweep', 'rates.yaml', '--results', 'first', ...there);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^4 runs to go\.\n/);
    expect(first.stdout).toMatch(/4 of 4: /);
    expect(hashesIn(join(folder, 'first'))).toEqual(hashesIn(join(folder, 'local')));
    expect(readdirSync(join(folder, 'first/running'))).toEqual([]);
    expect(one.output().match(/"started"/g)).toHaveLength(4);

    // Submitted again, into another folder, by somebody else: the same four jobs.
    const again = await run('sweep', 'rates.yaml', '--results', 'again', ...there);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(hashesIn(join(folder, 'again'))).toEqual(hashesIn(join(folder, 'local')));
    expect(one.output().match(/"started"/g)).toHaveLength(4);
    expect((await run('compare', 'again')).code).toBe(0);

    const status = JSON.parse((await run('queue', 'status', '--json', ...there)).stdout);
    expect(status).toMatchObject({
      queues: [{ isOwn: true, counts: { waiting: 0, active: 0, completed: 4, failed: 0 } }],
      workers: [{ jobs: 1 }],
    });
    expect(await one.end()).toBe(130);
    const cleaned = await run('queue', 'clean', ...there);
    expect(cleaned).toMatchObject({ code: 0, stdout: '4 runs removed\n', stderr: '' });
    const empty = await run('queue', 'status', ...there);
    expect(empty.stdout).toMatch(/no files of runs\nno runs\n\nno worker listens\n/);
  });

  it('says that nobody listens, and may be left and collected later', async () => {
    const left = await interrupted('left', 'no worker listens');
    expect(left.code).toBe(130);
    expect(left.stdout).toContain(`note: no worker listens yet; start one on any machine: cohort-rl worker --queue ${server.address}`);
    expect(left.stdout).toContain('4 runs are missing; the workers go on, and the same command collects them.');
    expect(left.stdout).toContain(`sweep rates.yaml --results left --queue ${server.address}`);
    expect(await worker('--drain', '--quiet').end('SIGCONT')).toBe(0);
    const collected = await run('sweep', 'rates.yaml', '--results', 'left', ...there);
    expect(collected).toMatchObject({ code: 0, stderr: '' });
    expect(hashesIn(join(folder, 'left'))).toEqual(hashesIn(join(folder, 'local')));
    await run('queue', 'clean', '--all', ...there);
  });

  it('a worker that is ended gives its run back, and another goes on from its checkpoint', async () => {
    writeFileSync(join(folder, 'long.yaml'), sweep(3000, 1).replace('[1e-4, 1e-3]', '[1e-3]'));
    const local = run('sweep', 'long.yaml', '--results', 'long-local', '--quiet');
    const first = worker();
    await first.wrote(/listening/);
    const submitted = startCommand(folder, 'sweep', 'long.yaml', '--results', 'long', '--json', ...there);
    workers.push(submitted);
    await submitted.wrote(/"iteration":(?!3000)[1-9]\d/);
    expect(await first.end()).toBe(130);
    expect(first.output()).toMatch(/given back: learningRate 0.001, seed 1, at iteration \d+\n/);
    const second = worker();
    expect(await submitted.ended).toBe(0);
    const from = Number(/goes on: .*, from iteration (\d+)/.exec(second.output())?.[1]);
    expect(from).toBeGreaterThan(0);
    expect(from).toBe(Number(/at iteration (\d+)/.exec(first.output())?.[1]));
    await local;
    expect(hashesIn(join(folder, 'long'))).toEqual(hashesIn(join(folder, 'long-local')));
    await run('queue', 'clean', ...there);
  });

  it('trains seeds, whole, with what they are called', async () => {
    const words = [
      'train',
      'CartPole-v1',
      '--recipe',
      'none',
      '--num-envs',
      '4',
      '--num-steps',
      '16',
      '--iterations',
      '12',
      '--seed',
      '1,2',
    ];
    const small = [
      ...words,
      '--evaluation-interval',
      '6',
      '--evaluation-episodes',
      '2',
      '--final-evaluation-episodes',
      '2',
      '--name',
      'far',
    ];
    await run(...small, '--run-dir', 'seeds-here', '--quiet');
    const one = worker();
    await one.wrote(/listening/);
    const far = await run(...small, '--run-dir', 'seeds-far', '--json', ...there);
    expect(far).toMatchObject({ code: 0, stderr: '' });
    for (const seed of ['seed1', 'seed2']) {
      const summary = (folderName: string) => JSON.parse(readFileSync(join(folder, folderName, seed, 'summary.json'), 'utf8'));
      expect(summary('seeds-far').parametersSha256).toBe(summary('seeds-here').parametersSha256);
      expect(
        readdirSync(join(folder, 'seeds-far', seed))
          .sort()
          .map(withoutTime),
      ).toEqual(
        readdirSync(join(folder, 'seeds-here', seed))
          .sort()
          .map(withoutTime),
      );
      expect(JSON.parse(readFileSync(join(folder, 'seeds-far', seed, 'config.json'), 'utf8')).name).toBe('far');
    }
    const told = far.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    expect(told.filter(({ event }) => event === 'evaluation').length).toBeGreaterThanOrEqual(2);
    expect(told.filter(({ event, iteration }) => event === 'iteration' && iteration === 12)).toHaveLength(2);
    expect((await run('eval', 'seeds-far', '--episodes', '2')).code).toBe(0);
    writeFileSync(join(folder, 'sums.jsonl'), Array.from({ length: 40 }, (_, i) => `{"prompt":"${i}+1=","answer":"${i + 1}"}\n`).join(''));
    const ownFile = await run('lm', 'train', 'sums.jsonl', ...there);
    expect(ownFile).toMatchObject({ code: 2, stdout: '' });
    expect(ownFile.stderr).toBe(
      'error: --queue: expected a new run of settings alone, got one on a file of questions; leave --queue out: it runs here\n',
    );
    const file = await run('train', 'CartPole-v1', '--shared-folder', 'x');
    expect(file.stderr).toBe('error: --shared-folder: expected a queue, got none; add --queue, or leave it out\n');
  });

  it('is begun again where the server forgets everything, and where files are removed', async () => {
    const one = worker();
    await one.wrote(/listening/);
    const swept = startCommand(folder, 'sweep', 'rates.yaml', '--results', 'forgotten', '--json', ...there);
    workers.push(swept);
    await swept.wrote(/"event":"ended"/);
    const client = new Redis(server.port);
    await client.flushall();
    expect(await swept.ended).toBe(0);
    expect(hashesIn(join(folder, 'forgotten'))).toEqual(hashesIn(join(folder, 'local')));
    for (const key of await client.keys('cohort:files:*')) await client.del(key);
    client.disconnect();
    expect(await run('sweep', 'rates.yaml', '--results', 'made-again', ...there)).toMatchObject({ code: 0, stderr: '' });
    expect(hashesIn(join(folder, 'made-again'))).toEqual(hashesIn(join(folder, 'local')));
  });

  it('of two users at once runs once', async () => {
    const one = worker('--json');
    await one.wrote(/"listening"/);
    const both = await Promise.all(['ann', 'bob'].map((user) => run('sweep', 'rates.yaml', '--results', user, ...there)));
    for (const { code, stderr } of both) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const user of ['ann', 'bob']) expect(hashesIn(join(folder, user))).toEqual(hashesIn(join(folder, 'local')));
    expect(one.output().match(/"started"/g)).toHaveLength(4);
  });

  it('keeps files in a folder that all share, if there is one', async () => {
    mkdirSync(join(folder, 'shared'));
    const one = worker('--shared-folder', 'shared');
    await one.wrote(/listening/);
    const shared = await run('sweep', 'rates.yaml', '--results', 'in-shared', '--shared-folder', 'shared', ...there);
    expect(shared).toMatchObject({ code: 0, stderr: '' });
    expect(hashesIn(join(folder, 'in-shared'))).toEqual(hashesIn(join(folder, 'local')));
    expect(readdirSync(join(folder, 'shared'))).toEqual([]);
    expect(JSON.parse((await run('queue', 'status', '--json', ...there)).stdout).fileBytes).toBe(0);
    await run('queue', 'clean', ...there);
  });

  it('a job of a stranger, and one that fails, are told in one sentence; what failed is tried again', async () => {
    const one = worker();
    await one.wrote(/listening/);
    const queue = new Queue(queueName(packageBuild()), { connection: { port: server.port }, prefix: 'cohort' });
    await queue.add('run', { protocol: 1, evil: '__proto__' }, { jobId: 'stranger' });
    await one.wrote(/failed: stranger: job stranger: build: expected a run as cohort-rl submits it, got .*; submit it with cohort-rl\n/);
    await queue.close();
    const status = await run('queue', 'status', ...there);
    expect(status.stdout).toMatch(/failed: a job that is no run: job stranger: build: expected a run/);
    expect((await run('queue', 'retry', ...there)).stdout).toBe('1 run is tried again\n');
    expect((await run('queue', 'clean', '--failed', ...there)).stdout).toMatch(/^[01] runs? removed\n/);
  });

  it.each([
    [
      ['--jobs', '2'],
      '--jobs: expected no number of runs, which the workers decide, got 2; say it to the workers: cohort-rl worker --jobs',
    ],
    [
      ['--budget', '1h'],
      '--budget: expected no budget, as nobody knows how fast the workers are, got 1h; leave it out, or run without --queue',
    ],
    [
      ['--shared-folder', 'nowhere'],
      '--shared-folder: expected a folder that is there, on every machine, got "nowhere"; make it, or mount it',
    ],
  ])('refuses %j', async (words, sentence) => {
    const refused = await run('sweep', 'rates.yaml', ...there, ...words);
    expect(refused).toMatchObject({ code: 2, stderr: `error: ${sentence}\n` });
  });

  it('a worker of another build gets nothing, and the submitter is told', async () => {
    const client = new Redis(server.port);
    const other = { host: 'elsewhere', pid: 7, version: '0.0.9', digest: '0123456789ab', jobs: 2, running: [] };
    await client.set('cohort:worker:other', JSON.stringify(other), 'EX', 60);
    const told = await interrupted('told', 'listens, but');
    expect(told.stdout).toMatch(/no worker of this build, .* listens, but 1 of 0\.0\.9 \(0123456789ab\): install the same package there/);
    await client.del('cohort:worker:other');
    client.disconnect();
    await run('queue', 'clean', '--all', ...there);
  });
});

describe.skipIf(serverProgram === undefined)('a server that', () => {
  const refusal = async (address: string, environment: Record<string, string> = {}): Promise<string> => {
    const { code, stderr, stdout } = await runCli(['queue', 'status', '--queue', address], { cwd: process.cwd(), environment });
    return `${code} ${stderr}${stdout}`;
  };

  it('wants a password says so, and takes the right one', async () => {
    const server = await startServer('--requirepass', 'secret');
    const without = await refusal(server.address);
    expect(without).toMatch(/^2 error: redis:\/\/127.0.0.1:\d+: expected a password, got none; put it into COHORT_QUEUE_PASSWORD/);
    expect(await refusal(server.address.replace('//', '//:wrong@'))).toMatch(
      /^2 error: .*expected the right user and password, got others/,
    );
    const right = await refusal(server.address, { COHORT_QUEUE_PASSWORD: 'secret' });
    expect(right).toMatch(/^0 redis:\/\/127.0.0.1/);
    expect(right).not.toContain('secret');
    await server.remove();
  });

  it('limits an account to our keys is enough', async () => {
    const server = await startServer();
    const client = new Redis(server.port);
    await client.call(
      'ACL',
      'SETUSER',
      'ann',
      'on',
      '>pw',
      '~cohort:*',
      '&*',
      '+@all',
      '-@admin',
      '-@dangerous',
      '+info',
      '+keys',
      '+client',
    );
    await client.call('ACL', 'SETUSER', 'bob', 'on', '>pw', '~other:*', '&*', '+@all');
    expect(await refusal(server.address.replace('//', '//ann:pw@'))).toMatch(/^0 /);
    expect(await refusal(server.address.replace('//', '//bob:pw@'))).toMatch(/^2 error: .*an account that may use the keys cohort:\*/);
    client.disconnect();
    await server.remove();
  });

  it('throws keys away is refused', async () => {
    const server = await startServer('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru');
    expect(await refusal(server.address)).toMatch(
      /^1 error: .*expected a server that keeps what it is given, got maxmemory-policy allkeys-lru; set maxmemory-policy noeviction/,
    );
    await server.remove();
  });

  it('is full says so to who submits, and loses nothing', async () => {
    const server = await startServer();
    const folder = makeFolder();
    writeFileSync(join(folder, 'rates.yaml'), sweep(10));
    const client = new Redis(server.port);
    await client.config('SET', 'maxmemory', '1mb');
    const full = await runCli(['sweep', 'rates.yaml', '--queue', server.address], { cwd: folder });
    expect(full.code).toBe(1);
    expect(full.stdout + full.stderr).toMatch(
      /expected room in the server, got none: its memory is full; raise maxmemory there, or make room: cohort-rl queue clean/,
    );
    await client.config('SET', 'maxmemory', '0');
    const one = startCommand(folder, 'worker', '--queue', server.address, '--jobs', '1');
    const done = await runCli(['sweep', 'rates.yaml', '--queue', server.address], { cwd: folder });
    expect(done).toMatchObject({ code: 0, stderr: '' });
    await one.end();
    client.disconnect();
    await server.remove();
    removeFolders();
  });

  it('does not encrypt, or does where nobody asked, is told', async () => {
    const plain = await startServer();
    expect(await refusal(plain.address.replace('redis:', 'rediss:'))).toMatch(
      /^[12] error: rediss:.*expected a (server that encrypts|Redis or Valkey server there)/,
    );
    await plain.remove();
    const folder = makeFolder();
    const made = spawnSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost,IP:127.0.0.1',
      ],
      { cwd: folder },
    );
    if (made.status !== 0) return;
    const files = [`${folder}/cert.pem`, `${folder}/key.pem`] as const;
    const server = await startServer(
      '--tls-cert-file',
      files[0],
      '--tls-key-file',
      files[1],
      '--tls-auth-clients',
      'no',
      '--tls-port',
      String(plain.port),
    );
    const encrypted = `rediss://127.0.0.1:${plain.port}`;
    expect(await refusal(encrypted)).toMatch(
      /^2 error: .*expected a certificate that can be trusted, got self.signed certificate; name the file with its authority in NODE_EXTRA_CA_CERTS/,
    );
    expect(await refusal(encrypted, { NODE_EXTRA_CA_CERTS: files[0] })).toMatch(/^0 rediss:/);
    expect(await refusal(`redis://127.0.0.1:${plain.port}`)).toMatch(/^1 error: .*if it wants TLS, write rediss:\/\//);
    await server.remove();
    removeFolders();
  });
});

it('without a server, or without an address, one sentence', async () => {
  const nobody = await runCli(['queue', 'status', '--queue', 'redis://127.0.0.1:1'], { cwd: process.cwd() });
  expect(nobody).toMatchObject({
    code: 1,
    stdout: '',
    stderr:
      'error: redis://127.0.0.1:1: expected a Redis or Valkey server there, got nobody who answers; start it, or check host and port\n',
  });
  const nothing = await runCli(['worker'], { cwd: process.cwd() });
  expect(nothing.stderr).toBe(
    'error: --queue: expected the address of a Redis or Valkey server, got nothing; write for example --queue redis://localhost:6379\n',
  );
});
