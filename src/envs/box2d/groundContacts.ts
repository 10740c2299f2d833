/** Worlds of a hull on two legs: how they move, and which parts touch the ground meanwhile. */
import { eventBegin, eventBytes } from './layout.ts';
import type { Physics } from './physics.ts';

/** Steps per second of the world's time, of Gymnasium. */
export const framesPerSecond = 50;
// Gymnasium's: 6 * 30 and 2 * 30.
const velocityIterations = 180;
const positionIterations = 60;

/** What touches the ground in N worlds, whose bodies but the ground's collide with nothing else and were made after it. */
export class GroundContacts {
  /** (N, 2) whether the first and the second leg touch the ground: part of the state. */
  readonly legs: Uint8Array;
  /** (N) whether the hull touched the ground in the running step. */
  readonly crashed: Uint8Array;
  readonly #physics: Physics;
  readonly #parts: readonly [first: number, second: number];
  readonly #worldsPerCall: number;

  /**
   * `parts`: how many bytes the parts of the legs that stand on the ground lie after the hull; `worldsPerCall`: as many as keep the events of a call
   * below the most that it can report.
   */
  constructor(physics: Physics, count: number, parts: readonly [first: number, second: number], worldsPerCall: number) {
    this.legs = new Uint8Array(2 * count);
    this.crashed = new Uint8Array(count);
    this.#physics = physics;
    this.#parts = parts;
    this.#worldsPerCall = worldsPerCall;
  }

  /** The worlds of `count` figures from `first` on move; `hullOf` gives where the hull of world i lies in it. */
  move(first: number, count: number, hullOf: (i: number) => number): void {
    const { legs, crashed } = this;
    const physics = this.#physics;
    const { api, words } = physics;
    const origin = physics.world(0);
    const [firstPart, secondPart] = this.#parts;
    crashed.fill(0, first, first + count);
    for (let from = first; from < first + count; from += this.#worldsPerCall) {
      const some = Math.min(this.#worldsPerCall, first + count - from);
      const events = api.step(physics.world(from), some, 1 / framesPerSecond, velocityIterations, positionIterations);
      for (let e = 0; e < events; e++) {
        const event = (physics.events + e * eventBytes) >> 2;
        const begins = words[event] === eventBegin;
        const i = (words[event + 3]! - origin) / physics.worldBytes;
        const part = Math.max(words[event + 1]!, words[event + 2]!) - hullOf(i);
        if (begins && part === 0) crashed[i] = 1;
        if (part === firstPart) legs[2 * i] = begins ? 1 : 0;
        if (part === secondPart) legs[2 * i + 1] = begins ? 1 : 0;
      }
    }
  }
}
