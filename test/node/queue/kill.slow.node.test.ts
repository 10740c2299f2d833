/** Twenty-four runs on three workers, of which one is killed, and then the server: all end, with the bits of the same sweep here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResults } from '../../../src/experiments/result.ts';
import { cli, makeFolder, removeFolders, runCli } from '../../cli/runCli.ts';
import { serverProgram, startServer, type TestServer } from './server.ts';

const interval = 20;
const iterations = 400;
const matrix = `title: Twenty-four runs
seeds: 8
settings: { env: CartPole-v1, recipe: none, numEnvs: 8, numSteps: 32, evaluationInterval: 0, finalEvaluationEpisodes: 2, iterations: ${iterations}, checkpointInterval: ${interval} }
axes:
  learningRate: [1e-4, 3e-4, 1e-3]
`;

interface Told {
  readonly event: string;
  readonly name: string;
  readonly iteration: number;
}

const hashesIn = (folder: string): string[] =>
  readResults(readFileSync(join(folder, 'CartPole-v1.jsonl'), 'utf8'), folder).map(
    ({ cell, seed, parametersSha256 }) => `${cell}/${seed} ${parametersSha256}`,
  );

describe.skipIf(serverProgram === undefined)('a sweep of 24 runs', () => {
  let server: TestServer;
  let folder = '';
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startServer();
    folder = makeFolder();
    writeFileSync(join(folder, 'runs.yaml'), matrix);
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.remove();
    removeFolders();
  });

  it('survives the death of a worker, and then of the server', async () => {
    const told: Told[] = [];
    const startWorker = (): ChildProcess => {
      const words = ['worker', '--queue', server.address, '--jobs', '1', '--lock-seconds', '3', '--json'];
      const child = spawn(process.execPath, [cli, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
      children.push(child);
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (more: string) => {
        const lines = (text + more).split('\n');
        text = lines.pop()!;
        for (const line of lines) told.push(JSON.parse(line));
      });
      return child;
    };
    const count = (event: string): number => told.filter((one) => one.event === event).length;
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await delay(20);
    };
    const workers = [startWorker(), startWorker(), startWorker()];
    await until(() => count('listening') === 3);
    const sweep = runCli(['sweep', 'runs.yaml', '--results', 'queued', '--queue', server.address], { cwd: folder });
    await until(() => count('ended') >= 3);
    workers[0]!.kill('SIGKILL');
    await until(() => count('ended') >= 8);
    await server.kill();
    await delay(2000);
    await server.start();
    expect(await sweep).toMatchObject({ code: 0, stderr: '' });

    const local = await runCli(['sweep', 'runs.yaml', '--results', 'local', '--quiet'], { cwd: folder });
    expect(local).toMatchObject({ code: 0, stderr: '' });
    expect(hashesIn(join(folder, 'queued'))).toEqual(hashesIn(join(folder, 'local')));
    expect(hashesIn(join(folder, 'queued'))).toHaveLength(24);
    // What was begun twice went on from a checkpoint of an interval: only the runs that were in hands at a kill.
    const begun = told.filter(({ event }) => event === 'started');
    expect(begun.length - 24).toBeLessThanOrEqual(3);
    for (const { iteration } of begun) expect(iteration % interval).toBe(0);

    // Submitted again: nothing runs.
    const before = count('started');
    const again = await runCli(['sweep', 'runs.yaml', '--results', 'again', '--queue', server.address], { cwd: folder });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(count('started')).toBe(before);
    expect(hashesIn(join(folder, 'again'))).toEqual(hashesIn(join(folder, 'local')));
  });
});
