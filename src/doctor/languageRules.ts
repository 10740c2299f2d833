/**
 * Rules on runs of language models: groups that teach, completions that end, rewards that work.
 */
import type { Rule } from './rule.ts';
import { isWell, lately } from './run.ts';

const roads = ['language-models'] as const;

/** See {@link Rule}. */
export const languageRules: readonly Rule[] = [
  {
    name: 'groups-all-wrong',
    roads,
    measured: 'median of group/all_wrong_frac where hardly a group teaches (group/valid_frac below 0.05)',
    measure: (run) => ((lately(run, 'group/valid_frac') ?? 1) < 0.05 ? lately(run, 'group/all_wrong_frac') : undefined),
    ill: 'above',
    limit: 0.9,
    source:
      'arXiv 2504.02546: a group of equal rewards has no gradient; the shares are own choices (docs/reference/metrics.md: valid above 0.2)',
    meaning: 'nearly every prompt is answered wrong by its whole group: there is nothing to tell better from worse',
    advice:
      'a longer warm start (--warm-start-accuracy 0.2), larger --group-size, --min-valid-fraction 1, easier prompts, or a reward in parts',
  },
  {
    name: 'cut-completions',
    roads,
    measured: 'median of completions/truncated_frac',
    measure: (run) => (isWell(run) ? undefined : lately(run, 'completions/truncated_frac')),
    ill: 'above',
    limit: 0.5,
    source: 'own choice: half; docs/reference/metrics.md calls below 0.1 healthy',
    meaning: 'most completions are cut before they end, so they are judged on an answer that they could not finish',
    advice: 'more --max-tokens, or a longer warm start (--warm-start-accuracy), which teaches how to end',
  },
  {
    name: 'failed-rewards',
    roads,
    measured: 'median of reward/failed',
    measure: (run) => lately(run, 'reward/failed'),
    ill: 'above',
    limit: 0.05,
    source: 'own choice: one in twenty; docs/reference/metrics.md: 0',
    meaning: 'the reward function throws, is late or gives no finite number, and those completions are left out',
    advice: 'mending the reward function (completions.jsonl shows what it was given); more --reward-seconds for one that is slow',
  },
  {
    name: 'model-collapse',
    roads,
    measured: 'median of losses/entropy, in nats per token, while answers are wrong',
    measure: (run) => (isWell(run) ? undefined : lately(run, 'losses/entropy')),
    ill: 'below',
    limit: 0.05,
    source: 'own choice: a token other than the usual one is drawn about once in 110',
    meaning: 'the model always writes the same and has not learned the task: it no longer tries anything else',
    advice: 'a lower --learning-rate, a higher --temperature, an --entropy-coef, another --seed',
  },
];
