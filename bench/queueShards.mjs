/**
 * What a run in shards costs on a queue: seconds of an iteration here and on 1, 2 and 3 workers of this machine, by the number of shards; the cost of a
 * barrier fitted to one worker; and what that would be with many. Needs redis-server. Runs of all settings in turn, round after round.
 *
 *   npm run build && node bench/queueShards.mjs [--rounds 3] [--iterations 6]
 *
 * Writes bench/results/queueShards.json; docs/benchmarks.md has its tables.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../dist/statistics.js';

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, iterations: { type: 'string', default: '6' } },
});
const [rounds, iterations] = [Number(flags.rounds), Number(flags.iterations)];
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cohort-bench-'));

const kinds = {
  'CartPole-v1, 128 x 128': ['CartPole-v1', '--algorithm', 'gpg', '--recipe', 'none', '--num-envs', '128', '--num-steps', '128'],
  'LunarLander-v3, 32 x 1024': ['LunarLander-v3', '--recipe', 'paper', '--num-envs', '32', '--num-steps', '1024'],
};
const usual = ['--evaluation-interval', '0', '--final-evaluation-episodes', '1', '--quiet', '--iterations', String(iterations)];
const shardCounts = [2, 4, 8];
const workerCounts = [1, 2, 3];

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address();
    server.close(() => resolve(free));
  });
});
const redis = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''], {
  stdio: 'ignore',
});
const address = `redis://127.0.0.1:${port}`;
await delay(1000);

let count = 0;
/** Medians over the iterations of a run, the first left out: programs start in it. */
async function run(words) {
  const directory = join(folder, `run-${count++}`);
  const child = spawn(process.execPath, [cli, 'train', ...words, ...usual, '--run-dir', directory], { stdio: 'ignore' });
  await new Promise((resolve, reject) =>
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${words.join(' ')}: exit code ${code}`)))),
  );
  const rows = readFileSync(join(directory, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((row) => 'charts/SPS' in row);
  const seconds = rows.slice(1).map((row, i) => row.seconds - rows[i].seconds);
  const of = (key) => median(rows.slice(1).map((row) => row[key] ?? 0));
  const computed = median(rows.slice(1).map((row) => row['time/env'] + row['time/forward'] + row['time/backward']));
  return { seconds: median(seconds), computed, barriers: of('shards/barriers'), bytes: of('shards/bytes') };
}

async function startWorkers(number) {
  const workers = Array.from({ length: number }, () =>
    spawn(process.execPath, [cli, 'worker', '--queue', address, '--jobs', '1'], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  await Promise.all(
    workers.map((child) => new Promise((resolve) => child.stdout.on('data', (text) => String(text).includes('listening') && resolve()))),
  );
  return workers;
}

const results = {};
try {
  for (let round = 0; round < rounds; round++) {
    for (const [kind, words] of Object.entries(kinds)) {
      results[kind] ??= {};
      const cells = results[kind];
      const add = (name, figures) => {
        cells[name] = [...(cells[name] ?? []), figures];
      };
      add('here, whole', await run(words));
      for (const shards of shardCounts) add(`here, ${shards} shards`, await run([...words, '--shards', String(shards)]));
      for (const number of workerCounts) {
        const workers = await startWorkers(number);
        for (const shards of shardCounts) {
          add(`${number} workers, ${shards} shards`, await run([...words, '--shards', String(shards), '--queue', address]));
        }
        for (const worker of workers) worker.kill('SIGKILL');
      }
    }
    console.log(`round ${round + 1} of ${rounds}`);
  }
} finally {
  redis.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

const version = spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout.match(/v=([\d.]+)/)?.[1];
const output = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
  node: process.version.slice(1),
  redis: version,
  rounds,
  iterations,
  results,
};
writeFileSync(new URL('results/queueShards.json', import.meta.url), `${JSON.stringify(output, null, 1)}\n`);
console.log('bench/results/queueShards.json');
