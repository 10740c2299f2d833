// Contacts: making and removing them, keeping their points up to date, events.
import {
  bodyContacts, bodyFlags, bodyIsAwake, bodyIsDynamic, bodyJoints, bodyRest, eventBegin, eventBytes, eventEnd, maxEvents,
} from '../../src/envs/box2d/layout';
import {
  contactBytes, contactCount, contactFixtureA, contactFixtureB, contactFlags, contactFriction, contactLinkA, contactLinkB,
  contactNext, contactPoints, contactPrevious, contactRestitution, events, fixtureBody, fixtureCategory, fixtureFriction, fixtureKind,
  fixtureMask, fixtureRestitution, isEnabled, isTouching, kindEdge, linkNext, linkOther, linkOwner, linkPrevious, pointBytes,
  pointFeature, pointNormalImpulse, pointTangentImpulse, worldContacts, worldFreeContact,
} from './layout';
import { collideEdge } from './manifold';
import { collidePolygons } from './polygons';
import { boxesOverlap } from './shapes';

/** Events of the running call. */
export let eventCount: i32 = 0;

/** Forgets the events of the last call. */
export function clearEvents(): void {
  eventCount = 0;
}

function report(world: usize, contact: usize, kind: i32): void {
  if (eventCount >= maxEvents) unreachable();
  const event = events + eventCount * eventBytes;
  store<i32>(event, kind);
  store<u32>(event, load<u32>(world + load<u32>(contact, contactFixtureA), fixtureBody), 4);
  store<u32>(event, load<u32>(world + load<u32>(contact, contactFixtureB), fixtureBody), 8);
  store<u32>(event, <u32>world, 12);
  eventCount++;
}

/** Wakes a body; its time at rest begins anew if it slept. */
export function wake(body: usize): void {
  const flags = load<i32>(body, bodyFlags);
  if ((flags & bodyIsAwake) != 0) return;
  store<i32>(body, flags | bodyIsAwake, bodyFlags);
  store<f32>(body, 0, bodyRest);
}

function insertLink(world: usize, body: u32, link: usize, other: u32, contact: usize): void {
  const head = load<u32>(world + body, bodyContacts);
  store<u32>(link, other, linkOther);
  store<u32>(link, <u32>(contact - world), linkOwner);
  store<u32>(link, head, linkNext);
  store<u32>(link, 0, linkPrevious);
  if (head != 0) store<u32>(world + head, <u32>(link - world), linkPrevious);
  store<u32>(world + body, <u32>(link - world), bodyContacts);
}

function removeLink(world: usize, body: u32, link: usize): void {
  const next = load<u32>(link, linkNext), previous = load<u32>(link, linkPrevious);
  if (next != 0) store<u32>(world + next, previous, linkPrevious);
  if (previous != 0) store<u32>(world + previous, next, linkNext);
  else store<u32>(world + body, next, bodyContacts);
}

/** Whether two bodies are held by a joint (joined bodies do not collide). */
function areJoined(world: usize, a: u32, b: u32): bool {
  for (let link = load<u32>(world + a, bodyJoints); link != 0; link = load<u32>(world + link, linkNext)) {
    if (load<u32>(world + link, linkOther) == b) return true;
  }
  return false;
}

function exists(world: usize, body: u32, fixtureA: u32, fixtureB: u32): bool {
  for (let link = load<u32>(world + body, bodyContacts); link != 0; link = load<u32>(world + link, linkNext)) {
    const contact = world + load<u32>(world + link, linkOwner);
    if (load<u32>(contact, contactFixtureA) == fixtureA && load<u32>(contact, contactFixtureB) == fixtureB) return true;
  }
  return false;
}

/**
 * A contact of two fixtures of different bodies, unless there is one already, the filters forbid it, a joint holds the bodies, both are
 * static, or they are two edges. Of two polygons the older one is A.
 */
export function addContact(world: usize, one: usize, other: usize): void {
  const otherIsEdge = load<i32>(other, fixtureKind) == kindEdge;
  if (otherIsEdge && load<i32>(one, fixtureKind) == kindEdge) return;
  const a = otherIsEdge ? other : one;
  const b = otherIsEdge ? one : other;
  if ((load<i32>(a, fixtureMask) & load<i32>(b, fixtureCategory)) == 0) return;
  if ((load<i32>(a, fixtureCategory) & load<i32>(b, fixtureMask)) == 0) return;
  const bodyA = load<u32>(a, fixtureBody), bodyB = load<u32>(b, fixtureBody);
  if (((load<i32>(world + bodyA, bodyFlags) | load<i32>(world + bodyB, bodyFlags)) & bodyIsDynamic) == 0) return;
  if (areJoined(world, bodyA, bodyB)) return;
  const fixtureA = <u32>(a - world), fixtureB = <u32>(b - world);
  if (exists(world, bodyB, fixtureA, fixtureB)) return;

  const at = load<u32>(world, worldFreeContact);
  if (at == 0) unreachable(); // the capacities given to `configure` were too small
  const contact = world + at;
  store<u32>(world, load<u32>(contact, contactNext), worldFreeContact);
  memory.fill(contact, 0, contactBytes);
  store<u32>(contact, fixtureA, contactFixtureA);
  store<u32>(contact, fixtureB, contactFixtureB);
  store<i32>(contact, isEnabled, contactFlags);
  store<f32>(contact, sqrt<f32>(load<f32>(a, fixtureFriction) * load<f32>(b, fixtureFriction)), contactFriction);
  const restitutionA = load<f32>(a, fixtureRestitution), restitutionB = load<f32>(b, fixtureRestitution);
  store<f32>(contact, restitutionA > restitutionB ? restitutionA : restitutionB, contactRestitution);
  const head = load<u32>(world, worldContacts);
  store<u32>(contact, head, contactNext);
  if (head != 0) store<u32>(world + head, at, contactPrevious);
  store<u32>(world, at, worldContacts);
  insertLink(world, bodyA, contact + contactLinkA, bodyB, contact);
  insertLink(world, bodyB, contact + contactLinkB, bodyA, contact);
  wake(world + bodyA);
  wake(world + bodyB);
}

function removeContact(world: usize, contact: usize): void {
  if ((load<i32>(contact, contactFlags) & isTouching) != 0) report(world, contact, eventEnd);
  const next = load<u32>(contact, contactNext), previous = load<u32>(contact, contactPrevious);
  if (next != 0) store<u32>(world + next, previous, contactPrevious);
  if (previous != 0) store<u32>(world + previous, next, contactNext);
  else store<u32>(world, next, worldContacts);
  const bodyA = load<u32>(world + load<u32>(contact, contactFixtureA), fixtureBody);
  const bodyB = load<u32>(world + load<u32>(contact, contactFixtureB), fixtureBody);
  removeLink(world, bodyA, contact + contactLinkA);
  removeLink(world, bodyB, contact + contactLinkB);
  if (load<i32>(contact, contactCount) > 0) {
    wake(world + bodyA);
    wake(world + bodyB);
  }
  memory.fill(contact, 0, contactBytes); // equal worlds have equal bytes
  store<u32>(contact, load<u32>(world, worldFreeContact), contactNext);
  store<u32>(world, <u32>(contact - world), worldFreeContact);
}

/** Finds the contact's points anew; points with the same features keep their impulses. Enables it, and reports begin and end. */
export function updateContact(world: usize, contact: usize): void {
  const points = contact + contactPoints;
  const oldCount = load<i32>(contact, contactCount);
  const feature0 = load<u32>(points, pointFeature), feature1 = load<u32>(points, pointBytes + pointFeature);
  const normal0 = load<f32>(points, pointNormalImpulse), normal1 = load<f32>(points, pointBytes + pointNormalImpulse);
  const tangent0 = load<f32>(points, pointTangentImpulse), tangent1 = load<f32>(points, pointBytes + pointTangentImpulse);
  const bodyA = world + load<u32>(world + load<u32>(contact, contactFixtureA), fixtureBody);
  const bodyB = world + load<u32>(world + load<u32>(contact, contactFixtureB), fixtureBody);
  const isEdge = load<i32>(world + load<u32>(contact, contactFixtureA), fixtureKind) == kindEdge;
  const count = isEdge ? collideEdge(world, contact, bodyA, bodyB) : collidePolygons(world, contact, bodyA, bodyB);
  for (let i = 0; i < count; i++) {
    const point = points + i * pointBytes;
    const feature = load<u32>(point, pointFeature);
    let normal: f32 = 0, tangent: f32 = 0;
    if (oldCount > 0 && feature == feature0) {
      normal = normal0;
      tangent = tangent0;
    } else if (oldCount > 1 && feature == feature1) {
      normal = normal1;
      tangent = tangent1;
    }
    store<f32>(point, normal, pointNormalImpulse);
    store<f32>(point, tangent, pointTangentImpulse);
  }
  const flags = load<i32>(contact, contactFlags) | isEnabled;
  const touched = (flags & isTouching) != 0;
  const touches = count > 0;
  if (touches != touched) {
    wake(bodyA);
    wake(bodyB);
  }
  store<i32>(contact, touches ? flags | isTouching : flags & ~isTouching, contactFlags);
  if (touches && !touched) report(world, contact, eventBegin);
  if (touched && !touches) report(world, contact, eventEnd);
}

/** Updates the contacts of waking bodies, and removes those whose boxes parted. */
export function updateContacts(world: usize): void {
  for (let at = load<u32>(world, worldContacts); at != 0; ) {
    const contact = world + at;
    at = load<u32>(contact, contactNext);
    const fixtureA = world + load<u32>(contact, contactFixtureA), fixtureB = world + load<u32>(contact, contactFixtureB);
    const active = bodyIsDynamic | bodyIsAwake;
    const activeA = (load<i32>(world + load<u32>(fixtureA, fixtureBody), bodyFlags) & active) == active;
    const activeB = (load<i32>(world + load<u32>(fixtureB, fixtureBody), bodyFlags) & active) == active;
    if (!activeA && !activeB) continue;
    if (boxesOverlap(fixtureA, fixtureB)) updateContact(world, contact);
    else removeContact(world, contact);
  }
}
