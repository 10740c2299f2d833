/**
 * What can be wrong with a run on an environment.
 */
import { leastIterations, lostEntropy, type Measured, median, medianBeyond, type Patient, type Rule, staysDown, stretch } from './rule.ts';

/** How much of the entropy of the first iterations is left where nothing is explored any more: an own choice. */
const collapsedShare = 0.01;
/** The same for Gaussians, whose entropy may be negative: the logarithm of that share, lost per number of the action. */
const collapsedNats = Math.log(1 / collapsedShare);

const isOn = (patient: Patient, field: string, value: unknown): boolean => patient.config[field] === value;

/** A policy that has no randomness left, and is no better than at the beginning. */
function findCollapse(patient: Patient): Measured | undefined {
  if (patient.rows.length < 10 || !staysDown(patient, 'charts/episodic_return')) return undefined;
  return lostEntropy(patient, (before, after) =>
    before > 0 && after >= 0 ? after < collapsedShare * before : before - after > collapsedNats,
  );
}

/** Updates that change nothing: nothing is clipped, and the policy does not move. */
function findStill(patient: Patient): Measured | undefined {
  const passes = Number(patient.config.updateEpochs) * Number(patient.config.numMinibatches);
  if (passes <= 1 || isOn(patient, 'loss', 'score') || isOn(patient, 'annealLearningRate', true)) return undefined;
  const { values, words } = stretch(patient, 'losses/approx_kl');
  const most = values.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  const spread = median(stretch(patient, 'advantage/std').values);
  return values.length >= leastIterations && most < 1e-6 && spread > 0
    ? { value: most, what: `greatest losses/approx_kl, ${words}` }
    : undefined;
}

/** Returns of which more than half may lie beyond the edge of the rollout, in trajectories that nearly all end there. */
function findCut(patient: Patient): Measured | undefined {
  const { gamma, numSteps, tail = 'zero' } = patient.config;
  const beyond = Number(gamma) ** Number(numSteps);
  if (tail !== 'zero' || !(beyond > 0.5)) return undefined;
  return medianBeyond(patient, 'group/cut_frac', 0.5, (share) => share > 0.9);
}

/** Before so many iterations landing slowly is on the way to landing: an own choice. */
const hoveringAfter = 50;

/** Episodes that last nearly to the time limit and gather little there, in a task whose episodes can end earlier. */
function findHovering(patient: Patient): Measured | undefined {
  const { maxEpisodeSteps: limit, rewardThreshold: solved } = patient;
  if (limit === undefined || solved === undefined || !(solved > 0) || !(Number(patient.rows.at(-1)?.iteration) >= hoveringAfter))
    return undefined;
  const all = stretch(patient, 'charts/episodic_length').values;
  const early = all.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const returns = median(stretch(patient, 'charts/episodic_return', 0.75).values);
  if (!(early < limit / 2 && returns < 0.75 * solved)) return undefined;
  return medianBeyond(patient, 'charts/episodic_length', 0.75, (length) => length > 0.75 * limit);
}

function findNormalizer({ normalizer }: Patient): Measured | undefined {
  if (!normalizer) return undefined;
  let largest = 0;
  for (let d = 0; d < normalizer.mean.length; d++)
    largest = Math.max(largest, Math.abs(normalizer.mean[d]!), Math.sqrt(normalizer.variance[d]!));
  return largest > 1e6 ? { value: largest, what: 'largest mean or standard deviation of an observation' } : undefined;
}

/** The rules, in the order in which they are told. */
export const environmentRules: readonly Rule[] = [
  {
    name: 'zero-advantages',
    illness: 'Every advantage is 0: nothing is learned but what an entropy bonus moves.',
    threshold: 'exactly 0, for half of the iterations or more',
    source: 'the loss is a mean of advantages times something',
    advice: 'more environments, coarser bins (--bins time), or --baseline leave-one-out; rewards that differ between episodes',
    find: (patient) => medianBeyond(patient, 'advantage/std', 0, (value) => value === 0),
  },
  {
    name: 'lonely-bins',
    illness: 'Most steps are alone in their bin: their own return is their baseline, and they teach nothing.',
    threshold: 'above 0.5',
    source: 'arXiv 2510.03679, section 3.2: a bin of one return is that return; the half is an own choice',
    advice: 'coarser bins (--bins time, a larger --bin-width), more environments, or --algorithm gpg-shrunk',
    find: (patient) =>
      isOn(patient, 'baseline', 'own') ? medianBeyond(patient, 'group/singleton_frac', 0.5, (share) => share > 0.5) : undefined,
  },
  {
    name: 'entropy-collapsed',
    illness: 'The policy has no randomness left and is no better than at the beginning: it cannot find anything new.',
    threshold: `below ${collapsedShare} of its first tenth (Gaussian: ${collapsedNats.toFixed(1)} nats below it), without a higher return`,
    source: 'own choice',
    advice: 'a lower --learning-rate, a higher --entropy-coef, or fewer --update-epochs',
    find: findCollapse,
  },
  {
    name: 'clipped-throughout',
    illness: 'Most of the samples are clipped: updates go further than the rollout can say.',
    threshold: 'above 0.5',
    source: 'PPO’s authors clip the rare case (arXiv 1707.06347, section 3); the half is an own choice',
    advice: 'a lower --learning-rate, fewer --update-epochs, or --target-kl 0.02',
    find: (patient) => medianBeyond(patient, 'losses/clipfrac', 0, (share) => share > 0.5),
  },
  {
    name: 'standing-still',
    illness: 'Updates do not move the policy.',
    threshold: 'below 1e-6 in every iteration',
    source: 'own choice: a healthy update moves it by 1e-3 to 2e-2',
    advice: 'a higher --learning-rate (2.5e-4 is CleanRL’s)',
    find: findStill,
  },
  {
    name: 'baseline-explains-nothing',
    illness: 'The baseline adds variance instead of taking it away.',
    threshold: 'below -0.05',
    source: 'arXiv 2604.19485: 0 is the boundary; the rest is room for noise',
    advice: 'coarser bins (--bins time), more environments, or --algorithm gpg-shrunk',
    find: (patient) => medianBeyond(patient, 'advantage/explained_variance', 0.5, (value) => value < -0.05),
  },
  {
    name: 'critic-useless',
    illness: 'The critic explains less than a constant would: it adds variance to the advantages.',
    threshold: 'below 0 in the second half, after 20 iterations or more',
    source: 'arXiv 2604.19485: 0 is the boundary',
    advice: 'a higher --learning-rate or --value-coef, --normalize-reward shared, --algorithm evpo, or a method without a critic',
    find: (patient) =>
      patient.rows.length < 20 ? undefined : medianBeyond(patient, 'losses/explained_variance', 0.5, (value) => value < 0),
  },
  {
    name: 'returns-cut',
    illness: 'Nearly all trajectories end at the edge of the rollout, and more than half of a return can lie beyond it.',
    threshold: 'above 0.9, with gamma^steps above 0.5 and tail zero',
    source: 'gamma^steps is the weight of what comes after the edge; the line is an own choice',
    advice: 'longer rollouts (--num-steps), --tail bootstrap, or a lower --gamma',
    find: findCut,
  },
  {
    name: 'normalizer-exploding',
    illness: 'An observation is so large that normalization leaves nothing of the others’ differences in it.',
    threshold: 'above 1e6',
    source: 'own choice: float32 has seven digits',
    advice: 'scale or cut that observation in the environment',
    find: findNormalizer,
  },
  {
    name: 'reward-scale',
    illness: 'Gradients are thousands of times longer than they may be: rewards are too large for the loss.',
    threshold: 'above 1000 times --max-grad-norm',
    source: 'own choice; HalfCheetah without normalization has 50 times',
    advice: '--normalize-reward shared, or smaller rewards in the environment',
    find: (patient) => {
      const limit = Number(patient.config.maxGradNorm);
      return limit > 0 ? medianBeyond(patient, 'losses/gradient_norm', 0, (norm) => norm > 1000 * limit) : undefined;
    },
  },
  {
    name: 'hovering',
    illness: 'Episodes last nearly to the time limit and gather little there: staying alive is what was learned.',
    threshold: 'after 50 iterations, above 0.75 of the limit, with less than 0.75 of the return that counts as solved',
    source: 'own choice',
    advice: '--entropy-coef 0 (on LunarLander a bonus of 0.01 keeps it in the air: docs/log.md), or a lower --gamma',
    find: findHovering,
  },
];
