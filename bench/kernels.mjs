/**
 * The kernels alone: update (gradients and Adam) of 4-64-64-2, acting on small batches, one thread against two, and the distance to what
 * this machine can do with four-lane multiply-adds.
 *
 *   node tools/build.mjs && node bench/kernels.mjs [--sketch FILE] [--rounds 150] [--arithmetic plain,fused] [--only TEXT]
 *
 * `--sketch` names an AssemblyScript file with exports `grad` and `adam` for the same network with fixed sizes; it is compiled with the
 * same compiler and flags and measured in alternation. Candidates take turns in short rounds; printed are the best round (the machine at
 * its quietest) and the median over rounds of the ratio to the candidate above (what pairs of neighbouring rounds say).
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { createKernelsAsync } from '../dist/kernels.js';
import { nodePlatform } from '../dist/node.js';
import { median } from '../dist/statistics.js';

const { values: flags } = parseArgs({
  options: {
    sketch: { type: 'string' },
    rounds: { type: 'string', default: '150' },
    arithmetic: { type: 'string', default: 'plain,fused' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(flags.rounds);
const mostRows = 8192;
// Multiply-adds of one sample, 4-64-64-2: forward 4x64 + 64x64 + 64x2; backward the same for weights, and without the first layer for inputs.
const flops = 2 * (2 * (4 * 64 + 64 * 64 + 64 * 2) + 64 * 64 + 64 * 2);

/** Runs each candidate `repeat` times per round, in turn; prints samples per second. */
function compare(title, candidates, samples, limit) {
  if (!title.includes(flags.only)) return;
  const names = Object.keys(candidates);
  const times = new Map(names.map((name) => [name, []]));
  const repeat = {};
  for (const name of names) {
    const begin = performance.now();
    let calls = 0;
    while (performance.now() - begin < 300) {
      candidates[name]();
      calls++;
    }
    repeat[name] = Math.max(1, Math.round((calls * 6) / 300)); // about 6 ms
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const begin = performance.now();
      for (let i = 0; i < repeat[name]; i++) candidates[name]();
      times.get(name).push((performance.now() - begin) / repeat[name]);
    }
  }
  console.log(title);
  names.forEach((name, index) => {
    const list = times.get(name);
    const best = Math.min(...list);
    const rate = (samples / best) * 1000;
    const parts = [
      `  ${name.padEnd(18)}`,
      `${(best * 1000).toFixed(1).padStart(9)} us`,
      `${(rate / 1e3).toFixed(0).padStart(6)} k samples/s best`,
    ];
    if (limit)
      parts.push(
        `${((rate * flops) / 1e9).toFixed(1)} GFLOP/s, ${(((rate * flops) / 1e9 / limit) * 100).toFixed(0)} % of one thread's limit`,
      );
    if (index > 0) {
      const before = times.get(names[index - 1]);
      const ratio = median(list.map((time, i) => before[i] / time)).toFixed(2);
      parts.push(`speed of the line above: x${(Math.min(...before) / best).toFixed(2)} best, x${ratio} median of pairs`);
    }
    console.log(parts.join('  '));
  });
}

async function compileSketch(file, arithmetic) {
  const folder = mkdtempSync(path.join(tmpdir(), 'cohort-bench-'));
  let text = readFileSync(file, 'utf8');
  if (arithmetic === 'fused') text = text.replace('f32x4.add(f32x4.mul(a, b), c)', 'f32x4.relaxed_madd(a, b, c)');
  writeFileSync(path.join(folder, 'sketch.ts'), text);
  const previous = process.cwd();
  process.chdir(folder);
  const { default: asc } = await import('assemblyscript/asc');
  const features = arithmetic === 'fused' ? 'simd,threads,bulk-memory,relaxed-simd' : 'simd,threads,bulk-memory';
  const output = await asc.main([
    ...['sketch.ts', '-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--sharedMemory', '--initialMemory', '1'],
    ...['--maximumMemory', '65536', '--enable', features, '--outFile', 'sketch.wasm'],
  ]);
  process.chdir(previous);
  if (output.error) throw new Error(String(output.stderr));
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const module = new WebAssembly.Module(readFileSync(path.join(folder, 'sketch.wasm')));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { exports, memory };
}

/** Numbers of the size that training has; the same for everyone. */
function fillData(observations, actions, advantages, logProbs, values) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  for (let i = 0; i < observations.length; i++) observations[i] = next();
  for (let i = 0; i < actions.length; i++) actions[i] = next() > 0 ? 1 : 0;
  for (let i = 0; i < advantages.length; i++) advantages[i] = next();
  logProbs.fill(-0.69);
  for (let i = 0; i < values.length; i++) values[i] = next() * 0.2;
}

function sketchCandidate({ exports, memory }, count) {
  const numbers = 4612;
  const [p, g, m, v, observations, actions, advantages, logProbs] = [0, 1, 2, 3, 4, 4 + 8, 4 + 10, 4 + 12].map((i) => 65536 + i * 32768);
  const view = (type, at, length) => new type(memory.buffer, at, length);
  fillData(
    view(Float32Array, observations, mostRows * 4),
    view(Int32Array, actions, mostRows),
    view(Float32Array, advantages, mostRows),
    view(Float32Array, logProbs, mostRows),
    view(Float32Array, p, numbers),
  );
  const workspace = 65536 + 24 * 32768;
  let step = 0;
  return () => {
    exports.grad(p, observations, actions, advantages, logProbs, g, workspace, 0, count / 64, 1 / count, 0.2, 0.01);
    step++;
    exports.adam(p, g, m, v, 0, numbers, 1e-7, 0.9, 0.999, 1e-5, 1 - 0.9 ** step, 1 - 0.999 ** step);
  };
}

function ourUpdate({ kernels, parameters, minibatch }, count) {
  let step = 0;
  const run = { indices: null, first: 0, count, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0.01 };
  return () => {
    minibatch.run(run);
    kernels.adamStep({ parameters, learningRate: 1e-7, epsilon: 1e-5, maxGradNorm: 0.5, step: ++step });
  };
}

async function open(arithmetic, threads) {
  const kernels = await createKernelsAsync({ ...nodePlatform, arithmetic, threads, bytes: 2 ** 26 });
  const spec = { name: 'actor', inputSize: 4, hiddenSizes: [64, 64], outputSize: 2, activation: 'tanh' };
  const parameters = kernels.createParameters({ networks: [spec, { ...spec, name: 'critic', outputSize: 1 }] });
  const alone = kernels.createParameters({ networks: [spec] });
  const [observations, actions, advantages, logProbs] = [
    kernels.float32(mostRows * 4),
    kernels.int32(mostRows),
    kernels.float32(mostRows),
    kernels.float32(mostRows),
  ];
  fillData(observations, actions, advantages, logProbs, parameters.values);
  fillData(observations, actions, advantages, logProbs, alone.values);
  const policy = { head: 'categorical', observations, actions, logProbs, advantages };
  const value = { network: parameters.networks[1], observations, returns: advantages };
  return {
    kernels,
    policyOnly: { kernels, parameters: alone, minibatch: kernels.createMinibatch({ policy: { ...policy, network: alone.networks[0] } }) },
    both: { kernels, parameters, minibatch: kernels.createMinibatch({ policy: { ...policy, network: parameters.networks[0] }, value }) },
    act: (count) => () =>
      kernels.act({
        network: alone.networks[0],
        head: 'categorical',
        observations,
        count,
        actions,
        logProbs,
        key: [1, 2],
        iteration: 0,
        step: 0,
        firstEnv: 0,
        stream: 0,
        greedy: false,
      }),
  };
}

const flag = () => setFlagsFromString('--experimental-wasm-relaxed-simd');
if (flags.arithmetic.includes('fused') && Number(process.versions.node.split('.')[0]) < 22) flag();
for (const arithmetic of flags.arithmetic.split(',')) {
  const one = await open(arithmetic, 1);
  const two = await open(arithmetic, 2);
  const sketch = flags.sketch ? await compileSketch(flags.sketch, arithmetic) : undefined;
  const limit = one.kernels.measureLimit();
  console.log(`\n${arithmetic}: a loop of four-lane multiply-adds alone makes ${limit.toFixed(1)} GFLOP/s on one thread`);
  for (const count of [128, 1024, 8192]) {
    const candidates = sketch ? { 'sketch, 1 thread': sketchCandidate(sketch, count) } : {};
    candidates['1 thread'] = ourUpdate(one.policyOnly, count);
    candidates['2 threads'] = ourUpdate(two.policyOnly, count);
    compare(`update of ${count} rows, 4-64-64-2 tanh, ${arithmetic}`, candidates, count, limit);
  }
  for (const count of [128, 4096]) {
    const candidates = { '1 thread': ourUpdate(one.both, count), '2 threads': ourUpdate(two.both, count) };
    compare(`actor and critic, minibatch of ${count}, ${arithmetic}`, candidates, count);
  }
  compare(`act on 64 rows, ${arithmetic}`, { '64 rows': one.act(64) }, 64);
  for (const count of [4, 8, 16]) compare(`act on ${count} rows, ${arithmetic}`, { [`${count} rows`]: one.act(count) }, count);
  compare(`act on 128 rows, ${arithmetic}`, { '1 thread': one.act(128), '2 threads': two.act(128) }, 128);
  one.kernels.close();
  two.kernels.close();
}
