/** One page per method, in Spinning Up's order: quick facts, equations, pseudocode, a walk through the code, results beside GPG's and PPO's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file name of a method's page: `gpg+` and `grpo-pass@k` hold characters that addresses do not like. */
export const slugOf = (name) => name.replaceAll('+', 'plus').replaceAll('@', '-at-');

const returnsInWords = {
  'reward-to-go': 'R_t = rewards from step t to the end of the trajectory, discounted by gamma',
  episode: 'R_t = the return of the whole trajectory, the same for all its steps',
  'standardized-reward-to-go': 'rewards are standardized over all steps of the group; R_t = their sum from step t on',
};
const baselinesInWords = {
  own: 'mean of R in the bin, the own return included',
  'leave-one-out': 'mean of R in the bin over the other trajectories; where there are none, at that time, then over all',
  'leave-one-pair-out': 'mean of R in the bin over the other pairs of environments',
  none: '0',
  ridge: 'a quadratic function of observation and time, fitted by ridge regression to the last iteration',
  shrunk: 'mean of the others in the bin, drawn towards the next coarser bin by how few they are',
  pooled: 'mean of the others in the bin, with what earlier iterations left there',
  selected: 'mean of the others in the bin, of the binning that explained most of the last iteration',
  'own-or-coarser': 'mean of R in the bin, of the finest binning where most steps have company',
  'length-weighted': 'mean of R over the group, weighted by the lengths of trajectories',
};
const scalesInWords = {
  minibatch: 'A is shifted to mean 0 and scaled to deviation 1 in every minibatch',
  none: 'A stays as it is',
  group: 'A is divided by the standard deviation of R over the group',
  bin: 'A is divided by the standard deviation of R in the bin',
  global: 'A is shifted to mean 0 and scaled to deviation 1 over all steps of the rollout',
};
const tailsInWords = {
  zero: 'returns stop at the edge of the rollout',
  bootstrap: 'beyond the edge of the rollout stands the mean of the others in the next bin',
  budget: 'the rest of the rollout is part of the bin',
};
const completionsInWords = {
  'group-mean': 'mean of r over the group',
  'leave-one-out': 'mean of r over the others of the group',
  greedy: 'reward of the greedy completion of the prompt',
  none: '0',
  'length-weighted': 'mean of r over the group, weighted by lengths',
  'second-best': 'second best r of the group; only the best completion has an advantage',
};
/** Baselines that give every token an advantage of its own. */
const advantagesOfTokens = {
  critic: ['  A = value of the critic, by generalized advantage estimation'],
  branches: [
    '  cut every completion into stretches; from where each begins the policy goes on, K times',
    '  V = mean reward of the K completions; 0 after the last stretch',
    '  A = r, if it is the last stretch, + V after it - V before it, for all tokens of the stretch',
  ],
};
const completionScales = {
  none: 'A stays as it is',
  group: 'A is divided by the standard deviation of r over the group',
  batch: 'A is whitened over all tokens of the batch',
};

function onEnvironments({ estimator, fields = {} }, defaults, loss) {
  const { returns, bins, baseline, scale, tail, coordinates, baselineLambda, plus } = { ...defaults, ...estimator };
  return [
    'repeat for every iteration:',
    '  play N environments for T steps with the policy pi',
    '  cut the rollout into trajectories: at resets, and at its edges',
    `  ${tailsInWords[tail]}`,
    `  x = bin of every step: ${bins}${coordinates ? `, over ${coordinates} of the observation` : ''}`,
    `  ${returnsInWords[returns]}`,
    `  b(x) = ${baselinesInWords[baseline]}`,
    baselineLambda === undefined
      ? '  A_t = R_t - b(x_t)'
      : `  A_t = generalized advantage of the rewards, lambda ${baselineLambda}, with b in the place of a critic`,
    ...(plus
      ? [`  A_t += ${plus.weight} x the same over ${plus.settings.bins} bins, ${plus.settings.returns}, ${plus.settings.visit} visit`]
      : []),
    `  ${scalesInWords[scale]}`,
    `  for ${fields.updateEpochs ?? 'updateEpochs'} pass(es) over ${fields.numMinibatches ?? 'numMinibatches'} shuffled minibatch(es):`,
    `    one step of Adam on the loss: ${loss}`,
  ];
}

function onCompletions({ baseline, scale, gradientRescaling, minValidFraction, updateEpochs = 1 }, loss) {
  return [
    'repeat for every iteration:',
    '  draw prompts, and a group of G completions for each',
    '  r = reward of every completion',
    ...(minValidFraction ? [`  draw more prompts until ${100 * minValidFraction} % of the groups have rewards that differ`] : []),
    ...(advantagesOfTokens[baseline] ?? [`  A = r - b, b = ${completionsInWords[baseline]}`]),
    `  ${completionScales[scale.by]}`,
    ...(gradientRescaling ? ['  the gradient is multiplied by groups / groups whose rewards differ'] : []),
    `  ${updateEpochs} update(s) by Adam on the loss: ${loss}`,
  ];
}

const fence = (lines) => ['```text', ...lines, '```'].join('\n');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/** The pages of results: which table, on which road, and what is said of it. */
const results = [
  { page: 'experiments/methods/README.md', title: 'CartPole-v1', road: 'environments', reference: ['gpg', 'ppo'] },
  { page: 'experiments/methods-lunarlander/README.md', title: 'LunarLander-v3', road: 'environments', reference: ['gpg', 'ppo'] },
  { page: 'experiments/lm-comparison/README.md', title: 'Language models', road: 'completions', reference: ['gpg-lm', 'grpo'] },
  {
    page: 'experiments/lm-vine/README.md',
    title: 'Language models, at equal tokens',
    road: 'completions',
    reference: ['gpg-lm', 'vineppo'],
  },
];

/** The first table of a page of results: its head, and its rows by method. */
function readTable(root, page) {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith('| '));
  const rows = lines.slice(start, lines.indexOf('', start)).map((line) => line.slice(2, -2).split(' | '));
  const cell = rows[0].indexOf('Cell');
  return { head: rows[0], rows: rows.slice(2), nameOf: (row) => row[cell].split(',')[0] };
}

function resultsOf(name, road, tables) {
  return results
    .filter((result) => result.road === road)
    .flatMap(({ page, title, reference }) => {
      const { head, rows, nameOf } = tables.get(page);
      const own = rows.filter((row) => nameOf(row) === name);
      if (own.length === 0) return [];
      const beside = rows.filter((row) => reference.includes(nameOf(row)) && nameOf(row) !== name);
      const short = [...own, ...beside].map((row) => row.slice(0, head.indexOf('IQM, sampled')));
      return [
        `### ${title}`,
        table(head.slice(0, head.indexOf('IQM, sampled')), short),
        `Every method, and what the columns mean: [${page}](../${page}).`,
      ];
    });
}

/** What a reader opens, stop by stop. */
const walks = {
  environments: [
    ['one iteration', 'src/algorithms/gpg.ts'],
    ['row of the table', 'src/advantage/methods.ts'],
    ['bins', 'src/advantage/binnings.ts'],
    ['returns', 'src/advantage/returns.ts'],
    ['baseline', 'src/advantage/groupBaseline.ts'],
    ['scale', 'src/advantage/scale.ts'],
    ['loss', 'src/policy/losses.ts'],
  ],
  completions: [
    ['row of the table', 'src/advantage/methods.ts'],
    ['advantages of completions', 'src/advantage/completions/advantages.ts'],
  ],
  branches: [
    ['row of the table', 'src/advantage/methods.ts'],
    ['branches of completions', 'src/lm/algorithm/branches.ts'],
    ['advantages of tokens', 'src/lm/algorithm/vinePpo.ts'],
  ],
};

/** The pages by name of the method. */
export function renderMethodPages(root, { defaultEstimatorSettings, describeLoss, methodNames, methodPages, methods }) {
  const tables = new Map(results.map(({ page }) => [page, readTable(root, page)]));
  return new Map(
    methodNames.map((name) => {
      const { title, loss, environments, completions, file } = methods[name];
      const { equation, source, assumes, costs, unbiased, test, note } = methodPages[name];
      const inWords = describeLoss(loss);
      const walk = [
        ...(file ? [['the whole algorithm', `src/algorithms/${file}.ts`]] : environments ? walks.environments : []),
        ...(completions ? (walks[completions.baseline] ?? walks.completions) : []),
      ].filter(([, path], i, all) => all.findIndex(([, other]) => other === path) === i);
      const facts = [
        ...(environments || file ? [['environments', `\`npx cohort-rl train CartPole-v1 --algorithm ${name}\``]] : []),
        ...(completions ? [['language models', `\`npx cohort-rl lm train add-2digit --estimator ${name}\``]] : []),
        ['assumes', assumes],
        ['costs', costs],
        ['unbiased', unbiased],
        ['note', note],
        ['source', source],
        ['held to its formula by', test],
      ];
      const found = [...resultsOf(name, 'environments', tables), ...resultsOf(name, 'completions', tables)];
      return [
        name,
        [
          `# ${name === title ? name : `${name}: ${title}`}`,
          '## Quick facts',
          table(['about', title], facts),
          '## Equations',
          fence([`A = ${equation}`, '', `loss: ${inWords}`]),
          'The symbols stand on [the page of all methods](../docs/reference/methods.md).',
          '## Pseudocode',
          ...(environments ? ['On environments:', fence(onEnvironments(environments, defaultEstimatorSettings, inWords))] : []),
          ...(file
            ? [
                `On environments it is an algorithm of its own: [src/algorithms/${file}.ts](../src/algorithms/${file}.ts), read from top to bottom.`,
              ]
            : []),
          ...(completions ? ['On language models:', fence(onCompletions(completions, inWords))] : []),
          '## A walk through the code',
          table(
            ['stop', 'file'],
            walk.map(([stop, path]) => [stop, `[${path}](../${path})`]),
          ),
          '## Results',
          ...(found.length > 0
            ? ['The last evaluation, with 95 % intervals over seeds, beside the methods that everything is compared with.', ...found]
            : ['No comparison in this repository has this method yet.']),
          '',
        ].join('\n\n'),
      ];
    }),
  );
}
