/** docs/reference/estimators.md. */
import { code, list, page, prose, table } from './markdown.mjs';

/** What a language-model estimator divides by, in words. */
function scaleOf({ by, standardDeviation, epsilon }) {
  if (by === 'none') return 'nothing';
  const added = epsilon.toExponential();
  return by === 'group'
    ? `${standardDeviation} standard deviation over the group, + ${added}`
    : `root of (${standardDeviation} variance over all tokens of the batch + ${added})`;
}

function lossOf({ loss, clipLow, clipHigh }) {
  const bound = (value) => Number(value.toFixed(6));
  return loss === 'score' ? 'score' : `clipped, ${bound(1 - clipLow)} to ${bound(1 + clipHigh)}`;
}

/** Which groups the method wants in a batch. */
function drawingOf(minValidFraction) {
  if (minValidFraction === 0) return '';
  const share = minValidFraction === 1 ? 'all' : `${100 * minValidFraction} %`;
  return `prompts are drawn until ${share} of the groups are valid`;
}

/** What else the method does. */
function extrasOf({ gradientRescaling, minValidFraction, needsGreedy, needsCritic, updateEpochs, note }) {
  return [
    gradientRescaling !== 'off' && `gradientRescaling ${gradientRescaling}`,
    drawingOf(minValidFraction),
    needsGreedy && 'needs a greedy completion per prompt',
    needsCritic && 'needs a critic',
    updateEpochs > 1 && `${updateEpochs} updates per batch`,
    note,
  ]
    .filter(Boolean)
    .join('; ');
}

/** Settings of a preset that differ from the default, in words. */
function settingsOf(settings, defaults) {
  return Object.entries(settings)
    .filter(([name, value]) => name !== 'plus' && value !== defaults[name])
    .map(([name, value]) => `${name} ${value}`)
    .concat(settings.plus ? [`plus ${settings.plus.weight} x (${settingsOf(settings.plus.settings, defaults)})`] : [])
    .join(', ');
}

export function renderEstimators({ completionEstimators, defaultEstimatorSettings, estimatorNames, presets }) {
  const defaults = defaultEstimatorSettings;
  return page('Estimators', [
    prose(
      'An estimator turns returns or rewards into one advantage per step or completion. `r_i` is the return or reward of trajectory or completion i, ' +
        '`R_it` the reward-to-go from step t, `m` the mean over the group, `G` the size of the group, `|o_i|` the number of tokens of completion i.',
    ),
    '## Language models',
    prose(
      '`--estimator` and `trainLanguageModel({ estimator })` take these names; `completionEstimators` in `cohort-rl/advantage` is the table, ' +
        '`defineEstimator` makes another. Every row is a set of defaults: each field of the run can be set alongside it.',
    ),
    table(
      ['name', 'method', 'advantage of completion i', 'baseline', 'divided by', 'tokens add up by', 'loss', 'also', 'source'],
      estimatorNames.map((name) => {
        const row = completionEstimators[name];
        return [
          code(name),
          row.title,
          row.advantage,
          row.baseline,
          scaleOf(row.scale),
          row.aggregation,
          lossOf(row),
          extrasOf({ ...row, gradientRescaling: row.gradientRescaling ?? row.age }),
          row.source,
        ];
      }),
    ),
    list([
      '`token-mean`: the mean over all tokens of the batch. `sequence-mean`: the mean over the tokens of a completion, then over completions. ' +
        '`token-sum`: the sum over tokens, then the mean over completions. `constant`: the same, divided by the most tokens of a completion.',
      '`score`: the loss is -A log pi. `clipped`: the surrogate of PPO with the ratio to the policy that sampled.',
      'A group is valid where its rewards are not all equal.',
    ]),
    '## Environments',
    prose(
      'The methods of the literature as settings of one estimator core: `presetSettings(name)` and `estimateAdvantages` in `cohort-rl/advantage`. The settings ' +
        `are what differs from those of GPG: ${settingsOf(defaults, {})}. The core gives the advantages; how the method's own loss averages over steps, and ` +
        'whether it clips the ratio, is listed for comparison. `cohort-rl train` runs GPG and PPO.',
    ),
    table(
      ['name', 'method', 'advantage of step t of trajectory i', 'settings', 'loss averages by', 'clips the ratio', 'note', 'source'],
      presets.map(({ name, title, paper, advantage, settings, lossWeighting, clips, note }) => [
        code(name),
        title,
        advantage,
        settingsOf(settings, defaults) || "GPG's",
        lossWeighting,
        clips ? 'yes' : 'no',
        note,
        paper,
      ]),
    ),
  ]);
}
