/**
 * Writes docs/benchmarks.md from bench/results/*.
 *
 *     npm run build && node bench/report.mjs
 */
import { median } from '../dist/statistics.js';
import { pageOf, readFiles, readJson, writeIfMain } from '../tools/pages.mjs';
import { environmentsSection, everyEnvironmentSection } from './environmentsReport.mjs';
import { number, ratio, spread } from './figures.mjs';
import { queueShardsSection } from './queueShardsReport.mjs';

/** A ratio's threshold of our own and how far the ratio is from it: two cells, empty without one. */
const targetCells = (value, target) =>
  target === undefined ? ' | ' : `≥ ${target} | ${value < target ? '' : '+'}${(value - target).toFixed(2)}`;

/** What a visitor of the playground waits for and sees. */
function playgroundSection({ machine, browser, opening, smoothness, memory }) {
  const seconds = (values) =>
    `${(median(values) / 1000).toFixed(2)} (${(Math.min(...values) / 1000).toFixed(2)} to ${(Math.max(...values) / 1000).toFixed(2)})`;
  const out = [
    '## The playground',
    '',
    `\`node bench/playground.mjs\` on ${machine}, ${browser}, the page of \`cohort-rl playground\`, a fresh profile each time. Seconds from asking for the page,`,
    `median and range of ${opening.training.length}: a policy moves after ${seconds(opening.moving)}, both agents train after ${seconds(opening.training)}.`,
    '',
    '| while this trains | frames a second | longest gap, ms | tasks of the main thread over 50 ms | longest, ms |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...Object.entries(smoothness).map(
      ([name, row]) =>
        `| ${name} | ${row.framesPerSecond.toFixed(1)} | ${row.longestGap.toFixed(0)} | ${row.tasksOver50} | ${row.longestTask.toFixed(0)} |`,
    ),
    '',
  ];
  if (memory === undefined) return out;
  const at = ({ seconds: time, heap }) => `${heap.toFixed(1)} MB after ${time / 60} min`;
  return [
    ...out,
    `Heap of the page after collections, while two agents train: ${[6, memory.length >> 1, memory.length - 1].map((k) => at(memory[k])).join(', ')}.`,
    '',
  ];
}

/** Whole training iterations of ours and of others. */
function peersSection(peers) {
  const out = [];
  const titles = {
    'ppo-128-one-thread': 'CartPole-v1, 128 environments x 128 steps, 4 epochs x 4 minibatches, one thread',
    'ppo-128-two-threads': 'The same on two threads',
    'ppo-4': 'CartPole-v1, 4 environments x 128 steps',
    'lunarlander-32': 'LunarLander, 32 environments x 1024 steps, 4 epochs x 4 minibatches',
    'halfcheetah-32': 'HalfCheetah-v4, 32 environments x 1024 steps, 10 epochs x 32 minibatches, normalized per environment',
    environments: 'Environments alone',
  };
  const loops = [1, 2].flatMap((threads) => {
    const suffix = `${threads} thread${threads > 1 ? 's' : ''}`;
    return ['plain', 'fused'].map((arithmetic) => [
      `cohort-rl ppo, ${arithmetic}, ${suffix}`,
      `CleanRL ppo, ${suffix}`,
      arithmetic === 'plain' ? 3 : undefined,
    ]);
  });
  /** [ours, theirs, the least ratio that we set ourselves]. */
  const targets = {
    'ppo-128-one-thread': [
      ['cohort-rl ppo, plain', 'CleanRL ppo', 3],
      ['cohort-rl gpg, plain', 'CleanRL ppo', 5],
    ],
    'ppo-128-two-threads': [
      ['cohort-rl ppo, plain', 'PureJaxRL', 1],
      ['cohort-rl ppo, fused', 'PureJaxRL', 1.2],
      ['cohort-rl gpg, plain', 'CleanRL ppo', 6],
      ['cohort-rl gpg, plain', 'cohort-rl gpg, plain, 1 thread', 1.6],
      ['cohort-rl ppo, plain', 'cohort-rl ppo, plain, 1 thread', undefined],
    ],
    'ppo-4': [
      ['cohort-rl ppo, plain, 1 thread', 'CleanRL ppo, 1 thread', 15],
      ['cohort-rl ppo, fused, 1 thread', 'PureJaxRL', undefined],
      ['cohort-rl ppo, fused, 2 threads', 'PureJaxRL', undefined],
    ],
    'lunarlander-32': loops,
    'halfcheetah-32': loops,
    environments: [
      ['cohort-rl CartPole-v1 x 128', 'Gymnasium CartPole-v1 x 1', 40],
      ['cohort-rl CartPole-v1 x 128', 'Gymnasium CartPoleVectorEnv x 128', 5],
    ],
  };
  out.push(
    `## Compared with the peers`,
    '',
    `\`node bench/peers/compare.mjs ...\` (see \`bench/peers/README.md\`), ${peers.date}, on ${peers.machine}.`,
  );
  out.push('GPG trains one network where PPO trains two: its rows show what a user of PPO would gain, not the same work done faster.', '');
  for (const [group, figures] of Object.entries(peers.groups)) {
    out.push(`### ${titles[group]}`, '', '| who | steps per second: median (lowest to highest) |', '| --- | --- |');
    for (const [name, values] of Object.entries(figures)) out.push(`| ${name} | ${spread(values)} |`);
    if (peers.splits?.[group]) {
      out.push(
        '',
        'Where the time goes (what is left of CleanRL is acting, forward passes, advantages and Python; of ours, forward and backward are',
      );
      out.push('summed over threads):', '', '| who | shares of the wall time, medians |', '| --- | --- |');
      for (const [name, splits] of Object.entries(peers.splits[group])) {
        const shares = Object.keys(splits[0]).map((part) => `${part} ${Math.round(100 * median(splits.map((split) => split[part])))} %`);
        out.push(`| ${name} | ${shares.join(', ')} |`);
      }
    }
    out.push('', '| ratio | measured | target | difference |', '| --- | --- | --- | --- |');
    for (const [a, b, least] of targets[group] ?? []) {
      // PureJaxRL counts with the thread count that suits it better.
      const candidates = Object.keys(figures).filter((name) => name === b || (b === 'PureJaxRL' && name.startsWith('PureJaxRL')));
      if (!figures[a] || candidates.length === 0) continue;
      const best = candidates.reduce((x, y) => (median(figures[x]) >= median(figures[y]) ? x : y));
      const value = ratio(figures[a], figures[best]);
      out.push(`| ${a} / ${best} | ${value.toFixed(2)} | ${targetCells(value, least)} |`);
    }
    out.push('');
  }
  return out;
}

const stepOfKernels = [
  'sample with a cache of keys and values, then forward, loss,',
  'backward and Adam. `kernels` and PyTorch do the same from random weights, rewards by comparing tokens; `library` is a whole iteration of',
  '`trainLanguageModel` with prompts, texts, rewards and metrics. PyTorch samples with each prompt computed once for its group, as we do, and',
  'trains on 256 whole sequences. Ratios are PyTorch’s time over ours, medians of the ratios round by round.',
];

/** What a step is, and the least ratios for the whole of it, thresholds of our own, by task, then by size and the end of the name. */
const languageModelSteps = {
  'add-2digit': {
    title: 'a small language model',
    words: ['A step of `add-2digit`: 32 prompts of 6 tokens, 8 completions of 4 tokens each;', ...stepOfKernels],
    least: { '0.1M': { plain: 1.2 }, '0.78M': { plain: 0.7 } },
  },
  'count-shapes': {
    title: 'a small language model that reads pictures',
    words: ['A step of `count-shapes`: 32 prompts of 36 patches and 9 tokens, 8 completions of 2 tokens each;', ...stepOfKernels],
    least: { '0.1M': { plain: 1.2 } },
  },
  pretrained: {
    title: 'adapters of a model of 135 million parameters',
    words: [
      'SmolLM2-135M’s sizes, random weights, adapters of rank 16 on all matrices: 4 prompts of 40 tokens, 4 completions of 16 tokens each; sample with a',
      'cache, then forward, loss, backward and Adam on the adapters. PyTorch: transformers’ Llama and peft, float32, each prompt computed once for its',
      'group when sampling, 16 whole sequences in training. Ratios are PyTorch’s time over ours, medians of the ratios round by round.',
    ],
    least: { '135M': { plain: 0.5, fused: 0.7 } },
  },
};

/** One step on a language model, ours and PyTorch's. */
function languageModelSection(languageModel) {
  const out = [];
  const { groups, rounds, steps, date, machine, task = 'add-2digit' } = languageModel;
  const { title, words, least } = languageModelSteps[task];
  out.push(`## One step of reinforcement learning on ${title}`, '');
  const flags = task === 'add-2digit' ? '' : `--task ${task} `;
  out.push(
    `\`node bench/peers/languageModel.mjs ${flags}...\`, ${date}, on ${machine}: ${rounds} rounds, in turn, of the median of ${steps} steps each.`,
    ...words,
    '',
  );
  const milliseconds = ({ median: middle, rounds: all }) =>
    `${middle.toFixed(1)} (${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)})`;
  for (const { size, threads, parameters, candidates } of groups) {
    out.push(
      `### ${number(parameters)} ${task === 'pretrained' ? 'parameters of adapters' : 'parameters'}, ${threads} thread${threads > 1 ? 's' : ''}`,
      '',
    );
    out.push(
      '| who | step, ms: median (lowest to highest) | sample | train | PyTorch / this: sample | train | step | target | difference |',
    );
    out.push('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
    for (const [name, { milliseconds: times, ratios }] of Object.entries(candidates)) {
      const target = targetCells(ratios?.step, ratios && least[size]?.[name.split(' ').at(-1)]);
      const shown = ['sample', 'train', 'step'].map((part) => (ratios ? ratios[part].toFixed(2) : ''));
      out.push(
        `| ${name} | ${['step', 'sample', 'train'].map((part) => milliseconds(times[part])).join(' | ')} | ${shown.join(' | ')} | ${target} |`,
      );
    }
    out.push('');
    if (!Object.values(candidates).some(({ flops }) => flops)) continue;
    out.push(
      '| who | arithmetic of a step, MFLOP: sample + train | the same for whole sequences | GFLOP/s: sample, train | of the limit |',
    );
    out.push('| --- | --- | --- | --- | --- |');
    for (const [name, { flops, gigaflops, gigaflopsLimit, ofLimit }] of Object.entries(candidates)) {
      if (!flops) continue;
      const mega = (value) => number(value / 1e6);
      const whole = flops.unsharedSample ? `${mega(flops.unsharedSample)} + ${mega(flops.unsharedTrain)}` : '';
      const percent = (share) => `${Math.round(100 * share)} %`;
      const share = ofLimit
        ? `${percent(ofLimit.sample)}, ${percent(ofLimit.train)} of ${threads > 1 ? `${threads} x ` : ''}${gigaflopsLimit.toFixed(1)}`
        : '';
      out.push(
        `| ${name} | ${mega(flops.sample)} + ${mega(flops.train)} | ${whole} | ${gigaflops.sample.toFixed(1)}, ${gigaflops.train.toFixed(1)} | ${share} |`,
      );
    }
    out.push('');
  }
  const hasArithmetic = groups.some(({ candidates }) => Object.values(candidates).some(({ flops }) => flops));
  const arithmetic = [
    'The arithmetic is that of the matrix products. Ours is less than PyTorch’s because the completions of a prompt share its rows forwards and',
    'backwards, in training as in sampling. The limit is that of a loop of nothing but 128-bit multiply-adds on one thread, measured in the same',
    'process; PyTorch may use 512-bit ones.',
    '',
  ];
  if (hasArithmetic) out.push(...arithmetic);
  const versions = Object.values(groups[0].candidates).map((candidate) => Object.entries(candidate.versions));
  out.push(`Versions: ${[...new Set(versions.flat().map(([name, value]) => `${name} ${value}`))].join(', ')}.`, '');
  return out;
}

/** Seconds until a task is solved. */
function solvedSection(solved) {
  const out = [];
  out.push(
    '## From the command to solved',
    '',
    `\`node bench/peers/solved.mjs ...\` on ${solved.machine}. Seconds from the start of the process, median of ${Object.values(solved.results)[0].length} seeds (each in brackets).`,
  );
  out.push(
    'Solved: the mean return of the last 20 training episodes is at least 475. PureJaxRL and CleanRL with their own 4 environments.',
    '',
  );
  out.push('| who | first event | solved | first sampled evaluation ≥ 475 | end of the run |', '| --- | --- | --- | --- | --- |');
  const seconds = (values) => {
    const known = values.filter((value) => typeof value === 'number');
    if (known.length === 0) return '';
    const all = values.map((value) => (typeof value === 'number' ? value.toFixed(1) : 'never')).join(', ');
    return known.length * 2 > values.length ? `${median(known).toFixed(1)} (${all})` : `never in most (${all})`;
  };
  for (const [name, runs] of Object.entries(solved.results)) {
    if (runs.length === 0) continue;
    const column = (key) => seconds(runs.map((run) => run[key] ?? null));
    out.push(
      `| ${name} | ${column('first')} | ${column('solved')} | ${runs.some((run) => run.evaluated) ? column('evaluated') : ''} | ${column('finished')} |`,
    );
  }
  out.push('');
  return out;
}

/** What the benchmark of the kernels printed. */
function kernelsSection(kernels) {
  const out = [];
  out.push(
    '## Update and acting kernels',
    '',
    'As printed by `node bench/kernels.mjs --sketch FILE > bench/results/kernels.txt`; the sketch is a prototype with fixed sizes, compiled alike.',
    '',
  );
  out.push('```text', kernels.trim(), '```', '');
  return out;
}

/** What `cohort-rl bench` printed, as tables. */
function benchSection(bench) {
  const out = [];
  out.push('## `cohort-rl bench`', '', '`npx cohort-rl bench --json > bench/results/bench.jsonl`, one quiet run.', '');
  const part = (suite) => bench.filter((line) => line.suite === suite);
  out.push('| environment | steps/s best | median |', '| --- | --- | --- |');
  for (const line of part('environments')) out.push(`| ${line.name} | ${number(line.best)} | ${number(line.median)} |`);
  out.push('', '| kernel, 4-64-64-2 | samples/s best | median | of the 128-bit limit |', '| --- | --- | --- | --- |');
  for (const line of part('kernels')) {
    const of = line.ofLimit ? `${Math.round(line.ofLimit * 100)} % of ${line.gigaflopsLimit.toFixed(1)} GFLOP/s` : '';
    out.push(`| ${line.name} | ${number(line.best)} | ${number(line.median)} | ${of} |`);
  }
  out.push(
    '',
    'The limit is that of a loop of nothing but multiply-adds, measured in the same run; useful arithmetic is 26.4 kFLOP per sample.',
    '',
  );
  const parts = ['env', 'forward', 'backward', 'optimizer', 'advantage'];
  out.push(
    `| training, CartPole-v1 | steps/s best | median | ${parts.join(' | ')} |`,
    `| --- | --- | --- | ${parts.map(() => '---').join(' | ')} |`,
  );
  for (const line of part('training')) {
    out.push(
      `| ${line.name} | ${number(line.best)} | ${number(line.median)} | ${parts.map((name) => `${Math.round(line.split[name] * 100)} %`).join(' | ')} |`,
    );
  }
  out.push('', 'Shares of the wall time; forward and backward are summed over threads, so that two threads can come to 200 %.', '');
  return out;
}

const roads = [
  ['memory.json', '60', 'GPG on CartPole-v1, 32 x 128'],
  ['memory-lm.json', '62 lm', 'gpg-lm on add-2digit, 32 x 8, evaluated every 1,000 iterations'],
];

/** Memory over an hour. */
function memorySection(memory, parameters, what) {
  const out = [];
  const { samples } = memory;
  const [first, last] = [samples.find(({ minute }) => minute >= 1) ?? samples[0], samples.at(-1)];
  out.push(
    `## Memory: ${what}`,
    '',
    `\`node --expose-gc bench/memory.mjs ${parameters}\` on ${memory.machine}, with a run folder; MiB after a collection.`,
    '',
  );
  out.push('| minute | iteration | heap | array buffers | resident (touched wasm memory included) |', '| --- | --- | --- | --- | --- |');
  const shown = samples.filter((_, i) => i % Math.ceil(samples.length / 12) === 0 || i === samples.length - 1);
  for (const sample of shown) {
    out.push(
      `| ${sample.minute.toFixed(0)} | ${number(sample.iteration)} | ${sample.heapUsed.toFixed(1)} | ${sample.arrayBuffers.toFixed(1)} | ${sample.rss.toFixed(0)} |`,
    );
  }
  out.push(
    '',
    `From minute ${first.minute.toFixed(0)} to ${last.minute.toFixed(0)}: heap ${(last.heapUsed - first.heapUsed).toFixed(2)} MiB, array buffers ${(last.arrayBuffers - first.arrayBuffers).toFixed(2)} MiB.`,
    '',
  );
  return out;
}

/** docs/benchmarks.md from the raw files of bench/results/. */
export function renderBenchmarks(files) {
  const json = (name) => readJson(files, `bench/results/${name}`);
  const lines = (files['bench/results/bench.jsonl'] ?? '').split('\n').filter((line) => line !== '');
  const section = (render, data, ...rest) => (data === undefined ? [] : render(data, ...rest));
  const out = [
    '# Benchmarks',
    '',
    'Generated by `node bench/report.mjs` from the raw files in `bench/results/`; do not edit. Speeds are environment steps per second of whole',
    'training iterations (collect, advantage, update) unless a table says otherwise; programs that are compared ran in turn, A B A B ..., and a ratio is',
    'the median of the ratios round by round. The machine is shared with others: compare ratios, not figures of different tables. A',
    'target is a threshold of our own for a ratio, the difference the measured ratio minus the target.',
    '',
    ...section(peersSection, json('peers.json')),
    ...section(languageModelSection, json('languageModel.json')),
    ...section(languageModelSection, json('languageModelPictures.json')),
    ...section(languageModelSection, json('languageModelPretrained.json')),
    ...section(queueShardsSection, json('queueShards.json')),
    ...section(environmentsSection, json('environments.json')),
    ...section(everyEnvironmentSection, json('everyEnvironment.json'), json('engineShare.json')),
    ...section(playgroundSection, json('playground.json')),
    ...section(solvedSection, json('solved.json')),
    ...section(kernelsSection, files['bench/results/kernels.txt']),
    ...section(benchSection, lines.length > 0 ? lines.map((line) => JSON.parse(line)) : undefined),
    ...roads.flatMap(([file, ...words]) => section(memorySection, json(file), ...words)),
  ];
  return { 'docs/benchmarks.md': pageOf(out) };
}

writeIfMain(import.meta.url, () => renderBenchmarks(readFiles('bench/results')));
