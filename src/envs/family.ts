/** Environments of the package, family by family: their ids, and whether an environment is one of them. */
import type { EnvSpec } from './spec.ts';

/** Their ids, in the order of `standardRegistry`. */
export const idsOfThePackage = {
  cartPole: ['CartPole-v1', 'CartPole-v0'],
  classicControl: ['Acrobot-v1', 'MountainCar-v0', 'MountainCarContinuous-v0', 'Pendulum-v1'],
  box2d: ['LunarLander-v3', 'LunarLanderContinuous-v3', 'BipedalWalker-v3', 'BipedalWalkerHardcore-v3'],
  mujoco: [
    'HalfCheetah-v5',
    'HalfCheetah-v4',
    'Hopper-v5',
    'Hopper-v4',
    'InvertedPendulum-v5',
    'InvertedPendulum-v4',
    'InvertedDoublePendulum-v5',
    'InvertedDoublePendulum-v4',
    'Reacher-v5',
    'Reacher-v4',
    'Swimmer-v5',
    'Swimmer-v4',
    'Walker2d-v5',
    'Walker2d-v4',
    'Ant-v5',
    'Ant-v4',
    'Humanoid-v5',
    'Humanoid-v4',
    'HumanoidStandup-v5',
    'HumanoidStandup-v4',
    'Pusher-v5',
  ],
  toyText: [
    'CliffWalking-v1',
    'CliffWalkingSlippery-v1',
    'CliffWalking-v0',
    'FrozenLake-v1',
    'FrozenLake8x8-v1',
    'Taxi-v4',
    'Blackjack-v1',
  ],
} as const;

/** Name of a family. */
export type Family = keyof typeof idsOfThePackage;

/** Whether an environment of the package has that id. */
export const isIdOfThePackage = (id: string): boolean => Object.values<readonly string[]>(idsOfThePackage).some((ids) => ids.includes(id));

const ofThePackage = new WeakSet<EnvSpec>();

/**
 * A family from what makes its specs: the same ones at every call, for an environment is known by its spec. Made late, so that a program without them is
 * bundled without them.
 */
export function family(make: () => readonly EnvSpec[]): () => readonly EnvSpec[] {
  let specs: readonly EnvSpec[] | undefined;
  return () => {
    if (specs) return specs;
    specs = make();
    for (const spec of specs) ofThePackage.add(spec);
    return specs;
  };
}

/** Whether that is an environment of the package, and not another one with its id. */
export const isOfThePackage = (spec: EnvSpec): boolean => ofThePackage.has(spec);
