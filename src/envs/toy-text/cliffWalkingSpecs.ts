/** CliffWalking by its ids. */
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { EnvSpec } from '../spec.ts';
import { cliffWalking, cliffWalkingActionSpace, cliffWalkingObservationSpace } from './cliffWalking.ts';

function cliffWalkingSpec(id: string, slipperyByDefault: boolean, description: string): EnvSpec {
  // Only version 1 of the plain task takes is_slippery in Gymnasium; the others are fixed.
  const slips = { kind: 'boolean', default: false, meaning: 'a move turns by a quarter to either side with probability 1/3 each' } as const;
  return dynamicsSpec(
    {
      id,
      description,
      observationSpace: cliffWalkingObservationSpace,
      actionSpace: cliffWalkingActionSpace,
      observation: [
        {
          name: 'cell',
          meaning: 'where the walker stands: 12 * row + column, row 0 at the top; 36 is the start, 47 the goal',
          min: 0,
          max: cliffWalkingObservationSpace.n - 1,
        },
      ],
      action: ['up', 'right', 'down', 'left'].map((name) => ({
        name,
        meaning: `one cell ${name}${slipperyByDefault ? ', but to the left or to the right of that with probability 1/3 each' : ''}; no move at the edge`,
      })),
      rewards: '-1 for every step, -100 for a step into the cliff (cells 37 to 46), which leads back to the start.',
      episodeEnd:
        'Terminated at the goal. Never truncated, unless the option maxEpisodeSteps is given; evaluation cuts episodes at 500 steps.',
      versions: 'v1 added the option isSlippery and the id CliffWalkingSlippery-v1. v0 is v1 without slipping.',
      source: 'https://gymnasium.farama.org/environments/toy_text/cliff_walking/',
      evaluationMaxSteps: 500,
      // Gymnasium registers no threshold. Ours is what every safe way earns, also the one of 17 steps along the top row.
      rewardThreshold: slipperyByDefault ? undefined : -17,
      parity: 'exact',
    },
    id === 'CliffWalking-v1' ? { isSlippery: slips } : {},
    (options) => cliffWalking({ isSlippery: slipperyByDefault, ...options }),
  );
}

/** CliffWalking-v1, its slippery form and -v0. */
export const cliffWalkingSpecs: readonly EnvSpec[] = [
  /* @__PURE__ */ cliffWalkingSpec('CliffWalking-v1', false, 'Walk from start to goal along a cliff'),
  /* @__PURE__ */ cliffWalkingSpec('CliffWalkingSlippery-v1', true, 'Walk along a cliff where two steps in three go astray'),
  /* @__PURE__ */ cliffWalkingSpec('CliffWalking-v0', false, 'Walk from start to goal along a cliff (the older id)'),
];
