/** docs/reference/methods.md. */
import { code, list, page, prose, table } from './markdown.mjs';

/** What a method of language models divides by, in words. */
function scaleOf({ by, standardDeviation, epsilon }) {
  if (by === 'none') return 'nothing';
  const added = epsilon.toExponential();
  return by === 'group'
    ? `${standardDeviation} standard deviation over the group, + ${added}`
    : `root of (${standardDeviation} variance over all tokens of the batch + ${added})`;
}

/** Which groups a method wants in a batch. */
function drawingOf(minValidFraction = 0) {
  if (minValidFraction === 0) return '';
  const share = minValidFraction === 1 ? 'all' : `${100 * minValidFraction} %`;
  return `prompts are drawn until ${share} of the groups are valid`;
}

/** What a method on completions is made of. */
function completionsOf({ baseline, scale, gradientRescaling = 'off', minValidFraction, updateEpochs = 1 }) {
  return [
    `baseline ${baseline}`,
    `divided by ${scaleOf(scale)}`,
    gradientRescaling !== 'off' && `gradientRescaling ${gradientRescaling}`,
    drawingOf(minValidFraction),
    updateEpochs > 1 && `${updateEpochs} updates per batch`,
  ]
    .filter(Boolean)
    .join('; ');
}

/** Settings that differ from the default, in words. */
function settingsOf(settings, defaults) {
  return Object.entries(settings)
    .filter(([name, value]) => name !== 'plus' && value !== defaults[name])
    .map(([name, value]) => `${name} ${value}`)
    .concat(settings.plus ? [`plus ${settings.plus.weight} x (${settingsOf(settings.plus.settings, defaults)})`] : [])
    .join(', ');
}

/** What a method on environments is made of. */
function environmentsOf({ estimator, fields = {} }, defaults) {
  const own = [settingsOf(estimator, defaults), settingsOf(fields, {})].filter((words) => words !== '').join(', ');
  return own === '' ? "GPG's settings" : own;
}

export function renderMethods({ defaultEstimatorSettings, describeLoss, methodNames, methodPages, methods }) {
  const defaults = defaultEstimatorSettings;
  const section = (name) => {
    const method = methods[name];
    const { equation, source, assumes, costs, unbiased, test, note } = methodPages[name];
    return [
      `### ${name}`,
      table(
        ['', method.title],
        [
          ['advantage', equation],
          ['loss', describeLoss(method.loss)],
          ...(method.environments ? [['environments', `\`--algorithm ${name}\`: ${environmentsOf(method.environments, defaults)}`]] : []),
          ...(method.file ? [['environments', `\`--algorithm ${name}\`: a file of its own, src/algorithms/${method.file}.ts`]] : []),
          ...(method.completions ? [['language models', `\`--estimator ${name}\`: ${completionsOf(method.completions)}`]] : []),
          ['assumes', assumes],
          ['costs', costs],
          ['unbiased', unbiased],
          ['held by', test],
          ['note', note],
          ['source', source],
        ],
      ),
    ];
  };
  return page('Methods', [
    prose(
      'A method turns returns or rewards into one advantage per step or completion, and says what the loss makes of it. The same name is the same method on ' +
        'environments (`cohort-rl train <env> --algorithm <name>`) and on language models (`cohort-rl lm train <task> --estimator <name>`); ' +
        '`cohort-rl methods` shows this table in the terminal. `r_i` is the return or reward of trajectory or completion i, `R_it` the reward-to-go from ' +
        'step t, `m` the mean over the group, `G` its size, `T_i` the steps or tokens of i.',
    ),
    table(
      ['name', 'method', 'advantage', 'environments', 'language models', 'loss'],
      methodNames.map((name) => {
        const { title, loss, environments, completions, file } = methods[name];
        return [
          code(name),
          title,
          methodPages[name].equation,
          environments || file ? 'yes' : '',
          completions ? 'yes' : '',
          describeLoss(loss),
        ];
      }),
    ),
    list([
      '`step-mean` (on completions `token-mean`): the mean over all steps. `trajectory-mean` (`sequence-mean`): over the steps of a trajectory, then over ' +
        'trajectories. `trajectory-sum` (`token-sum`): the sum over steps, then the mean over trajectories. `constant`: the same, divided by the most steps ' +
        'that there can be.',
      '`score`: the loss is -A log pi. `clipped`: the surrogate of PPO with the ratio to the policy that acted.',
      'A group is valid where its rewards are not all equal.',
      'Every row is a set of defaults: each field of the run can be set alongside it. On environments a method without a recipe takes that of GPG for the ' +
        'environment, but for the fields that make it the method.',
      `The settings are what differs from those of GPG: ${settingsOf(defaults, {})}.`,
    ]),
    '## One by one',
    ...methodNames.flatMap(section),
  ]);
}
