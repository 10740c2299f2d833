/** LunarLander by its ids. */
import { dynamicsSpec } from '../dynamicsSpec.ts';
import { boxRows, type EnvSpec, type SpaceRow } from '../spec.ts';
import { lunarLander, lunarLanderActionSpace, lunarLanderContinuousActionSpace, lunarLanderObservationSpace } from './lunarLander.ts';

const engines: readonly SpaceRow[] = [
  { name: 'nothing', meaning: 'let the lander fall' },
  { name: 'left engine', meaning: 'push the lander to the left and turn it counter-clockwise' },
  { name: 'main engine', meaning: 'push the lander along its axis, upwards when it is upright' },
  { name: 'right engine', meaning: 'push the lander to the right and turn it clockwise' },
];
const throttles: readonly SpaceRow[] = /* @__PURE__ */ boxRows(lunarLanderContinuousActionSpace, [
  ['main engine', 'off up to 0; above, its power grows from 50 to 100 percent'],
  ['side engines', 'off from -0.5 to 0.5; beyond, their power grows from 50 to 100 percent; negative pushes to the left'],
]);

function lunarLanderSpec(id: string, continuousByDefault: boolean): EnvSpec {
  return dynamicsSpec(
    {
      id,
      description: continuousByDefault
        ? 'Land softly between two flags with two throttles'
        : 'Land softly between two flags with one of three engines at a time',
      observationSpace: lunarLanderObservationSpace,
      actionSpace: continuousByDefault ? lunarLanderContinuousActionSpace : lunarLanderActionSpace,
      observation: boxRows(lunarLanderObservationSpace, [
        ['x', 'distance from the middle of the pad, positive to the right; the episode ends at 1', '10 m'],
        ['y', 'height above the pad, 0 when the legs stand on it', '6.67 m'],
        ['horizontal velocity', 'positive to the right', '5 m/s'],
        ['vertical velocity', 'positive upwards', '7.5 m/s'],
        ['angle', 'lean from upright, positive to the left', 'rad'],
        ['angular velocity', 'positive counter-clockwise', '2.5 rad/s'],
        ['right leg contact', '1 if the leg on the right touches the ground, else 0'],
        ['left leg contact', '1 if the leg on the left touches the ground, else 0'],
      ]),
      action: continuousByDefault ? throttles : engines,
      rewards:
        'The growth of a potential since the last step: -100 times the distance from the pad, -100 times the speed, -100 times the lean (in the units of the observation), and 10 for each leg on the ground. Full power costs 0.3 a step in the main engine and 0.03 in a side engine. In place of all this, a crash or leaving the view earns -100, and coming to rest 100.',
      episodeEnd:
        'Terminated when the hull touches the ground, when x reaches 1 or -1, or when the lander has come to rest. Truncated after 1000 steps of 0.02 s.',
      versions:
        'v3 makes a new world for every episode, draws the wind at every reset and has wider bounds. v2 is not included: its episodes depend on those before.',
      source: 'https://gymnasium.farama.org/environments/box2d/lunar_lander/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 200,
      worthThreads: true,
      parity: 'exact',
    },
    {
      continuous: { kind: 'boolean', default: continuousByDefault, meaning: 'two throttles instead of four actions' },
      gravity: { kind: 'number', default: -10, meaning: 'vertical acceleration in m/s^2, between -12 and 0' },
      enableWind: { kind: 'boolean', default: false, meaning: 'whether wind blows' },
      windPower: { kind: 'number', default: 15, meaning: 'greatest force of the wind in N; 0 to 20 is sensible' },
      turbulencePower: { kind: 'number', default: 1.5, meaning: 'greatest torque of the wind in N m; 0 to 2 is sensible' },
    },
    (options) => lunarLander({ continuous: continuousByDefault, ...options }),
  );
}

/** LunarLander-v3 and its continuous form. */
export const lunarLanderSpecs = (): EnvSpec[] => [
  lunarLanderSpec('LunarLander-v3', false),
  lunarLanderSpec('LunarLanderContinuous-v3', true),
];
