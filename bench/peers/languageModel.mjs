/**
 * One step of reinforcement learning on a small language model, ours and PyTorch's in turn, A B A B ..., into bench/results/languageModel.json;
 * `node bench/report.mjs` makes the section of docs/benchmarks.md of it.
 *
 *     node bench/peers/languageModel.mjs --python PYTHON [--rounds 5] [--steps 60] [--threads 1,2] [--size 0.1M,0.78M] [--levels kernels,library]
 *     node bench/peers/languageModel.mjs --python PYTHON --task count-shapes --size 0.1M
 *     node bench/peers/languageModel.mjs --python PYTHON --task pretrained --size 135M --rounds 3 --steps 3 --warmup 1
 *
 * `count-shapes` has pictures in its prompts; its figures go into bench/results/languageModelPictures.json. `pretrained` trains adapters of a model of
 * SmolLM2-135M's sizes (pretrained.py needs transformers and peft, too); its figures go into languageModelPretrained.json.
 *
 * PYTHON is one with torch in it. Every figure is the median of one process's steps; every round starts new processes.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../../dist/statistics.js';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '60' },
    warmup: { type: 'string', default: '15' },
    threads: { type: 'string', default: '1,2' },
    size: { type: 'string', default: '0.1M,0.78M' },
    levels: { type: 'string', default: 'kernels,library' },
    task: { type: 'string', default: 'add-2digit' },
    output: { type: 'string' },
  },
});
if (!options.python) {
  console.error('languageModel.mjs: expected --python, got nothing; name a Python with torch, see bench/peers/README.md');
  process.exit(2);
}
const files = {
  'add-2digit': 'languageModel.json',
  'count-shapes': 'languageModelPictures.json',
  pretrained: 'languageModelPretrained.json',
};
const file = files[options.task];
const path = options.output ?? fileURLToPath(new URL(`../results/${file}`, import.meta.url));
const rounds = Number(options.rounds);
const list = (text) => text.split(',').filter((part) => part !== '');
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const rounded = (value, digits = 3) => Number(value.toFixed(digits));

/** Last JSON line that a command prints. */
function run(command, ...parameters) {
  const { stdout, stderr, status } = spawnSync(command, parameters.map(String), { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: exit code ${status}\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Adapters of a pretrained model's size, which has one size and no level. */
function pretrainedCandidates(threads) {
  const common = ['--threads', threads, '--steps', options.steps, '--warmup', options.warmup];
  const ours = (arithmetic) => () => run(process.execPath, script('pretrainedStep.mjs'), ...common, '--arithmetic', arithmetic);
  const torch = () => run(options.python, script('pretrained.py'), ...common);
  return { 'cohort-rl kernels, plain': ours('plain'), 'cohort-rl kernels, fused': ours('fused'), 'PyTorch eager': torch };
}

function candidatesOf(size, threads) {
  if (options.task === 'pretrained') return pretrainedCandidates(threads);
  const common = ['--size', size, '--threads', threads, '--steps', options.steps, '--warmup', options.warmup, '--task', options.task];
  const ours = (level, arithmetic) => () =>
    run(process.execPath, script('languageModelStep.mjs'), ...common, '--level', level, '--arithmetic', arithmetic);
  const own = list(options.levels).flatMap((level) =>
    ['plain', 'fused'].map((arithmetic) => [`cohort-rl ${level}, ${arithmetic}`, ours(level, arithmetic)]),
  );
  return Object.fromEntries([...own, ['PyTorch eager', () => run(options.python, script('languageModel.py'), ...common)]]);
}

const parts = ['sample', 'train', 'step'];
const groups = [];
for (const size of list(options.size)) {
  for (const threads of list(options.threads).map(Number)) {
    const candidates = candidatesOf(size, threads);
    const results = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, measure] of Object.entries(candidates)) {
        const result = measure();
        results[name].push(result);
        const figures = parts.map((part) => `${part} ${result[`${part}Milliseconds`].toFixed(2)} ms`).join(', ');
        console.error(`${size}, ${threads} thread${threads > 1 ? 's' : ''}, round ${round + 1}: ${name}: ${figures}`);
      }
    }
    const torch = results['PyTorch eager'];
    groups.push({
      size,
      threads,
      parameters: torch[0].parameters ?? torch[0].trained,
      candidates: Object.fromEntries(Object.entries(results).map(([name, all]) => [name, summarize(all, torch, threads)])),
    });
  }
}

/** Medians over rounds, ratios to PyTorch round by round (above 1: ours is quicker), and how near the arithmetic limit it comes. */
function summarize(all, torch, threads) {
  const milliseconds = Object.fromEntries(
    [...parts, 'reward']
      .filter((part) => all[0][`${part}Milliseconds`] !== undefined)
      .map((part) => {
        const values = all.map((result) => result[`${part}Milliseconds`]);
        return [part, { median: rounded(median(values)), rounds: values }];
      }),
  );
  const ratios = Object.fromEntries(
    parts.map((part) => [part, rounded(median(all.map((result, i) => torch[i][`${part}Milliseconds`] / result[`${part}Milliseconds`])))]),
  );
  const [{ sampleFlops, trainFlops, unsharedSampleFlops, unsharedTrainFlops }] = all;
  const flops = sampleFlops && {
    sample: sampleFlops,
    train: trainFlops,
    unsharedSample: unsharedSampleFlops,
    unsharedTrain: unsharedTrainFlops,
  };
  const gigaflops =
    flops && Object.fromEntries(['sample', 'train'].map((part) => [part, rounded(flops[part] / milliseconds[part].median / 1e6, 1)]));
  const limit = all[0].gigaflopsLimit && median(all.map((result) => result.gigaflopsLimit));
  return {
    milliseconds,
    ratios: all === torch ? undefined : ratios,
    flops,
    gigaflops,
    gigaflopsLimit: limit,
    // The limit is that of one thread.
    ofLimit: limit && Object.fromEntries(['sample', 'train'].map((part) => [part, rounded(gigaflops[part] / (limit * threads))])),
    completionLengthMean: all[0].completionLengthMean,
    versions: all[0].versions,
  };
}

const machine = `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}`;
const { steps, warmup } = options;
const output = {
  task: options.task,
  machine,
  date: new Date().toISOString().slice(0, 10),
  rounds,
  steps: Number(steps),
  warmup: Number(warmup),
  groups,
};
await mkdir(new URL('../results/', import.meta.url), { recursive: true });
await writeFile(`${path}.tmp`, `${JSON.stringify(output, null, 1)}\n`);
await rename(`${path}.tmp`, path);
for (const { size, threads, candidates } of groups) {
  for (const [name, { milliseconds, ratios, ofLimit }] of Object.entries(candidates)) {
    const figures = parts.map((part) => `${part} ${milliseconds[part].median.toFixed(2).padStart(7)} ms`).join(', ');
    const times = ratios ? `; PyTorch / this: ${parts.map((part) => `${part} ${ratios[part].toFixed(2)}`).join(', ')}` : '';
    const share = ofLimit ? `; of the limit: sample ${Math.round(100 * ofLimit.sample)} %, train ${Math.round(100 * ofLimit.train)} %` : '';
    console.log(`${size}, ${threads} thread${threads > 1 ? 's' : ''}: ${name.padEnd(26)} ${figures}${times}${share}`);
  }
}
