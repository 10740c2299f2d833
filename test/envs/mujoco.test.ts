import { describe, expect, it } from 'vitest';
import type { VectorEnv } from '../../src/core/env.ts';
import type { BoxSpace } from '../../src/core/space.ts';
import {
  checkEnv,
  DynamicsEnv,
  DynamicsVectorEnv,
  halfCheetah,
  hopper,
  invertedPendulum,
  loadMujoco,
  type MujocoModule,
  makeEnv,
  makeVectorEnv,
  mujocoDynamics,
  type PlanarScene,
  standardRegistry,
  vectorize,
} from '../../src/envs/index.ts';
import { Sha256 } from '../../src/run/sha256.ts';
import { bitsOf } from '../fixtures/typedArray.ts';
import { actorOf } from './mujocoParity.ts';

const ids = ['HalfCheetah-v5', 'HalfCheetah-v4', 'Hopper-v5', 'InvertedPendulum-v5'];
const tasks = [halfCheetah(), hopper(), invertedPendulum()];

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

describe.each(ids)('%s', (id) => {
  it('keeps the contract of environments', async () => {
    const mujoco = await loadMujoco();
    const task =
      { 'Hopper-v5': hopper(), 'InvertedPendulum-v5': invertedPendulum() }[id] ?? halfCheetah({}, id === 'HalfCheetah-v4' ? 4 : 5);
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
    expect(() => several.step(late)).toThrow(new RegExp(`${name}, environment 1: action: expected ${good.length} finite numbers, got \\[`));
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
    if (id !== 'InvertedPendulum-v5') expect(beyond.reward).toBeLessThan(at.reward);
    env.close!();
  });

  it('refuses options that it does not know or that are of the wrong kind', async () => {
    await expect(makeEnv(id, { resetNoiseScale: 'much' })).rejects.toThrow(new RegExp(`${id}: resetNoiseScale: expected a finite number`));
    await expect(makeVectorEnv(id, 2, { options: { resetNoise: 1 } })).rejects.toThrow(/did you mean resetNoiseScale/);
    await expect(makeEnv(id, { maxEpisodeSteps: 0 })).rejects.toThrow(/maxEpisodeSteps: expected a whole number of at least 1/);
    await expect(makeVectorEnv(id, 0)).rejects.toThrow(/numEnvs/);
  });

  it('is registered as in Gymnasium', () => {
    const spec = standardRegistry().get(id);
    const thresholds: Record<string, number> = { 'Hopper-v5': 3800, 'InvertedPendulum-v5': 950 };
    expect(spec).toMatchObject({ maxEpisodeSteps: 1000, rewardThreshold: thresholds[id] ?? 4800 });
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
