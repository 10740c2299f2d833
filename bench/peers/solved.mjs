/**
 * Seconds from the command to "solved" on CartPole-v1: process start, imports and compilation count. Solved: the mean return of the last 20
 * training episodes is at least 475; for ours also the moment of the first sampled evaluation that is. Writes bench/results/solved.json.
 *
 *     node bench/peers/solved.mjs --cleanrl PATH --cleanrl-python PYTHON --purejaxrl PATH --purejaxrl-python PYTHON [--rounds 3]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const options = {};
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const rounds = Number(options.rounds ?? 3);
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** One run of ours, timed from outside; the seconds of its episodes count from the configuration event. */
async function ours(seed, flags) {
  const folder = await mkdtemp(join(tmpdir(), 'cohort-solved-'));
  const run = join(folder, 'run');
  const begin = performance.now();
  const since = () => (performance.now() - begin) / 1000;
  const found = {};
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'train', 'CartPole-v1', ...flags, '--seed', String(seed), '--run-dir', run, '--json']);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines) {
        const event = JSON.parse(line);
        found.first ??= since();
        if (event.event === 'evaluation' && event.sampled.mean >= 475) found.evaluated ??= since();
        if (event.event === 'summary') Object.assign(found, { finished: since(), final: event.evaluation.sampled.mean });
      }
    });
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`exit code ${code}`))));
  });
  const rows = (await readFile(join(run, 'episodes.csv'), 'utf8'))
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',').map(Number));
  const at = rows.findIndex((_, i) => i >= 19 && rows.slice(i - 19, i + 1).reduce((sum, row) => sum + row[3], 0) / 20 >= 475);
  await rm(folder, { recursive: true, force: true });
  return { ...found, solved: at < 0 ? null : found.first + rows[at][5] };
}

function peer(python, name, ...parameters) {
  const env = { ...process.env, PYTHONWARNINGS: 'ignore' };
  const { stdout } = spawnSync(python, [script(name), ...parameters], { encoding: 'utf8', env, maxBuffer: 1e8 });
  const { startupSeconds, secondsToReturn, secondsToFinish } = JSON.parse(stdout.trim().split('\n').at(-1));
  return { first: startupSeconds, solved: secondsToReturn, finished: secondsToFinish };
}

const results = {
  'cohort-rl gpg+, 32 environments (default)': [],
  'cohort-rl gpg, 32 environments': [],
  'cohort-rl ppo, 4 environments': [],
  'CleanRL ppo, 4 environments': [],
  'PureJaxRL ppo, 4 environments': [],
};
for (let round = 1; round <= rounds; round++) {
  const [plus, a, b, c, d] = Object.values(results);
  plus.push(await ours(round, []));
  a.push(await ours(round, ['--algorithm', 'gpg']));
  b.push(await ours(round, ['--algorithm', 'ppo', '--num-envs', '4', '--iterations', '976']));
  const common = ['--threads', '1', '--until-return', '475', '--seed', String(round)];
  if (options['cleanrl-python']) c.push(peer(options['cleanrl-python'], 'cleanrl.py', '--cleanrl', options.cleanrl, ...common));
  if (options['purejaxrl-python']) d.push(peer(options['purejaxrl-python'], 'purejaxrl.py', '--purejaxrl', options.purejaxrl, ...common));
  console.error(JSON.stringify(results));
  const machine = `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}`;
  await writeFile(new URL('../results/solved.json', import.meta.url), `${JSON.stringify({ machine, results }, null, 1)}\n`);
}
