/** The sink beside a server that speaks HTTP, and the command with `--log mlflow`. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { mlflowSink } from '../../src/sinks/index.ts';
import { jsonLines, makeFolder, removeFolders, runCli, tiny } from '../cli/runCli.ts';
import { configEvent, iterationEvent, summaryEvent } from './events.ts';
import { FakeMlflow } from './fakeMlflow.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(removeFolders);

/** A server on a port of its own; `silent` takes every request and answers none. */
async function serve(silent = false): Promise<{ readonly known: FakeMlflow; readonly address: string; readonly seen: string[] }> {
  const known = new FakeMlflow();
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url!, 'http://server');
      seen.push(`${request.method} ${pathname}`);
      if (silent) return;
      const path = pathname.replace('/api/2.0/mlflow/', '');
      const body = text === '' ? Object.fromEntries(searchParams) : JSON.parse(text);
      const [status, answer] = known.answer({ path, body, authorization: request.headers.authorization ?? null });
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { known, seen, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const origin = { runDirectory: null, seed: 1 };

describe('the sink for MLflow, by HTTP', () => {
  it('asks what MLflow answers', async () => {
    const { known, seen, address } = await serve();
    const sink = mlflowSink({ trackingUri: address, flushMilliseconds: 1 });
    for (const event of [configEvent(origin), iterationEvent(origin, 1, { a: 0.25 }), summaryEvent(origin, 1, 'stopped')])
      sink.onEvent(event);
    await sink.close();
    expect(seen).toEqual([
      'GET /api/2.0/mlflow/experiments/get-by-name',
      ...['experiments/create', 'runs/create', 'runs/log-batch', 'runs/log-batch', 'runs/set-tag', 'runs/set-tag', 'runs/update'].map(
        (path) => `POST /api/2.0/mlflow/${path}`,
      ),
    ]);
    expect(known.bodies('runs/log-batch')[1]).toEqual({
      run_id: 'run0',
      metrics: [
        { key: 'a', value: 0.25, timestamp: expect.any(Number), step: 256 },
        { key: 'iteration', value: 1, timestamp: expect.any(Number), step: 256 },
      ],
    });
  });

  it('is closed in time beside a server that never answers', async () => {
    const { address } = await serve(true);
    const warnings: string[] = [];
    const sink = mlflowSink({ trackingUri: address, warn: (message) => warnings.push(message) });
    sink.onEvent(configEvent(origin));
    sink.onEvent(iterationEvent(origin, 1, { a: 0.25 }));
    await sink.close({ milliseconds: 50 });
    expect(warnings).toEqual([`MLflow at ${address} is missing 1 rows of numbers; the run folder has them`]);
  });
});

describe('train --log mlflow', () => {
  const train = ['train', 'CartPole-v1', ...tiny, '--iterations', '2', '--json'];

  it('sends every number of every seed, with the credentials of the environment', async () => {
    const { known, address } = await serve();
    const environment = { MLFLOW_TRACKING_URI: address, MLFLOW_TRACKING_TOKEN: 'abc', MLFLOW_EXPERIMENT_NAME: 'mine' };
    const cwd = makeFolder();
    const { code, stdout } = await runCli([...train, '--seed', '1,2', '--run-dir', 'both', '--log', 'mlflow'], { cwd, environment });
    const events = jsonLines(stdout);
    expect([code, events.filter(({ event }) => event === 'warning')]).toEqual([0, []]);
    expect(stdout).not.toContain('abc');
    expect(known.experiments).toEqual(['mine']);
    expect(new Set(known.asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer abc']));
    const made = known.bodies('runs/create');
    expect(made.map(({ run_name }) => run_name).sort()).toEqual(['both/seed1', 'both/seed2']);
    for (const { tags } of made) expect(tags).toContainEqual({ key: 'cohort.group', value: 'both' });
    expect(known.bodies('runs/update').map(({ status }) => status)).toEqual(['FINISHED', 'FINISHED']);
    const told = events.filter(({ event }) => event === 'iteration').flatMap(({ metrics }) => Object.keys(metrics as object));
    const sent = known
      .bodies('runs/log-batch')
      .flatMap(({ metrics }) => ((metrics ?? []) as { key: string }[]).map(({ key }) => key))
      .filter((key) => !/^(iteration$|evaluation|final)/.test(key));
    expect(sent.sort()).toEqual(told.sort());
  });

  it('goes on in the same run after resume', async () => {
    const { known, address } = await serve();
    const cwd = makeFolder();
    const log = ['--log', `mlflow=${address}`];
    await runCli([...train, '--stop-after', '1', '--run-dir', 'run', ...log], { cwd });
    const { code, stdout } = await runCli(['resume', './run', '--json', ...log], { cwd });
    expect([code, known.runs.length, jsonLines(stdout).filter(({ event }) => event === 'warning')]).toEqual([0, 1, []]);
    expect(known.bodies('runs/update').map(({ status }) => status)).toEqual(['FINISHED', 'RUNNING', 'FINISHED']);
  });

  it('trains all the same where nobody answers, and says so', async () => {
    const { code, stdout } = await runCli([...train, '--log', 'mlflow=http://127.0.0.1:9'], { cwd: makeFolder() });
    const warnings = jsonLines(stdout).flatMap(({ event, message }) => (event === 'warning' ? [message] : []));
    expect([code, jsonLines(stdout).filter(({ event }) => event === 'summary').length]).toEqual([0, 1]);
    expect(warnings[0]).toMatch(/^MLflow at http:\/\/127\.0\.0\.1:9 does not answer/);
  });

  it('ends soon after Ctrl-C though the server never answers', async () => {
    const { address } = await serve(true);
    const words = ['train', 'CartPole-v1', ...tiny, '--iterations', '1000000', '--json', '--log', `mlflow=${address}`];
    let asked = false;
    const { code, stdout } = await runCli(words, {
      cwd: makeFolder(),
      onOutput(output, interrupt) {
        if (asked || !output.includes('"event":"iteration"')) return;
        asked = true;
        interrupt();
      },
    });
    const events = jsonLines(stdout);
    expect([code, events.find(({ event }) => event === 'summary')?.status]).toEqual([130, 'interrupted']);
    // Far below the ten seconds of a good end.
    expect(events.at(-1)?.message).toMatch(/is missing \d+ rows of numbers/);
  });

  it.each([
    ['nowhere', /--log: expected wandb, mlflow or mlflow=<address>, got "nowhere"/],
    ['mlflow=host', /--log mlflow: expected the address of an MLflow server/],
    ['mlflow=http://a:secret@host', /--log mlflow: .*\(not shown\)/],
  ])('refuses --log %s before anything is made', async (where, message) => {
    const { code, stderr, stdout } = await runCli([...train, '--log', where], { cwd: makeFolder() });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('secret');
  });
});
