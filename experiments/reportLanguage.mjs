/**
 * Writes docs/lm-results.md and the curves of every `experiments/lm-*` with results.
 *
 *     npm run build && node experiments/reportLanguage.mjs
 */
import { mean, meanInterval, pairedDifference } from '../dist/statistics.js';
import { experimentsWith, pageOf, readFiles, readJson, writeIfMain } from '../tools/pages.mjs';
import { drawCurves, meanOf } from './languageChart.mjs';

const number = (value) => Math.round(value).toLocaleString('en-US');
const three = (value) => value.toFixed(3).replace('-', '−');
const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
/** `0.455 [0.399, 0.510]`; the mean alone of a single value. */
const withInterval = (values, found = meanInterval(values), show = three) =>
  found ? `${show(found.estimate)} [${show(found.low)}, ${show(found.high)}]` : show(mean(values));
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
function reading(values, references, comparisons) {
  if (values.length < 2) return '';
  const found = pairedDifference(values, references);
  const excludesZero = ({ low, high }) => low > 0 || high < 0;
  if (!excludesZero(found)) return 'no difference inside the noise';
  const side = found.estimate > 0 ? 'higher' : 'lower';
  const together = pairedDifference(values, references, 1 - 0.05 / comparisons);
  return excludesZero(together) ? `**${side}**` : `${side} alone, not among ${comparisons} comparisons`;
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
    const values = finals(paired, 'sampled');
    const references = paired.map((run) => reference.get(run.seed).final.sampled);
    const differences = values.map((value, i) => value - references[i]);
    const isBase = method === base;
    const passed = runs.map(passOf).filter((value) => value !== undefined);
    const cells = [
      name,
      seeds,
      number(mean(runs.map((run) => run.iterations))),
      number(mean(runs.map((run) => run.rollouts))),
      withInterval(finals(runs, 'sampled')),
      withInterval(finals(runs, 'greedy')),
      ...(hasPass ? [passed.length > 0 ? three(mean(passed)) : ''] : []),
      isBase || paired.length === 0 ? '' : withInterval(differences, pairedDifference(values, references), signed),
      isBase ? '' : reading(values, references, comparisons),
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

/** Curves over rollouts or updates, as an SVG beside the matrix: its path, text and Markdown. */
function chart(folder, matrix, results, task, axis) {
  const series = matrix.methods.map((method) => ({
    name: method.label ?? method.name,
    isBaseline: method.name === matrix.baseline,
    curves: runsOf(results, task, method, 'updates')
      .filter((run) => run.status !== 'failed')
      .map((run) => run.curve.map((point) => [axis === 'rollouts' ? point.rollouts : point.iteration, point.sampled])),
  }));
  const last = axis === 'rollouts' ? task.rollouts : task.options.iterations;
  const title = `${task.name}: sampled accuracy on held-out prompts over ${axis}`;
  const path = `experiments/${folder}/${slug(task.name)}-${axis}.svg`;
  const text = drawCurves({ title, xTitle: axis, yTitle: 'sampled accuracy', series, last });
  return { path, text, markdown: `![${title}](../${path})` };
}

/** The threshold for gpg-lm on this task, and how far its settings are from it. */
function targetLines(matrix, results, { sampledAtLeast: target, ...task }) {
  if (target === undefined) return [];
  const parts = matrix.methods
    .filter((method) => method.options.estimator === 'gpg-lm')
    .flatMap((method) => {
      const runs = runsOf(results, task, method, 'updates').filter((run) => run.status !== 'failed');
      if (runs.length === 0) return [];
      const value = mean(finals(runs, 'sampled'));
      return [`${method.label ?? method.name} ${three(value)} (${signed(value - target)})`];
    });
  return [
    `Target for gpg-lm, a threshold of our own: a mean sampled accuracy of ${target} after ${task.options.iterations} updates. Means, with the difference from it: ${parts.join('; ')}.`,
    '',
  ];
}

/** The part of one task: lines and charts. */
function taskSection(folder, matrix, results, cost, task) {
  const runs = results.runs.filter((run) => run.task === task.name && run.status !== 'failed');
  if (runs.length === 0) return { lines: [], charts: [] };
  const starts = [...new Map(runs.map((run) => [run.seed, run.curve[0]?.sampled])).values()].filter((value) => value !== undefined);
  const other = matrix.methods.filter((method) =>
    runsOf(results, task, method, 'updates').some((run) => run.status !== 'failed' && run.rollouts > task.rollouts),
  );
  const charts = (matrix.charts ?? ['rollouts']).map((axis) => chart(folder, matrix, results, task, axis));
  const lines = [
    `### ${task.name}`,
    '',
    `Sampled accuracy after the warm start, by seed: ${starts.map((value) => value.toFixed(2)).join(', ')}.`,
    '',
    ...targetLines(matrix, results, task),
    `At equal rollouts (at most ${number(task.rollouts)}; a method that spends more per update has fewer updates, over which its learning rate falls):`,
    '',
    ...accuracyTable(matrix, results, task, 'rollouts', matrix.methods),
    '',
  ];
  if (other.length > 0) {
    lines.push(`At equal updates (${task.options.iterations}), the methods that then spend more rollouts:`, '');
    lines.push(...accuracyTable(matrix, results, task, 'updates', other), '');
  }
  lines.push(...charts.flatMap(({ markdown }) => [markdown, '']));
  lines.push('Interim evaluations of 200 prompts, means over seeds; the band is the 95 % interval of the thick line.', '');
  lines.push('What it costs, over runs with all their updates:', '', ...costTable(matrix, results, cost ?? results, task), '');
  return { lines, charts };
}

/** docs/lm-results.md and its charts from the raw files of experiments/. */
export function renderLanguageResults(files) {
  const pages = {};
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
  for (const folder of experimentsWith(files, 'results.json').filter((name) => name.startsWith('lm-'))) {
    const [matrix, results, cost] = ['matrix', 'results', 'cost'].map((name) => readJson(files, `experiments/${folder}/${name}.json`));
    if (!matrix || results.runs.length === 0) continue;
    out.push(
      `## ${matrix.title}`,
      '',
      `\`node experiments/runLanguage.mjs ${folder}\` on ${results.machine}, ${results.jobs} runs side by side.`,
      '',
    );
    if (matrix.note) out.push(matrix.note, '');
    for (const task of matrix.tasks) {
      const { lines, charts } = taskSection(folder, matrix, results, cost, task);
      out.push(...lines);
      for (const { path, text } of charts) pages[path] = text;
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
  return { ...pages, 'docs/lm-results.md': pageOf(out) };
}

writeIfMain(import.meta.url, () => renderLanguageResults(readFiles('experiments')));
