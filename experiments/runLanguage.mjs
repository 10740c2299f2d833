/**
 * Runs a matrix of language-model runs, every method of `experiments/<name>/matrix.json` on every task with every seed, and keeps one row per run
 * in `results.json`. What is there already, with the same settings, is not run again: Ctrl-C and again goes on.
 *
 *     node experiments/runLanguage.mjs <name> [--task TEXT] [--method NAME] [--seeds 1,2] [--jobs 2] [--set iterations=3] [--output FILE]
 *
 * Every run is a process of its own, so that its peak of memory is its own; `--jobs` of them run side by side, each on one thread. The budget is
 * given twice: iterations (updates) and rollouts. A run goes through all its iterations; one that spent more rollouts than the budget, because it
 * draws prompts again or wants greedy completions, is run a second time with only as many iterations as fit, so that its learning rate falls to 0
 * within the budget as everybody's does (and ends earlier still where that run spends more than the first did). A run that fails is kept with its message.
 */
import { spawn } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    task: { type: 'string' },
    method: { type: 'string' },
    seeds: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    set: { type: 'string', multiple: true, default: [] },
    output: { type: 'string' },
    run: { type: 'string' },
  },
});

const round = (value, digits = 4) => (typeof value === 'number' ? Number(value.toFixed(digits)) : value);

/** Metrics that a curve keeps: means over the iterations since the point before. */
const followed = {
  validFraction: 'group/valid_frac',
  alpha: 'group/alpha',
  attempts: 'group/attempts',
  reward: 'completions/reward',
  entropy: 'losses/entropy',
  gradientNorm: 'losses/gradient_norm',
};
const parts = ['sample', 'reward', 'forward', 'backward', 'optimizer'];

/** { 1: accuracy, 2: ... } of a list by k. */
const byK = (list) => list && Object.fromEntries(list.map(({ k, accuracy }) => [k, round(accuracy)]));

/** One run, in this process; the row as JSON on the last line. `rolloutBudget` only finds the last iteration within it. */
async function work({ input, rolloutBudget }) {
  const { trainLanguageModel, version } = await import('../dist/node.js');
  const { mean } = await import('../dist/statistics.js');
  const curve = [];
  let sums = [];
  let [seconds, rollouts, withinBudget] = [0, 0, 0];
  const spent = Object.fromEntries(parts.map((part) => [part, 0]));
  let warmStart;
  const onEvent = (event) => {
    if (event.event === 'warmStart' && event.done) warmStart = { steps: event.step, accuracy: round(event.accuracy), cached: event.cached };
    if (event.event === 'iteration') {
      const { metrics, iteration, globalStep } = event;
      // An iteration with its rewards and metrics, without evaluation and files.
      seconds += (globalStep - rollouts) / metrics['charts/rollouts_per_second'];
      rollouts = globalStep;
      if (rollouts <= rolloutBudget) withinBudget = iteration;
      for (const part of parts) spent[part] += metrics[`time/${part}`] ?? 0;
      sums.push(metrics);
    }
    if (event.event === 'evaluation') {
      const means = Object.entries(followed).map(([name, key]) => [
        name,
        sums.length > 0 ? round(mean(sums.map((metrics) => metrics[key]))) : null,
      ]);
      sums = [];
      const { iteration, globalStep, sampled, greedy } = event;
      curve.push({
        iteration,
        rollouts: globalStep,
        sampled: round(sampled.mean),
        greedy: round(greedy.mean),
        ...Object.fromEntries(means),
      });
    }
  };
  // Shared by all runs of all methods with that seed.
  const warmStartDirectory = join(tmpdir(), 'cohort-warm-starts');
  const { summary } = await trainLanguageModel(input, { onEvent, warmStartDirectory }).finish();
  const { evaluation, passAtK, majAtK, status, message, iterations, parametersSha256 } = summary;
  const row = {
    status,
    message,
    iterations,
    rollouts: summary.globalStep,
    iterationsWithinBudget: withinBudget,
    warmStart,
    final: {
      sampled: round(evaluation.sampled.mean),
      greedy: round(evaluation.greedy.mean),
      passAtK: byK(passAtK),
      majAtK: byK(majAtK),
    },
    curve,
    seconds: round(seconds, 2),
    parts: Object.fromEntries(parts.map((part) => [part, round(spent[part], 2)])),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    parametersSha256,
    version,
    node: process.versions.node,
  };
  process.stdout.write(`\n${JSON.stringify(row)}\n`);
}

/** The same in a process of its own; one that fails is a row too. */
function runApart(job) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--run', JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [text, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal) reject(new Error(`ended by ${signal}`));
      else if (code === 0) resolve(JSON.parse(text.trim().split('\n').at(-1)));
      else resolve({ status: 'failed', message: errors.trim().split('\n')[0] });
    });
  });
}

async function main() {
  const [name] = positionals;
  if (!name) {
    console.error(
      'runLanguage.mjs: expected the name of an experiment, got nothing; name a folder beside this file, for example lm-comparison',
    );
    process.exit(2);
  }
  const matrix = JSON.parse(await readFile(new URL(`./${name}/matrix.json`, import.meta.url), 'utf8'));
  const path = options.output ?? fileURLToPath(new URL(`./${name}/results.json`, import.meta.url));
  const results = await readFile(path, 'utf8').then(JSON.parse, () => ({ runs: [] }));
  const changed = Object.fromEntries(options.set.map((pair) => [pair.split('=')[0], JSON.parse(pair.slice(pair.indexOf('=') + 1))]));
  const seeds = options.seeds ? options.seeds.split(',').map(Number) : matrix.seeds;

  /** Every run that the matrix asks for, seeds first: what there is after a while is balanced. */
  const cells = matrix.tasks.flatMap((task) => seeds.flatMap((seed) => matrix.methods.map((method) => ({ task, seed, method }))));
  const wanted = cells.filter(
    ({ task, method }) => (!options.task || task.name.includes(options.task)) && (!options.method || method.name === options.method),
  );
  const rowOf = (cell, settings, budget) =>
    results.runs.find(
      (run) =>
        run.task === cell.task.name &&
        run.method === cell.method.name &&
        run.seed === cell.seed &&
        run.budget === budget &&
        run.settings === settings,
    );

  const order = (run) =>
    1e6 * matrix.tasks.findIndex(({ name: task }) => task === run.task) +
    1e3 * matrix.methods.findIndex(({ name: method }) => method === run.method) +
    2 * run.seed +
    (run.budget === 'rollouts' ? 1 : 0);
  let writing = Promise.resolve();
  /** Keeps a row in place of one with other settings. */
  const keep = (row) => {
    const same = (run) => run.task === row.task && run.method === row.method && run.seed === row.seed && run.budget === row.budget;
    results.runs = [...results.runs.filter((run) => !same(run)), row].sort((a, b) => order(a) - order(b));
    results.machine = `${cpus()[0].model}, ${cpus().length} cores`;
    results.jobs = Number(options.jobs);
    // One line per run.
    const { runs, ...rest } = results;
    const text = `{\n"machine": ${JSON.stringify(rest.machine)},\n"jobs": ${rest.jobs},\n"runs": [\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n]\n}\n`;
    writing = writing.then(async () => {
      await writeFile(`${path}.tmp`, text);
      await rename(`${path}.tmp`, path);
    });
    return writing;
  };

  let done = 0;
  const began = performance.now();
  /** Both budgets of a cell. */
  const fill = async ({ task, seed, method }) => {
    const cell = { task, seed, method };
    const input = { ...matrix.common, ...task.options, ...method.options, ...changed };
    const settings = JSON.stringify(input);
    const rolloutBudget = changed.iterations ? Math.round((task.rollouts * changed.iterations) / task.options.iterations) : task.rollouts;
    const run = async (budget, measure) => {
      const known = rowOf(cell, settings, budget);
      // A failed run is tried again: the failure may have been the program’s.
      if (known && known.status !== 'failed') return known;
      const row = { task: task.name, method: method.name, seed, budget, settings, rolloutBudget, ...(await measure()) };
      await keep(row);
      return row;
    };
    const runOf = (more) => runApart({ input: { ...input, seed, ...more }, rolloutBudget });
    const whole = await run('updates', () => runOf({}));
    let last = whole;
    if (whole.status !== 'failed' && whole.rollouts > rolloutBudget && whole.iterationsWithinBudget > 0) {
      const iterations = whole.iterationsWithinBudget;
      last = await run('rollouts', async () => {
        const result = await runOf({ iterations });
        const fits = result.status === 'failed' || result.rollouts <= rolloutBudget;
        return fits ? result : runOf({ iterations, stopAfter: result.iterationsWithinBudget });
      });
    }
    done++;
    const minutes = (((performance.now() - began) / done) * (wanted.length - done)) / 60_000;
    const figures = ({ status, message, final, rollouts, seconds, peakMegabytes }) =>
      status === 'failed'
        ? `failed: ${message}`
        : `sampled ${final.sampled.toFixed(3)}, greedy ${final.greedy.toFixed(3)}, ${rollouts} rollouts, ${seconds} s, ${peakMegabytes} MiB`;
    const second = last === whole ? '' : `; at equal rollouts ${figures(last)}`;
    console.error(
      `${name}, ${done} of ${wanted.length}, ${minutes.toFixed(0)} min to go: ${task.name}, ${method.name}, seed ${seed}: ${figures(whole)}${second}`,
    );
  };
  const queue = [...wanted];
  const lanes = Array.from({ length: Number(options.jobs) }, async () => {
    while (queue.length > 0) await fill(queue.shift());
  });
  await Promise.all(lanes);
  await writing;
}

if (options.run) {
  try {
    await work(JSON.parse(options.run));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
} else await main();
