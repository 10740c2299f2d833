/**
 * Rules on what the update does to the policy; for both roads.
 */
import type { Rule } from './rule.ts';
import { areAll, type ExaminedRun, isWell, lately } from './run.ts';

const both = ['environments', 'language-models'] as const;

/** A learning rate below this share of the one that is configured is meant to do nothing any more. */
const annealed = 0.1;

function stillLearns(run: ExaminedRun): boolean {
  const rate = lately(run, 'charts/learning_rate');
  return rate === undefined || !(rate < annealed * Number(run.config.learningRate));
}

/** Whether an update is more than one step: the first is taken from the policy that acted, so the divergence before it is 0. */
function hasSteps({ config: { updateEpochs, numMinibatches = 1 } }: ExaminedRun): boolean {
  return Number(updateEpochs) * Number(numMinibatches) > 1;
}

/** See {@link Rule}. */
export const updateRules: readonly Rule[] = [
  {
    name: 'clipped-updates',
    roads: both,
    measured: 'median of losses/clipfrac',
    measure: (run) => lately(run, 'losses/clipfrac'),
    ill: 'above',
    limit: 0.5,
    source: 'own choice: half of the samples; docs/reference/metrics.md calls 0 to 0.3 healthy',
    meaning: 'most samples are outside the clip range and teach nothing: the policy leaves the one that acted within an iteration',
    advice: 'a lower --learning-rate (a tenth), or fewer --update-epochs',
  },
  {
    name: 'large-steps',
    roads: both,
    measured: 'median of losses/approx_kl, in nats',
    measure: (run) => lately(run, 'losses/approx_kl'),
    ill: 'above',
    limit: 0.1,
    source: 'docs/reference/metrics.md: above 0.1 is too far; Spinning Up’s PPO ends an update at 0.015 (1.5 times its target_kl of 0.01)',
    meaning: 'each update goes too far for its own samples, which are of the policy before it',
    advice: 'a lower --learning-rate, fewer --update-epochs; on environments also --target-kl 0.02',
  },
  {
    name: 'no-steps',
    roads: both,
    measured: 'median of losses/approx_kl, in nats, while the learning rate is not annealed away',
    measure: (run) => {
      if (!hasSteps(run) || lately(run, 'losses/clipfrac') !== 0 || !stillLearns(run) || isWell(run)) return undefined;
      // Without advantages there is nothing to step for; other rules tell why.
      if (areAll(run, (row) => row['advantage/std'] === 0)) return undefined;
      return lately(run, 'losses/approx_kl');
    },
    ill: 'below',
    limit: 1e-8,
    source:
      'own choice: the divergence is half the mean square of the log ratio, so probabilities change by about 0.014 % per update; docs/reference/metrics.md calls 0.001 to 0.02 healthy',
    meaning: 'the update leaves the policy where it is, and no sample is ever clipped',
    advice:
      'a higher --learning-rate (the defaults are 2.5e-4 on environments and 1.5e-3 for language models), or look at the other findings',
  },
];
