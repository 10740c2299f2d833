/**
 * Trains for a long time and samples memory: heap (after a collection), wasm memory in use, resident set. Writes bench/results/memory.json, or
 * memory-lm.json for the language-model road.
 *
 *     node --expose-gc bench/memory.mjs [minutes] [lm]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { train, trainLanguageModel } from '../dist/node.js';

const minutes = Number(process.argv[2] ?? 60);
const road = process.argv[3] === 'lm' ? 'lm' : 'gpg';
const folder = await mkdtemp(join(tmpdir(), 'cohort-memory-'));
const samples = [];
const begin = performance.now();
const options = { runDirectory: join(folder, 'run') };
// Steps too small to solve the task: the run must not end.
const run =
  road === 'lm'
    ? trainLanguageModel({ task: 'add-2digit', iterations: 100_000_000, learningRate: 1e-7, evaluationInterval: 1000 }, options)
    : train(
        { env: 'CartPole-v1', algorithm: 'gpg', iterations: 100_000_000, annealLearningRate: false, learningRate: 1e-5, tensorboard: true },
        options,
      );
const file = road === 'lm' ? 'results/memory-lm.json' : 'results/memory.json';
let next = 0;
for await (const { iteration, globalStep } of run) {
  const elapsed = (performance.now() - begin) / 60_000;
  if (elapsed < next) continue;
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const mebibytes = (bytes) => Number((bytes / 2 ** 20).toFixed(2));
  samples.push({
    minute: Number(elapsed.toFixed(2)),
    iteration,
    globalStep,
    heapUsed: mebibytes(heapUsed),
    external: mebibytes(external),
    arrayBuffers: mebibytes(arrayBuffers),
    rss: mebibytes(rss),
  });
  const result = { machine: `${cpus()[0].model}, Node ${process.versions.node}`, minutes, unit: 'MiB', samples };
  await writeFile(new URL(file, import.meta.url), `${JSON.stringify(result, null, 1)}\n`);
  next = elapsed + minutes / 60;
  if (elapsed >= minutes) break;
}
await rm(folder, { recursive: true, force: true });
