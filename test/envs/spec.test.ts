/** What the registry says of every built-in environment. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Action, Env } from '../../src/core/env.ts';
import { type BoxSpace, box, type DiscreteSpace, type Space, type TupleSpace } from '../../src/core/space.ts';
import { type LunarLanderScene, makeEnv, standardRegistry } from '../../src/envs/index.ts';
import { boxRows, type SpaceRow } from '../../src/envs/spec.ts';
import { createGenerator, sampleSpace } from '../../src/random/index.ts';
import { baseOf } from './optionBases.ts';

declare module '../../src/envs/spec.ts' {
  interface EnvTypes {
    'Declared-v0': { observation: number; action: Float32Array };
  }
}

const specs = standardRegistry().list();

function checkBounds(rows: readonly SpaceRow[], given: Space): void {
  const space = given as BoxSpace | DiscreteSpace | TupleSpace;
  const parts = (space.kind === 'tuple' ? space.spaces : [space]) as readonly DiscreteSpace[];
  const low = space.kind === 'box' ? [...space.low] : parts.map(({ start }) => start);
  const high = space.kind === 'box' ? [...space.high] : parts.map(({ start, n }) => start + n - 1);
  expect(rows.map(({ min = -Infinity }) => min)).toEqual(low);
  expect(rows.map(({ max = Infinity }) => max)).toEqual(high);
}

describe.each(specs)('$id', ({ observation = [], action = [], observationSpace, actionSpace, ...spec }) => {
  it('has a row with the bounds of the space for every number that it shows', () => {
    checkBounds(observation, observationSpace);
  });

  it('has a row for every number or value that it takes', () => {
    if (actionSpace.kind === 'box') checkBounds(action, actionSpace);
    else expect(action).toHaveLength((actionSpace as DiscreteSpace).n);
  });

  it('names no two rows alike and explains each', () => {
    for (const rows of [observation, action]) {
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
      for (const { name, meaning } of rows) expect([name, meaning]).not.toContain('');
    }
  });

  it('says how it is rewarded, how it ends, what its version is and where that stands', () => {
    for (const text of [spec.rewards, spec.versions]) expect(text).toMatch(/\w\.$/);
    expect(spec.episodeEnd).toMatch(
      spec.maxEpisodeSteps === undefined ? /Never truncated/ : `Truncated after ${spec.maxEpisodeSteps} steps`,
    );
    expect(spec.versions).toContain(spec.id.match(/v\d$/)![0]);
    // An environment without an original, which has no parity, has some other source.
    expect(spec.source).toMatch(spec.parity ? /^https:\/\/gymnasium\.farama\.org\/environments\/\w+\/\w+\/$/ : /^https:\/\//);
  });
});

/** What an environment shows and pays over 40 steps. */
async function played(id: string, options: Readonly<Record<string, unknown>>): Promise<unknown[]> {
  const env = await makeEnv<string>(id, options);
  const generator = createGenerator(1);
  const seen: unknown[] = [structuredClone(env.reset({ seed: 1 }).observation)];
  for (let t = 0; t < 40; t++) {
    const { observation, reward, terminated } = env.step(sampleSpace(env.actionSpace, generator) as Action);
    seen.push(structuredClone(observation), reward, terminated);
    if (terminated) env.reset();
  }
  env.close?.();
  return seen;
}

describe('an option', () => {
  const rows = specs.flatMap(({ id, options = {} }) => Object.entries(options).map(([name, option]) => ({ id, name, ...option })));

  it.each(rows)('$name of $id has the default that its row says', async ({ id, name, ...option }) => {
    const base = { ...baseOf(name), ...(id === 'Ant-v4' && name === 'contactCostWeight' ? { useContactForces: true } : {}) };
    const plain = await played(id, base);
    if (option.default !== undefined) expect(await played(id, { ...base, [name]: option.default })).toEqual(plain);
    // A goal is not reached in so few steps.
    if (option.kind === 'number' && name !== 'goalVelocity') {
      expect(await played(id, { ...base, [name]: (option.default as number) / 2 })).not.toEqual(plain);
    }
  });
});

describe('the tables', () => {
  it('leave out the bounds of a box where it has none', () => {
    const rows = boxRows(box([-Infinity, 0], [1, Infinity], [2]), [
      ['first', 'a number', 'm'],
      ['second', 'another'],
    ]);
    expect(rows).toEqual([
      { name: 'first', meaning: 'a number', unit: 'm', max: 1 },
      { name: 'second', meaning: 'another', min: 0 },
    ]);
  });

  it('name the legs of LunarLander by the side on which they are, and its side engines by the direction of their push', async () => {
    const env = await makeEnv('LunarLander-v3');
    const pushed = (action: number): readonly [dx: number, turn: number] => {
      const first = env.reset({ seed: 3 }).observation;
      const last = [1, 2, 3].map(() => env.step(action).observation).at(-1)!;
      return [last[2]! - first[2]!, last[5]! - first[5]!];
    };
    expect(pushed(1)[0]).toBeLessThan(-0.01);
    expect(pushed(1)[1]).toBeGreaterThan(0.01);
    expect(pushed(3)[0]).toBeGreaterThan(0.01);
    expect(pushed(3)[1]).toBeLessThan(-0.01);
    const { hull, legs } = env.scene!() as LunarLanderScene;
    expect(legs[0].x).toBeGreaterThan(hull.x);
    expect(legs[1].x).toBeLessThan(hull.x);
  });
});

describe('makeEnv', () => {
  it('knows the types of the ids that are built in or declared', () => {
    expectTypeOf(makeEnv<'CartPole-v1'>).returns.resolves.toEqualTypeOf<Env<Float32Array, number>>();
    expectTypeOf(makeEnv<'CliffWalking-v1'>).returns.resolves.toEqualTypeOf<Env<number, number>>();
    expectTypeOf(makeEnv<'Blackjack-v1'>).returns.resolves.toEqualTypeOf<Env<readonly number[], number>>();
    expectTypeOf(makeEnv<'HalfCheetah-v5'>).returns.resolves.toEqualTypeOf<Env<Float64Array, Exclude<Action, number>>>();
    expectTypeOf(makeEnv<'Declared-v0'>).returns.resolves.toEqualTypeOf<Env<number, Float32Array>>();
    expectTypeOf(makeEnv<string>).returns.resolves.toEqualTypeOf<Env>();
    const step = async (): Promise<unknown> =>
      // @ts-expect-error CartPole takes a number.
      (await makeEnv('CartPole-v1')).step('left');
    expect(step).toBeTypeOf('function');
  });

  it.each(specs.map(({ id }) => id))('%s shows what its type says', async (id) => {
    const env = await makeEnv(id);
    const { observation } = env.reset({ seed: 1 });
    const kind =
      { discrete: 'Number', tuple: 'Array' }[env.observationSpace.kind as string] ??
      ((env.observationSpace as BoxSpace).dtype === 'float32' ? 'Float32Array' : 'Float64Array');
    expect(observation.constructor.name).toBe(kind);
    env.close?.();
  });
});
