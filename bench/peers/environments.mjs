/**
 * Steps per second of environments: ours, Gymnasium and EnvPool in turn, A B A B ...; prints a table and keeps every figure in
 * bench/results/environments.json, or everyEnvironment.json with --every.
 *
 *     node bench/peers/environments.mjs --python PYTHON [--every] [--rounds 5] [--seconds 1] [--only HalfCheetah] [--output FILE]
 *
 * Without --every LunarLander and HalfCheetah, 1, 32 and 512 of them; with it the newest version of every task, 1 and 32 of them. PYTHON has
 * gymnasium[box2d,mujoco,toy-text,classic-control] and envpool; without it only ours is measured.
 * About (9 or 14 candidates) x tasks x (rounds + 1) x seconds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environmentSeeds, standardRegistry } from '../../dist/envs.js';
import { createGenerator, makeEnv, makeVectorEnv, nodePlatform, version } from '../../dist/node.js';
import { median } from '../../dist/statistics.js';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    every: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    output: { type: 'string' },
  },
});
const rounds = Number(options.rounds ?? 5);
const seconds = Number(options.seconds ?? 1);
const only = options.only ?? '';
const output =
  options.output ?? fileURLToPath(new URL(`../results/${options.every ? 'everyEnvironment' : 'environments'}.json`, import.meta.url));

const rows = 64;
const registry = standardRegistry();
/** The newest version of every task; forms of one file with other dynamics are tasks of their own. */
function newestTasks() {
  const newest = new Map();
  for (const { id } of registry.list()) {
    const [name, number] = id.split('-v');
    if (Number(number) > Number(newest.get(name) ?? -1)) newest.set(name, number);
  }
  return [...newest].map(([name, number]) => `${name}-v${number}`);
}
const tasks = options.every ? newestTasks() : ['LunarLander-v3', 'HalfCheetah-v5'];
const sizes = options.every ? [1, 32] : [1, 32, 512];

/** Random actions, drawn before the clock starts; used in turn. */
function actionRows(space, numEnvs) {
  const generator = createGenerator(1);
  return Array.from({ length: rows }, () =>
    space.kind === 'discrete'
      ? Int32Array.from({ length: numEnvs }, () => Number(generator.integers(0, space.n)))
      : Float32Array.from({ length: numEnvs * space.size }, () => generator.uniform(-1, 1)),
  );
}

/** One environment, stepped and reset by hand as with `gym.make`. */
async function single(task) {
  const env = await makeEnv(task);
  const actions = actionRows(env.actionSpace, 1).map((row) => (env.actionSpace.kind === 'discrete' ? row[0] : row));
  env.reset({ seed: 1 });
  return () => {
    for (const action of actions) {
      const { terminated, truncated } = env.step(action);
      if (terminated || truncated) env.reset();
    }
    return rows;
  };
}

async function vector(task, numEnvs, threads) {
  const env = await makeVectorEnv(task, numEnvs, { ...nodePlatform, threads });
  if ((env.threads ?? 1) !== threads) throw new Error(`${task}: the threads did not start; build first (node tools/build.mjs)`);
  const actions = actionRows(env.actionSpace, numEnvs);
  env.reset(environmentSeeds(1, numEnvs, 'cohort', 'training'));
  let turn = 0;
  return () => {
    for (let k = 0; k < 8; k++) env.step(actions[turn++ % rows]);
    return 8 * numEnvs;
  };
}

const makers = Object.fromEntries(
  tasks.flatMap((task) => [
    [`cohort-rl ${task} x 1`, () => single(task)],
    ...sizes.slice(1).flatMap((numEnvs) => [
      [`cohort-rl ${task} x ${numEnvs}, 1 thread`, () => vector(task, numEnvs, 1)],
      // Steps that take a microsecond are not worth a thread, and get none.
      ...(registry.get(task).worthThreads ? [[`cohort-rl ${task} x ${numEnvs}, 2 threads`, () => vector(task, numEnvs, 2)]] : []),
    ]),
  ]),
);

function rateOf(work, length) {
  let steps = 0;
  const begin = performance.now();
  let now = begin;
  while (now - begin < 1000 * length) {
    steps += work();
    now = performance.now();
  }
  return (1000 * steps) / (now - begin);
}

/** The Python process: `measure(name)` has it measure one of its candidates. */
async function startPython(python) {
  const script = fileURLToPath(new URL('environments.py', import.meta.url));
  const child = spawn(python, [script, '--serve', '--tasks', tasks.join(',')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('environments.py ended early');
    return JSON.parse(value);
  };
  const { names, versions } = await next();
  const measure = async (name) => {
    child.stdin.write(`${JSON.stringify({ name, seconds })}\n`);
    return (await next()).stepsPerSecond;
  };
  const close = () => {
    child.stdin.end();
    return once(child, 'exit');
  };
  return { names, versions, measure, close };
}

const ours = new Map();
async function measureOurs(name) {
  if (!ours.has(name)) {
    ours.set(name, await makers[name]());
    rateOf(ours.get(name), Math.max(0.3, seconds / 4));
  }
  return rateOf(ours.get(name), seconds);
}

const python = options.python && (await startPython(options.python));
const versions = { 'cohort-rl': version, node: process.versions.node, ...python?.versions };
const groups = tasks
  // 512, ours alone: what two threads come to where their halves take equally long.
  .flatMap((task) => sizes.map((numEnvs) => `${task.split('-')[0]} x ${numEnvs}`))
  .filter((group) => group.includes(only));
const named = (group) => (name) => {
  const [, task, , numEnvs] = / (\S+)-v(\d+) x (\d+)/.exec(name);
  return `${task} x ${numEnvs}` === group;
};
const before = loadavg()[0];
const figures = {};
for (const group of groups) {
  const names = [...Object.keys(makers), ...(python?.names ?? [])].filter(named(group));
  figures[group] = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const rate = await (makers[name] ? measureOurs(name) : python.measure(name));
      figures[group][name].push(Math.round(rate));
    }
  }
}
await python?.close();

const written = (rate) => Math.round(rate).toLocaleString('en-US').padStart(12);
for (const [group, candidates] of Object.entries(figures)) {
  const names = Object.keys(candidates);
  console.log(`${group}: steps/s, median and best of ${rounds} rounds; our rate over theirs, median of the rounds`);
  const mine = names.filter((name) => name.startsWith('cohort-rl'));
  for (const name of names) {
    const rates = candidates[name];
    const ratios = mine.map((own) =>
      median(candidates[own].map((rate, k) => rate / rates[k]))
        .toFixed(2)
        .padStart(7),
    );
    console.log(`  ${name.padEnd(42)}${written(median(rates))}${written(Math.max(...rates))}   ${ratios.join('')}`);
  }
}
const machine = `${cpus()[0].model}, ${cpus().length} cores`;
const results = {
  machine,
  date: new Date().toISOString().slice(0, 10),
  versions,
  rounds,
  seconds,
  load: { before, after: loadavg()[0] },
  figures,
};
await mkdir(dirname(output), { recursive: true });
await writeFile(output, `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);
