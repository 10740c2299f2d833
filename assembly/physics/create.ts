// Making worlds and what is in them. References are offsets from the world; everything is zero where nothing was written.
import {
  bodiesAt, bodyAngle, bodyBytes, bodyCenter, bodyFixtures, bodyFlags, bodyIsAwake, bodyIsDynamic, bodyInverseMass, bodyJoints, bodyMass,
  bodyPosition, bodyRotation, bodyStart,
} from '../../src/envs/box2d/layout';
import { resetMass } from './bodies';
import { placeBox } from './broadPhase';
import { wake } from './contacts';
import {
  contactBytes, contactCapacity, contactNext, contactsAt, cornerBytes, cornersAt, fixtureBody, fixtureBytes, fixtureCategory,
  fixtureCorners, fixtureCount, fixtureDensity, fixtureFriction, fixtureKind, fixtureMask, fixtureNext, fixtureRestitution, fixturesAt,
  jointAnchorA, jointAnchorB, jointBodyA, jointBodyB, jointBytes, jointLinkA, jointLinkB, jointLower, jointReference, jointsAt, jointSpeed,
  jointTorque, jointUpper, jointUses, kindEdge, kindPolygon, linkNext, linkOther, linkOwner, linkPrevious, stagedCorners, worldBodyCount,
  worldCornerCount, worldFixtureCount, worldFreeContact, worldFresh, worldGravity, worldJointCount, worldSize,
} from './layout';
import { findCentroid, findNormals, setBoxNormals, wrapHull } from './shapes';
import { cosine, rotate, sine } from './trigonometry';

/** An empty world. */
export function createWorld(world: usize, gravityX: f32, gravityY: f32): void {
  memory.fill(world, 0, worldSize);
  store<f32>(world, gravityX, worldGravity);
  store<f32>(world, gravityY, worldGravity + 4);
  store<u32>(world, <u32>contactsAt, worldFreeContact);
  for (let i = 0; i < contactCapacity - 1; i++) {
    const at = contactsAt + i * contactBytes;
    store<u32>(world + at, <u32>(at + contactBytes), contactNext);
  }
}

/** A body without fixtures; returns its reference. */
export function createBody(world: usize, dynamic: bool, x: f32, y: f32, angle: f32): u32 {
  const count = load<i32>(world, worldBodyCount);
  const at: usize = bodiesAt + count * bodyBytes;
  if (at >= fixturesAt) unreachable();
  store<i32>(world, count + 1, worldBodyCount);
  const body = world + at;
  rotate(angle);
  store<f32>(body, x, bodyPosition);
  store<f32>(body, y, bodyPosition + 4);
  store<f32>(body, sine, bodyRotation);
  store<f32>(body, cosine, bodyRotation + 4);
  store<f32>(body, x, bodyStart);
  store<f32>(body, y, bodyStart + 4);
  store<f32>(body, angle, bodyStart + 8);
  store<f32>(body, x, bodyCenter);
  store<f32>(body, y, bodyCenter + 4);
  store<f32>(body, angle, bodyAngle);
  store<f32>(body, dynamic ? 1 : 0, bodyMass);
  store<f32>(body, dynamic ? 1 : 0, bodyInverseMass);
  store<i32>(body, bodyIsAwake | (dynamic ? bodyIsDynamic : 0), bodyFlags);
  return <u32>at;
}

/**
 * A fixture of `count` staged corners (x, y float32 each, from `cornersAddress` on): 2 make an edge, 4 with `isBox` a box as it stands, else
 * the hull. Returns its reference.
 */
export function createFixture(
  world: usize, at: u32, count: i32, isBox: bool, density: f32, friction: f32, restitution: f32, category: i32, mask: i32,
): u32 {
  const body = world + at;
  const index = load<i32>(world, worldFixtureCount);
  const reference = fixturesAt + index * fixtureBytes;
  const fixture = world + reference;
  const firstCorner = cornersAt + load<i32>(world, worldCornerCount) * cornerBytes;
  if (reference >= cornersAt || firstCorner + count * cornerBytes > jointsAt) unreachable();
  const corners = world + firstCorner;
  const isEdge = count == 2;
  let found = count;
  if (isEdge || isBox) {
    for (let i = 0; i < count; i++) store<u64>(corners + i * cornerBytes, load<u64>(stagedCorners + (i << 3)));
  } else {
    found = wrapHull(corners, count);
  }
  store<i32>(world, index + 1, worldFixtureCount);
  store<i32>(world, load<i32>(world, worldCornerCount) + found, worldCornerCount);
  if (isBox) {
    setBoxNormals(corners);
  } else if (!isEdge) {
    findNormals(corners, found);
    findCentroid(fixture, corners, found);
  }
  store<u32>(fixture, at, fixtureBody);
  store<i32>(fixture, isEdge ? kindEdge : kindPolygon, fixtureKind);
  store<u32>(fixture, <u32>firstCorner, fixtureCorners);
  store<i32>(fixture, found, fixtureCount);
  store<f32>(fixture, friction, fixtureFriction);
  store<f32>(fixture, restitution, fixtureRestitution);
  store<f32>(fixture, density, fixtureDensity);
  store<i32>(fixture, category, fixtureCategory);
  store<i32>(fixture, mask, fixtureMask);
  placeBox(world, fixture);
  store<u32>(fixture, load<u32>(body, bodyFixtures), fixtureNext);
  store<u32>(body, <u32>reference, bodyFixtures);
  if (density > 0) resetMass(world, body);
  store<i32>(world, 1, worldFresh);
  return <u32>reference;
}

function insertLink(world: usize, body: u32, link: usize, other: u32, owner: u32): void {
  const head = load<u32>(world + body, bodyJoints);
  store<u32>(link, other, linkOther);
  store<u32>(link, owner, linkOwner);
  store<u32>(link, head, linkNext);
  if (head != 0) store<u32>(world + head, <u32>(link - world), linkPrevious);
  store<u32>(world + body, <u32>(link - world), bodyJoints);
}

/** A revolute joint; `uses` is the sum of 1 (limit) and 2 (motor). Joined bodies do not collide. Returns its reference. */
export function createRevoluteJoint(
  world: usize, bodyA: u32, bodyB: u32, anchorAx: f32, anchorAy: f32, anchorBx: f32, anchorBy: f32, reference: f32, lower: f32, upper: f32,
  torque: f32, speed: f32, uses: i32,
): u32 {
  const index = load<i32>(world, worldJointCount);
  const at = jointsAt + index * jointBytes;
  if (at >= contactsAt) unreachable();
  store<i32>(world, index + 1, worldJointCount);
  const joint = world + at;
  store<u32>(joint, bodyA, jointBodyA);
  store<u32>(joint, bodyB, jointBodyB);
  store<f32>(joint, anchorAx, jointAnchorA);
  store<f32>(joint, anchorAy, jointAnchorA + 4);
  store<f32>(joint, anchorBx, jointAnchorB);
  store<f32>(joint, anchorBy, jointAnchorB + 4);
  store<f32>(joint, reference, jointReference);
  store<f32>(joint, lower, jointLower);
  store<f32>(joint, upper, jointUpper);
  store<f32>(joint, torque, jointTorque);
  store<f32>(joint, speed, jointSpeed);
  store<i32>(joint, uses, jointUses);
  insertLink(world, bodyA, joint + jointLinkA, bodyB, <u32>at);
  insertLink(world, bodyB, joint + jointLinkB, bodyA, <u32>at);
  return <u32>at;
}

/** Sets speed and greatest torque of the motor of the world's joint number `index`, in the order of their creation. Wakes both bodies. */
export function setMotor(world: usize, index: i32, speed: f32, torque: f32): void {
  const joint = world + jointsAt + index * jointBytes;
  wake(world + load<u32>(joint, jointBodyA));
  wake(world + load<u32>(joint, jointBodyB));
  store<f32>(joint, speed, jointSpeed);
  store<f32>(joint, torque, jointTorque);
}
