// What the rigid-body module offers to TypeScript. Every call takes the address of a world; references are offsets
// from it.
import { configure as layOut, events, stagedCorners, worldSize } from './layout';
export { applyForce, applyImpulse } from './bodies';
export { createBody, createFixture, createRevoluteJoint, createWorld, setMotor } from './create';
export { castRays } from './rays';
export { step } from './step';

/**
 * Lays out the memory for `worlds` worlds of the given capacities and grows it as needed; returns the address of the first world. To be
 * called once.
 */
export function configure(worlds: i32, bodies: i32, fixtures: i32, joints: i32, contacts: i32, corners: i32): usize {
  const first = layOut(__heap_base, bodies, fixtures, joints, contacts, corners);
  const pages = <i32>((first + <usize>worlds * worldSize + 0xffff) >>> 16);
  const present = memory.size();
  if (pages > present && memory.grow(pages - present) < 0) return 0;
  return first;
}

/** Bytes from one world to the next. */
export function worldBytes(): usize {
  return worldSize;
}

/** Where the corners of the next fixture are written. */
export function cornersAddress(): usize {
  return stagedCorners;
}

/** Where the events of the last step are. */
export function eventsAddress(): usize {
  return events;
}
