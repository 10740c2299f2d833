/**
 * Rules on runs on environments: the group, the critic, what is observed and rewarded, how episodes end.
 */
import { isGroupOfOne } from './groupsOfOne.ts';
import type { Rule } from './rule.ts';
import { areAll, atFirst, continuousSize, type ExaminedRun, isLate, isWell, lately, uniformEntropy } from './run.ts';

const roads = ['environments'] as const;

/** What a field of the configuration is as a number; NaN for none. */
const numberOf = ({ config }: ExaminedRun, field: string): number => Number(config[field] ?? Number.NaN);

/**
 * The share of its discounted weight that a step of a trajectory of T steps loses at the edge, mean over the steps: the mean of gamma^(T - t) over
 * t = 0 .. T - 1. Example: T 2, gamma 0.5: (0.25 + 0.5) / 2 = 0.375. 1 where gamma is 1.
 */
export function lostAtEdge(steps: number, gamma: number): number {
  if (gamma === 1) return 1;
  return (gamma * (1 - gamma ** steps)) / (steps * (1 - gamma));
}

// Entropy of a Gaussian of standard deviation 1, per number: ln(2 pi e) / 2.
const gaussianEntropy = 0.5 * Math.log(2 * Math.PI * Math.E);

/** See {@link Rule}. */
export const environmentRules: readonly Rule[] = [
  {
    name: 'groups-of-one',
    roads,
    measured: 'group/singleton_frac of iterations in which every advantage is 0 (advantage/std)',
    measure: (run) => (areAll(run, isGroupOfOne) ? 1 : undefined),
    ill: 'at',
    limit: 1,
    source: 'arXiv 2510.03679, equation 6: the mean of one return is that return, so its advantage is 0',
    meaning: 'every step is alone in its bin: nothing is learned, and only the entropy bonus moves the policy',
    advice: 'more --num-envs, coarser --bins, or --baseline leave-one-out',
    toldByTraining: true,
  },
  {
    name: 'zero-advantages',
    roads,
    measured: 'advantage/std, all of the last iterations alike',
    measure: (run) => {
      if (areAll(run, isGroupOfOne) || isWell(run)) return undefined;
      return areAll(run, (row) => row['advantage/std'] === 0) ? 0 : undefined;
    },
    ill: 'at',
    limit: 0,
    source: 'arXiv 2510.03679, equation 6: where all returns are equal, each is its own baseline',
    meaning: 'all returns that are compared are equal, so no action is better than another: nothing is learned',
    advice:
      'look at the rewards (are they always the same?), a longer --num-steps so that a reward falls into a rollout, more --entropy-coef',
  },
  {
    name: 'lonely-bins',
    roads,
    measured: 'median of group/singleton_frac, of a baseline that holds the own return',
    measure: (run) => {
      if (run.config.baseline !== 'own' || areAll(run, isGroupOfOne)) return undefined;
      return lately(run, 'group/singleton_frac');
    },
    ill: 'above',
    limit: 0.5,
    source: 'own choice: half of the steps; docs/reference/metrics.md calls below 0.1 healthy',
    meaning: 'most steps are alone in their bin, where the advantage is 0: most of the rollout teaches nothing',
    advice: 'coarser bins (--bins time, a larger --bin-width), more --num-envs, or --baseline leave-one-out',
  },
  {
    name: 'returns-cut',
    roads,
    measured: 'share of the discounted return that lies beyond the edge: median of group/cut_frac x (gamma + ... + gamma^T) / T',
    measure: (run) => {
      const cut = lately(run, 'group/cut_frac');
      if (cut === undefined || run.config.tail !== 'zero' || isWell(run)) return undefined;
      return cut * lostAtEdge(numberOf(run, 'numSteps'), numberOf(run, 'gamma'));
    },
    ill: 'above',
    limit: 2 / 3,
    source: 'own choice: two thirds; 128 steps at a discount of 0.99, the default, lose 0.56',
    meaning: 'rollouts are so short that returns are mostly what lies beyond their edge, and that counts as 0',
    advice: 'more --num-steps, a lower --gamma, or --tail bootstrap, carry or complete',
  },
  {
    name: 'entropy-collapse',
    roads,
    measured: 'median of losses/entropy as a share of that of uniform actions, while the task is not solved',
    measure: (run) => {
      const [entropy, most] = [lately(run, 'losses/entropy'), uniformEntropy(run)];
      return entropy === undefined || most === undefined || isWell(run) ? undefined : entropy / most;
    },
    ill: 'below',
    limit: 0.05,
    source: 'own choice: a twentieth; of two actions, the rarer one is taken less than once in 170 steps',
    meaning: 'the policy always does the same and has not learned the task: it no longer tries anything else',
    advice: 'more --entropy-coef, a lower --learning-rate, another --seed',
  },
  {
    name: 'narrow-actions',
    roads,
    measured: 'standard deviation of continuous actions, from the median of losses/entropy, while the task is not solved',
    measure: (run) => {
      const [entropy, size] = [lately(run, 'losses/entropy'), continuousSize(run)];
      return entropy === undefined || size === undefined || isWell(run) ? undefined : Math.exp(entropy / size - gaussianEntropy);
    },
    ill: 'below',
    limit: 0.01,
    source: 'own choice: a hundredth of where training begins (1)',
    meaning: 'the policy always does the same and has not learned the task: it no longer tries anything else',
    advice: 'more --entropy-coef, a lower --learning-rate, another --seed',
  },
  {
    name: 'useless-critic',
    roads,
    measured: 'median of losses/explained_variance in the second half of the run, not before iteration 30, while the task is not solved',
    measure: (run) => {
      if (!isLate(run) || Number(run.rows.at(-1)?.iteration) < 30 || isWell(run)) return undefined;
      return lately(run, 'losses/explained_variance');
    },
    ill: 'below',
    limit: 0.05,
    source:
      'losses/explained_variance is 0 of a critic that says the same everywhere, and below 0 of a worse one; 0.05, and when a critic must know more, are own choices',
    meaning: 'the critic knows no more of the returns than their mean, or less: advantages are as noisy as without one, or wrong',
    advice: '--normalize-reward shared, --no-clip-value-loss, more --value-coef, more --num-steps; or --algorithm gpg, which has no critic',
  },
  {
    name: 'reward-scale',
    roads,
    measured: 'median of losses/gradient_norm over maxGradNorm, where rewards decide it (a critic, or advantages that are not normalized)',
    measure: (run) => {
      const norm = lately(run, 'losses/gradient_norm');
      const depends = run.rows.at(-1)?.['losses/value_loss'] !== undefined || run.config.normalizeAdvantage === false;
      const most = numberOf(run, 'maxGradNorm');
      return norm === undefined || !depends || !(most > 0) ? undefined : norm / most;
    },
    ill: 'above',
    limit: 1000,
    source: 'src/policy/learner.ts scales actor and critic by one norm; 1000 is an own choice',
    meaning: 'rewards are so large that their gradient fills the norm that is allowed: less than a thousandth is left of the policy’s own',
    advice: '--normalize-reward shared, or smaller rewards in the environment (TransformReward of cohort-rl/envs)',
  },
  {
    name: 'exploding-observation',
    roads,
    measured: 'largest running standard deviation of a number of the observation, in the last checkpoint',
    measure: ({ facts: { variance } }) => variance && Math.sqrt(Array.from(variance).reduce((most, value) => Math.max(most, value), 0)),
    ill: 'above',
    limit: 2 ** 20,
    source: 'own choice: float32 has 24 bits, so numbers of that size are told apart by an eighth at best',
    meaning: 'a few huge observations fill the statistics, and all others become nearly 0: the policy no longer sees them',
    advice: 'bounds in the environment (TransformObservation of cohort-rl/envs); find what divides by nearly nothing',
    ofLast: true,
  },
  {
    name: 'hovering',
    roads,
    measured:
      'median of charts/episodic_length as a share of the time limit, in the second half of the run, of episodes that ended within half of it at first, while the task is not solved',
    measure: (run) => {
      const { maxEpisodeSteps, solvedFrom } = run.facts;
      const [length, first] = [lately(run, 'charts/episodic_length'), atFirst(run, 'charts/episodic_length')];
      if (length === undefined || first === undefined || maxEpisodeSteps === undefined || solvedFrom === undefined) return undefined;
      // Where every episode goes to the limit, the limit says nothing.
      if (first > maxEpisodeSteps / 2 || !isLate(run) || isWell(run)) return undefined;
      return length / maxEpisodeSteps;
    },
    ill: 'above',
    limit: 0.9,
    source: 'own choice: nine tenths of the limit',
    meaning: 'the policy keeps an episode going to its time limit, and does not finish the task',
    advice:
      'more --iterations (on LunarLander many runs hover for long before they land), --entropy-coef 0, more --num-envs, another --seed',
  },
];
