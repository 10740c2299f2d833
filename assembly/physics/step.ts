// Steps of worlds: contacts, islands, then impacts between the positions before and after.
import {
  bodiesAt, bodyAngle, bodyBytes, bodyCenter, bodyContacts, bodyFlags, bodyForce, bodyIsAwake, bodyIsDynamic, bodyIsVisited, bodyJoints,
  bodyPlace, bodyStart, bodyStartFraction, bodyTorque,
} from '../../src/envs/box2d/layout';
import { advance, advanceStart, synchronize } from './bodies';
import { findNewContacts, moveBoxes } from './broadPhase';
import { epsilon, maxImpacts } from './constants';
import { clearEvents, eventCount, updateContact, updateContacts, wake } from './contacts';
import { timeOfImpact } from './impact';
import {
  addBody, addContact, addJoint, beginIsland, bodyCount, clearIsland, contactCount, finishIsland, restoreIsland, solveImpact, solveVelocities,
} from './island';
import { emptyLane, joinBatch, sweepLanes } from './lanes';
import {
  batch, batchBodies, batchContacts, batches, batchFilled, batchJoints, batchScratches, batchWorlds, contactFixtureA, contactFixtureB,
  contactFlags, contactImpact, contactImpacts, contactNext, fixtureBody, hasImpact, isEnabled, islandBodies, isTouching, isVisited, jointBytes,
  jointsAt, jointVisited, lanes, linkNext, linkOther, linkOwner, maxImpactBodies, maxImpactContacts, releaseScratch, stack, takeScratch, useBatch,
  useScratch, worldBodyCount, worldContacts, worldFresh, worldInverseStep, worldJointCount, worldSize,
} from './layout';

const impactPositionIterations = 20;

@inline
function flagsOf(body: usize): i32 {
  return load<i32>(body, bodyFlags);
}
@inline
function setFlag(body: usize, flag: i32): void {
  store<i32>(body, load<i32>(body, bodyFlags) | flag, bodyFlags);
}
@inline
function clearFlag(body: usize, flag: i32): void {
  store<i32>(body, load<i32>(body, bodyFlags) & ~flag, bodyFlags);
}

/** Collects the island of a body, depth first. Static bodies end it. */
function collectIsland(world: usize, seed: usize): void {
  store<u32>(stack, <u32>(seed - world));
  let depth = 1;
  setFlag(seed, bodyIsVisited);
  while (depth > 0) {
    depth--;
    const body = world + load<u32>(stack + (depth << 2));
    addBody(world, body);
    wake(body);
    if ((flagsOf(body) & bodyIsDynamic) == 0) continue;
    for (let at = load<u32>(body, bodyContacts); at != 0; at = load<u32>(world + at, linkNext)) {
      const link = world + at;
      const contact = world + load<u32>(link, linkOwner);
      const flags = load<i32>(contact, contactFlags);
      if ((flags & (isVisited | isEnabled | isTouching)) != (isEnabled | isTouching)) continue;
      addContact(world, contact);
      store<i32>(contact, flags | isVisited, contactFlags);
      const other = world + load<u32>(link, linkOther);
      if ((flagsOf(other) & bodyIsVisited) != 0) continue;
      store<u32>(stack + (depth << 2), <u32>(other - world));
      depth++;
      setFlag(other, bodyIsVisited);
    }
    for (let at = load<u32>(body, bodyJoints); at != 0; at = load<u32>(world + at, linkNext)) {
      const link = world + at;
      const joint = world + load<u32>(link, linkOwner);
      if (load<i32>(joint, jointVisited) != 0) continue;
      addJoint(world, joint);
      store<i32>(joint, 1, jointVisited);
      const other = world + load<u32>(link, linkOther);
      if ((flagsOf(other) & bodyIsVisited) != 0) continue;
      store<u32>(stack + (depth << 2), <u32>(other - world));
      depth++;
      setFlag(other, bodyIsVisited);
    }
  }
}

/** Unmarks bodies, contacts and joints. */
function clearVisits(world: usize): void {
  const first = world + bodiesAt;
  const end = first + load<i32>(world, worldBodyCount) * bodyBytes;
  for (let body = first; body < end; body += bodyBytes) clearFlag(body, bodyIsVisited);
  for (let at = load<u32>(world, worldContacts); at != 0; at = load<u32>(world + at, contactNext)) {
    const contact = world + at;
    store<i32>(contact, load<i32>(contact, contactFlags) & ~isVisited, contactFlags);
  }
  const joints = load<i32>(world, worldJointCount);
  for (let i = 0; i < joints; i++) store<i32>(world + jointsAt + i * jointBytes, 0, jointVisited);
}

/** The newest body from which the next island is to be collected, 0 if there is none. */
function nextSeed(world: usize): usize {
  const first = world + bodiesAt;
  for (let body = first + (load<i32>(world, worldBodyCount) - 1) * bodyBytes; body >= first; body -= bodyBytes) {
    if ((flagsOf(body) & (bodyIsVisited | bodyIsAwake | bodyIsDynamic)) == (bodyIsAwake | bodyIsDynamic)) return body;
  }
  return 0;
}

/** A static body may belong to several islands. */
function releaseStatic(world: usize): void {
  for (let i = 0; i < bodyCount; i++) {
    const body = world + load<u32>(islandBodies + (i << 2));
    if ((flagsOf(body) & bodyIsDynamic) == 0) clearFlag(body, bodyIsVisited);
  }
}

/** Collects the island of a body and solves it up to the sweeps. */
function beginSeed(world: usize, seed: usize, duration: f32): void {
  clearIsland();
  collectIsland(world, seed);
  beginIsland(world, duration, load<f32>(world, worldInverseStep) * duration);
}

/** What is left of an island whose sweeps are done. */
function finishSeed(world: usize, duration: f32, positionIterations: i32): void {
  finishIsland(world, duration, positionIterations);
  releaseStatic(world);
}

/** Boxes and pairs of the bodies that moved. */
function moveBodies(world: usize): void {
  const first = world + bodiesAt;
  for (let body = first + (load<i32>(world, worldBodyCount) - 1) * bodyBytes; body >= first; body -= bodyBytes) {
    if ((flagsOf(body) & (bodyIsVisited | bodyIsDynamic)) == (bodyIsVisited | bodyIsDynamic)) moveBoxes(world, body);
  }
  findNewContacts(world);
}

/** The fraction of the step at which a contact's bodies meet; 1 if they do not. */
function impactOf(world: usize, contact: usize): f32 {
  const flags = load<i32>(contact, contactFlags);
  if ((flags & hasImpact) != 0) return load<f32>(contact, contactImpact);
  const fixtureA = world + load<u32>(contact, contactFixtureA), fixtureB = world + load<u32>(contact, contactFixtureB);
  const bodyA = world + load<u32>(fixtureA, fixtureBody), bodyB = world + load<u32>(fixtureB, fixtureBody);
  const active = bodyIsDynamic | bodyIsAwake;
  if ((flagsOf(bodyA) & active) != active && (flagsOf(bodyB) & active) != active) return 1;
  // Two dynamic bodies may pass through each other.
  if ((flagsOf(bodyA) & flagsOf(bodyB) & bodyIsDynamic) != 0) return 1;
  let from = load<f32>(bodyA, bodyStartFraction);
  const fromB = load<f32>(bodyB, bodyStartFraction);
  if (from < fromB) {
    from = fromB;
    advanceStart(bodyA, from);
  } else if (fromB < from) {
    advanceStart(bodyB, from);
  }
  const t = timeOfImpact(world, fixtureA, bodyA, fixtureB, bodyB);
  let fraction: f32 = 1;
  if (t >= 0) {
    fraction = from + ((<f32>1.0) - from) * t;
    fraction = fraction < 1 ? fraction : 1;
  }
  store<f32>(contact, fraction, contactImpact);
  store<i32>(contact, flags | hasImpact, contactFlags);
  return fraction;
}

// Where a body stood: center and angle at the start and at the end, fraction of the start. Two bodies of an impact and one more.
const backups = memory.data(3 * 32, 8);

function backUp(slot: i32, body: usize): void {
  const to = backups + (slot << 5);
  store<u64>(to, load<u64>(body, bodyStart));
  store<f32>(to, load<f32>(body, bodyStart + 8), 8);
  store<u64>(to, load<u64>(body, bodyCenter), 16);
  store<f32>(to, load<f32>(body, bodyAngle), 24);
  store<f32>(to, load<f32>(body, bodyStartFraction), 28);
}

function goBack(slot: i32, body: usize): void {
  const from = backups + (slot << 5);
  store<u64>(body, load<u64>(from), bodyStart);
  store<f32>(body, load<f32>(from, 8), bodyStart + 8);
  store<u64>(body, load<u64>(from, 16), bodyCenter);
  store<f32>(body, load<f32>(from, 24), bodyAngle);
  store<f32>(body, load<f32>(from, 28), bodyStartFraction);
  synchronize(body);
}

/** Adds what else touches a body at the moment of the impact. */
function collectAround(world: usize, body: usize, fraction: f32): void {
  for (let at = load<u32>(body, bodyContacts); at != 0; at = load<u32>(world + at, linkNext)) {
    if (bodyCount == maxImpactBodies || contactCount == maxImpactContacts) break;
    const link = world + at;
    const contact = world + load<u32>(link, linkOwner);
    if ((load<i32>(contact, contactFlags) & isVisited) != 0) continue;
    const other = world + load<u32>(link, linkOther);
    if ((flagsOf(other) & bodyIsDynamic) != 0) continue;
    backUp(2, other);
    if ((flagsOf(other) & bodyIsVisited) == 0) advance(other, fraction);
    updateContact(world, contact);
    const flags = load<i32>(contact, contactFlags);
    if ((flags & (isEnabled | isTouching)) != (isEnabled | isTouching)) {
      goBack(2, other);
      continue;
    }
    store<i32>(contact, flags | isVisited, contactFlags);
    addContact(world, contact);
    if ((flagsOf(other) & bodyIsVisited) != 0) continue;
    setFlag(other, bodyIsVisited);
    addBody(world, other);
  }
}

/** Handles the impacts of the step, the earliest first. */
function solveImpacts(world: usize, duration: f32, velocityIterations: i32): void {
  const first = world + bodiesAt;
  const end = first + load<i32>(world, worldBodyCount) * bodyBytes;
  for (let body = first; body < end; body += bodyBytes) {
    clearFlag(body, bodyIsVisited);
    store<f32>(body, 0, bodyStartFraction);
  }
  for (let at = load<u32>(world, worldContacts); at != 0; at = load<u32>(world + at, contactNext)) {
    const contact = world + at;
    store<i32>(contact, load<i32>(contact, contactFlags) & ~(hasImpact | isVisited), contactFlags);
    store<i32>(contact, 0, contactImpacts);
    store<f32>(contact, 1, contactImpact);
  }
  for (;;) {
    let earliest: usize = 0;
    let fraction: f32 = 1;
    for (let at = load<u32>(world, worldContacts); at != 0; at = load<u32>(world + at, contactNext)) {
      const contact = world + at;
      if ((load<i32>(contact, contactFlags) & isEnabled) == 0 || load<i32>(contact, contactImpacts) > maxImpacts) continue;
      const impact = impactOf(world, contact);
      if (impact < fraction) {
        earliest = contact;
        fraction = impact;
      }
    }
    if (earliest == 0 || (<f32>1.0) - (<f32>10.0) * epsilon < fraction) return;

    const bodyA = world + load<u32>(world + load<u32>(earliest, contactFixtureA), fixtureBody);
    const bodyB = world + load<u32>(world + load<u32>(earliest, contactFixtureB), fixtureBody);
    backUp(0, bodyA);
    backUp(1, bodyB);
    advance(bodyA, fraction);
    advance(bodyB, fraction);
    updateContact(world, earliest);
    const flags = load<i32>(earliest, contactFlags) & ~hasImpact;
    store<i32>(earliest, load<i32>(earliest, contactImpacts) + 1, contactImpacts);
    if ((flags & isTouching) == 0) {
      store<i32>(earliest, flags & ~isEnabled, contactFlags);
      goBack(0, bodyA);
      goBack(1, bodyB);
      continue;
    }
    wake(bodyA);
    wake(bodyB);
    clearIsland();
    addBody(world, bodyA);
    addBody(world, bodyB);
    addContact(world, earliest);
    setFlag(bodyA, bodyIsVisited);
    setFlag(bodyB, bodyIsVisited);
    store<i32>(earliest, flags | isVisited, contactFlags);
    if ((flagsOf(bodyA) & bodyIsDynamic) != 0) collectAround(world, bodyA, fraction);
    if ((flagsOf(bodyB) & bodyIsDynamic) != 0) collectAround(world, bodyB, fraction);
    const left: f32 = ((<f32>1.0) - fraction) * duration;
    solveImpact(world, load<i32>(bodyA, bodyPlace), load<i32>(bodyB, bodyPlace), left, velocityIterations, impactPositionIterations);
    for (let i = 0; i < bodyCount; i++) {
      const body = world + load<u32>(islandBodies + (i << 2));
      clearFlag(body, bodyIsVisited);
      if ((flagsOf(body) & bodyIsDynamic) == 0) continue;
      moveBoxes(world, body);
      for (let at = load<u32>(body, bodyContacts); at != 0; at = load<u32>(world + at, linkNext)) {
        const contact = world + load<u32>(world + at, linkOwner);
        store<i32>(contact, load<i32>(contact, contactFlags) & ~(hasImpact | isVisited), contactFlags);
      }
    }
    findNewContacts(world);
  }
}

function beginStep(world: usize): void {
  if (load<i32>(world, worldFresh) != 0) {
    findNewContacts(world);
    store<i32>(world, 0, worldFresh);
  }
  updateContacts(world);
  clearVisits(world);
}

function finishStep(world: usize, duration: f32, velocityIterations: i32): void {
  moveBodies(world);
  solveImpacts(world, duration, velocityIterations);
  store<f32>(world, (<f32>1.0) / duration, worldInverseStep);
  const first = world + bodiesAt;
  const end = first + load<i32>(world, worldBodyCount) * bodyBytes;
  for (let body = first; body < end; body += bodyBytes) {
    store<u64>(body, 0, bodyForce);
    store<f32>(body, 0, bodyTorque);
  }
}

/** Sweeps over the islands of the present batch, and what is left of their worlds' steps. */
function finishBatch(duration: f32, velocityIterations: i32, positionIterations: i32): void {
  const filled = load<i32>(batch, batchFilled);
  const alone = filled == 1; // not worth a vector
  if (!alone) sweepLanes(velocityIterations);
  for (let lane = 0; lane < filled; lane++) {
    const world = load<usize>(batch + (lane << 2), batchWorlds);
    useScratch(load<i32>(batch + (lane << 2), batchScratches));
    restoreIsland(load<i32>(batch, batchBodies), load<i32>(batch, batchJoints), load<i32>(batch, batchContacts));
    if (alone) solveVelocities(velocityIterations);
    else emptyLane(lane);
    finishSeed(world, duration, positionIterations);
    finishStep(world, duration, velocityIterations);
    releaseScratch();
  }
  store<i32>(batch, 0, batchFilled);
}

/**
 * Advances `count` worlds that follow one another in memory by `duration` seconds; returns the number of events. Worlds with one island of
 * the same shape are swept side by side; the numbers are those of one world at a time.
 */
export function step(first: usize, count: i32, duration: f32, velocityIterations: i32, positionIterations: i32): i32 {
  clearEvents();
  for (let i = 0; i < count; i++) {
    const world = first + i * worldSize;
    takeScratch();
    beginStep(world);
    let seed = nextSeed(world);
    if (seed != 0 && count > 1) {
      beginSeed(world, seed, duration);
      seed = nextSeed(world);
      if (seed == 0 && joinBatch(world)) {
        if (load<i32>(batch, batchFilled) == lanes) finishBatch(duration, velocityIterations, positionIterations);
        continue;
      }
      solveVelocities(velocityIterations);
      finishSeed(world, duration, positionIterations);
    }
    for (; seed != 0; seed = nextSeed(world)) {
      beginSeed(world, seed, duration);
      solveVelocities(velocityIterations);
      finishSeed(world, duration, positionIterations);
    }
    finishStep(world, duration, velocityIterations);
    releaseScratch();
  }
  for (let i = 0; i < batches; i++) {
    useBatch(i);
    if (load<i32>(batch, batchFilled) > 0) finishBatch(duration, velocityIterations, positionIterations);
  }
  return eventCount;
}
