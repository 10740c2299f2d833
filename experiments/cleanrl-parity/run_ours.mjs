/**
 * Our PPO with the settings of CleanRL's ppo.py on CartPole-v1: 4 environments, 128 steps, 500,000 steps, 10 seeds. Writes one
 * `ours/seed-<n>.csv` per seed (global_step, episodic_return, episodic_length) and `ours/versions.json`.
 *
 *     node experiments/cleanrl-parity/run_ours.mjs
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const output = fileURLToPath(new URL('./ours/', import.meta.url));
const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
// 500,000 steps in whole iterations of 4 x 128, as CleanRL counts them.
const iterations = Math.floor(500_000 / (4 * 128));
const settings = ['--algorithm', 'ppo', '--recipe', 'none', '--num-envs', '4', '--iterations', iterations, '--evaluation-interval', '0'];

await mkdir(output, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'cohort-parity-'));
const run = join(folder, 'run');
const begin = performance.now();
const { status } = spawnSync(
  process.execPath,
  [cli, 'train', 'CartPole-v1', ...settings.map(String), '--seed', seeds.join(','), '--run-dir', run],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
if (status !== 0) process.exit(status ?? 1);
const seconds = (performance.now() - begin) / 1000;
const hashes = {};
for (const name of await readdir(run, { withFileTypes: true })) {
  if (!name.isDirectory()) continue;
  const config = JSON.parse(await readFile(join(run, name.name, 'config.json'), 'utf8'));
  const summary = JSON.parse(await readFile(join(run, name.name, 'summary.json'), 'utf8'));
  const rows = (await readFile(join(run, name.name, 'episodes.csv'), 'utf8')).trimEnd().split('\n').slice(1);
  const lines = rows.map((row) => {
    const [globalStep, , , episodeReturn, length] = row.split(',');
    return `${globalStep},${episodeReturn},${length}`;
  });
  await writeFile(join(output, `seed-${config.seed}.csv`), `global_step,episodic_return,episodic_length\n${lines.join('\n')}\n`);
  hashes[config.seed] = summary.parametersSha256;
}
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const versions = {
  'cohort-rl': version,
  node: process.versions.node,
  machine: cpus()[0].model,
  settings: settings.join(' '),
  seconds: Math.round(seconds),
  parametersSha256: hashes,
};
await writeFile(join(output, 'versions.json'), `${JSON.stringify(versions, null, 2)}\n`);
await rm(folder, { recursive: true, force: true });
