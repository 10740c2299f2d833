/**
 * What can be wrong with a run of a language model.
 */
import { leastIterations, lostEntropy, type Measured, median, medianBeyond, type Patient, type Rule, staysDown, stretch } from './rule.ts';

/** Groups that all fail, or all succeed, in nearly every draw. */
function findUniform(patient: Patient, key: 'group/all_wrong_frac' | 'group/all_right_frac'): Measured | undefined {
  const valid = median(stretch(patient, 'group/valid_frac', 0.5).values);
  return valid < 0.05 ? medianBeyond(patient, key, 0.5, (share) => share > 0.9) : undefined;
}

/** A model that has no randomness left, and is no better than at the beginning. */
function findCollapse(patient: Patient): Measured | undefined {
  if (patient.rows.length < 10 || !staysDown(patient, 'completions/accuracy')) return undefined;
  return lostEntropy(patient, (before, after) => after < 0.01 * before);
}

/** The rules, in the order in which they are told. */
export const languageRules: readonly Rule[] = [
  {
    name: 'nothing-right',
    illness: 'No completion of nearly any group is right: there is nothing to compare, and nothing is learned.',
    threshold: 'above 0.9, with fewer than 5 % of the groups informative',
    source: 'own choice; a group whose rewards are all equal has gradient 0 (arXiv 2504.02546, section 2.2)',
    advice: 'a longer warm start (--warm-start-accuracy), larger groups (--group-size), or an easier task',
    find: (patient) => findUniform(patient, 'group/all_wrong_frac'),
  },
  {
    name: 'failing-rewards',
    illness: 'Rewards fail: their completions are left out.',
    threshold: 'above 0.05',
    source: 'own choice: 0 is healthy',
    advice: 'see the warnings of the run for what the reward threw',
    find: (patient) => medianBeyond(patient, 'reward/failed', 0, (share) => share > 0.05),
  },
  {
    name: 'cut-completions',
    illness: 'Most completions are cut before they end: they do not teach how to end.',
    threshold: 'above 0.5',
    source: 'own choice; below 0.1 is healthy',
    advice: 'a larger --max-tokens, or a reward for ending',
    find: (patient) => medianBeyond(patient, 'completions/truncated_frac', 0.5, (share) => share > 0.5),
  },
  {
    name: 'entropy-collapsed',
    illness: 'The model has no randomness left and is no better than at the beginning: its groups are all alike.',
    threshold: 'below 0.01 of its first tenth, without a higher accuracy',
    source: 'own choice',
    advice: 'a lower --learning-rate, or a KL term (--kl-coef)',
    find: findCollapse,
  },
  {
    name: 'clipped-throughout',
    illness: 'Most of the tokens are clipped: updates go further than the completions can say.',
    threshold: 'above 0.5',
    source: 'the rare case is clipped (arXiv 1707.06347, section 3); the half is an own choice',
    advice: 'a lower --learning-rate, or fewer --update-epochs',
    find: (patient) => medianBeyond(patient, 'losses/clipfrac', 0, (share) => share > 0.5),
  },
  {
    name: 'every-step-clipped',
    illness: 'Every gradient is scaled down by thousands: its length says nothing any more.',
    threshold: 'above 1000 times --max-grad-norm',
    source: 'own choice',
    advice: 'smaller rewards, or a larger --max-grad-norm',
    find: (patient) => {
      const limit = Number(patient.config.maxGradNorm);
      const { values } = stretch(patient, 'losses/gradient_norm');
      return limit > 0 && values.length >= leastIterations
        ? medianBeyond(patient, 'losses/gradient_norm', 0, (norm) => norm > 1000 * limit)
        : undefined;
    },
  },
];
