/**
 * Writes docs/lm-results.md and the curves of every `experiments/lm-*` with results.
 *
 *     node experiments/reportLanguage.mjs
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { mean, meanInterval } from './intervals.mjs';
import { drawCurves, meanOf } from './languageChart.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const number = (value) => Math.round(value).toLocaleString('en-US');
const three = (value) => value.toFixed(3).replace('-', '−');
const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
const interval = ({ mean: middle, half }, show = three) =>
  Number.isFinite(half) ? `${show(middle)} [${show(middle - half)}, ${show(middle + half)}]` : show(middle);
const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
const finals = (runs, part) => runs.map((run) => run.final[part]);

/** The run of every seed under one budget: a run within the rollouts all the way counts for both. */
function runsOf(results, task, method, budget) {
  const all = results.runs.filter((run) => run.task === task.name && run.method === method.name);
  return [...new Set(all.map(({ seed }) => seed))]
    .sort((a, b) => a - b)
    .flatMap((seed) => {
      const find = (wanted) => all.find((run) => run.seed === seed && run.budget === wanted);
      return (budget === 'rollouts' ? find('rollouts') : undefined) ?? find('updates') ?? [];
    });
}

/** What a paired difference says: nothing while its interval holds 0; for all methods of the table together only where the wider one excludes it. */
function reading(differences, comparisons) {
  if (differences.length < 2) return '';
  const { mean: middle, half } = meanInterval(differences);
  if (Math.abs(middle) <= half) return 'no difference inside the noise';
  const together = meanInterval(differences, 1 - 0.05 / comparisons);
  const side = middle > 0 ? 'higher' : 'lower';
  return Math.abs(middle) > together.half ? `**${side}**` : `${side} alone, not among ${comparisons} comparisons`;
}

/** Accuracies of one task under one budget. */
function accuracyTable(matrix, results, task, budget, methods) {
  const base = matrix.methods.find((method) => method.name === matrix.baseline);
  const reference = new Map(
    runsOf(results, task, base, budget)
      .filter((run) => run.status !== 'failed')
      .map((run) => [run.seed, run]),
  );
  const hasPass = results.runs.some((run) => passOf(run) !== undefined);
  const rows = [
    `| method | seeds | updates | rollouts | sampled [95 %] | greedy [95 %] |${hasPass ? ' pass@8 |' : ''} sampled − ${base.label ?? base.name}, paired [95 %] | reading |`,
    `| --- | --- | --- | --- | --- | --- |${hasPass ? ' --- |' : ''} --- | --- |`,
  ];
  const comparisons = matrix.methods.length - 1;
  for (const method of methods) {
    const all = runsOf(results, task, method, budget);
    const runs = all.filter((run) => run.status !== 'failed');
    if (all.length === 0) continue;
    const failed = all.length - runs.length;
    const seeds = failed > 0 ? `${runs.length} (${failed} failed)` : runs.length;
    const name = method.label ?? method.name;
    if (runs.length === 0) {
      rows.push(`| ${name} | ${seeds} | | | | |${hasPass ? ' |' : ''} | |`);
      continue;
    }
    const paired = runs.filter((run) => reference.has(run.seed));
    const differences = paired.map((run) => run.final.sampled - reference.get(run.seed).final.sampled);
    const isBase = method === base;
    const passed = runs.map(passOf).filter((value) => value !== undefined);
    const cells = [
      name,
      seeds,
      number(mean(runs.map((run) => run.iterations))),
      number(mean(runs.map((run) => run.rollouts))),
      interval(meanInterval(finals(runs, 'sampled'))),
      interval(meanInterval(finals(runs, 'greedy'))),
      ...(hasPass ? [passed.length > 0 ? three(mean(passed)) : ''] : []),
      isBase || paired.length === 0 ? '' : interval(meanInterval(differences), signed),
      isBase ? '' : reading(differences, comparisons),
    ];
    rows.push(`| ${cells.join(' | ')} |`);
  }
  return rows;
}

/** pass@8 of a run, if it was measured. */
const passOf = (run) => run.final?.passAtK?.[8];

/** Time and memory of one task, over the runs with all their updates; of `cost.json` where there is one: runs made one at a time on a quiet machine. */
function costTable(matrix, results, cost, task) {
  const rows = [
    '| method | seconds per run | ms per update | of it sample, forward + backward, optimizer, rewards | rollouts/s | peak MiB | valid groups | alpha | draws |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const method of matrix.methods) {
    const runs = runsOf(cost, task, method, 'updates').filter((run) => run.status !== 'failed');
    if (runs.length === 0) continue;
    const seconds = mean(runs.map((run) => run.seconds));
    const updates = mean(runs.map((run) => run.iterations));
    const share = (...parts) =>
      `${Math.round((100 * mean(runs.map((run) => parts.reduce((sum, part) => sum + run.parts[part], 0)))) / seconds)} %`;
    const all = runsOf(results, task, method, 'updates').filter((run) => run.status !== 'failed');
    const curves = all.map((run) => run.curve);
    const followed = ['validFraction', 'alpha', 'attempts'].map((name) => meanOf(curves, name)?.toFixed(2) ?? '');
    const cells = [
      method.label ?? method.name,
      seconds.toFixed(1),
      ((1000 * seconds) / updates).toFixed(0),
      [share('sample'), share('forward', 'backward'), share('optimizer'), share('reward')].join(', '),
      number(mean(runs.map((run) => run.rollouts)) / seconds),
      number(Math.max(...runs.map((run) => run.peakMegabytes))),
      ...followed,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
  }
  return rows;
}

/** What made a `cost.json`. */
function costCommand(folder, { jobs, runs }) {
  const seeds = [...new Set(runs.map(({ seed }) => seed))].join();
  return `node experiments/runLanguage.mjs ${folder} --jobs ${jobs} --seeds ${seeds} --set evaluationInterval=0 --set finalEvaluationPrompts=1 --set evaluationSamples=1 --output experiments/${folder}/cost.json`;
}

/** Curves over rollouts or updates into an SVG beside the matrix; its Markdown. */
async function chart(folder, matrix, results, task, axis) {
  const series = matrix.methods.map((method) => ({
    name: method.label ?? method.name,
    isBaseline: method.name === matrix.baseline,
    curves: runsOf(results, task, method, 'updates')
      .filter((run) => run.status !== 'failed')
      .map((run) => run.curve.map((point) => [axis === 'rollouts' ? point.rollouts : point.iteration, point.sampled])),
  }));
  const last = axis === 'rollouts' ? task.rollouts : task.options.iterations;
  const title = `${task.name}: sampled accuracy on held-out prompts over ${axis}`;
  const file = `${slug(task.name)}-${axis}.svg`;
  await writeFile(`${here}${folder}/${file}`, drawCurves({ title, xTitle: axis, yTitle: 'sampled accuracy', series, last }));
  return `![${title}](../experiments/${folder}/${file})`;
}

/** What the job asks of gpg-lm on this task. */
function asked(matrix, results, task) {
  if (task.sampledAtLeast === undefined) return [];
  const parts = matrix.methods
    .filter((method) => method.options.estimator === 'gpg-lm')
    .flatMap((method) => {
      const runs = runsOf(results, task, method, 'updates').filter((run) => run.status !== 'failed');
      if (runs.length === 0) return [];
      const value = mean(finals(runs, 'sampled'));
      return [`${method.label ?? method.name} ${three(value)} ${value >= task.sampledAtLeast ? '(met)' : '(**missed**)'}`];
    });
  return [
    `Asked of gpg-lm: a mean sampled accuracy of at least ${task.sampledAtLeast} after ${task.options.iterations} updates. ${parts.join('; ')}.`,
    '',
  ];
}

const out = [
  '# Results on language models',
  '',
  'Generated by `node experiments/reportLanguage.mjs` from the raw files in `experiments/lm-*/results.json`; do not edit. Accuracy is the share of',
  'right completions of 500 held-out prompts at the end of a run: sampled at temperature 1 (8 completions per prompt) or greedy. Brackets are 95 %',
  'intervals of the mean over seeds by Student’s t. All runs answer the same held-out prompts, and the runs of a seed start from the same warm start',
  'and train on the same prompts, so differences are paired by seed; the choice of the prompts themselves is not in the intervals.',
  '',
  'How to read the last column: while the 95 % interval of a paired difference contains 0 there is **no difference inside the noise**, whatever the',
  'order of the means; a method is called **higher** or **lower** only where an interval widened for all comparisons of the table (Bonferroni)',
  'excludes 0; anything between is marked as such and is no ranking. The order of the rows is that of the matrix.',
  '',
];
const folders = (await readdir(here, { withFileTypes: true })).filter((entry) => entry.isDirectory() && entry.name.startsWith('lm-'));
for (const { name: folder } of folders.sort((a, b) => a.name.localeCompare(b.name))) {
  const matrix = await readFile(`${here}${folder}/matrix.json`, 'utf8').then(JSON.parse, () => undefined);
  const results = await readFile(`${here}${folder}/results.json`, 'utf8').then(JSON.parse, () => undefined);
  const cost = await readFile(`${here}${folder}/cost.json`, 'utf8').then(JSON.parse, () => undefined);
  if (!matrix || !results || results.runs.length === 0) continue;
  out.push(
    `## ${matrix.title}`,
    '',
    `\`node experiments/runLanguage.mjs ${folder}\` on ${results.machine}, ${results.jobs} runs side by side.`,
    '',
  );
  if (matrix.note) out.push(matrix.note, '');
  for (const task of matrix.tasks) {
    const runs = results.runs.filter((run) => run.task === task.name && run.status !== 'failed');
    if (runs.length === 0) continue;
    const starts = [...new Map(runs.map((run) => [run.seed, run.curve[0]?.sampled])).values()].filter((value) => value !== undefined);
    out.push(`### ${task.name}`, '');
    out.push(`Sampled accuracy after the warm start, by seed: ${starts.map((value) => value.toFixed(2)).join(', ')}.`, '');
    out.push(...asked(matrix, results, task));
    out.push(
      `At equal rollouts (at most ${number(task.rollouts)}; a method that spends more per update has fewer updates, over which its learning rate falls):`,
      '',
    );
    out.push(...accuracyTable(matrix, results, task, 'rollouts', matrix.methods), '');
    const other = matrix.methods.filter((method) =>
      runsOf(results, task, method, 'updates').some((run) => run.status !== 'failed' && run.rollouts > task.rollouts),
    );
    if (other.length > 0) {
      out.push(`At equal updates (${task.options.iterations}), the methods that then spend more rollouts:`, '');
      out.push(...accuracyTable(matrix, results, task, 'updates', other), '');
    }
    for (const axis of matrix.charts ?? ['rollouts']) out.push(await chart(folder, matrix, results, task, axis), '');
    out.push('Interim evaluations of 200 prompts, means over seeds; the band is the 95 % interval of the thick line.', '');
    out.push('What it costs, over runs with all their updates:', '', ...costTable(matrix, results, cost ?? results, task), '');
  }
  const failures = results.runs.filter((run) => run.status === 'failed');
  for (const { task, method, seed, message } of failures) out.push(`- failed: ${task}, ${method}, seed ${seed}: ${message}`);
  if (failures.length > 0) out.push('');
  const versions = new Set(results.runs.filter((run) => run.version).map((run) => `cohort-rl ${run.version}, Node ${run.node}`));
  out.push(
    'Seconds are those of the iterations (prompts, sampling, rewards, update, metrics) without evaluation, warm start and files, one thread per run,',
    `${(cost ?? results).jobs} at a time${cost ? `, in a pass of its own (\`${costCommand(folder, cost)}\`)` : ''}; the peak is that of the whole process, Node’s own part`,
    'included; valid groups, alpha and draws are means over the run.',
    '',
    `Version: ${[...versions].join('; ')}.`,
    '',
  );
}
await writeFile(fileURLToPath(new URL('../docs/lm-results.md', import.meta.url)), `${out.join('\n').trimEnd()}\n`);
