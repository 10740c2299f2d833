/** BipedalWalker by its ids. */
import { dynamicsSpec } from '../dynamicsSpec.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { bipedalWalker, bipedalWalkerActionSpace, bipedalWalkerObservationSpace } from './bipedalWalker.ts';

const legNames = ['first', 'second'] as const;

/** Rows of a leg in the observation. */
const legRows = (leg: string): (readonly [string, string, string?])[] => [
  [`${leg} hip angle`, 'from where the leg began; positive swings it forward, from -0.8 to 1.1', 'rad'],
  [`${leg} hip speed`, 'positive swings the leg forward', '4 rad/s'],
  [`${leg} knee angle`, '1 is a straight leg; the knee bends from 0.9 to -0.6', 'rad'],
  [`${leg} knee speed`, 'positive stretches the leg', '6 rad/s'],
  [`${leg} leg contact`, '1 if the lower part of the leg touches the ground, else 0'],
];

/** Rows of the lidar, which looks from straight down to 77 degrees forward. */
const lidarRows = /* @__PURE__ */ Array.from({ length: 10 }, (_, k): readonly [string, string, string] => [
  `lidar ${k}`,
  `distance to the ground along a ray ${((k * 0.15 * 180) / Math.PI).toFixed(0)} degrees forward of straight down; 1 if there is none within reach`,
  '5.33 m',
]);

const joints = /* @__PURE__ */ legNames.flatMap((leg): (readonly [string, string, string])[] => [
  [`${leg} hip`, 'share of the greatest torque; its sign is the direction, positive swings the leg forward', '80 N m'],
  [`${leg} knee`, 'share of the greatest torque; its sign is the direction, positive stretches the leg', '80 N m'],
]);

function bipedalWalkerSpec(id: string, hardcoreByDefault: boolean): EnvSpec {
  const maxEpisodeSteps = hardcoreByDefault ? 2000 : 1600;
  return dynamicsSpec(
    {
      id,
      description: hardcoreByDefault
        ? 'Walk to the far end over stumps, pits and stairs on two legs'
        : 'Walk to the far end of rough grass on two legs',
      observationSpace: bipedalWalkerObservationSpace,
      actionSpace: bipedalWalkerActionSpace,
      observation: boxRows(bipedalWalkerObservationSpace, [
        ['hull angle', 'lean from upright, positive backward', 'rad'],
        ['hull angular velocity', 'positive backward', '25 rad/s'],
        ['horizontal velocity', 'positive forward', '8.33 m/s'],
        ['vertical velocity', 'positive upward', '12.5 m/s'],
        ...legNames.flatMap(legRows),
        ...lidarRows,
      ]),
      action: boxRows(bipedalWalkerActionSpace, joints),
      rewards:
        'The growth of a potential since the last step: 4.33 for every meter forward, less 5 for every radian of lean. Each motor costs 0.028 a step at full torque. In place of all this, a fall or leaving the ground on the left earns -100.',
      episodeEnd: `Terminated when the hull touches the ground, when the walker leaves the ground on the left, or when it is 88.7 m from the left end. Truncated after ${maxEpisodeSteps} steps of 0.02 s.`,
      versions:
        'v3 returns the closest distance along each ray of the lidar. v2 and older are not included. Gymnasium keeps its world from one episode to the next, and the last bits of a later episode depend on those before; here every episode is as the first one there.',
      source: 'https://gymnasium.farama.org/environments/box2d/bipedal_walker/',
      maxEpisodeSteps,
      rewardThreshold: 300,
      worthThreads: true,
      parity: 'exact, an episode as the first of a new environment',
    },
    { hardcore: { kind: 'boolean', default: hardcoreByDefault, meaning: 'stumps, pits and stairs on the way' } },
    (options) => bipedalWalker({ hardcore: hardcoreByDefault, ...options }),
  );
}

/** BipedalWalker-v3 and its hardcore form. */
export const bipedalWalkerSpecs = (): EnvSpec[] => [
  bipedalWalkerSpec('BipedalWalker-v3', false),
  bipedalWalkerSpec('BipedalWalkerHardcore-v3', true),
];
