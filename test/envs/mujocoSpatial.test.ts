/** MuJoCo tasks in space: their bits, what their options and versions change, and what is seen of them. */
import { describe, expect, it } from 'vitest';
import type { VectorEnv } from '../../src/core/env.ts';
import type { BoxSpace } from '../../src/core/space.ts';
import {
  ant,
  DynamicsVectorEnv,
  humanoid,
  humanoidStandup,
  loadMujoco,
  type MujocoModule,
  makeEnv,
  mujocoDynamics,
  pusher,
  type SpatialScene,
} from '../../src/envs/index.ts';
import { Sha256 } from '../../src/run/sha256.ts';
import { actorOf } from './mujocoParity.ts';

/** Actions of N environments out of one stream. */
function actionsOf(env: VectorEnv, seed: number): () => Float32Array {
  const act = actorOf(env.actionSpace as BoxSpace, seed);
  return () => Float32Array.from(Array.from({ length: env.numEnvs }, () => [...act()]).flat());
}

/** Results of so many steps of random actions after a reset. */
async function played(id: string, options: Record<string, unknown>, steps: number) {
  const env = await makeEnv(id, options);
  const act = actorOf(env.actionSpace as BoxSpace, 3);
  const first = env.reset({ seed: 5 });
  const results = Array.from({ length: steps }, () => env.step(act()) as { observation: Float64Array } & ReturnType<typeof env.step>);
  const state = env.getState!().simulation as Float64Array;
  env.close!();
  return { first: first as { observation: Float64Array; info: object }, results, last: results.at(-1)!, state };
}

describe('MuJoCo in WebAssembly', () => {
  // Of version 3.9.0; a new version may round otherwise, and then has new numbers here.
  it.each([
    ['Ant', ant(), 'a9bcc40ca850b22db8c4ef96f49c0edd2853c042fc6e57ebf9c07df5c03ed021'],
    ['Humanoid', humanoid(), 'de4c8755d000d74c50696d4ebdf8f9692740000280c0508a81df1310d0571051'],
    ['HumanoidStandup', humanoidStandup(), 'b0584b7e033e63a97e441eda220ec4d563fb632ed619ae4facc7a66a76b1cb09'],
    ['Pusher', pusher(), '2d9688d310265232169c1ee47c5a3a1b61c9268219b35fb67290aaac0a261bf7'],
  ])('%s: 400 steps have the same bits in Node and in a browser, and use less than half of the arena', async (_, task, expected) => {
    const mujoco = await loadMujoco();
    const datas: { maxuse_arena: number; narena: number }[] = [];
    const Data = mujoco.MjData as unknown as new (model: unknown) => (typeof datas)[number];
    const recording = Object.create(mujoco, {
      MjData: {
        value: function makeData(model: unknown) {
          const data = new Data(model);
          datas.push(data);
          return data;
        },
      },
    }) as MujocoModule;
    const env = new DynamicsVectorEnv(mujocoDynamics(recording, task), 4, 80);
    const next = actionsOf(env, 1);
    env.reset([0, 1, 2, 3]);
    const sha = new Sha256().update(env.observations);
    for (let t = 0; t < 100; t++) {
      env.step(next());
      sha.update(env.observations).update(env.rewards);
    }
    expect(sha.hex()).toBe(expected);
    for (const data of datas) {
      expect(data.maxuse_arena).toBeGreaterThan(0);
      expect(data.maxuse_arena).toBeLessThan(data.narena / 2);
    }
    env.close();
  });
});

describe('Ant', () => {
  it('versions have the same states; version 4 shows no forces unless asked, then those of the world too', async () => {
    const goesOn = { terminateWhenUnhealthy: false };
    const five = await played('Ant-v5', goesOn, 20);
    const four = await played('Ant-v4', goesOn, 20);
    const felt = await played('Ant-v4', { ...goesOn, useContactForces: true }, 20);
    expect(four.state).toEqual(five.state);
    expect(four.last.observation).toEqual(five.last.observation.slice(0, 27));
    expect(felt.last.observation.slice(0, 27)).toEqual(four.last.observation);
    expect(felt.last.observation.slice(27, 33)).toEqual(new Float64Array(6));
    expect(felt.last.observation.slice(33)).toEqual(five.last.observation.slice(27));
    const forces = five.results.flatMap(({ observation }) => Array.from(observation.slice(27), Math.abs));
    expect(Math.max(...forces)).toBe(1);
    expect([four.first.info, Object.keys(five.first.info)]).toEqual([{}, ['x_position', 'y_position', 'distance_from_origin']]);
  });

  it('pays for the way of the body that is named, and nothing for the fall; version 4 pays for it', async () => {
    for (const mainBody of ['torso', 'ankle_3']) {
      const { results } = await played(
        'Ant-v5',
        { mainBody, contactCostWeight: 0, ctrlCostWeight: 0, healthyReward: 0, forwardRewardWeight: 2 },
        5,
      );
      for (const { reward, info } of results) expect(reward).toBe(2 * (info.x_velocity as number));
    }
    expect((await played('Ant-v5', { mainBody: 'ankle_3' }, 5)).last.info.x_velocity).not.toBe(
      (await played('Ant-v5', {}, 5)).last.info.x_velocity,
    );
    const fallen = { healthyZRange: [2, 3] };
    const [five, four] = [await played('Ant-v5', fallen, 1), await played('Ant-v4', fallen, 1)];
    expect([five.last.terminated, five.last.info.reward_survive]).toEqual([true, 0]);
    expect([four.last.terminated, four.last.info.reward_survive]).toEqual([true, 1]);
    const goesOn = await played('Ant-v4', { ...fallen, terminateWhenUnhealthy: false }, 1);
    expect([goesOn.last.terminated, goesOn.last.info.reward_survive]).toEqual([false, 0]);
    // Both ends of the range are healthy.
    const height = five.last.observation[0]!;
    for (const healthyZRange of [
      [height, null],
      [null, height],
    ]) {
      expect((await played('Ant-v5', { healthyZRange }, 1)).last.terminated).toBe(false);
    }
  });
});

describe('Humanoid', () => {
  it('version 4 shows what version 5 shows, and zeros', async () => {
    for (const name of ['Humanoid', 'HumanoidStandup']) {
      const [five, four] = [await played(`${name}-v5`, {}, 8), await played(`${name}-v4`, {}, 8)];
      expect(four.state.slice(0, five.state.length)).toEqual(five.state);
      const { observation } = four.last;
      const zeros = [
        [45, 55],
        [185, 191],
        [269, 275],
        [292, 298],
      ] as const;
      for (const [from, to] of zeros) expect(observation.slice(from, to)).toEqual(new Float64Array(to - from));
      const rest = Array.from(observation).filter((_, k) => !zeros.some(([from, to]) => k >= from && k < to));
      expect(rest).toEqual(Array.from(five.last.observation));
    }
  });

  it('stands between its healthy heights, ends excluded', async () => {
    const { last } = await played('Humanoid-v5', {}, 1);
    const height = last.observation[0]!;
    for (const [healthyZRange, falls] of [
      [[height, null], true],
      [[null, height], true],
      [[height - 1e-9, height + 1e-9], false],
    ]) {
      const { terminated, info } = (await played('Humanoid-v5', { healthyZRange }, 1)).last;
      expect([terminated, info.reward_survive]).toEqual([falls, falls ? 0 : 5]);
      expect((await played('Humanoid-v4', { healthyZRange }, 1)).last.info.reward_alive).toBe(5);
    }
  });

  it('observes the masses of its bodies, and the parts that are asked for', async () => {
    const whole = await played('Humanoid-v5', {}, 2);
    const masses = Array.from({ length: 13 }, (_, body) => whole.last.observation[45 + 10 * body + 9]!);
    // The head of radius 0.09 m, the chest of radius 0.07 m and length 0.14 m, the upper waist of 0.06 m and 0.12 m, of water.
    const ball = (radius: number) => (4 / 3) * Math.PI * radius ** 3;
    const rod = (radius: number, length: number) => ball(radius) + Math.PI * radius ** 2 * length;
    expect(masses[0]).toBeCloseTo(1000 * (ball(0.09) + rod(0.07, 0.14) + rod(0.06, 0.12)), 9);
    expect(masses[5]).toBeCloseTo(1000 * ball(0.075), 9);
    const part = { includeCinertInObservation: false, includeCvelInObservation: false, includeCfrcExtInObservation: false };
    const { last } = await played('Humanoid-v5', { ...part, excludeCurrentPositionsFromObservation: false }, 2);
    expect(last.observation).toHaveLength(2 + 45 + 17);
    expect(last.observation.slice(2, 47)).toEqual(whole.last.observation.slice(0, 45));
    expect(last.observation.slice(47)).toEqual(whole.last.observation.slice(253, 270));
  });

  it('is paid for standing up: the height over the seconds of mj_step', async () => {
    const { last } = await played('HumanoidStandup-v5', { ctrlCostWeight: 0, impactCostWeight: 0, frameSkip: 2 }, 3);
    expect(last.reward).toBe(last.observation[0]! / 0.003 + 1);
    expect(last.info.z_distance_from_origin).toBe(last.observation[0]! - 0.105);
  });
});

describe('Pusher', () => {
  it('starts with the object away from the goal, which stays', async () => {
    const env = await makeEnv('Pusher-v5');
    const distances = Array.from({ length: 200 }, (_, seed) => {
      const observation = env.reset({ seed }).observation as Float64Array;
      expect(Array.from(observation.slice(20))).toEqual([0.45, -0.05, -0.323]);
      return Math.hypot(observation[17]! - 0.45, observation[18]! + 0.05);
    });
    expect(Math.min(...distances)).toBeGreaterThan(0.17);
    expect(Math.min(...distances)).toBeLessThan(0.19);
    env.close!();
  });

  it('pays the distances that it shows', async () => {
    const { results } = await played('Pusher-v5', { rewardNearWeight: 2, rewardDistWeight: 3, rewardControlWeight: 0 }, 10);
    for (const { observation, reward, info } of results) {
      const apart = (from: number, to: number) => Math.hypot(...[0, 1, 2].map((k) => observation[from + k]! - observation[to + k]!));
      expect(info.reward_near).toBeCloseTo(-2 * apart(17, 14), 14);
      expect(reward).toBeCloseTo(-2 * apart(17, 14) - 3 * apart(17, 20), 14);
    }
  });
});

describe('the scene', () => {
  it('shows every shape where it is, and the camera goes along', async () => {
    const env = await makeEnv('Ant-v5', { resetNoiseScale: 0 });
    env.reset({ seed: 1 });
    const scene = env.scene!() as SpatialScene;
    expect(scene).toMatchObject({ kind: 'spatial', floor: 0, center: [0, 0, 0.35], stepsPerSecond: 20 });
    expect(scene.shapes).toHaveLength(13);
    expect(scene.shapes[0]).toMatchObject({ name: 'torso', shape: 'sphere', center: [0, 0, 0.75], rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1] });
    expect(scene.shapes[0]!.size[0]).toBe(0.25);
    const shin = scene.shapes.find(({ name }) => name === 'back left shin')!;
    // From (-0.4, -0.4) out to (-0.8, -0.8), lying.
    expect(shin.center).toEqual([-0.6, -0.6, 0.75].map((at) => expect.closeTo(at, 12)));
    expect(shin.size.slice(0, 2)).toEqual([0.08, expect.closeTo(0.2 * Math.SQRT2, 12)]);
    expect([2, 5, 8].map((k) => Math.abs(shin.rotation[k]!))).toEqual([Math.SQRT1_2, Math.SQRT1_2, 0].map((at) => expect.closeTo(at, 12)));
    for (let t = 0; t < 30; t++) env.step(new Float32Array(8).fill(t % 3 === 0 ? 1 : -1));
    const later = env.scene!() as SpatialScene;
    const [, x, y] = env.getState!().simulation as Float64Array;
    expect(later.center).toEqual([x, y, 0.35]);
    expect(later.shapes[0]!.center.slice(0, 2)).toEqual([x, y]);
    env.close!();
  });

  it('of Pusher has its cylinders and a camera that stays', async () => {
    const env = await makeEnv('Pusher-v5');
    const observation = env.reset({ seed: 2 }).observation as Float64Array;
    const { shapes, center } = env.scene!() as SpatialScene;
    expect(center).toEqual([0.3, -0.1, -0.2]);
    const object = shapes.find(({ name }) => name === 'object')!;
    expect(object).toMatchObject({ shape: 'cylinder', center: Array.from(observation.slice(17, 20)) });
    expect(object.size.slice(0, 2)).toEqual([0.05, 0.05]);
    expect(shapes.filter(({ shape }) => shape === 'cylinder').map(({ name }) => name)).toEqual(['object', 'goal']);
    env.close!();
  });
});
