/** The environments that come with the package. */
import type { Env } from '../core/env.ts';
import {
  LunarLanderEnv,
  lunarLanderActionSpace,
  lunarLanderContinuousActionSpace,
  lunarLanderObservationSpace,
} from './box2d/lunarLander.ts';
import { LunarLanderVectorEnv } from './box2d/lunarLanderVector.ts';
import { CartPoleEnv, cartPoleActionSpace, cartPoleObservationSpace } from './classic-control/cartPole.ts';
import { CartPoleVectorEnv } from './classic-control/cartPoleVector.ts';
import { halfCheetah, halfCheetahActionSpace, halfCheetahObservationSpace } from './mujoco/halfCheetah.ts';
import { hopper, hopperActionSpace, hopperObservationSpace } from './mujoco/hopper.ts';
import { invertedPendulum, invertedPendulumActionSpace, invertedPendulumObservationSpace } from './mujoco/invertedPendulum.ts';
import { loadMujoco } from './mujoco/module.ts';
import { MujocoEnv } from './mujoco/mujocoEnv.ts';
import { MujocoVectorEnv } from './mujoco/mujocoVector.ts';
import type { MujocoTask } from './mujoco/task.ts';
import { type OptionKinds, readOptions } from './options.ts';
import { EnvRegistry, type EnvSpec } from './spec.ts';
import { CliffWalkingEnv, cliffWalkingActionSpace, cliffWalkingObservationSpace } from './toy-text/cliffWalking.ts';
import { CliffWalkingVectorEnv } from './toy-text/cliffWalkingVector.ts';
import { TimeLimit } from './wrappers/timeLimit.ts';

function limited<E extends Env>(env: E, maxEpisodeSteps: number | undefined): Env {
  return maxEpisodeSteps === undefined ? env : new TimeLimit(env as Env, maxEpisodeSteps);
}

function cartPole(id: string, maxEpisodeSteps: number, rewardThreshold: number): EnvSpec {
  const kinds = { suttonBartoReward: 'boolean', maxEpisodeSteps: 'steps' } as const satisfies OptionKinds;
  return {
    id,
    description: 'Keep a pole upright on a cart that is pushed left or right',
    observationSpace: cartPoleObservationSpace,
    actionSpace: cartPoleActionSpace,
    maxEpisodeSteps,
    rewardThreshold,
    parity: 'exact as measured, tested to 1 ulp',
    make(options) {
      const read = readOptions(id, kinds, options);
      return limited(new CartPoleEnv(read) as Env, read.maxEpisodeSteps ?? maxEpisodeSteps);
    },
    makeVector(numEnvs, options) {
      return new CartPoleVectorEnv(numEnvs, { maxEpisodeSteps, ...readOptions(id, kinds, options) });
    },
  };
}

function cliffWalking(id: string, slipperyByDefault: boolean, description: string): EnvSpec {
  // Only version 1 of the plain task takes is_slippery in Gymnasium; the others are fixed.
  const kinds: OptionKinds = id === 'CliffWalking-v1' ? { isSlippery: 'boolean', maxEpisodeSteps: 'steps' } : { maxEpisodeSteps: 'steps' };
  const read = (options?: Readonly<Record<string, unknown>>): { isSlippery: boolean; maxEpisodeSteps?: number } => ({
    isSlippery: slipperyByDefault,
    ...(readOptions(id, kinds, options) as { isSlippery?: boolean; maxEpisodeSteps?: number }),
  });
  return {
    id,
    description,
    observationSpace: cliffWalkingObservationSpace,
    actionSpace: cliffWalkingActionSpace,
    evaluationMaxSteps: 500,
    // Gymnasium registers none; ours: every safe way, the top row's 17 steps included.
    rewardThreshold: slipperyByDefault ? undefined : -17,
    parity: 'exact',
    make(options) {
      const values = read(options);
      return limited(new CliffWalkingEnv(values) as Env, values.maxEpisodeSteps);
    },
    makeVector(numEnvs, options) {
      return new CliffWalkingVectorEnv(numEnvs, read(options));
    },
  };
}

function lunarLander(id: string, continuousByDefault: boolean): EnvSpec {
  const maxEpisodeSteps = 1000;
  const kinds = {
    continuous: 'boolean',
    gravity: 'number',
    enableWind: 'boolean',
    windPower: 'number',
    turbulencePower: 'number',
    maxEpisodeSteps: 'steps',
  } as const satisfies OptionKinds;
  return {
    id,
    description: continuousByDefault
      ? 'Land softly between two flags with two throttles'
      : 'Land softly between two flags with one of three engines at a time',
    observationSpace: lunarLanderObservationSpace,
    actionSpace: continuousByDefault ? lunarLanderContinuousActionSpace : lunarLanderActionSpace,
    maxEpisodeSteps,
    rewardThreshold: 200,
    worthThreads: true,
    parity: 'exact',
    make(options) {
      const read = { continuous: continuousByDefault, ...readOptions(id, kinds, options) };
      return limited(new LunarLanderEnv(read) as Env, read.maxEpisodeSteps ?? maxEpisodeSteps);
    },
    makeVector(numEnvs, options) {
      return new LunarLanderVectorEnv(numEnvs, { continuous: continuousByDefault, maxEpisodeSteps, ...readOptions(id, kinds, options) });
    },
  };
}

const mujocoParity = 'reset and reward exact, one step tested to 1e-12; needs @mujoco/mujoco';

/** A MuJoCo environment; `kinds` are the numbers and switches that its task takes besides `maxEpisodeSteps`. */
function mujoco(
  spec: Omit<EnvSpec, 'make' | 'makeVector'>,
  kinds: OptionKinds,
  task: (options: Readonly<Record<string, number | boolean>>) => MujocoTask,
): EnvSpec {
  const read = (options?: Readonly<Record<string, unknown>>): { chosen: MujocoTask; maxEpisodeSteps: number | undefined } => {
    const { maxEpisodeSteps, ...rest } = readOptions(spec.id, { ...kinds, maxEpisodeSteps: 'steps' }, options);
    return { chosen: task(rest as Record<string, number | boolean>), maxEpisodeSteps: (maxEpisodeSteps as number) ?? spec.maxEpisodeSteps };
  };
  return {
    ...spec,
    worthThreads: true,
    async make(options) {
      const { chosen, maxEpisodeSteps } = read(options);
      return new MujocoEnv(await loadMujoco(), chosen, maxEpisodeSteps) as Env;
    },
    async makeVector(numEnvs, options) {
      const { chosen, maxEpisodeSteps } = read(options);
      return new MujocoVectorEnv(await loadMujoco(), chosen, numEnvs, maxEpisodeSteps);
    },
  };
}

/** Options of a task that rewards running; version 4 takes them too. */
const runnerKinds = {
  forwardRewardWeight: 'number',
  ctrlCostWeight: 'number',
  resetNoiseScale: 'number',
  excludeCurrentPositionsFromObservation: 'boolean',
} as const satisfies OptionKinds;

function halfCheetahSpec(id: string, version: 4 | 5): EnvSpec {
  return mujoco(
    {
      id,
      description: `Run to the right as fast as possible with six joints${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: halfCheetahObservationSpace,
      actionSpace: halfCheetahActionSpace,
      maxEpisodeSteps: 1000,
      rewardThreshold: 4800,
      parity: mujocoParity,
    },
    runnerKinds,
    (options) => halfCheetah(options, version),
  );
}

const hopperSpec = (): EnvSpec =>
  mujoco(
    {
      id: 'Hopper-v5',
      description: 'Hop to the right on one leg of three joints without falling',
      observationSpace: hopperObservationSpace,
      actionSpace: hopperActionSpace,
      maxEpisodeSteps: 1000,
      rewardThreshold: 3800,
      parity: 'reset and reward exact, one step to 1e-12 (1 in 2,000 to 1e-6); needs @mujoco/mujoco',
    },
    { ...runnerKinds, healthyReward: 'number', terminateWhenUnhealthy: 'boolean' },
    hopper,
  );

const invertedPendulumSpec = (): EnvSpec =>
  mujoco(
    {
      id: 'InvertedPendulum-v5',
      description: 'Keep a pole upright on a cart that is driven along a rail',
      observationSpace: invertedPendulumObservationSpace,
      actionSpace: invertedPendulumActionSpace,
      maxEpisodeSteps: 1000,
      rewardThreshold: 950,
      parity: mujocoParity,
    },
    { resetNoiseScale: 'number' },
    invertedPendulum,
  );

/** A new registry with all built-in environments; register more on it. */
export function createStandardRegistry(): EnvRegistry {
  // Thresholds as registered in Gymnasium.
  return new EnvRegistry()
    .register(cartPole('CartPole-v1', 500, 475))
    .register(cartPole('CartPole-v0', 200, 195))
    .register(lunarLander('LunarLander-v3', false))
    .register(lunarLander('LunarLanderContinuous-v3', true))
    .register(halfCheetahSpec('HalfCheetah-v5', 5))
    .register(halfCheetahSpec('HalfCheetah-v4', 4))
    .register(hopperSpec())
    .register(invertedPendulumSpec())
    .register(cliffWalking('CliffWalking-v1', false, 'Walk from start to goal along a cliff'))
    .register(cliffWalking('CliffWalkingSlippery-v1', true, 'Walk along a cliff where two steps in three go astray'))
    .register(cliffWalking('CliffWalking-v0', false, 'Walk from start to goal along a cliff (the older id)'));
}
