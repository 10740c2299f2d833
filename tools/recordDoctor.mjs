/**
 * Records the runs that the rules of `cohort-rl doctor` are tested on: trains every run of test/fixtures/doctor/runs.json with the built command and
 * keeps what the rules look at, thinned, in test/fixtures/doctor/recorded/<name>.json.
 *
 *   npm run build && node tools/recordDoctor.mjs [name...]
 *
 * Run folders stay in build/doctor; one that is there and has ended is not trained again. All of them take about half an hour of one core.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixtures = join(root, 'test', 'fixtures', 'doctor');

// Rows that are kept: all of the first and the last, and some of those between.
const [first, last, between] = [16, 12, 20];

/** Trains a run, unless it is there; the path of its folder. */
function train(name, command) {
  const folder = join(root, 'build', 'doctor', name);
  if (existsSync(join(folder, 'summary.json'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  // None of these changes what is learned.
  const snapshots = command.startsWith('lm ') ? [] : ['--policy-snapshots', '0'];
  const flags = ['--evaluation-interval', '0', ...snapshots, '--no-tensorboard', '--quiet', '--run-dir', folder];
  const { status } = spawnSync(process.execPath, ['dist/cli.js', ...command.split(' '), ...flags], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return folder;
}

/** Five significant digits; `null` stays. */
const rounded = (value) => (value === null ? null : Number(value.toPrecision(5)));

/** The rows that are kept, of all. */
function thin(rows) {
  const middle = rows.slice(first, -last);
  const stride = Math.ceil(middle.length / between);
  return rows.length <= first + last ? rows : [...rows.slice(0, first), ...middle.filter((_, i) => i % stride === 0), ...rows.slice(-last)];
}

/** Metrics by their keys, one list each; times and speeds are no matter of the rules. */
function columnsOf(text) {
  const rows = text.split('\n').filter((line) => line !== '');
  const iterations = rows.map((line) => JSON.parse(line)).filter((row) => Object.keys(row).some((key) => key.startsWith('losses/')));
  const kept = thin(iterations);
  const keys = [...new Set(kept.flatMap((row) => Object.keys(row)))].filter(
    (key) => !/^(time\/|seconds$|charts\/(SPS|.*_per_second)|reward\/(?!failed))/.test(key),
  );
  return Object.fromEntries(keys.map((key) => [key, kept.map((row) => rounded(row[key] ?? null))]));
}

/** The policy of a checkpoint and what it knows of observations, of a run on environments. */
function checkpointOf(path) {
  const bytes = readFileSync(path);
  const size = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + size).toString());
  const floats = (name) => {
    if (!header[name]) return undefined;
    const [from, to] = header[name].data_offsets;
    return Array.from(new Float64Array(bytes.buffer.slice(bytes.byteOffset + 8 + size + from, bytes.byteOffset + 8 + size + to)), rounded);
  };
  const { policy } = header.__metadata__;
  return { actionSpace: policy && JSON.parse(policy).actionSpace, variance: floats('normalizer.variance') };
}

const { healthy, ill } = JSON.parse(readFileSync(join(fixtures, 'runs.json'), 'utf8'));
const wanted = process.argv.slice(2);
mkdirSync(join(fixtures, 'recorded'), { recursive: true });
for (const [name, command, , facts] of [...healthy, ...ill]) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = train(name, command);
  const { road, config } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const { actionSpace, variance } = checkpointOf(join(folder, 'checkpoint.safetensors'));
  const columns = columnsOf(readFileSync(join(folder, 'metrics.jsonl'), 'utf8'));
  const text = JSON.stringify({
    command,
    road,
    config,
    ...(actionSpace && { actionSpace }),
    ...(variance && { variance }),
    ...facts,
    columns,
  });
  writeFileSync(join(fixtures, 'recorded', `${name}.json`), `${text}\n`);
  console.log(`${name}: ${columns.iteration.length} rows, ${text.length} bytes`);
}
