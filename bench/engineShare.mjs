/**
 * How much of a step is MuJoCo's own: each task alone under random actions, by V8's sampling profiler, which tells WebAssembly from JavaScript. What is left is
 * ours: the calls, copying the state, rewards, observations, resets. Prints a line for each task and writes bench/results/engineShare.json.
 *
 *     node bench/engineShare.mjs [--seconds 2]
 */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { standardRegistry } from '../dist/envs.js';
import { createGenerator, makeEnv, version } from '../dist/node.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
const seconds = Number(values.seconds);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 200 });

/** Steps an environment so long, with one action after the other. */
function play(env, actions, length) {
  const end = performance.now() + 1000 * length;
  for (let k = 0; performance.now() < end; k++) {
    const { terminated, truncated } = env.step(actions[k % actions.length]);
    if (terminated || truncated) env.reset();
  }
}

const shares = {};
for (const { id, needs } of standardRegistry().list()) {
  if (needs !== '@mujoco/mujoco' || !id.endsWith('-v5')) continue;
  const env = await makeEnv(id);
  const generator = createGenerator(1);
  const { size } = env.actionSpace;
  const actions = Array.from({ length: 64 }, () => Float32Array.from({ length: size }, () => generator.uniform(-1, 1)));
  env.reset({ seed: 1 });
  play(env, actions, 0.5);
  await session.post('Profiler.start');
  play(env, actions, seconds);
  const { nodes } = (await session.post('Profiler.stop')).profile;
  env.close();
  const hits = (isCounted) => nodes.filter(isCounted).reduce((sum, node) => sum + node.hitCount, 0);
  const engine = hits(({ callFrame }) => callFrame.url.startsWith('wasm:'));
  const others = hits(({ callFrame }) => !callFrame.url.startsWith('wasm:') && callFrame.functionName !== '(idle)');
  shares[id] = Number((engine / (engine + others)).toFixed(3));
  console.log(`${id.padEnd(28)}${(100 * shares[id]).toFixed(1)} %`);
}
const results = {
  machine: `${cpus()[0].model}, ${cpus().length} cores`,
  date: new Date().toISOString().slice(0, 10),
  versions: { 'cohort-rl': version, node: process.versions.node },
  seconds,
  shares,
};
await writeFile(fileURLToPath(new URL('results/engineShare.json', import.meta.url)), `${JSON.stringify(results, null, 2)}\n`);
