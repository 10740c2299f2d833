/** docs/reference/metrics.md. */
import { code, list, page, prose, table } from './markdown.mjs';

const titles = {
  charts: 'Returns and speed',
  losses: 'Losses and the update',
  group: 'The group',
  advantage: 'Advantages',
  completions: 'Completions of language models',
  reward: 'Rewards of language models',
  shards: 'Shards',
  time: 'Time',
  evaluation: 'Evaluation',
};

const sources = {
  environments: 'environments',
  'language-models': 'language models',
  'clipped-ratio': 'language models (with a clipped ratio)',
  branches: 'language models (with branches)',
  critic: 'language models (with a critic)',
  reference: 'language models (with klCoef)',
  'kl-target': 'language models (with klTarget)',
  curriculum: 'language models (with a curriculum)',
  shards: 'environments (with several shards)',
  gpg: 'gpg and its family',
  ppo: 'ppo, a2c, evpo',
};

export function renderMetrics({ metricTable }) {
  const groups = [...new Set(metricTable.map(({ key }) => key.split('/')[0]))];
  const blocks = [
    prose(
      'What a run writes to `metrics.jsonl` and to TensorBoard, and what events and iterators give as `metrics`. Keys are ' +
        "CleanRL's where CleanRL has one, so that tools made for it read them.",
    ),
    list([
      'unit: a fraction lies between 0 and 1; a number has none.',
      'healthy: what a run that learns shows. It is a rule of thumb, and no run is refused for it.',
      'from: the runs that write it: every run of a road, the algorithms named, or language-model estimators of one kind.',
    ]),
  ];
  for (const group of groups) {
    const rows = metricTable.filter(({ key }) => key.startsWith(`${group}/`));
    blocks.push(`## ${titles[group] ?? group}`);
    if (group === 'time') blocks.push(prose('Where the seconds of an iteration go.'));
    if (group === 'evaluation') {
      blocks.push(
        prose('On lines of their own. Of a language model a return is the accuracy on a held-out prompt, and a length counts tokens.'),
      );
    }
    blocks.push(
      table(
        ['key', 'meaning', 'unit', 'healthy', 'from'],
        rows.map(({ key, from, unit, meaning, healthy }) => [
          code(key),
          meaning,
          unit,
          healthy,
          from.map((source) => sources[source] ?? source).join(', '),
        ]),
      ),
    );
  }
  return page('Metrics', blocks);
}
