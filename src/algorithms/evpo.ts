/**
 * Explained variance policy optimization (C. Pan et al. 2026, arXiv 2604.19485): PPO that uses its critic only where the critic helps.
 *
 *     EV  = 1 - var(R - V) / var(R)              R the return of a step inside the rollout, discounted, with a tail of 0
 *     A_t = GAE(gamma, lambda) of V   if EV > 0,   else   R_t - mean of R
 *
 * A critic whose explained variance is not above 0 adds variance instead of taking it away (theorem of the paper). The critic learns either way.
 *
 * What the paper, which is about language models with one reward at the end, leaves open on environments: R is the reward-to-go with a tail of 0, as GPG
 * takes it, and the mean is over all steps of the rollout.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm evpo --recipe paper`.
 */
import { gae, meanAndScale } from '../advantage/core.ts';
import { type Algorithm, inStops } from './algorithm.ts';
import { criticStops, estimateWithCritic, explainedVariance, type PpoConfig, type PpoState, ppo } from './ppo.ts';

/** PPO's advantages where the critic explains anything of the returns, else returns minus their mean; the critic's targets are PPO's. */
function estimate(state: PpoState): Record<string, number> {
  const { config, rollout, values, advantages, dones, nextDone } = state;
  const { numSteps, numEnvs, gamma } = config;
  const metrics = estimateWithCritic(state);
  // With a critic that says 0, generalized advantages at lambda 1 are returns.
  const nothing = { values: new Float32Array(numSteps * numEnvs), nextValues: new Float32Array(numEnvs) };
  const { advantages: toGo } = gae({ numSteps, numEnvs, rewards: rollout.rewards, ...nothing, dones, nextDone, gamma, gaeLambda: 1 });
  const explained = explainedVariance(values, toGo);
  // Not a number where all returns are equal: there is nothing to explain.
  if (!(explained > 0)) {
    const { mean } = meanAndScale(toGo);
    for (let step = 0; step < toGo.length; step++) advantages[step] = toGo[step]! - mean;
  }
  return { ...metrics, 'advantage/explained_variance': explained };
}

/** EVPO as training sees it. */
export const evpo: Algorithm<PpoConfig, PpoState> = {
  ...ppo,
  name: 'evpo',
  title: 'EVPO',
  comparesWith: 'ppo',
  family: 'methods with a critic',
  recipesOf: { algorithm: 'ppo', without: [] },
  description: 'explained variance policy optimization: PPO that uses its critic only where it explains something of the returns',
  ...inStops(criticStops(estimate)),
};
