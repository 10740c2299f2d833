// Records inside a world, besides bodies (src/envs/box2d/layout.ts); offsets in bytes. And where the arrays of records lie.
import { bodiesAt, bodyBytes, eventBytes, maxCorners, maxEvents } from '../../src/envs/box2d/layout';

// World header.
export const worldBodyCount = 4;
export const worldFixtureCount = 8;
export const worldJointCount = 12;
export const worldCornerCount = 16;
export const worldContacts = 20; // newest contact
export const worldFreeContact = 24;
export const worldFresh = 28; // 1: fixtures were added since the last step
export const worldInverseStep = 32; // 1 / duration of the last step, 0 before the first
export const worldGravity = 36;
// The header is as long as `bodiesAt` says.

// Corner of a polygon: point, outward normal of the side that begins there. An edge has two points without normals.
export const cornerBytes = 16;
export const cornerNormal = 8;

// Fixture: a shape on a body.
export const fixtureBytes = 72;
export const fixtureBody = 0;
export const fixtureNext = 4; // of the same body
export const fixtureKind = 8;
export const fixtureCorners = 12;
export const fixtureCount = 16;
export const fixtureFriction = 20;
export const fixtureRestitution = 24;
export const fixtureDensity = 28;
export const fixtureCategory = 32;
export const fixtureMask = 36;
export const fixtureCentroid = 40;
export const fixtureBox = 48; // enlarged box of the broad phase: lower x, y, upper x, y
export const fixtureMoved = 64; // 1: the box changed since pairs were last looked for
export const kindEdge = 1;
export const kindPolygon = 2;

// A body's end of a contact or of a joint: who is at the other end, the whole thing, neighbours in the body's list.
export const linkOther = 0;
export const linkOwner = 4;
export const linkNext = 8;
export const linkPrevious = 12;

// Contact of two fixtures; fixture A is the edge, or the older of two polygons.
export const contactBytes = 140;
export const contactNext = 0;
export const contactPrevious = 4;
export const contactFixtureA = 8;
export const contactFixtureB = 12;
export const contactLinkA = 16;
export const contactLinkB = 32;
export const contactFlags = 48;
export const contactFriction = 52;
export const contactRestitution = 56;
export const contactImpacts = 60; // impacts handled in this step
export const contactImpact = 64; // fraction of the step at which they meet, valid with hasImpact
export const contactKind = 68;
export const contactNormal = 72; // in the frame of the reference body
export const contactPlane = 80; // a point of the reference side, same frame
export const contactCount = 88;
export const contactPoints = 92;
export const isEnabled = 1;
export const isTouching = 2;
export const isVisited = 4;
export const hasImpact = 8;
export const sideOnA = 1; // whose side is the reference
export const sideOnB = 2;

// Contact point, in the frame of the other body.
export const pointBytes = 24;
export const pointNormalImpulse = 8;
export const pointTangentImpulse = 12;
export const pointFeature = 16;

// Revolute joint.
export const jointBytes = 104;
export const jointBodyA = 0;
export const jointBodyB = 4;
export const jointLinkA = 8;
export const jointLinkB = 24;
export const jointAnchorA = 40;
export const jointAnchorB = 48;
export const jointReference = 56;
export const jointLower = 60;
export const jointUpper = 64;
export const jointTorque = 68; // of the motor, at most
export const jointSpeed = 72;
export const jointUses = 76; // bits usesLimit, usesMotor
export const jointImpulse = 80; // x, y, limit, motor
export const jointState = 96;
export const jointVisited = 100;
export const usesLimit = 1;
export const usesMotor = 2;
export const limitInactive = 0;
export const limitLower = 1;
export const limitUpper = 2;
export const limitEqual = 3;

// Constraint of a contact while its island is solved.
export const rowBytes = 184;
export const rowVelocityA = 0; // addresses
export const rowVelocityB = 4;
export const rowPositionA = 8;
export const rowPositionB = 12;
export const rowContact = 16;
export const rowImpulses = 20;
export const rowCount = 24; // points of the velocity constraint
export const rowPlaceA = 28;
export const rowPlaceB = 32;
export const rowMassA = 36; // inverse masses and inertias
export const rowMassB = 40;
export const rowInertiaA = 44;
export const rowInertiaB = 48;
export const rowCenterA = 52; // local centers
export const rowCenterB = 60;
export const rowNormal = 68;
export const rowFriction = 76;
export const rowMatrix = 80; // k11, k12, k22
export const rowInverse = 92; // of that matrix: 11, 12, 21, 22
export const rowPoints = 112;
export const rowPointBytes = 32; // arm A, arm B, normal mass, tangent mass, bias
export const rowNormalMass = 16;
export const rowTangentMass = 20;
export const rowBias = 24;

// Constraints of joints of several worlds side by side: every word of a hinge from `hingeMassA` to `hingeSpeed` becomes a vector, then the
// impulses, then masks of the limit's state.
export const hingeWords = 26;
export const laneHingeBytes = 512;
export const laneImpulses = 416;
export const laneAtLower = 480;
export const laneAtUpper = 496;

// And of contacts: every word of a row from `rowMassA` on, then the impulses.
export const rowWords = 37;
export const laneRowBytes = 656;
export const laneRowImpulses = 592;

// Worlds whose islands have the same shape, one in each lane of a vector.
export const lanes = 4;
export const maxLaneJoints = 16;
export const maxLaneContacts = 8;
export const batchFilled = 0; // lanes in use
export const batchBodies = 4;
export const batchJoints = 8;
export const batchContacts = 12;
export const batchWorlds = 16; // their addresses
export const batchScratches = 32; // which scratch each has
export const batchPlaces = 48; // of every joint: offsets of the velocities of its bodies A and B; of every contact the same, and its points
export const batchContactPlaces = 176;
export const batchBytes = 272;

// Constraint of a joint while its island is solved.
export const hingeBytes = 144;
export const hingeVelocityA = 0;
export const hingeVelocityB = 4;
export const hingePositionA = 8;
export const hingePositionB = 12;
export const hingeJoint = 16;
export const hingeImpulses = 20;
export const hingeUses = 24;
export const hingeState = 28;
export const hingeMassA = 32;
export const hingeMassB = 36;
export const hingeInertiaA = 40;
export const hingeInertiaB = 44;
export const hingeArmA = 48;
export const hingeArmB = 56;
export const hingeLeverA = 64; // anchor less local center
export const hingeLeverB = 72;
export const hingeMatrix = 80; // k11, k12, k22, k13, k23, k33
export const hingeCross = 104; // second row x third row
export const hingeInverse3 = 116; // 1 / determinant of 3 x 3
export const hingeInverse2 = 120; // 1 / determinant of 2 x 2
export const hingeMotorMass = 124;
export const hingeTorqueImpulse = 128; // most impulse of the motor in a step
export const hingeSpeed = 132;

// Capacities and arrays, the same for all worlds of an instance. References count from the beginning of a world.
export let fixturesAt: usize = 0;
export let cornersAt: usize = 0;
export let jointsAt: usize = 0;
export let contactsAt: usize = 0;
export let worldSize: usize = 0;
export let contactCapacity: i32 = 0;

// Memory shared by the worlds: what lives only during a call. Addresses.
export let stagedCorners: usize = 0;
export let events: usize = 0;
export let nearRays: usize = 0; // fixtures that rays may meet

// Batches of worlds that are solved side by side: as many shapes are collected at once. What `useBatch` chose.
export const batches = 8;
let batchesAt: usize = 0;
let batchStride: usize = 0;
export let batch: usize = 0;
export let laneVelocities: usize = 0;
export let laneHinges: usize = 0;
export let laneRows: usize = 0;

// Scratch of one world: one for each that waits in a batch, and one for the world at hand. What `useScratch` chose.
const scratches = batches * lanes + 1;
const freeScratches = memory.data(4 * scratches, 4);
let freeCount: i32 = 0;
let scratch: usize = 0;
let scratchBytes: usize = 0;
/** The number of the scratch in use. */
export let scratchIndex: i32 = 0;
let bodyCapacity: i32 = 0;
let jointCapacity: i32 = 0;
export let stack: usize = 0;
export let islandBodies: usize = 0;
export let islandContacts: usize = 0;
export let islandJoints: usize = 0;
export let positions: usize = 0; // x, y, angle per body of the island
export let velocities: usize = 0; // x, y, spin per body, then the impulses of joints and contacts
export let rows: usize = 0;
export let hinges: usize = 0;

export const stateBytesPerBody = 12;
export const stateBytesPerJoint = 16;
export const stateBytesPerContact = 16;

// Most bodies and contacts of the island of an impact.
export const maxImpactBodies = 64;
export const maxImpactContacts = 32;

function align(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

function placeScratch(at: usize): usize {
  stack = align(at);
  islandBodies = align(stack + bodyCapacity * 4);
  islandContacts = align(islandBodies + bodyCapacity * 4);
  islandJoints = align(islandContacts + contactCapacity * 4);
  positions = align(islandJoints + jointCapacity * 4);
  velocities = align(positions + bodyCapacity * stateBytesPerBody);
  rows = align(velocities + bodyCapacity * stateBytesPerBody + jointCapacity * stateBytesPerJoint + contactCapacity * stateBytesPerContact);
  hinges = align(rows + contactCapacity * rowBytes);
  return align(hinges + jointCapacity * hingeBytes);
}

/** Writes a body's entry of `positions` or `velocities`: x, y, and angle or spin. */
@inline
export function storeState(at: usize, x: f32, y: f32, turn: f32): void {
  store<f32>(at, x);
  store<f32>(at, y, 4);
  store<f32>(at, turn, 8);
}

/** Chooses the scratch that the next calls use. */
export function useScratch(index: i32): void {
  scratchIndex = index;
  placeScratch(scratch + <usize>index * scratchBytes);
}

/** Chooses one that no world has. */
export function takeScratch(): void {
  freeCount--;
  useScratch(load<i32>(freeScratches + (freeCount << 2)));
}

/** Gives the one in use back; it stays in use until another is chosen. */
export function releaseScratch(): void {
  store<i32>(freeScratches + (freeCount << 2), scratchIndex);
  freeCount++;
}

function placeBatch(at: usize): usize {
  batch = at;
  laneVelocities = align(at + batchBytes);
  laneHinges = laneVelocities + <usize>bodyCapacity * 48;
  laneRows = laneHinges + <usize>jointCapacity * laneHingeBytes;
  return laneRows + maxLaneContacts * laneRowBytes;
}

/** Chooses the batch that the next calls use. */
export function useBatch(index: i32): void {
  placeBatch(batchesAt + <usize>index * batchStride);
}

/** Lays out the shared memory from `base` on; returns the address of the first world. */
export function configure(base: usize, bodies: i32, fixtures: i32, joints: i32, contacts: i32, corners: i32): usize {
  fixturesAt = bodiesAt + bodies * bodyBytes;
  cornersAt = fixturesAt + fixtures * fixtureBytes;
  jointsAt = cornersAt + corners * cornerBytes;
  contactsAt = jointsAt + joints * jointBytes;
  worldSize = align(contactsAt + contacts * contactBytes);
  contactCapacity = contacts;
  bodyCapacity = bodies;
  jointCapacity = joints;
  stagedCorners = align(base);
  events = stagedCorners + maxCorners * 8;
  nearRays = align(events + maxEvents * eventBytes);
  batchesAt = align(nearRays + fixtures * 4);
  batchStride = placeBatch(batchesAt) - batchesAt;
  scratch = batchesAt + batches * batchStride;
  scratchBytes = placeScratch(scratch) - scratch;
  for (let i = 0; i < scratches; i++) store<i32>(freeScratches + (i << 2), scratches - 1 - i);
  freeCount = scratches;
  return scratch + scratches * scratchBytes;
}
