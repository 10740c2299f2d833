/**
 * Runs a matrix of experiments: every cell of `experiments/<name>/matrix.json` with every seed, through the command line as a user would, and
 * writes one row per run into `results.json`. What is there already, with the same arguments, is not run again.
 *
 *     node experiments/run.mjs <name> [--cell <text in the cell's name>]
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const [name, ...rest] = process.argv.slice(2);
if (!name) {
  console.error('run.mjs: expected the name of an experiment, got nothing; name a folder beside this file, for example cartpole-gpg');
  process.exit(2);
}
const only = rest[0] === '--cell' ? rest[1] : undefined;
const folder = join(here, name);
const matrix = JSON.parse(await readFile(join(folder, 'matrix.json'), 'utf8'));
const path = join(folder, 'results.json');
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const results = await readFile(path, 'utf8').then(JSON.parse, () => ({ runs: [] }));

/** Runs the command line with `--json` and returns its events. */
function train(arguments_) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'train', ...arguments_, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const summaries = [];
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines) {
        const event = JSON.parse(line);
        if (event.event === 'summary' && event.parametersSha256 && typeof event.seed === 'number') summaries.push(event);
      }
    });
    child.on('close', (code) => (code === 0 ? resolve(summaries) : reject(new Error(`exit code ${code}`))));
  });
}

for (const cell of matrix.cells) {
  if (only && !cell.name.includes(only)) continue;
  const arguments_ = [...matrix.common, ...cell.arguments];
  const key = arguments_.join(' ');
  const seeds = matrix.seeds.filter((seed) => !results.runs.some((run) => run.arguments === key && run.seed === seed));
  results.runs = results.runs.filter((run) => run.cell !== cell.name || run.arguments === key);
  if (seeds.length === 0) continue;
  console.error(`${name}: ${cell.name}, seeds ${seeds.join(',')}`);
  const directory = await mkdtemp(join(tmpdir(), 'cohort-experiment-'));
  const summaries = await train([...arguments_, '--seed', seeds.join(','), '--run-dir', join(directory, 'run')]);
  for (const { seed, evaluation, parametersSha256, globalStep, seconds, stepsPerSecond } of summaries) {
    results.runs.push({
      cell: cell.name,
      arguments: key,
      seed,
      sampled: evaluation.sampled.mean,
      greedy: evaluation.greedy.mean,
      sampledReturns: evaluation.sampled.returns,
      greedyReturns: evaluation.greedy.returns,
      globalStep,
      seconds: Number(seconds.toFixed(2)),
      stepsPerSecond: Math.round(stepsPerSecond),
      parametersSha256,
      version,
      node: process.versions.node,
    });
  }
  results.machine = `${cpus()[0].model}, ${cpus().length} cores`;
  const order = (run) => matrix.cells.findIndex((other) => other.name === run.cell) * 1e6 + run.seed;
  results.runs.sort((a, b) => order(a) - order(b));
  await writeFile(`${path}.tmp`, `${JSON.stringify(results, null, 1)}\n`);
  await rename(`${path}.tmp`, path);
  await rm(directory, { recursive: true, force: true });
}
