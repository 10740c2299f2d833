import { describe, expect, it } from 'vitest';
import type { VectorEnv } from '../../src/core/env.ts';
import type { BoxSpace } from '../../src/core/space.ts';
import {
  ant,
  checkEnv,
  DynamicsEnv,
  DynamicsVectorEnv,
  halfCheetah,
  hopper,
  humanoid,
  humanoidStandup,
  invertedDoublePendulum,
  invertedPendulum,
  loadMujoco,
  type MujocoModule,
  type MujocoTask,
  type MujocoView,
  makeEnv,
  makeVectorEnv,
  mujocoDynamics,
  type PlanarScene,
  pusher,
  reacher,
  type SpatialView,
  standardRegistry,
  swimmer,
  vectorize,
  walker2d,
} from '../../src/envs/index.ts';
import { Sha256 } from '../../src/run/sha256.ts';
import { bitsOf } from '../fixtures/typedArray.ts';
import { actorOf } from './mujocoParity.ts';

/** Every environment: its name, what makes it, and the threshold that Gymnasium registers. */
const makers: readonly (readonly [
  name: string,
  make: (options: object, version: 4 | 5) => MujocoTask<MujocoView | SpatialView>,
  threshold: number | undefined,
])[] = [
  ['HalfCheetah', halfCheetah, 4800],
  ['Hopper', hopper, 3800],
  ['InvertedPendulum', invertedPendulum, 950],
  ['InvertedDoublePendulum', invertedDoublePendulum, 9100],
  ['Reacher', reacher, -3.75],
  ['Swimmer', swimmer, 360],
  ['Walker2d', walker2d, undefined],
  ['Ant', ant, 6000],
  ['Humanoid', humanoid, undefined],
  ['HumanoidStandup', humanoidStandup, undefined],
  ['Pusher', pusher, 0],
];
/** Steps after which an episode is truncated, where they are not 1,000. */
const limits: Readonly<Record<string, number>> = { Reacher: 50, Pusher: 100 };
const versions = makers.flatMap(([name, make, rewardThreshold]) =>
  ([5, 4] as const)
    // Version 4 of Pusher needs an engine that is older than 3.
    .filter((version) => version === 5 || name !== 'Pusher')
    .map((version) => ({ id: `${name}-v${version}`, version, task: make({}, version), limit: limits[name] ?? 1000, rewardThreshold })),
);
const tasks = versions.filter(({ version }) => version === 5).map(({ task }) => task);

/** Actions of N environments out of one stream. */
function actionsOf(env: VectorEnv, seed: number): () => Float32Array {
  const act = actorOf(env.actionSpace as BoxSpace, seed);
  return () => Float32Array.from(Array.from({ length: env.numEnvs }, () => [...act()]).flat());
}

/** The module, with counts of what was made and not freed. */
async function counted(): Promise<{ mujoco: MujocoModule; alive: { models: number; simulations: number } }> {
  const real = await loadMujoco();
  const alive = { models: 0, simulations: 0 };
  const watch = <T extends { delete(): void }>(handle: T, kind: keyof typeof alive): T => {
    const free = handle.delete.bind(handle);
    alive[kind]++;
    handle.delete = () => {
      alive[kind]--;
      free();
    };
    return handle;
  };
  const mujoco = Object.create(real, {
    MjModel: { value: { from_xml_string: (xml: string) => watch(real.MjModel.from_xml_string(xml), 'models') } },
    MjData: {
      value: function makeEnv(model: Parameters<MujocoModule['mj_step']>[0]) {
        return watch(new real.MjData(model), 'simulations');
      },
    },
  }) as MujocoModule;
  return { mujoco, alive };
}

describe('MuJoCo in WebAssembly', () => {
  // Of version 3.9.0; a new version may round otherwise, and then has new numbers here.
  it.each([
    ['HalfCheetah', halfCheetah(), '8a9f5e42227f8698c1799d9deccadb40a1a0cde6e7b1029d8123aaf0647d6c86'],
    ['Hopper', hopper(), 'a335f01093b6262d76ea1c38352e530b05aacee65f0945f3c2c194ea0402ec81'],
    ['InvertedDoublePendulum', invertedDoublePendulum(), '1f58ffc4557ed817035b26303b18f4b8aa609e550913d67bce65d30a509db3e1'],
    ['Reacher', reacher(), 'e8c6d5dcf4ece0ed93e8b3f3cef4cd20715163d4b4f3f2ed80762d4e88ff820e'],
    ['Swimmer', swimmer(), '2b0574e456a24e5a24c4bce57ec7ec9cfb2d25b56d9b46aeeace46348368e9a0'],
    ['Walker2d', walker2d(), '2ed6cfd70aeaaa92aa8d7fb88b0ee84149c847fb39860659b21f84ef640bb78e'],
  ])('%s: 5,000 steps have the same bits in Node and in a browser', async (_, task, expected) => {
    const mujoco = await loadMujoco();
    expect(mujoco.mj_versionString()).toBe('3.9.0');
    const env = new DynamicsVectorEnv(mujocoDynamics(mujoco, task), 5, 500);
    const next = actionsOf(env, 1);
    env.reset([0, 1, 2, 3, 4]);
    const sha = new Sha256().update(env.observations);
    for (let t = 0; t < 1000; t++) {
      env.step(next());
      sha.update(env.observations).update(env.rewards);
    }
    expect(sha.hex()).toBe(expected);
    env.close();
  });

  it('is loaded once', async () => {
    expect(await loadMujoco()).toBe(await loadMujoco());
  });

  it('shares one model and gives everything back', async () => {
    const { mujoco, alive } = await counted();
    const several = new DynamicsVectorEnv(mujocoDynamics(mujoco, halfCheetah()), 3);
    const single = new DynamicsEnv(mujocoDynamics(mujoco, halfCheetah({ ctrlCostWeight: 1 })));
    expect(alive).toEqual({ models: 1, simulations: 4 });
    several.close();
    several.close();
    single.reset({ seed: 1 });
    single.step(new Float32Array(6));
    expect(alive).toEqual({ models: 1, simulations: 1 });
    single.close();
    expect(alive).toEqual({ models: 0, simulations: 0 });
    new DynamicsEnv(mujocoDynamics(mujoco, halfCheetah())).close();
    expect(alive).toEqual({ models: 0, simulations: 0 });
  });

  it('goes on unharmed when the memory grows', async () => {
    const mujoco = await loadMujoco();
    const env = new DynamicsVectorEnv(mujocoDynamics(mujoco, halfCheetah()), 2);
    const next = actionsOf(env, 3);
    env.reset([1, 2]);
    env.step(next());
    const state = env.getState();
    const action = next();
    env.step(action);
    const expected = bitsOf(env.observations);
    env.setState(state);
    const model = mujoco.MjModel.from_xml_string(hopper().xml);
    const probe = new mujoco.MjData(model);
    const view = probe.qpos;
    const large: DynamicsEnv[] = [];
    const spacious = { ...hopper(), xml: hopper().xml.replace('200K', '8M') };
    while (view.length > 0 && large.length < 200) large.push(new DynamicsEnv(mujocoDynamics(mujoco, spacious)));
    expect(view.length).toBe(0);
    env.step(action);
    expect(bitsOf(env.observations)).toEqual(expected);
    for (const other of large) other.close();
    probe.delete();
    model.delete();
    env.close();
  });

  it.each(tasks)('$name uses less than half of its arena', async (task) => {
    const { mujoco } = await counted();
    const datas: { maxuse_arena: number; narena: number }[] = [];
    const Data = mujoco.MjData as unknown as (model: unknown) => (typeof datas)[number];
    const recording = Object.create(mujoco, {
      MjData: {
        value: function makeEnv(model: unknown) {
          const data = Data(model);
          datas.push(data);
          return data;
        },
      },
    }) as MujocoModule;
    const env = new DynamicsVectorEnv(mujocoDynamics(recording, task), 1);
    const next = actionsOf(env, 5);
    env.reset([0]);
    for (let t = 0; t < 1500; t++) env.step(next());
    expect(datas[0]!.maxuse_arena).toBeGreaterThan(0);
    expect(datas[0]!.maxuse_arena).toBeLessThan(datas[0]!.narena / 2);
    env.close();
  });
});

describe.each(versions)('$id', ({ id, version, task, limit, rewardThreshold }) => {
  it('keeps the contract of environments', async () => {
    const mujoco = await loadMujoco();
    expect(checkEnv(() => new DynamicsEnv(mujocoDynamics(mujoco, task), 60))).toMatchObject({ ok: true, problems: [], resumable: true });
  });

  it('N at once are N single ones, autoreset and time limit included', async () => {
    const limits = { maxEpisodeSteps: 30 };
    const fast = await makeVectorEnv(id, 3, { options: limits });
    expect(fast).toBeInstanceOf(DynamicsVectorEnv);
    const slow = vectorize([await makeEnv(id, limits), await makeEnv(id, limits), await makeEnv(id, limits)]);
    const next = actionsOf(fast, 1);
    fast.reset([7, 8, 9]);
    slow.reset([7, 8, 9]);
    let endings = 0;
    for (let t = 0; t < 70; t++) {
      const actions = next();
      fast.step(actions);
      slow.step(actions);
      for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'episodeLengths', 'episodeReturns'] as const) {
        expect(bitsOf(fast[name])).toEqual(bitsOf(slow[name]));
      }
      if (fast.terminated.some(Boolean) || fast.truncated.some(Boolean)) {
        endings++;
        expect(bitsOf(fast.finalObservations)).toEqual(bitsOf(slow.finalObservations));
      }
    }
    expect(endings).toBeGreaterThan(1);
    fast.close();
    slow.close();
  });

  it('goes on from a saved state with the same bits, in another environment too, whatever it did before', async () => {
    const env = await makeVectorEnv(id, 2, { options: { maxEpisodeSteps: 40 } });
    const other = await makeVectorEnv(id, 2, { options: { maxEpisodeSteps: 40 } });
    const next = actionsOf(env, 2);
    env.reset([1, 2]);
    other.reset([5, 6]);
    for (let t = 0; t < 25; t++) {
      env.step(next());
      other.step(next());
    }
    const state = env.getState()!;
    const actions = Array.from({ length: 60 }, next);
    const course = (which: VectorEnv) =>
      actions.map((action) => {
        which.step(action);
        return bitsOf([...which.observations, ...which.rewards, ...which.truncated]);
      });
    const expected = course(env);
    for (const which of [other, env]) {
      which.setState(state);
      // Looking does not touch.
      which.scene!(0);
      expect(course(which)).toEqual(expected);
    }
    env.close();
    other.close();
  });

  it('refuses wrong actions, steps out of turn and everything after close, before anything moves', async () => {
    const env = await makeEnv(id, { maxEpisodeSteps: 2 });
    const good = new Float32Array(env.actionSpace.kind === 'box' ? env.actionSpace.size : 0);
    const name = id.split('-')[0]!;
    expect(() => env.step(good)).toThrow(new RegExp(`${name}.step: expected reset before the first step`));
    env.reset({ seed: 0 });
    const before = env.getState!();
    const bad = [0, new Float32Array(good.length + 1), new Float32Array(0), ...[Number.NaN, Infinity, 1e39].map((x) => good.map(() => x))];
    for (const action of [...bad, Array.from(good, () => 1e39)]) {
      expect(() => env.step(action)).toThrow(new RegExp(`${name}: action: expected an element of Box\\(${good.length}, float32\\)`));
    }
    expect(env.getState!()).toEqual(before);
    env.step(good);
    if (!env.step(good).truncated) throw new Error('expected the time limit');
    expect(() => env.step(good)).toThrow(/expected reset after the episode ended/);
    expect(() => env.setState!({ ...before, simulation: new Float64Array(3) })).toThrow(
      new RegExp(`${name}.setState: expected simulation`),
    );
    env.close!();
    env.close!();
    const closed = new RegExp(`${name}: expected an environment that is open, got one that was closed; make a new one`);
    for (const use of [() => env.reset({ seed: 0 }), () => env.getState!(), () => env.setState!(before), () => env.scene!()]) {
      expect(use).toThrow(closed);
    }

    const several = await makeVectorEnv(id, 2);
    const both = new Float32Array(2 * good.length);
    expect(() => several.step(both)).toThrow(/expected reset before the first step/);
    several.reset([0, 1]);
    const earlier = several.getState();
    expect(() => several.step(good)).toThrow(new RegExp(`expected ${both.length} numbers, got ${good.length}`));
    const late = both.slice();
    late[both.length - 1] = Number.NaN;
    expect(() => several.step(late)).toThrow(
      new RegExp(`${name}, environment 1: action: expected ${good.length} finite numbers?, got NaN as number ${good.length - 1};`),
    );
    expect(several.getState()).toEqual(earlier);
    several.close();
    expect(() => several.step(both)).toThrow(closed);
    expect(() => several.reset()).toThrow(closed);
  });

  it('takes actions beyond the bounds: the motors are clamped', async () => {
    const env = await makeEnv(id);
    if (env.actionSpace.kind !== 'box') throw new Error('expected a box');
    const { high } = env.actionSpace;
    const stepped = (factor: number) => {
      env.reset({ seed: 4 });
      return env.step(Float32Array.from(high, (entry) => factor * entry));
    };
    const [at, beyond] = [stepped(1), stepped(3)];
    expect(bitsOf(beyond.observation as Float64Array)).toEqual(bitsOf(at.observation as Float64Array));
    if (!/Pendulum/.test(id)) expect(beyond.reward).toBeLessThan(at.reward);
    env.close!();
  });

  it('refuses options that it does not know or that are of the wrong kind', async () => {
    const known = standardRegistry().get(id).options!;
    const name = Object.keys(known).find((option) => known[option]!.kind === 'number');
    if (name) await expect(makeEnv(id, { [name]: 'much' })).rejects.toThrow(`${id}: ${name}: expected a finite number, got "much"`);
    if (name) await expect(makeVectorEnv(id, 2, { options: { [name.slice(0, -1)]: 1 } })).rejects.toThrow(`did you mean ${name}`);
    for (const unfit of [0, 2.5, Infinity, '2']) {
      const refusal = version === 5 ? 'frameSkip: expected a whole number of at least 1' : `${id}: option: expected one of`;
      await expect(makeEnv(id, { frameSkip: unfit })).rejects.toThrow(refusal);
    }
    for (const [range] of Object.entries(known).filter(([, { kind }]) => kind === 'range')) {
      for (const unfit of [[1, 0], [0, 0], [0], 1, [0, 'high'], [Number.NaN, 1]]) {
        await expect(makeEnv(id, { [range]: unfit })).rejects.toThrow(`${id}: ${range}: expected two numbers [low, high]`);
      }
    }
    await expect(makeEnv(id, { maxEpisodeSteps: 0 })).rejects.toThrow(/maxEpisodeSteps: expected a whole number of at least 1/);
    await expect(makeVectorEnv(id, 0)).rejects.toThrow(/numEnvs/);
  });

  it('is registered as in Gymnasium', () => {
    const spec = standardRegistry().get(id);
    expect([spec.maxEpisodeSteps, spec.rewardThreshold]).toEqual([limit, rewardThreshold]);
  });
});

describe('HalfCheetah', () => {
  it('version 4 differs from version 5 in info only', async () => {
    const [four, five] = [await makeEnv('HalfCheetah-v4'), await makeEnv('HalfCheetah-v5')];
    const first = [four.reset({ seed: 1 }), five.reset({ seed: 1 })] as const;
    expect(first[0].observation).toEqual(first[1].observation);
    expect([first[0].info, Object.keys(first[1].info)]).toEqual([{}, ['x_position']]);
    const action = Float32Array.of(0.1, -0.2, 0.3, -0.4, 0.5, -0.6);
    const [a, b] = [four.step(action), five.step(action)];
    expect([a.observation, a.reward]).toEqual([b.observation, b.reward]);
    expect(Object.keys(a.info)).toEqual(['x_position', 'x_velocity', 'reward_run', 'reward_ctrl']);
    expect(a.info.reward_run).toBe(b.info.reward_forward);
    four.close!();
    five.close!();
  });

  it('options', async () => {
    const plain = await makeEnv('HalfCheetah-v5');
    const env = await makeEnv('HalfCheetah-v5', {
      forwardRewardWeight: 2,
      ctrlCostWeight: 0,
      resetNoiseScale: 0,
      excludeCurrentPositionsFromObservation: false,
      maxEpisodeSteps: 3,
    });
    expect(env.observationSpace).toMatchObject({ shape: [18], dtype: 'float64' });
    const { observation, info } = env.reset({ seed: 1 });
    expect(Array.from(observation as Float64Array)).toEqual(new Array(18).fill(0));
    expect(info).toEqual({ x_position: 0 });
    const action = new Float32Array(6).fill(0.5);
    const result = env.step(action);
    expect(result.reward).toBe(2 * (result.info.x_velocity as number));
    env.step(action);
    expect(env.step(action).truncated).toBe(true);
    plain.reset({ seed: 1 });
    expect(plain.step(action).info.reward_ctrl).toBe(-Math.fround(Math.fround(0.1) * 1.5));
    plain.close!();
    env.close!();
  });

  it('the scene shows the capsules from the side', async () => {
    const env = await makeEnv('HalfCheetah-v5', { resetNoiseScale: 0 });
    env.reset({ seed: 1 });
    const scene = env.scene!() as PlanarScene;
    expect(scene).toMatchObject({ kind: 'planar', floor: 0, cameraX: 0, stepsPerSecond: 20 });
    expect(scene.capsules.map(({ name }) => name)).toEqual(['torso', 'head', 'bthigh', 'bshin', 'bfoot', 'fthigh', 'fshin', 'ffoot']);
    const [torso, head, backThigh] = scene.capsules;
    expect([torso!.x1, torso!.x2].sort()).toEqual([-0.5, 0.5]);
    expect(torso!.z1).toBeCloseTo(0.7, 12);
    expect(torso!.z2).toBeCloseTo(0.7, 12);
    expect(torso!.radius).toBe(0.046);
    // Half length 0.15, turned by 0.87 from upright, around (0.6, 0.8).
    const ends = [
      [head!.x1, head!.z1],
      [head!.x2, head!.z2],
    ].sort((a, b) => a[0]! - b[0]!);
    expect(ends[1]![0]).toBeCloseTo(0.6 + 0.15 * Math.sin(0.87), 12);
    expect(ends[1]![1]).toBeCloseTo(0.8 + 0.15 * Math.cos(0.87), 12);
    expect(ends[0]![0]).toBeCloseTo(0.6 - 0.15 * Math.sin(0.87), 12);
    expect((backThigh!.x1 + backThigh!.x2) / 2).toBeCloseTo(-0.4, 12);
    for (let t = 0; t < 20; t++) env.step(new Float32Array(6).fill(1));
    const later = env.scene!() as PlanarScene;
    expect(later.cameraX).toBe((env.getState!().simulation as Float64Array)[1]);
    const along = (capsule: PlanarScene['capsules'][number]) => Math.hypot(capsule.x2 - capsule.x1, capsule.z2 - capsule.z1);
    later.capsules.forEach((capsule, k) => {
      expect(along(capsule)).toBeCloseTo(along(scene.capsules[k]!), 12);
    });
    expect(JSON.parse(JSON.stringify(later))).toEqual(later);
    env.close!();
  });
});

describe('options', () => {
  /** Reward and end of the first step after the reset of seed 1, without any action. */
  async function firstStep(id: string, options: object) {
    const env = await makeEnv(id, options as Record<string, unknown>);
    env.reset({ seed: 1 });
    const { reward, terminated, observation, info } = env.step(new Float32Array((env.actionSpace as BoxSpace).size));
    env.close!();
    return { reward, terminated, observation: observation as Float64Array, info };
  }

  it('a body outside of its healthy range falls at once; with null there is no bound', async () => {
    for (const id of ['Hopper-v5', 'Hopper-v4', 'Walker2d-v5', 'Walker2d-v4']) {
      const { observation } = await firstStep(id, {});
      const [height, lean] = observation as unknown as [number, number];
      for (const [healthyZRange, healthyAngleRange, falls] of [
        [[height - 0.01, height + 0.01], [lean - 0.01, lean + 0.01], false],
        [[null, null], [null, lean + 0.01], false],
        // Both ends are outside.
        [[height, null], [null, null], true],
        [[null, height], [null, null], true],
        [[null, null], [lean, null], true],
        [[null, null], [-Infinity, lean], true],
      ]) {
        const { terminated, reward, info } = await firstStep(id, { healthyZRange, healthyAngleRange });
        expect([id, healthyZRange, healthyAngleRange, terminated]).toEqual([id, healthyZRange, healthyAngleRange, falls]);
        const paid = id.endsWith('5') ? Number(!falls) : 1;
        expect(reward).toBeCloseTo((info.x_velocity as number) + paid, 12);
        const goesOn = await firstStep(id, { healthyZRange, healthyAngleRange, terminateWhenUnhealthy: false });
        expect(goesOn.terminated).toBe(false);
        expect(goesOn.reward).toBeCloseTo((goesOn.info.x_velocity as number) + Number(!falls), 12);
      }
    }
    expect((await firstStep('Hopper-v5', { healthyStateRange: [-1e-4, null] })).terminated).toBe(true);
    expect((await firstStep('Hopper-v5', { healthyStateRange: [-1, 1] })).terminated).toBe(false);
  });

  it('frameSkip makes a step of so many of MuJoCo, and its time longer', async () => {
    for (const [id, seconds] of [
      ['HalfCheetah-v5', 0.01],
      ['Hopper-v5', 0.002],
      ['Swimmer-v5', 0.01],
      ['Walker2d-v5', 0.002],
    ] as const) {
      const env = await makeEnv(id, { frameSkip: 3 });
      const before = env.reset({ seed: 1 }).info.x_position as number;
      const { info } = env.step(new Float32Array((env.actionSpace as BoxSpace).size).fill(0.3));
      expect(info.x_velocity).toBe(((info.x_position as number) - before) / (3 * seconds));
      expect((env.getState!().simulation as Float64Array)[0]).toBeCloseTo(3 * seconds, 15);
      env.close!();
    }
  });

  it('what a reward is made of', async () => {
    const still = { frameSkip: 1, resetNoiseScale: 0 };
    // Upright and at rest, in a gravity that leans by 1e-5: the tip stands at 1.2 m.
    expect((await firstStep('InvertedDoublePendulum-v5', still)).reward).toBeCloseTo(10 - 0.8 * 0.8, 6);
    expect((await firstStep('InvertedDoublePendulum-v5', { ...still, healthyReward: 3 })).reward).toBeCloseTo(3 - 0.8 * 0.8, 6);
    const [far, farther] = [await firstStep('Reacher-v5', {}), await firstStep('Reacher-v5', { rewardDistWeight: 3 })];
    expect(far.reward).toBeCloseTo(-Math.hypot(far.observation[8]!, far.observation[9]!), 12);
    expect(farther.reward).toBeCloseTo(3 * far.reward, 12);
  });
});

describe('Reacher', () => {
  it('of version 4 is paid for the distance before the step, also where it goes on from a saved state', async () => {
    const env = await makeEnv('Reacher-v4');
    let { observation } = env.reset({ seed: 3 }) as { observation: Float64Array };
    const act = actorOf(env.actionSpace as BoxSpace, 1);
    const other = await makeEnv('Reacher-v4');
    other.reset({ seed: 9 });
    for (let t = 0; t < 20; t++) {
      const action = act();
      other.setState!(env.getState!());
      const result = env.step(action);
      expect(result.info.reward_dist).toBeCloseTo(-Math.hypot(observation[8]!, observation[9]!), 14);
      expect(other.step(action)).toEqual(result);
      observation = result.observation as Float64Array;
    }
    env.close!();
    other.close!();
  });

  it('draws targets from the whole disk and from nothing else', async () => {
    const env = await makeEnv('Reacher-v5');
    const distances = Array.from({ length: 300 }, (_, seed) => {
      const { observation } = env.reset({ seed });
      return Math.hypot(observation[4]!, observation[5]!);
    });
    expect(Math.max(...distances)).toBeLessThan(0.2);
    // Of a uniform disk half is within its radius over the square root of two.
    const half = distances.filter((distance) => distance < 0.2 * Math.SQRT1_2).length;
    expect(Math.abs(half - 150)).toBeLessThan(4 * Math.sqrt(75));
    env.close!();
  });
});

describe('seen from above', () => {
  it('Reacher shows its walls, arm, fingertip and target', async () => {
    const env = await makeEnv('Reacher-v5');
    const { observation } = env.reset({ seed: 2 });
    const scene = env.scene!() as PlanarScene;
    expect(scene).toMatchObject({ kind: 'planar', cameraX: 0, cameraZ: 0, stepsPerSecond: 50 });
    const shape = (name: string) => scene.capsules.find((capsule) => capsule.name === name)!;
    expect(scene.capsules).toHaveLength(8);
    // MuJoCo turns a capsule around: its second end is the first point of the model.
    const wall = shape('north wall');
    expect([wall.x1, wall.z1, wall.x2, wall.z2, wall.radius]).toEqual([0.3, 0.3, -0.3, 0.3, 0.02].map((at) => expect.closeTo(at, 12)));
    const [link, target, tip] = [shape('first link'), shape('target'), shape('fingertip')];
    const along = [0.1 * observation[0]!, 0.1 * observation[2]!];
    expect([link.x1, link.z1, link.x2, link.z2]).toEqual([...along, 0, 0].map((at) => expect.closeTo(at, 12)));
    expect([target.x1, target.z1]).toEqual([observation[4], observation[5]].map((at) => expect.closeTo(at!, 12)));
    expect([tip.x1 - target.x1, tip.z2 - target.z2]).toEqual([observation[8], observation[9]].map((at) => expect.closeTo(at!, 12)));
    env.close!();
  });

  it('the camera goes along with Swimmer in both directions', async () => {
    const env = await makeEnv('Swimmer-v5');
    env.reset({ seed: 2 });
    for (let t = 0; t < 30; t++) env.step(Float32Array.of(1, -1));
    const scene = env.scene!() as PlanarScene;
    const [, x, y] = env.getState!().simulation as unknown as number[];
    expect([scene.cameraX, scene.cameraZ]).toEqual([x, y]);
    expect(scene.floor).toBeUndefined();
    const [torso, mid, back] = scene.capsules;
    // The links are joined: the head's first end is free.
    expect(Math.hypot(torso!.x1 - mid!.x2, torso!.z1 - mid!.z2)).toBeCloseTo(0, 12);
    expect(Math.hypot(mid!.x1 - back!.x2, mid!.z1 - back!.z2)).toBeCloseTo(0, 12);
    env.close!();
  });
});
