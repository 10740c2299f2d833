/**
 * Runs ours and the peers in turn, A B A B ..., and writes every figure into bench/results/peers.json; `node bench/report.mjs` makes
 * docs/benchmarks.md of it. Groups that are missing their program are left out and said so.
 *
 *     node bench/peers/compare.mjs --cleanrl PATH --cleanrl-python PYTHON --purejaxrl PATH --purejaxrl-python PYTHON \
 *          --gymnasium-python PYTHON [--rounds 5] [--only ppo-128-one-thread]
 *
 * The groups lunarlander-32 and halfcheetah-32 need --cleanrl and --cleanrl-python only (with box2d and mujoco in it).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { median } from '../../dist/statistics.js';

const options = {};
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const rounds = Number(options.rounds ?? 5);
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const path = fileURLToPath(new URL('../results/peers.json', import.meta.url));

/** Last JSON line that a command prints. */
function run(command, ...parameters) {
  const env = { ...process.env, PYTHONWARNINGS: 'ignore' };
  const { stdout, stderr, status } = spawnSync(command, parameters.map(String), { encoding: 'utf8', env, maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: exit code ${status}\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

const ours = (name) => () => run(process.execPath, cli, 'bench', 'training', '--only', name, '--seconds', '4', '--json').median;
const environment = (name) => () => run(process.execPath, cli, 'bench', 'environments', '--only', name, '--seconds', '2', '--json').median;
const cleanrl = (numEnvs, threads, iterations) => () =>
  run(
    options['cleanrl-python'],
    script('cleanrl.py'),
    '--cleanrl',
    options.cleanrl,
    '--num-envs',
    numEnvs,
    '--num-steps',
    128,
    '--threads',
    threads,
    '--iterations',
    iterations,
    '--warmup',
    1,
  ).stepsPerSecond;
/** Whole loops of 32 x 1024 with CleanRL's settings; the shares of the time are kept with the rates. */
const splits = {};
const loop =
  (name, command, ...parameters) =>
  () => {
    const { stepsPerSecond, split } = run(command, ...parameters, '--num-envs', 32, '--num-steps', 1024, '--warmup', 1);
    splits[name] = [...(splits[name] ?? []), split];
    return stepsPerSecond;
  };
/** Candidates of such a group: ours in both arithmetics and CleanRL, on 1 and 2 threads; so many iterations of each are counted. */
const loops = (ourId, theirId, ourIterations, theirIterations) =>
  Object.fromEntries(
    [1, 2].flatMap((threads) => {
      const shared = ['--threads', threads];
      const suffix = `${threads} thread${threads > 1 ? 's' : ''}`;
      const candidates = ['plain', 'fused'].map((arithmetic) => {
        const name = `cohort-rl ppo, ${arithmetic}, ${suffix}`;
        const own = ['--env', ourId, '--arithmetic', arithmetic, '--iterations', ourIterations];
        return [name, loop(name, process.execPath, script('loop.mjs'), ...own, ...shared)];
      });
      const name = `CleanRL ppo, ${suffix}`;
      const theirs = ['--cleanrl', options.cleanrl, '--env-id', theirId, '--iterations', theirIterations];
      return [...candidates, [name, loop(name, options['cleanrl-python'], script('cleanrl.py'), ...theirs, ...shared)]];
    }),
  );
const purejaxrl = (numEnvs, threads, iterations) => () =>
  run(
    options['purejaxrl-python'],
    script('purejaxrl.py'),
    '--purejaxrl',
    options.purejaxrl,
    '--num-envs',
    numEnvs,
    '--num-steps',
    128,
    '--threads',
    threads,
    '--iterations',
    iterations,
    '--warmup',
    1,
  ).stepsPerSecond;
const gymnasium = (key) => () => run(options['gymnasium-python'], script('gymnasium_cartpole.py'), '--num-envs', 128, '--seconds', 2)[key];

/** What is run in turn: by group, then by name. */
const groups = {
  'ppo-128-one-thread': {
    'cohort-rl ppo, plain': ours('ppo 128 x 128, 1 thread, plain'),
    'cohort-rl ppo, fused': ours('ppo 128 x 128, 1 thread, fused'),
    'cohort-rl gpg, plain': ours('gpg 128 x 128, 1 thread, plain'),
    'CleanRL ppo': cleanrl(128, 1, 8),
  },
  'ppo-128-two-threads': {
    'cohort-rl ppo, plain': ours('ppo 128 x 128, 2 threads, plain'),
    'cohort-rl ppo, fused': ours('ppo 128 x 128, 2 threads, fused'),
    'cohort-rl gpg, plain': ours('gpg 128 x 128, 2 threads, plain'),
    'cohort-rl gpg, plain, 1 thread': ours('gpg 128 x 128, 1 thread, plain'),
    'cohort-rl ppo, plain, 1 thread': ours('ppo 128 x 128, 1 thread, plain'),
    'CleanRL ppo': cleanrl(128, 2, 8),
    'PureJaxRL ppo, 1 thread': purejaxrl(128, 1, 60),
    'PureJaxRL ppo, 2 threads': purejaxrl(128, 2, 60),
  },
  'ppo-4': {
    'cohort-rl ppo, plain, 1 thread': ours('ppo 4 x 128, 1 thread, plain'),
    'cohort-rl ppo, fused, 1 thread': ours('ppo 4 x 128, 1 thread, fused'),
    'cohort-rl ppo, plain, 2 threads': ours('ppo 4 x 128, 2 threads, plain'),
    'cohort-rl ppo, fused, 2 threads': ours('ppo 4 x 128, 2 threads, fused'),
    'CleanRL ppo, 1 thread': cleanrl(4, 1, 20),
    'PureJaxRL ppo, 1 thread': purejaxrl(4, 1, 900),
    'PureJaxRL ppo, 2 threads': purejaxrl(4, 2, 900),
  },
  'lunarlander-32': loops('LunarLander-v3', 'LunarLander-v2', 6, 1),
  'halfcheetah-32': loops('HalfCheetah-v4', 'HalfCheetah-v4', 2, 1),
  environments: {
    'cohort-rl CartPole-v1 x 1': environment('CartPole-v1 x 1'),
    'cohort-rl CartPole-v1 x 128': environment('CartPole-v1 x 128'),
    'Gymnasium CartPole-v1 x 1': gymnasium('singleEnvStepsPerSecond'),
    'Gymnasium CartPoleVectorEnv x 128': gymnasium('vectorEnvStepsPerSecond'),
  },
};
const needs = { CleanRL: 'cleanrl-python', PureJaxRL: 'purejaxrl-python', Gymnasium: 'gymnasium-python' };

await mkdir(new URL('../results/', import.meta.url), { recursive: true });
for (const [group, candidates] of Object.entries(groups)) {
  if (options.only && options.only !== group) continue;
  const names = Object.keys(candidates).filter((name) => {
    const need = Object.entries(needs).find(([who]) => name.startsWith(who))?.[1];
    if (!need || options[need]) return true;
    console.error(`${group}: ${name} is left out (no --${need})`);
    return false;
  });
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const rate = Math.round(candidates[name]());
      figures[name].push(rate);
      console.error(`${group}, round ${round + 1}: ${name} ${rate.toLocaleString('en-US')} steps/s`);
    }
  }
  // Read again: another group may have been written in the meantime.
  const shares = Object.fromEntries(names.flatMap((name) => (splits[name] ? [[name, splits[name]]] : [])));
  for (const name of Object.keys(shares)) {
    delete splits[name];
    const where = Object.keys(shares[name][0]).map(
      (part) => `${part} ${Math.round(100 * median(shares[name].map((split) => split[part])))} %`,
    );
    const rate = Math.round(median(figures[name])).toLocaleString('en-US');
    console.log(`${group}: ${name.padEnd(30)} ${rate.padStart(10)} steps/s, median of ${rounds}   ${where.join(', ')}`);
  }
  const results = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : { groups: {} };
  results.groups[group] = figures;
  if (Object.keys(shares).length > 0) results.splits = { ...results.splits, [group]: shares };
  results.machine = `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}`;
  results.date = new Date().toISOString().slice(0, 10);
  await writeFile(path, `${JSON.stringify(results, null, 2)}\n`);
}
