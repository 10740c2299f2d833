/** CartPole by its ids. */
import { dynamicsSpec } from '../dynamicsSpec.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { cartPole, cartPoleActionSpace, cartPoleObservationSpace } from './cartPole.ts';

function cartPoleSpec(id: string, maxEpisodeSteps: number, rewardThreshold: number): EnvSpec {
  return dynamicsSpec(
    {
      id,
      description: 'Keep a pole upright on a cart that is pushed left or right',
      observationSpace: cartPoleObservationSpace,
      actionSpace: cartPoleActionSpace,
      observation: boxRows(cartPoleObservationSpace, [
        ['cart position', 'distance from the middle of the track, positive to the right; the episode ends beyond 2.4', 'm'],
        ['cart velocity', 'positive to the right', 'm/s'],
        ['pole angle', 'lean from upright, positive to the right; the episode ends beyond 0.2095 (12 degrees)', 'rad'],
        ['pole angular velocity', 'positive to the right', 'rad/s'],
      ]),
      action: [
        { name: 'push left', meaning: 'push the cart to the left with 10 N' },
        { name: 'push right', meaning: 'push the cart to the right with 10 N' },
      ],
      rewards: '1 for every step, the last one included. With the option suttonBartoReward 0 for a step and -1 for the fall.',
      episodeEnd: `Terminated when the cart is more than 2.4 m from the middle or the pole leans by more than 12 degrees. Truncated after ${maxEpisodeSteps} steps of 0.02 s.`,
      versions:
        'v1 is truncated after 500 steps and counts as solved from 475, v0 after 200 steps and from 195. The dynamics are the same.',
      source: 'https://gymnasium.farama.org/environments/classic_control/cart_pole/',
      maxEpisodeSteps,
      rewardThreshold,
      parity: 'exact as measured, tested to 1 ulp',
    },
    { suttonBartoReward: { kind: 'boolean', default: false, meaning: 'reward 0 per step and -1 at the fall, instead of 1 per step' } },
    cartPole,
  );
}

/** CartPole-v1 and -v0, with the limits and thresholds that Gymnasium registers. */
export const cartPoleSpecs: readonly EnvSpec[] = [
  /* @__PURE__ */ cartPoleSpec('CartPole-v1', 500, 475),
  /* @__PURE__ */ cartPoleSpec('CartPole-v0', 200, 195),
];
