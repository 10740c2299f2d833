/** The record of bodies in space: MuJoCo's numbers, the same as those of the flat picture, and checked where it comes from elsewhere. */
import { describe, expect, it } from 'vitest';
import type { Scene } from '../../src/core/scene.ts';
import { palettes } from '../../src/envs/draw/palette.ts';
import { colorsOfPart } from '../../src/envs/draw/partColors.ts';
import { spaceOf } from '../../src/envs/draw/space.ts';
import {
  DynamicsEnv,
  loadMujoco,
  makeEnv,
  mujocoDynamics,
  type PlanarScene,
  reacher,
  type SpatialScene,
  type SpatialShape,
} from '../../src/envs/index.ts';

const planar = ['HalfCheetah', 'Hopper', 'InvertedDoublePendulum', 'InvertedPendulum', 'Reacher', 'Swimmer', 'Walker2d'];
const tasks = [...planar, 'Ant', 'Humanoid', 'HumanoidStandup', 'Pusher'];

/** Both ends of a long shape, without its caps. */
function endsOf({ center, rotation, size, shape }: SpatialShape): number[][] {
  const half = shape === 'sphere' ? 0 : size[1]!;
  return [-1, 1].map((sign) => [0, 1, 2].map((k) => center[k]! + sign * half * rotation[3 * k + 2]!));
}

/** The lowest point of a shape. */
const bottomOf = (shape: SpatialShape): number => {
  const height = shape.shape === 'cylinder' ? 0 : shape.size[0]!;
  return Math.min(...endsOf(shape).map(([, , z]) => z! - height));
};

describe('bodies in space', () => {
  it('of the pendulum are where its two positions say: cart at 0.25 m, pole at 0.1 rad', async () => {
    const env = await makeEnv('InvertedPendulum-v5');
    env.reset({ seed: 1 });
    const state = env.getState!();
    const simulation = (state.simulation as Float64Array).slice();
    simulation.set([0.25, 0.1], 1);
    env.setState!({ ...state, simulation });
    const { shapes, planes } = spaceOf(env.scene!())!;
    expect(planes).toEqual([]);
    expect(shapes.map(({ name, shape }) => [name, shape])).toEqual(['rail', 'cart', 'pole'].map((name) => [name, 'capsule']));
    const [rail, cart, pole] = shapes as readonly [SpatialShape, SpatialShape, SpatialShape];
    expect(cart.center).toEqual([0.25, 0, 0].map((at) => expect.closeTo(at, 12)));
    // Both lie along x, and are turned by 0.707 where 0.70711 would be a right angle.
    for (const [shape, at, half] of [
      [rail, 0, 1],
      [cart, 0.25, 0.1],
    ] as const) {
      const xs = endsOf(shape).map(([x]) => x!);
      expect([Math.min(...xs), Math.max(...xs)]).toEqual([at - half, at + half].map((x) => expect.closeTo(x, 6)));
    }
    // The pole goes from the cart to (0.001, 0, 0.6), turned around y: sin 0.1 = 0.0998334166, cos 0.1 = 0.9950041653.
    const [bottom, top] = endsOf(pole).sort(([, , a], [, , b]) => a! - b!);
    expect(bottom).toEqual([0.25, 0, 0].map((at) => expect.closeTo(at, 9)));
    expect(top).toEqual([0.25 + 0.0009950042 + 0.05990005, 0, 0.5970024992 - 0.0000998334].map((at) => expect.closeTo(at, 8)));
    expect(pole.size[0]).toBe(0.049);
    env.close!();
  });

  it.each(tasks)('of %s pass the check at every moment, and crossing a thread or a file as JSON changes nothing', async (task) => {
    const env = await makeEnv(`${task}-v5`);
    env.reset({ seed: 3 });
    for (let t = 0; t < 20; t++) {
      const scene = env.scene!();
      const space = spaceOf(scene)!;
      expect(space.shapes.length).toBeGreaterThan(2);
      expect(JSON.parse(JSON.stringify(space))).toEqual(space);
      const { terminated } = env.step(
        env.actionSpace.kind === 'box' ? new Float32Array(env.actionSpace.size).fill(t % 2 === 0 ? 0.4 : -0.4) : 0,
      );
      if (terminated) env.reset();
    }
    env.close!();
  });

  it.each(planar)('of %s have the ends that the flat picture has', async (task) => {
    const env = await makeEnv(`${task}-v5`);
    env.reset({ seed: 3 });
    const { capsules, cameraX, cameraZ, space } = env.scene!() as PlanarScene;
    const isFromAbove = ['Reacher', 'Swimmer'].includes(task);
    for (const capsule of capsules) {
      const ends = endsOf(space!.shapes.find(({ name }) => name === capsule.name)!);
      expect(ends.map((end) => [end[0], end[isFromAbove ? 1 : 2]])).toEqual([
        [expect.closeTo(capsule.x1, 12), expect.closeTo(capsule.z1, 12)],
        [expect.closeTo(capsule.x2, 12), expect.closeTo(capsule.z2, 12)],
      ]);
    }
    expect(space!.center).toEqual(isFromAbove ? [cameraX, cameraZ, 0] : [cameraX, 0, cameraZ]);
    env.close!();
  });

  it.each(['Ant', 'HalfCheetah', 'Hopper', 'Humanoid', 'HumanoidStandup', 'Walker2d'])(
    'of %s that does nothing come to rest on the ground',
    async (task) => {
      const goesOn = ['HalfCheetah', 'HumanoidStandup'].includes(task) ? {} : { terminateWhenUnhealthy: false };
      const env = await makeEnv(`${task}-v5`, goesOn);
      env.reset({ seed: 1 });
      for (let t = 0; t < 300; t++) env.step(new Float32Array(env.actionSpace.kind === 'box' ? env.actionSpace.size : 1));
      const { shapes, planes } = spaceOf(env.scene!())!;
      expect(planes).toMatchObject([{ name: 'floor', center: [0, 0, 0], rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1] }]);
      // Contacts of MuJoCo are soft; those of Ant begin at a distance of 2 cm, the sum of both margins.
      const lowest = Math.min(...shapes.map(bottomOf));
      expect(lowest).toBeGreaterThan(-0.03);
      expect(lowest).toBeLessThan(0.021);
      env.close!();
    },
  );
});

describe('what a model says of its parts', () => {
  it('is told: colors where it gives some, planes with their sizes; the flat picture takes the same colors', async () => {
    const task = reacher();
    const xml = task.xml.replace('name="target" type', 'name="target" rgba="1 0.5 0 0.25" type');
    expect(xml).not.toBe(task.xml);
    const env = new DynamicsEnv(mujocoDynamics(await loadMujoco(), { ...task, xml }));
    env.reset({ seed: 1 });
    const { capsules, space } = env.scene!() as PlanarScene;
    expect(space!.planes).toMatchObject([{ name: 'table', size: [1, 1], center: [0, 0, 0] }]);
    for (const parts of [space!.shapes, capsules]) {
      expect(parts.filter(({ color }) => color)).toMatchObject([{ name: 'target', color: [1, 0.5, 0, 0.25] }]);
    }
    env.close!();
    // An outline is 0.7 times as bright: 178.5 and 89.25 of 255.
    const part = { name: 'target', color: [1, 0.5, 0, 0.25] };
    expect(colorsOfPart(part, palettes.light)).toEqual(['rgba(255, 128, 0, 0.25)', 'rgba(179, 89, 0, 0.25)']);
    expect(colorsOfPart({ name: 'target' }, palettes.light)).toEqual([palettes.light.red, palettes.light.deepRed]);
  });

  // The legs of Ant on the left of y, and those of HalfCheetah behind, have another color than their neighbors.
  it.each([
    ['back left shin', 'teal'],
    ['back right shin', 'amber'],
    ['bshin', 'teal'],
    ['fshin', 'amber'],
    ['back', 'teal'],
    ['mid', 'blue'],
    ['south wall', 'line'],
  ] as const)('or is chosen by its name: %s is %s', (name, color) => {
    expect(colorsOfPart({ name }, palettes.light)[0]).toBe(palettes.light[color]);
  });
});

const upright = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const ball = { name: 'ball', shape: 'sphere', size: [0.1], center: [0, 0, 1], rotation: upright } as const;
const good: SpatialScene = { kind: 'spatial', azimuth: 90, elevation: -20, center: [0, 0, 0], visibleHeight: 2, shapes: [ball] };

describe('a record of bodies from elsewhere', () => {
  it('is taken from a scene of any kind, and missing where there is none', () => {
    expect(spaceOf(good)).toBe(good);
    expect(spaceOf({ kind: 'mine', space: good } as Scene)).toBe(good);
    expect(spaceOf({ kind: 'cartPole' })).toBeUndefined();
    expect(spaceOf(undefined)).toBeUndefined();
  });

  it.each([
    [{ ...good, elevation: -91 }, 'scene: space, elevation: expected number to be >=-90, got -91'],
    [{ ...good, visibleHeight: Number.NaN }, 'scene: space, visibleHeight: expected number'],
    [{ ...good, center: [0, 0] }, 'scene: space, center: expected array to have >=3 items'],
    [{ ...good, shapes: { length: 1 } }, 'scene: space, shapes: expected array'],
    [{ ...good, shapes: [ball, null] }, 'scene: space, shapes.1: expected object'],
    [{ ...good, shapes: [{ ...ball, shape: 'mesh' }] }, 'shapes.0.shape: expected one of "sphere"|"capsule"|"cylinder"|"box", got "mesh"'],
    [{ ...good, shapes: [{ ...ball, shape: 'capsule' }] }, 'scene: space, shapes.0: expected as many sizes as its shape has'],
    [{ ...good, shapes: [{ ...ball, size: [-1] }] }, 'scene: space, shapes.0.size.0: expected number to be >=0'],
    [{ ...good, shapes: [{ ...ball, color: [1, 1, 2, 1] }] }, 'scene: space, shapes.0.color.2: expected number to be <=1, got 2'],
    // Mirrored: of length 1 and at right angles, and no rotation.
    [{ ...good, shapes: [{ ...ball, rotation: [1, 0, 0, 0, 1, 0, 0, 0, -1] }] }, 'rotation: expected a rotation'],
    [{ ...good, shapes: [{ ...ball, rotation: [1, 0.1, 0, 0, 1, 0, 0, 0, 1] }] }, 'rotation: expected a rotation'],
    [{ ...good, planes: [{ ...ball, size: [1] }] }, 'scene: space, planes.0.size: expected array to have >=2 items'],
    [{ kind: 'mine', space: { ...good, kind: 'mine' } }, 'scene: space, kind: expected "spatial", got "mine"'],
  ])('is refused in words: case %#', (scene, words) => {
    expect(() => spaceOf(scene as unknown as Scene)).toThrow(words);
  });
});
