/** Rigid bodies in WebAssembly: many worlds in one memory. The module is compiled from `assembly/physics`; its arithmetic is Box2D 2.3.0's. */
import { explainAddresses } from '../../core/addressSpace.ts';
import { failure } from '../../core/errors.ts';
import { bytesOfPrintable } from '../../core/text.ts';
import { compiledPhysics, usePhysics } from './compiled.ts';
import { physicsModule } from './generated.ts';

/** What the module offers; worlds are addresses, bodies and joints are offsets from their world. */
export interface PhysicsExports {
  readonly memory: WebAssembly.Memory;
  configure(worlds: number, bodies: number, fixtures: number, joints: number, contacts: number, corners: number): number;
  worldBytes(): number;
  cornersAddress(): number;
  eventsAddress(): number;
  createWorld(world: number, gravityX: number, gravityY: number): void;
  createBody(world: number, dynamic: number, x: number, y: number, angle: number): number;
  createFixture(
    world: number,
    body: number,
    corners: number,
    isBox: number,
    density: number,
    friction: number,
    restitution: number,
    category: number,
    mask: number,
  ): number;
  createRevoluteJoint(
    world: number,
    bodyA: number,
    bodyB: number,
    anchorAx: number,
    anchorAy: number,
    anchorBx: number,
    anchorBy: number,
    reference: number,
    lower: number,
    upper: number,
    torque: number,
    speed: number,
    uses: number,
  ): number;
  /** Sets the motor of joint number `index`, in the order of their creation, and wakes its bodies. */
  setMotor(world: number, index: number, speed: number, torque: number): void;
  applyForce(world: number, body: number, x: number, y: number, torque: number): void;
  applyImpulse(world: number, body: number, x: number, y: number, pointX: number, pointY: number): void;
  /** Rays from a point to `count` points at `cornersAddress`, whose place the fractions take at which they meet fixtures; see {@link Physics.castRays}. */
  castRays(world: number, count: number, x: number, y: number, categories: number): void;
  /** Advances `count` worlds from `world` on; returns the number of events. */
  step(world: number, count: number, duration: number, velocityIterations: number, positionIterations: number): number;
}

/** How many of each kind one world holds at most. */
export interface Capacities {
  readonly bodies: number;
  readonly fixtures: number;
  readonly joints: number;
  readonly contacts: number;
  /** Corners of all shapes together; an edge has two. */
  readonly corners: number;
}

/** A shape and its material. */
export interface FixtureOptions {
  /** Mass per area, default 0. */
  readonly density?: number;
  readonly friction: number;
  /** 0 (default) to 1: how much of the speed of approach comes back. */
  readonly restitution?: number;
  /** What the fixture is, and what it collides with, in bits. */
  readonly category: number;
  readonly mask: number;
}

/** Throws {@link CohortError} where addresses are short. */
function instantiate(module: WebAssembly.Module): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module);
  } catch (cause) {
    throw explainAddresses(cause);
  }
}

/** The module, compiled when the first worlds are made. */
function moduleAtHand(): WebAssembly.Module {
  const known = compiledPhysics();
  if (known) return known;
  const module = new WebAssembly.Module(bytesOfPrintable(physicsModule));
  usePhysics(module);
  return module;
}

/** Worlds of equal capacities in one memory. All numbers are rounded to float32 on the way in. */
export class Physics {
  /** The module's functions. */
  readonly api: PhysicsExports;
  /** The memory as float32. */
  readonly floats: Float32Array;
  /** The memory as int32. */
  readonly words: Int32Array;
  /** Address of the events of the last step. */
  readonly events: number;
  /** Bytes of one world; its state is exactly these bytes. */
  readonly worldBytes: number;
  readonly #bytes: Uint8Array;
  readonly #first: number;
  readonly #worlds: number;
  readonly #corners: number;

  /** Throws {@link CohortError} if the memory does not suffice. */
  constructor(worlds: number, capacities: Capacities) {
    const api = instantiate(moduleAtHand()).exports as unknown as PhysicsExports;
    const { bodies, fixtures, joints, contacts, corners } = capacities;
    this.#first = api.configure(worlds, bodies, fixtures, joints, contacts, corners);
    if (this.#first === 0) {
      throw failure('numEnvs', 'worlds that fit into memory', String(worlds), 'use fewer environments, or spread them over threads');
    }
    // The memory does not grow after this, so the views stay.
    this.api = api;
    this.floats = new Float32Array(api.memory.buffer);
    this.words = new Int32Array(api.memory.buffer);
    this.events = api.eventsAddress();
    this.worldBytes = api.worldBytes();
    this.#bytes = new Uint8Array(api.memory.buffer);
    this.#worlds = worlds;
    this.#corners = api.cornersAddress() / 4;
  }

  /** Address of world i. */
  world(i: number): number {
    return this.#first + i * this.worldBytes;
  }

  /** All worlds as bytes, a view: (worlds, worldBytes). */
  state(): Uint8Array {
    return this.#bytes.subarray(this.#first, this.#first + this.#worlds * this.worldBytes);
  }

  /** A static line from one point to another. */
  addEdge(world: number, body: number, x1: number, y1: number, x2: number, y2: number, options: FixtureOptions): void {
    this.#add(world, body, [x1, y1, x2, y2], false, options);
  }

  /** The convex hull of points `x, y, x, y, ...` in the body's frame, 3 to 16 of them. */
  addPolygon(world: number, body: number, points: readonly number[], options: FixtureOptions): void {
    this.#add(world, body, points, false, options);
  }

  /** A box around the body's origin, given by half its width and height. */
  addBox(world: number, body: number, halfWidth: number, halfHeight: number, options: FixtureOptions): void {
    this.#add(world, body, [-halfWidth, -halfHeight, halfWidth, -halfHeight, halfWidth, halfHeight, -halfWidth, halfHeight], true, options);
  }

  /**
   * Rays from (x, y) to `ends` (`x, y, x, y, ...`, at most {@link maxCorners} of them). Writes for each the fraction of its length, 0 to 1, at
   * which it first meets a fixture of the categories (bits), from outside; 1 if it meets none.
   */
  castRays(world: number, x: number, y: number, ends: ArrayLike<number>, categories: number, fractions: Float64Array): void {
    const { floats } = this;
    const at = this.#corners;
    floats.set(ends, at);
    const count = ends.length / 2;
    this.api.castRays(world, count, x, y, categories);
    for (let i = 0; i < count; i++) fractions[i] = floats[at + i]!;
  }

  #add(world: number, body: number, points: readonly number[], isBox: boolean, options: FixtureOptions): void {
    this.floats.set(points, this.#corners);
    const { density = 0, friction, restitution = 0, category, mask } = options;
    this.api.createFixture(world, body, points.length / 2, isBox ? 1 : 0, density, friction, restitution, category, mask);
  }
}
