// Batches of worlds whose islands have the same shape: as many bodies, joints and contacts, in the same order, between the same bodies. Their
// sweeps are done side by side, one world in each lane of a vector; all else is done world by world.
import { bodyCount, contactCount, jointCount } from './island';
import { sweepLaneContacts } from './laneContacts';
import { sweepLaneJoints } from './laneJoints';
import {
  batch, batchBodies, batchContactPlaces, batchContacts, batchFilled, batchJoints, batchPlaces, batchScratches, batchWorlds, batches,
  hingeBytes, hingeImpulses, hingeMassA, hinges, hingeState, hingeUses, hingeVelocityA, hingeVelocityB, hingeWords, laneAtLower, laneAtUpper,
  laneHingeBytes, laneHinges, laneImpulses, laneRowBytes, laneRowImpulses, laneRows, laneVelocities, limitEqual, limitLower, limitUpper,
  maxLaneContacts, maxLaneJoints, rowBytes, rowCount, rowImpulses, rowMassA, rows, rowVelocityA, rowVelocityB, rowWords, scratchIndex, useBatch,
  usesMotor, velocities,
} from './layout';

/** Whether the island in the present scratch may be one of a batch: its joints have motors, and limits that are not fixed angles. */
function isPlain(): bool {
  if (jointCount == 0 || jointCount > maxLaneJoints || contactCount > maxLaneContacts) return false;
  for (let j = 0; j < jointCount; j++) {
    const hinge = hinges + j * hingeBytes;
    if ((load<i32>(hinge, hingeUses) & usesMotor) == 0 || load<i32>(hinge, hingeState) == limitEqual) return false;
  }
  return true;
}

/** Whether the island in the present scratch has the shape of the batch. */
function hasShape(): bool {
  if (load<i32>(batch, batchBodies) != bodyCount) return false;
  if (load<i32>(batch, batchJoints) != jointCount || load<i32>(batch, batchContacts) != contactCount) return false;
  for (let j = 0; j < jointCount; j++) {
    const hinge = hinges + j * hingeBytes, place = batch + batchPlaces + (j << 3);
    if (load<u32>(place) != <u32>(load<usize>(hinge, hingeVelocityA) - velocities)) return false;
    if (load<u32>(place, 4) != <u32>(load<usize>(hinge, hingeVelocityB) - velocities)) return false;
  }
  for (let i = 0; i < contactCount; i++) {
    const row = rows + i * rowBytes, place = batch + batchContactPlaces + i * 12;
    if (load<u32>(place) != <u32>(load<usize>(row, rowVelocityA) - velocities)) return false;
    if (load<u32>(place, 4) != <u32>(load<usize>(row, rowVelocityB) - velocities)) return false;
    if (load<i32>(place, 8) != load<i32>(row, rowCount)) return false;
  }
  return true;
}

function takeShape(): void {
  store<i32>(batch, bodyCount, batchBodies);
  store<i32>(batch, jointCount, batchJoints);
  store<i32>(batch, contactCount, batchContacts);
  for (let j = 0; j < jointCount; j++) {
    const hinge = hinges + j * hingeBytes, place = batch + batchPlaces + (j << 3);
    store<u32>(place, <u32>(load<usize>(hinge, hingeVelocityA) - velocities));
    store<u32>(place, <u32>(load<usize>(hinge, hingeVelocityB) - velocities), 4);
  }
  for (let i = 0; i < contactCount; i++) {
    const row = rows + i * rowBytes, place = batch + batchContactPlaces + i * 12;
    store<u32>(place, <u32>(load<usize>(row, rowVelocityA) - velocities));
    store<u32>(place, <u32>(load<usize>(row, rowVelocityB) - velocities), 4);
    store<i32>(place, load<i32>(row, rowCount), 8);
  }
}

/** Copies the island in the present scratch into a lane. */
function fillLane(lane: i32): void {
  const shift = <usize>(lane << 2);
  for (let i = 0; i < 3 * bodyCount; i++) store<u32>(laneVelocities + (i << 4) + shift, load<u32>(velocities + (i << 2)));
  for (let j = 0; j < jointCount; j++) {
    const hinge = hinges + j * hingeBytes;
    const to = laneHinges + j * laneHingeBytes + shift;
    for (let w = 0; w < hingeWords; w++) store<u32>(to + (w << 4), load<u32>(hinge + (w << 2), hingeMassA));
    const own = load<usize>(hinge, hingeImpulses);
    for (let w = 0; w < 4; w++) store<u32>(to + (w << 4), load<u32>(own + (w << 2)), laneImpulses);
    const state = load<i32>(hinge, hingeState);
    store<i32>(to, state == limitLower ? -1 : 0, laneAtLower);
    store<i32>(to, state == limitUpper ? -1 : 0, laneAtUpper);
  }
  for (let i = 0; i < contactCount; i++) {
    const row = rows + i * rowBytes;
    const to = laneRows + i * laneRowBytes + shift;
    for (let w = 0; w < rowWords; w++) store<u32>(to + (w << 4), load<u32>(row + (w << 2), rowMassA));
    const own = load<usize>(row, rowImpulses);
    for (let w = 0; w < 4; w++) store<u32>(to + (w << 4), load<u32>(own + (w << 2)), laneRowImpulses);
  }
}

/** Takes velocities and impulses back to the present scratch. */
export function emptyLane(lane: i32): void {
  const shift = <usize>(lane << 2);
  for (let i = 0; i < 3 * bodyCount; i++) store<u32>(velocities + (i << 2), load<u32>(laneVelocities + (i << 4) + shift));
  for (let j = 0; j < jointCount; j++) {
    const own = load<usize>(hinges + j * hingeBytes, hingeImpulses);
    const from = laneHinges + j * laneHingeBytes + shift;
    for (let w = 0; w < 4; w++) store<u32>(own + (w << 2), load<u32>(from + (w << 4), laneImpulses));
  }
  for (let i = 0; i < contactCount; i++) {
    const own = load<usize>(rows + i * rowBytes, rowImpulses);
    const from = laneRows + i * laneRowBytes + shift;
    for (let w = 0; w < 4; w++) store<u32>(own + (w << 2), load<u32>(from + (w << 4), laneRowImpulses));
  }
}

/** Chooses the batch of the shape of the island in the present scratch, or an empty one; false where there is none. */
function findBatch(): bool {
  if (!isPlain()) return false;
  let empty = -1;
  for (let i = 0; i < batches; i++) {
    useBatch(i);
    if (load<i32>(batch, batchFilled) == 0) empty = i;
    else if (hasShape()) return true;
  }
  if (empty < 0) return false;
  useBatch(empty);
  takeShape();
  return true;
}

/** Puts a world, whose island is in the present scratch, into a batch, which then is the present one; false if it fits into none. */
export function joinBatch(world: usize): bool {
  if (!findBatch()) return false;
  const lane = load<i32>(batch, batchFilled);
  fillLane(lane);
  store<usize>(batch + (lane << 2), world, batchWorlds);
  store<i32>(batch + (lane << 2), scratchIndex, batchScratches);
  store<i32>(batch, lane + 1, batchFilled);
  return true;
}

/** All sweeps over the islands of the batch. */
export function sweepLanes(iterations: i32): void {
  const joints = load<i32>(batch, batchJoints), contacts = load<i32>(batch, batchContacts);
  for (let i = 0; i < iterations; i++) {
    sweepLaneJoints(joints);
    sweepLaneContacts(contacts);
  }
}
