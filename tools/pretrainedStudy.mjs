/**
 * The table of docs/language-models/pretrained.md: held-out accuracy of a pretrained model before and after training, from the raw results in
 * experiments/pretrained.
 *
 *     npm run build && node tools/pretrainedStudy.mjs
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../experiments/pretrained/small-sums.jsonl', import.meta.url));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value) => (100 * value).toFixed(1);

/** The mean of what the evaluation at that place of a run's evaluations found, by policy. */
const accuracyAt = ({ evaluations }, policy, place) => mean(evaluations[policy].at(place));

/** The rows of the table, as Markdown; `meanInterval` is that of cohort-rl/statistics. */
export function renderStudy({ meanInterval }, lines = readFileSync(file, 'utf8')) {
  const runs = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rows = [...new Set(runs.map(({ method }) => method))].sort().map((method) => {
    const own = runs.filter((run) => run.method === method);
    const of = (policy, place) => own.map((run) => accuracyAt(run, policy, place));
    const gains = own.map((run) => accuracyAt(run, 'sampled', -1) - accuracyAt(run, 'sampled', 0));
    const found = meanInterval(gains);
    const interval = found ? ` (${percent(found.low)} to ${percent(found.high)})` : '';
    const shown = [of('sampled', 0), of('sampled', -1), of('greedy', 0), of('greedy', -1)].map((values) => `${percent(mean(values))} %`);
    return `| \`${method}\` | ${own.length} | ${shown.join(' | ')} | ${percent(mean(gains))}${interval} |`;
  });
  return [
    '| method | seeds | sampled before | after | greedy before | after | gain, points (95 %) |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(renderStudy(await import('../dist/statistics.js')));
