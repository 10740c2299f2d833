import { describe, expect, it } from 'vitest';
import {
  bodiesAt,
  bodyAngle,
  bodyBytes,
  bodyFlags,
  bodyIsAwake,
  bodyLocalCenter,
  bodyMass,
  bodyPosition,
  bodyRotation,
  bodySpin,
  bodyVelocity,
} from '../../src/envs/box2d/layout.ts';
import { Physics } from '../../src/envs/box2d/physics.ts';
import recorded from '../fixtures/environments/physics.json' with { type: 'json' };
import { bitsOf, numbers } from '../fixtures/typedArray.ts';

interface Scene {
  readonly name: string;
  readonly gravity: readonly number[];
  readonly ground: readonly { readonly points: readonly number[]; readonly friction: number; readonly restitution: number }[];
  readonly bodies: readonly {
    readonly position: readonly number[];
    readonly angle: number;
    readonly velocity: readonly number[];
    readonly spin: number;
    readonly fixtures: readonly {
      readonly box?: readonly number[];
      readonly points?: readonly number[];
      readonly density: number;
      readonly friction: number;
      readonly restitution: number;
    }[];
  }[];
  readonly joints: readonly {
    readonly bodies: readonly number[];
    readonly anchors: readonly number[];
    readonly reference: number;
    readonly limits: readonly number[];
    readonly torque: number;
    readonly speed: number;
    readonly uses: number;
  }[];
}

const capacities = { bodies: 26, fixtures: 50, joints: 12, contacts: 120, corners: 360 };
/** Reference of body k; body 0 is the ground, stones come last. */
const referenceOf = (k: number): number => bodiesAt + k * bodyBytes;

function build(physics: Physics, world: number, scene: Scene): void {
  const { api, floats } = physics;
  api.createWorld(world, scene.gravity[0]!, scene.gravity[1]!);
  const ground = api.createBody(world, 0, 0, 0, 0);
  const bodies = scene.bodies.map(({ position, angle, velocity, spin }) => {
    const body = api.createBody(world, 1, position[0]!, position[1]!, angle);
    floats.set([...velocity, spin], (world + body + bodyVelocity) / 4);
    return body;
  });
  // The order of the fixtures is that of the recording.
  for (const { points, friction, restitution } of scene.ground) {
    const material = { friction, restitution, category: 1, mask: 0xffff };
    const [x1, y1, x2, y2] = points as [number, number, number, number];
    if (points.length === 4) physics.addEdge(world, ground, x1, y1, x2, y2, material);
    else physics.addPolygon(world, api.createBody(world, 0, 0, 0, 0), points, material);
  }
  scene.bodies.forEach(({ fixtures }, k) => {
    for (const { box, points, ...material } of fixtures) {
      const options = { ...material, category: 2, mask: 1 };
      if (box) physics.addBox(world, bodies[k]!, box[0]!, box[1]!, options);
      else physics.addPolygon(world, bodies[k]!, points!, options);
    }
  });
  for (const { bodies: held, anchors, reference, limits, torque, speed, uses } of scene.joints) {
    const [a, b] = held.map((k) => bodies[k]!);
    const [ax, ay, bx, by] = anchors as [number, number, number, number];
    api.createRevoluteJoint(world, a!, b!, ax, ay, bx, by, reference, limits[0]!, limits[1]!, torque, speed, uses);
  }
}

/** Position, angle, velocities and the awake flag of every body but the ground. */
function read(physics: Physics, world: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => {
    const body = (world + referenceOf(k + 1)) / 4;
    const at = (offset: number): number => physics.floats[body + offset / 4]!;
    const awake = (physics.words[body + bodyFlags / 4]! & bodyIsAwake) === 0 ? 0 : 1;
    return [at(bodyPosition), at(bodyPosition + 4), at(bodyAngle), at(bodyVelocity), at(bodyVelocity + 4), at(bodySpin), awake];
  }).flat();
}

const { duration, velocityIterations, positionIterations, every, steps } = recorded;

describe('rigid bodies against Box2D 2.3.0', () => {
  it('sine and cosine have the bits of the C library', () => {
    const physics = new Physics(1, capacities);
    const world = physics.world(0);
    const got = Array.from(numbers(recorded.rotations.angles), (angle) => {
      physics.api.createWorld(world, 0, 0);
      const body = physics.api.createBody(world, 1, 0, 0, angle);
      return Array.from(physics.floats.slice((world + body + bodyRotation) / 4, (world + body + bodyRotation) / 4 + 2));
    });
    expect(bitsOf(got.flat())).toEqual(bitsOf(numbers(recorded.rotations.pairs)));
  });

  it.each(recorded.scenes as unknown as Scene[])('$name: every body has the same bits', (scene) => {
    const { masses, states } = recorded.scenes.find(({ name }) => name === scene.name)!;
    const physics = new Physics(1, capacities);
    const world = physics.world(0);
    const count = scene.bodies.length;
    build(physics, world, scene);
    const wanted = numbers(masses);
    for (let k = 0; k < count; k++) {
      const body = (world + referenceOf(k + 1)) / 4;
      const center = body + bodyLocalCenter / 4;
      const got = [physics.floats[body + bodyMass / 4]!, physics.floats[center]!, physics.floats[center + 1]!];
      expect(bitsOf(got)).toEqual(bitsOf(wanted.slice(4 * k, 4 * k + 3)));
    }
    const expected = numbers(states);
    const width = 7 * count;
    for (let step = 1; step <= steps; step++) {
      physics.api.step(world, 1, duration, velocityIterations, positionIterations);
      if (step % every !== 0) continue;
      const row = step / every - 1;
      expect(bitsOf(read(physics, world, count)), `step ${step}`).toEqual(bitsOf(expected.slice(row * width, (row + 1) * width)));
    }
  });

  it.each(recorded.scenes.flatMap(({ name, rays }) => (rays ? [{ name, rays }] : [])))(
    '$name: rays get as far, whichever kinds of fixtures they meet',
    ({ name, rays }) => {
      const scene = (recorded.scenes as unknown as Scene[]).find((candidate) => candidate.name === name)!;
      const physics = new Physics(1, capacities);
      const world = physics.world(0);
      build(physics, world, scene);
      for (let step = 0; step < steps; step++) physics.api.step(world, 1, duration, velocityIterations, positionIterations);
      const fans = numbers(rays.fans);
      const found: number[] = [];
      const fractions = new Float64Array(10);
      for (let k = 0; k < rays.fans.shape[0]!; k++) {
        const [x, y, ...ends] = fans.slice(22 * k, 22 * k + 22);
        physics.castRays(world, x!, y!, ends, (k % 3) + 1, fractions);
        found.push(...fractions);
      }
      expect(bitsOf(found)).toEqual(bitsOf(numbers(rays.fractions)));
    },
  );

  it('a motor that is set wakes the bodies that it moves', () => {
    const physics = new Physics(1, capacities);
    const { api, words, floats } = physics;
    const world = physics.world(0);
    api.createWorld(world, 0, 0);
    for (let k = 0; k < 2; k++) {
      const body = api.createBody(world, 1, k, 0, 0);
      physics.addBox(world, body, 0.2, 0.2, { density: 1, friction: 0, category: 2, mask: 1 });
    }
    api.createRevoluteJoint(world, referenceOf(0), referenceOf(1), 0.5, 0, -0.5, 0, 0, 0, 0, 0, 0, 2);
    for (let step = 0; step < 60; step++) api.step(world, 1, 1 / 60, 6, 2);
    const flagsOf = (k: number): number => words[(world + referenceOf(k) + bodyFlags) / 4]! & bodyIsAwake;
    expect([flagsOf(0), flagsOf(1)]).toEqual([0, 0]);
    api.setMotor(world, 0, 2, 5);
    expect([flagsOf(0), flagsOf(1)]).toEqual([bodyIsAwake, bodyIsAwake]);
    for (let step = 0; step < 60; step++) api.step(world, 1, 1 / 60, 6, 2);
    const spinOf = (k: number): number => floats[(world + referenceOf(k) + bodySpin) / 4]!;
    expect(spinOf(1) - spinOf(0)).toBeCloseTo(2, 2);
  });

  it('a world is its bytes: copied to another place, it goes on in the same way', () => {
    const scene = recorded.scenes[2] as unknown as Scene;
    const physics = new Physics(3, capacities);
    const count = scene.bodies.length;
    build(physics, physics.world(0), scene);
    const run = (world: number, times: number): void => {
      for (let k = 0; k < times; k++) physics.api.step(world, 1, duration, velocityIterations, positionIterations);
    };
    run(physics.world(0), 100);
    const bytes = physics.state();
    const { worldBytes } = physics;
    bytes.copyWithin(2 * worldBytes, 0, worldBytes);
    run(physics.world(0), 100);
    run(physics.world(2), 100);
    expect(bitsOf(read(physics, physics.world(2), count))).toEqual(bitsOf(read(physics, physics.world(0), count)));
    expect(bytes.slice(2 * worldBytes)).toEqual(bytes.slice(0, worldBytes));
    expect(bytes.slice(worldBytes, 2 * worldBytes).every((byte) => byte === 0)).toBe(true);
  });

  it('worlds stepped together are worlds stepped one by one', () => {
    // Chains of three or four bodies with other masses and limits in every world, above a ground that some reach: every way of solving occurs.
    const chain = recorded.scenes[2] as unknown as Scene;
    const scenes = Array.from({ length: 11 }, (_, i): Scene => {
      const length = i % 5 === 3 ? 4 : 3;
      return {
        ...chain,
        bodies: chain.bodies.slice(i % 6, (i % 6) + length),
        joints: Array.from({ length: length - 1 }, (_, j) => ({
          ...chain.joints[(i + 3 * j) % chain.joints.length]!,
          bodies: [j, j + 1],
          limits: [-0.3 - 0.1 * i, 0.2 + 0.1 * j],
          uses: i % 4 === 2 ? 2 : 3,
        })),
      };
    });
    const together = new Physics(scenes.length, capacities);
    const apart = new Physics(1, capacities);
    scenes.forEach((scene, i) => {
      build(together, together.world(i), scene);
    });
    for (let step = 0; step < 200; step++) {
      together.api.step(together.world(0), scenes.length, duration, velocityIterations, positionIterations);
    }
    scenes.forEach((scene, i) => {
      build(apart, apart.world(0), scene);
      for (let step = 0; step < 200; step++) apart.api.step(apart.world(0), 1, duration, velocityIterations, positionIterations);
      const at = i * together.worldBytes;
      expect(together.state().slice(at, at + together.worldBytes), `world ${i}`).toEqual(apart.state());
    });
  });

  it('refuses more than the capacities allow', () => {
    const physics = new Physics(1, { bodies: 1, fixtures: 1, joints: 1, contacts: 1, corners: 2 });
    const world = physics.world(0);
    physics.api.createWorld(world, 0, -10);
    const body = physics.api.createBody(world, 0, 0, 0, 0);
    const options = { friction: 0, category: 1, mask: 1 };
    physics.addEdge(world, body, 0, 0, 1, 0, options);
    expect(() => physics.addEdge(world, body, 0, 0, 1, 0, options)).toThrow(WebAssembly.RuntimeError);
    expect(() => physics.api.createBody(world, 1, 0, 0, 0)).toThrow(WebAssembly.RuntimeError);
  });
});
