/**
 * Trains the cells of `experiments/<name>/curves.json` that are ours, through the command line as a user would, and keeps the training episodes of
 * every seed: `<cell>/seed-<n>.csv` (global_step, episodic_return, episodic_length) and `<cell>/versions.json`. A seed that is there is not run again.
 *
 *     node experiments/runCurves.mjs <name> [--cell <folder of the cell>]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { cell: { type: 'string' }, keep: { type: 'string' } },
});
const [name] = positionals;
if (!name) {
  console.error(
    'runCurves.mjs: expected the name of an experiment, got nothing; name a folder with a curves.json, for example lunarlander-ppo',
  );
  process.exit(2);
}
const folder = fileURLToPath(new URL(`./${name}/`, import.meta.url));
const { cells } = JSON.parse(await readFile(join(folder, 'curves.json'), 'utf8'));
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

async function writeAtomically(path, text) {
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}

/** Episodes of a run as CSV. */
async function episodesOf(run) {
  const rows = (await readFile(join(run, 'episodes.csv'), 'utf8')).trimEnd().split('\n').slice(1);
  const lines = rows.map((row) => {
    const [globalStep, , , episodeReturn, length] = row.split(',');
    // Returns of four decimals, steps whole: enough for every table, and half the size.
    return `${globalStep},${Number(Number(episodeReturn).toFixed(4))},${length}`;
  });
  return `global_step,episodic_return,episodic_length\n${lines.join('\n')}\n`;
}

for (const cell of cells) {
  if (!cell.arguments || (options.cell && cell.folder !== options.cell)) continue;
  const output = join(folder, cell.folder);
  await mkdir(output, { recursive: true });
  const settings = cell.arguments.join(' ');
  const known = await readFile(join(output, 'versions.json'), 'utf8').then(JSON.parse, () => undefined);
  const before = known?.settings === settings ? known : { runs: {} };
  const seeds = cell.seeds.filter((seed) => !before.runs[seed] || !existsSync(join(output, `seed-${seed}.csv`)));
  if (seeds.length === 0) continue;
  console.error(`${name}: ${cell.name}, seeds ${seeds.join(', ')}`);
  const scratch = options.keep ? join(options.keep, name, cell.folder) : await mkdtemp(join(tmpdir(), 'cohort-curves-'));
  const run = join(scratch, 'run');
  const arguments_ = [cli, 'train', ...cell.arguments, '--seed', seeds.join(','), '--run-dir', run];
  const { status } = spawnSync(process.execPath, arguments_, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
  const folders = existsSync(join(run, 'config.json'))
    ? [run]
    : (await readdir(run, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => join(run, entry.name));
  for (const one of folders) {
    const config = JSON.parse(await readFile(join(one, 'config.json'), 'utf8'));
    const { parametersSha256, seconds, stepsPerSecond, evaluation } = JSON.parse(await readFile(join(one, 'summary.json'), 'utf8'));
    await writeAtomically(join(output, `seed-${config.seed}.csv`), await episodesOf(one));
    before.runs[config.seed] = {
      parametersSha256,
      seconds: Math.round(seconds),
      stepsPerSecond: Math.round(stepsPerSecond),
      sampled: evaluation.sampled.mean,
      greedy: evaluation.greedy.mean,
    };
  }
  const versions = { 'cohort-rl': version, node: process.versions.node, machine: cpus()[0].model, settings, runs: before.runs };
  await writeAtomically(join(output, 'versions.json'), `${JSON.stringify(versions, null, 2)}\n`);
  if (!options.keep) await rm(scratch, { recursive: true, force: true });
}
