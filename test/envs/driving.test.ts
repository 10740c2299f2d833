/** Every environment that a person can drive: which have keys, and that the keys reach every action. */
import { describe, expect, it } from 'vitest';
import { contains } from '../../src/core/space.ts';
import { type DrivingKey, drivingKey, factsOf, Hand, type Held, keySigns } from '../../src/envs/driving.ts';
import { standardRegistry } from '../../src/envs/standardRegistry.ts';

const specs = standardRegistry().list();
const drivingOf = (id: string) => {
  const spec = standardRegistry().get(id);
  return factsOf(spec, spec).driving;
};

/** Too many joints to time by hand, or too quick to be kept upright by hand. */
const withoutKeys = [
  'BipedalWalker-v3',
  'BipedalWalkerHardcore-v3',
  ...['HalfCheetah', 'Hopper', 'InvertedDoublePendulum', 'Walker2d', 'Ant', 'Humanoid', 'HumanoidStandup'].flatMap((name) => [
    `${name}-v5`,
    `${name}-v4`,
  ]),
  'Pusher-v5',
];

/** No key, each key, and each two of them, in both orders. */
const held = (keys: Held): Held[] => [
  [],
  ...keys.map((key) => [key]),
  ...keys.flatMap((a) => keys.filter((b) => b !== a).map((b) => [a, b])),
];

describe('keys to drive with', () => {
  it('every environment has them, or is one that no hand can drive', () => {
    expect(
      specs
        .filter((spec) => !factsOf(spec, spec).driving)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(withoutKeys.toSorted());
  });

  it.each(specs.filter(({ id }) => !withoutKeys.includes(id)).map((spec) => [spec.id, spec] as const))(
    '%s: they give valid actions, and every one there is',
    (_id, spec) => {
      const { driving } = factsOf(spec, spec);
      const { actionSpace } = spec;
      const given = held(driving!.keys).flatMap((keys) => [0, 1].map((step) => driving!.action(keys, step)));
      if (actionSpace.kind === 'discrete') {
        const actions = new Set(given.filter((action) => action !== undefined));
        expect([...actions].toSorted()).toEqual(Array.from({ length: actionSpace.n }, (_, k) => k));
      } else if (actionSpace.kind === 'box') {
        for (const action of given) expect(contains(actionSpace, action as Float32Array)).toBe(true);
        for (let k = 0; k < actionSpace.size; k++) {
          const signs = new Set(given.map((action) => Math.sign((action as Float32Array)[k]!) + 0));
          expect(signs.size).toBeGreaterThan(1);
        }
      }
      for (const key of driving!.keys)
        expect(driving!.help).toContain(driving!.help.includes('The arrows') && key.length > 1 ? 'arrows' : keySigns[key]);
    },
  );

  it.each([
    ['CartPole-v1', ['left', 'right'], 1],
    ['MountainCar-v0', ['left'], 0],
    ['MountainCar-v0', [], 1],
    ['Acrobot-v1', ['right'], 2],
    ['LunarLander-v3', ['right', 'up'], 2],
    ['LunarLander-v3', [], 0],
    ['CliffWalking-v1', ['down'], 2],
    ['FrozenLake-v1', ['up'], 3],
    ['FrozenLake-v1', [], undefined],
    ['Taxi-v4', ['up'], 1],
    ['Taxi-v4', ['a'], 4],
    ['Taxi-v4', ['b'], 5],
    ['Blackjack-v1', ['up'], 1],
    ['LunarLanderContinuous-v3', ['up', 'left'], Float32Array.of(1, -1)],
    ['LunarLanderContinuous-v3', [], Float32Array.of(0, 0)],
    ['Pendulum-v1', ['left'], Float32Array.of(2)],
    ['Reacher-v5', ['right', 'up'], Float32Array.of(-0.05, 0.05)],
  ] as const)('%s: %j does %o', (id, keys, action) => {
    expect(drivingOf(id)!.action(keys, 0)).toEqual(action);
  });

  it.each([
    ['MountainCar-v0', 'right', 0],
    ['MountainCarContinuous-v0', 'right', 0],
    ['InvertedPendulum-v5', 'right', 0],
  ] as const)('%s: %s increases number %i of the observation, as the picture shows it', async (id, key, index) => {
    const env = await standardRegistry().get(id).make({});
    const first = env.reset({ seed: 3 }).observation as ArrayLike<number>;
    const last = [0, 1, 2].map((step) => env.step(drivingOf(id)!.action([key], step)!).observation as ArrayLike<number>).at(-1)!;
    expect(last[index]).toBeGreaterThan(first[index]!);
    env.close?.();
  });

  it.each([
    ['ArrowUp', 'up'],
    ['ArrowLeft', 'left'],
    ['a', 'a'],
    ['B', 'b'],
    ['Enter', undefined],
    ['constructor', undefined],
  ] as const)('the key that a keyboard calls %s is %s', (name, key) => {
    expect(drivingKey(name)).toBe(key satisfies DrivingKey | undefined);
  });

  it('a tap between two steps counts for one step', () => {
    const hand = new Hand();
    const driving = drivingOf('FrozenLake-v1')!;
    expect(hand.act(driving, 0)).toBeUndefined();
    expect([hand.hold(['up']), hand.hold([])]).toEqual([true, false]);
    expect([hand.act(driving, 0), hand.act(driving, 1)]).toEqual([3, undefined]);
    hand.hold(['down']);
    hand.hold(['down', 'left']);
    hand.hold(['down']);
    expect(hand.act(driving, 0)).toBe(1);
  });
});
