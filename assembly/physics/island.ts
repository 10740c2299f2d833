// Solving an island: bodies that hang together by contacts and joints. The lists are in `islandBodies`, `islandContacts`, `islandJoints`.
import {
  bodyAngle, bodyCenter, bodyFlags, bodyForce, bodyInverseInertia, bodyInverseMass, bodyIsAwake, bodyIsDynamic, bodyPlace, bodyRest,
  bodySpin, bodyStart, bodyTorque, bodyVelocity,
} from '../../src/envs/box2d/layout';
import { largest, maxRotation, maxTranslation, sleepSpeed, sleepSpin, timeToSleep } from './constants';
import {
  beginContacts, prepareContacts, solveContactPositions, solveContactVelocities, storeImpulses, warmStartContacts,
} from './contactSolver';
import {
  islandBodies, islandContacts, islandJoints, positions, stateBytesPerBody, stateBytesPerJoint, storeState, velocities, worldGravity,
} from './layout';
import { beginJoints, solveJointPositions, solveJointVelocities, storeJointImpulses } from './revolute';
import { synchronize } from './bodies';

export let bodyCount: i32 = 0;
export let contactCount: i32 = 0;
export let jointCount: i32 = 0;

export function clearIsland(): void {
  bodyCount = 0;
  contactCount = 0;
  jointCount = 0;
}

/** Goes back to an island of other scratch. */
export function restoreIsland(bodies: i32, joints: i32, contacts: i32): void {
  bodyCount = bodies;
  contactCount = contacts;
  jointCount = joints;
}

export function addBody(world: usize, body: usize): void {
  store<i32>(body, bodyCount, bodyPlace);
  store<u32>(islandBodies + (bodyCount << 2), <u32>(body - world));
  bodyCount++;
}

export function addContact(world: usize, contact: usize): void {
  store<u32>(islandContacts + (contactCount << 2), <u32>(contact - world));
  contactCount++;
}

export function addJoint(world: usize, joint: usize): void {
  store<u32>(islandJoints + (jointCount << 2), <u32>(joint - world));
  jointCount++;
}

@inline
function bodyOf(world: usize, place: i32): usize {
  return world + load<u32>(islandBodies + (place << 2));
}

/** Sweeps over joints and contacts. */
export function solveVelocities(iterations: i32): void {
  for (let i = 0; i < iterations; i++) {
    solveJointVelocities(jointCount);
    solveContactVelocities(contactCount);
  }
}

/** Moves positions along velocities; fast bodies are slowed down. */
function integrate(duration: f32): void {
  for (let i = 0; i < bodyCount; i++) {
    const p = positions + i * stateBytesPerBody, v = velocities + i * stateBytesPerBody;
    let vx = load<f32>(v), vy = load<f32>(v, 4), w = load<f32>(v, 8);
    const tx = duration * vx, ty = duration * vy;
    const square = tx * tx + ty * ty;
    if (square > maxTranslation * maxTranslation) {
      const ratio = maxTranslation / sqrt<f32>(square);
      vx *= ratio;
      vy *= ratio;
    }
    const turn = duration * w;
    if (turn * turn > maxRotation * maxRotation) w *= maxRotation / abs<f32>(turn);
    storeState(p, load<f32>(p) + duration * vx, load<f32>(p, 4) + duration * vy, load<f32>(p, 8) + duration * w);
    storeState(v, vx, vy, w);
  }
}

/** Positions and velocities back to the bodies. */
function writeBodies(world: usize): void {
  for (let i = 0; i < bodyCount; i++) {
    const body = bodyOf(world, i);
    const p = positions + i * stateBytesPerBody, v = velocities + i * stateBytesPerBody;
    store<u64>(body, load<u64>(p), bodyCenter);
    store<f32>(body, load<f32>(p, 8), bodyAngle);
    store<u64>(body, load<u64>(v), bodyVelocity);
    store<f32>(body, load<f32>(v, 8), bodySpin);
    synchronize(body);
  }
}

function readBodies(world: usize): void {
  for (let i = 0; i < bodyCount; i++) {
    const body = bodyOf(world, i);
    const p = positions + i * stateBytesPerBody, v = velocities + i * stateBytesPerBody;
    store<u64>(p, load<u64>(body, bodyCenter));
    store<f32>(p, load<f32>(body, bodyAngle), 8);
    store<u64>(v, load<u64>(body, bodyVelocity));
    store<f32>(v, load<f32>(body, bodySpin), 8);
  }
}

/** Puts the island to sleep when all its bodies were slow long enough. */
function rest(world: usize, duration: f32, settled: bool): void {
  let least = largest;
  for (let i = 0; i < bodyCount; i++) {
    const body = bodyOf(world, i);
    if ((load<i32>(body, bodyFlags) & bodyIsDynamic) == 0) continue;
    const vx = load<f32>(body, bodyVelocity), vy = load<f32>(body, bodyVelocity + 4), w = load<f32>(body, bodySpin);
    if (w * w > sleepSpin * sleepSpin || vx * vx + vy * vy > sleepSpeed * sleepSpeed) {
      store<f32>(body, 0, bodyRest);
      least = 0;
    } else {
      const time = load<f32>(body, bodyRest) + duration;
      store<f32>(body, time, bodyRest);
      least = least < time ? least : time;
    }
  }
  if (!(least >= timeToSleep && settled)) return;
  for (let i = 0; i < bodyCount; i++) {
    const body = bodyOf(world, i);
    store<i32>(body, load<i32>(body, bodyFlags) & ~bodyIsAwake, bodyFlags);
    store<f32>(body, 0, bodyRest);
    store<u64>(body, 0, bodyVelocity);
    store<f32>(body, 0, bodySpin);
    store<u64>(body, 0, bodyForce);
    store<f32>(body, 0, bodyTorque);
  }
}

/** The step of an island up to the sweeps over velocities. `ratio` is this step's duration over the last one's. */
export function beginIsland(world: usize, duration: f32, ratio: f32): void {
  const gravityX = load<f32>(world, worldGravity), gravityY = load<f32>(world, worldGravity + 4);
  for (let i = 0; i < bodyCount; i++) {
    const body = bodyOf(world, i);
    store<u64>(body, load<u64>(body, bodyCenter), bodyStart);
    store<f32>(body, load<f32>(body, bodyAngle), bodyStart + 8);
  }
  readBodies(world);
  for (let i = 0; i < bodyCount; i++) {
    const body = bodyOf(world, i);
    if ((load<i32>(body, bodyFlags) & bodyIsDynamic) == 0) continue;
    const v = velocities + i * stateBytesPerBody;
    const m = load<f32>(body, bodyInverseMass);
    storeState(
      v,
      load<f32>(v) + duration * (gravityX + m * load<f32>(body, bodyForce)),
      load<f32>(v, 4) + duration * (gravityY + m * load<f32>(body, bodyForce + 4)),
      load<f32>(v, 8) + duration * load<f32>(body, bodyInverseInertia) * load<f32>(body, bodyTorque),
    );
  }
  const jointImpulses = velocities + bodyCount * stateBytesPerBody;
  const contactImpulses = jointImpulses + jointCount * stateBytesPerJoint;
  beginContacts(world, contactCount, contactImpulses, ratio);
  prepareContacts(contactCount);
  warmStartContacts(contactCount);
  beginJoints(world, jointCount, jointImpulses, duration, ratio);
}

/** The step of an island after the sweeps over velocities. */
export function finishIsland(world: usize, duration: f32, positionIterations: i32): void {
  storeImpulses(contactCount);
  storeJointImpulses(jointCount);
  integrate(duration);
  let settled = false;
  for (let i = 0; i < positionIterations; i++) {
    const contactsSmall = solveContactPositions(contactCount, -1, -1);
    const jointsSmall = solveJointPositions(jointCount);
    if (contactsSmall && jointsSmall) {
      settled = true;
      break;
    }
  }
  writeBodies(world);
  rest(world, duration, settled);
}

/** The rest of a step after an impact of the bodies at two places of the island; joints do not take part. */
export function solveImpact(world: usize, placeA: i32, placeB: i32, duration: f32, velocityIterations: i32, positionIterations: i32): void {
  readBodies(world);
  beginContacts(world, contactCount, velocities + bodyCount * stateBytesPerBody, 0);
  for (let i = 0; i < positionIterations; i++) {
    if (solveContactPositions(contactCount, placeA, placeB)) break;
  }
  for (let k = 0; k < 2; k++) {
    const place = k == 0 ? placeA : placeB;
    const body = bodyOf(world, place), p = positions + place * stateBytesPerBody;
    store<u64>(body, load<u64>(p), bodyStart);
    store<f32>(body, load<f32>(p, 8), bodyStart + 8);
  }
  prepareContacts(contactCount);
  solveVelocities(velocityIterations);
  integrate(duration);
  writeBodies(world);
}
