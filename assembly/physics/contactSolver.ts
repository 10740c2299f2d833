// Constraints of contacts: no approach at the points, friction along the side. Sequential impulses; two points of a contact are solved
// together (as a linear complementarity problem of size two, by trying its four cases).
import {
  bodyInverseInertia, bodyInverseMass, bodyLocalCenter, bodyPlace,
} from '../../src/envs/box2d/layout';
import { impactPushRate, linearSlop, maxConditionNumber, maxLinearCorrection, pushRate, restitutionThreshold, skin } from './constants';
import {
  contactCount, contactFixtureA, contactFixtureB, contactFriction, contactKind, contactNormal, contactPlane, contactPoints,
  contactRestitution, fixtureBody, islandContacts, pointBytes, pointNormalImpulse, pointTangentImpulse, positions, rowBias, rowBytes,
  rowCenterA, rowCenterB, rowContact, rowCount, rowFriction, rowImpulses, rowInertiaA, rowInertiaB, rowInverse, rowMassA, rowMassB,
  rowMatrix, rowNormal, rowNormalMass, rowPlaceA, rowPlaceB, rowPointBytes, rowPoints, rowPositionA, rowPositionB, rows, rowTangentMass,
  rowVelocityA, rowVelocityB, sideOnA, stateBytesPerBody, stateBytesPerContact, storeState, velocities,
} from './layout';
import { cosine, rotate, sine } from './trigonometry';

/** What does not depend on positions; impulses begin at `ratio` times the last ones (0: from nothing). */
export function beginContacts(world: usize, count: i32, impulses: usize, ratio: f32): void {
  for (let i = 0; i < count; i++) {
    const contact = world + load<u32>(islandContacts + (i << 2));
    const bodyA = world + load<u32>(world + load<u32>(contact, contactFixtureA), fixtureBody);
    const bodyB = world + load<u32>(world + load<u32>(contact, contactFixtureB), fixtureBody);
    const row = rows + i * rowBytes;
    const placeA = load<i32>(bodyA, bodyPlace), placeB = load<i32>(bodyB, bodyPlace);
    const own = impulses + i * stateBytesPerContact;
    store<usize>(row, velocities + placeA * stateBytesPerBody, rowVelocityA);
    store<usize>(row, velocities + placeB * stateBytesPerBody, rowVelocityB);
    store<usize>(row, positions + placeA * stateBytesPerBody, rowPositionA);
    store<usize>(row, positions + placeB * stateBytesPerBody, rowPositionB);
    store<usize>(row, contact, rowContact);
    store<usize>(row, own, rowImpulses);
    store<i32>(row, load<i32>(contact, contactCount), rowCount);
    store<i32>(row, placeA, rowPlaceA);
    store<i32>(row, placeB, rowPlaceB);
    store<f32>(row, load<f32>(bodyA, bodyInverseMass), rowMassA);
    store<f32>(row, load<f32>(bodyB, bodyInverseMass), rowMassB);
    store<f32>(row, load<f32>(bodyA, bodyInverseInertia), rowInertiaA);
    store<f32>(row, load<f32>(bodyB, bodyInverseInertia), rowInertiaB);
    store<u64>(row, load<u64>(bodyA, bodyLocalCenter), rowCenterA);
    store<u64>(row, load<u64>(bodyB, bodyLocalCenter), rowCenterB);
    store<f32>(row, load<f32>(contact, contactFriction), rowFriction);
    const points = contact + contactPoints;
    store<f32>(own, ratio * load<f32>(points, pointNormalImpulse));
    store<f32>(own, ratio * load<f32>(points, pointTangentImpulse), 4);
    store<f32>(own, ratio * load<f32>(points, pointBytes + pointNormalImpulse), 8);
    store<f32>(own, ratio * load<f32>(points, pointBytes + pointTangentImpulse), 12);
  }
}

// Poses of the two bodies of a row: what `poseRow` found.
let ax: f32 = 0, ay: f32 = 0, as_: f32 = 0, ac: f32 = 0;
let bx: f32 = 0, by: f32 = 0, bs: f32 = 0, bc: f32 = 0;

function poseRow(row: usize, cAx: f32, cAy: f32, aA: f32, cBx: f32, cBy: f32, aB: f32): void {
  rotate(aA);
  as_ = sine;
  ac = cosine;
  rotate(aB);
  bs = sine;
  bc = cosine;
  const lAx = load<f32>(row, rowCenterA), lAy = load<f32>(row, rowCenterA + 4);
  const lBx = load<f32>(row, rowCenterB), lBy = load<f32>(row, rowCenterB + 4);
  ax = cAx - (ac * lAx - as_ * lAy);
  ay = cAy - (as_ * lAx + ac * lAy);
  bx = cBx - (bc * lBx - bs * lBy);
  by = cBy - (bs * lBx + bc * lBy);
}

// The reference side in the world: what `placeSide` found. The normal points away from the body of the side.
let nx: f32 = 0, ny: f32 = 0, planeX: f32 = 0, planeY: f32 = 0;

function placeSide(contact: usize, onA: bool): void {
  const s = onA ? as_ : bs, c = onA ? ac : bc;
  const lx = load<f32>(contact, contactNormal), ly = load<f32>(contact, contactNormal + 4);
  nx = c * lx - s * ly;
  ny = s * lx + c * ly;
  const qx = load<f32>(contact, contactPlane), qy = load<f32>(contact, contactPlane + 4);
  planeX = c * qx - s * qy + (onA ? ax : bx);
  planeY = s * qx + c * qy + (onA ? ay : by);
}

// A contact point in the world: what `placePoint` found.
let pointX: f32 = 0, pointY: f32 = 0;

function placePoint(contact: usize, i: i32, onA: bool): void {
  const point = contact + contactPoints + i * pointBytes;
  const s = onA ? bs : as_, c = onA ? bc : ac;
  const lx = load<f32>(point), ly = load<f32>(point, 4);
  pointX = c * lx - s * ly + (onA ? bx : ax);
  pointY = s * lx + c * ly + (onA ? by : ay);
}

/** Arms, masses and biases in the present positions and velocities. */
export function prepareContacts(count: i32): void {
  for (let i = 0; i < count; i++) {
    const row = rows + i * rowBytes;
    const contact = load<usize>(row, rowContact);
    const mA = load<f32>(row, rowMassA), mB = load<f32>(row, rowMassB);
    const iA = load<f32>(row, rowInertiaA), iB = load<f32>(row, rowInertiaB);
    const pA = load<usize>(row, rowPositionA), pB = load<usize>(row, rowPositionB);
    const vA = load<usize>(row, rowVelocityA), vB = load<usize>(row, rowVelocityB);
    const cAx = load<f32>(pA), cAy = load<f32>(pA, 4), cBx = load<f32>(pB), cBy = load<f32>(pB, 4);
    poseRow(row, cAx, cAy, load<f32>(pA, 8), cBx, cBy, load<f32>(pB, 8));
    const onA = load<i32>(contact, contactKind) == sideOnA;
    placeSide(contact, onA);
    const normalX = onA ? nx : -nx, normalY = onA ? ny : -ny; // from A to B
    store<f32>(row, normalX, rowNormal);
    store<f32>(row, normalY, rowNormal + 4);
    const vAx = load<f32>(vA), vAy = load<f32>(vA, 4), wA = load<f32>(vA, 8);
    const vBx = load<f32>(vB), vBy = load<f32>(vB, 4), wB = load<f32>(vB, 8);
    const count = load<i32>(contact, contactCount);
    for (let j = 0; j < count; j++) {
      placePoint(contact, j, onA);
      // Midway between the two skins.
      const depth = skin - ((pointX - planeX) * nx + (pointY - planeY) * ny);
      const x = (<f32>0.5) * (pointX + depth * nx + (pointX - skin * nx));
      const y = (<f32>0.5) * (pointY + depth * ny + (pointY - skin * ny));
      const at = row + rowPoints + j * rowPointBytes;
      const rAx = x - cAx, rAy = y - cAy, rBx = x - cBx, rBy = y - cBy;
      store<f32>(at, rAx);
      store<f32>(at, rAy, 4);
      store<f32>(at, rBx, 8);
      store<f32>(at, rBy, 12);
      const rnA = rAx * normalY - rAy * normalX, rnB = rBx * normalY - rBy * normalX;
      const kNormal = mA + mB + iA * rnA * rnA + iB * rnB * rnB;
      store<f32>(at, kNormal > 0 ? (<f32>1.0) / kNormal : 0, rowNormalMass);
      const rtA = rAx * -normalX - rAy * normalY, rtB = rBx * -normalX - rBy * normalY;
      const kTangent = mA + mB + iA * rtA * rtA + iB * rtB * rtB;
      store<f32>(at, kTangent > 0 ? (<f32>1.0) / kTangent : 0, rowTangentMass);
      const approach =
        normalX * (vBx + -wB * rBy - vAx - -wA * rAy) + normalY * (vBy + wB * rBx - vAy - wA * rAx);
      store<f32>(at, approach < -restitutionThreshold ? -load<f32>(contact, contactRestitution) * approach : 0, rowBias);
    }
    if (count != 2) continue;
    const one = row + rowPoints, two = one + rowPointBytes;
    const r1A = load<f32>(one) * normalY - load<f32>(one, 4) * normalX, r1B = load<f32>(one, 8) * normalY - load<f32>(one, 12) * normalX;
    const r2A = load<f32>(two) * normalY - load<f32>(two, 4) * normalX, r2B = load<f32>(two, 8) * normalY - load<f32>(two, 12) * normalX;
    const k11 = mA + mB + iA * r1A * r1A + iB * r1B * r1B;
    const k22 = mA + mB + iA * r2A * r2A + iB * r2B * r2B;
    const k12 = mA + mB + iA * r1A * r2A + iB * r1B * r2B;
    let determinant = k11 * k22 - k12 * k12;
    if (k11 * k11 < maxConditionNumber * determinant) {
      store<f32>(row, k11, rowMatrix);
      store<f32>(row, k12, rowMatrix + 4);
      store<f32>(row, k22, rowMatrix + 8);
      if (determinant != 0) determinant = (<f32>1.0) / determinant;
      store<f32>(row, determinant * k22, rowInverse);
      store<f32>(row, -determinant * k12, rowInverse + 4);
      store<f32>(row, -determinant * k12, rowInverse + 8);
      store<f32>(row, determinant * k11, rowInverse + 12);
    } else {
      store<i32>(row, 1, rowCount); // the points are nearly one
    }
  }
}

/** Applies the impulses of the last step. */
export function warmStartContacts(count: i32): void {
  for (let i = 0; i < count; i++) {
    const row = rows + i * rowBytes;
    const own = load<usize>(row, rowImpulses);
    const vA = load<usize>(row, rowVelocityA), vB = load<usize>(row, rowVelocityB);
    const mA = load<f32>(row, rowMassA), mB = load<f32>(row, rowMassB);
    const iA = load<f32>(row, rowInertiaA), iB = load<f32>(row, rowInertiaB);
    const normalX = load<f32>(row, rowNormal), normalY = load<f32>(row, rowNormal + 4);
    let vAx = load<f32>(vA), vAy = load<f32>(vA, 4), wA = load<f32>(vA, 8);
    let vBx = load<f32>(vB), vBy = load<f32>(vB, 4), wB = load<f32>(vB, 8);
    const count = load<i32>(row, rowCount);
    for (let j = 0; j < count; j++) {
      const at = row + rowPoints + j * rowPointBytes;
      const along = load<f32>(own + (j << 3)), across = load<f32>(own + (j << 3), 4);
      const px = along * normalX + across * normalY, py = along * normalY + across * -normalX;
      wA -= iA * (load<f32>(at) * py - load<f32>(at, 4) * px);
      vAx -= mA * px;
      vAy -= mA * py;
      wB += iB * (load<f32>(at, 8) * py - load<f32>(at, 12) * px);
      vBx += mB * px;
      vBy += mB * py;
    }
    storeState(vA, vAx, vAy, wA);
    storeState(vB, vBx, vBy, wB);
  }
}

/** One sweep over the contacts: friction, then approach. */
export function solveContactVelocities(count: i32): void {
  for (let i = 0; i < count; i++) {
    const row = rows + i * rowBytes;
    const own = load<usize>(row, rowImpulses);
    const vA = load<usize>(row, rowVelocityA), vB = load<usize>(row, rowVelocityB);
    const mA = load<f32>(row, rowMassA), mB = load<f32>(row, rowMassB);
    const iA = load<f32>(row, rowInertiaA), iB = load<f32>(row, rowInertiaB);
    const normalX = load<f32>(row, rowNormal), normalY = load<f32>(row, rowNormal + 4);
    const friction = load<f32>(row, rowFriction);
    let vAx = load<f32>(vA), vAy = load<f32>(vA, 4), wA = load<f32>(vA, 8);
    let vBx = load<f32>(vB), vBy = load<f32>(vB, 4), wB = load<f32>(vB, 8);
    const points = load<i32>(row, rowCount);
    for (let j = 0; j < points; j++) {
      const at = row + rowPoints + j * rowPointBytes;
      const rAx = load<f32>(at), rAy = load<f32>(at, 4), rBx = load<f32>(at, 8), rBy = load<f32>(at, 12);
      const dx = vBx - wB * rBy - vAx + wA * rAy, dy = vBy + wB * rBx - vAy - wA * rAx;
      const slip = dx * normalY + dy * -normalX;
      const old = load<f32>(own + (j << 3), 4);
      const most = friction * load<f32>(own + (j << 3));
      let now = old + load<f32>(at, rowTangentMass) * -slip;
      now = now < most ? now : most;
      now = -most > now ? -most : now;
      store<f32>(own + (j << 3), now, 4);
      const change = now - old;
      const px = change * normalY, py = change * -normalX;
      vAx -= mA * px;
      vAy -= mA * py;
      wA -= iA * (rAx * py - rAy * px);
      vBx += mB * px;
      vBy += mB * py;
      wB += iB * (rBx * py - rBy * px);
    }
    const one = row + rowPoints;
    const rAx = load<f32>(one), rAy = load<f32>(one, 4), rBx = load<f32>(one, 8), rBy = load<f32>(one, 12);
    const speed1 = (vBx - wB * rBy - vAx + wA * rAy) * normalX + (vBy + wB * rBx - vAy - wA * rAx) * normalY;
    const old1 = load<f32>(own);
    if (points == 1) {
      let now = old1 + -load<f32>(one, rowNormalMass) * (speed1 - load<f32>(one, rowBias));
      now = now > 0 ? now : 0;
      store<f32>(own, now);
      const change = now - old1;
      const px = change * normalX, py = change * normalY;
      vAx -= mA * px;
      vAy -= mA * py;
      wA -= iA * (rAx * py - rAy * px);
      vBx += mB * px;
      vBy += mB * py;
      wB += iB * (rBx * py - rBy * px);
    } else {
      const two = one + rowPointBytes;
      const sAx = load<f32>(two), sAy = load<f32>(two, 4), sBx = load<f32>(two, 8), sBy = load<f32>(two, 12);
      const speed2 = (vBx - wB * sBy - vAx + wA * sAy) * normalX + (vBy + wB * sBx - vAy - wA * sAx) * normalY;
      const old2 = load<f32>(own, 8);
      const k11 = load<f32>(row, rowMatrix), k12 = load<f32>(row, rowMatrix + 4), k22 = load<f32>(row, rowMatrix + 8);
      // Speeds after the impulses x: K x + b. Wanted: both at least 0, x at least 0, and one of the two 0 at each point.
      const b1 = speed1 - load<f32>(one, rowBias) - (k11 * old1 + k12 * old2);
      const b2 = speed2 - load<f32>(two, rowBias) - (k12 * old1 + k22 * old2);
      let x1 = -(load<f32>(row, rowInverse) * b1 + load<f32>(row, rowInverse + 4) * b2);
      let x2 = -(load<f32>(row, rowInverse + 8) * b1 + load<f32>(row, rowInverse + 12) * b2);
      let solved = x1 >= 0 && x2 >= 0;
      if (!solved) {
        x1 = -load<f32>(one, rowNormalMass) * b1;
        x2 = 0;
        solved = x1 >= 0 && k12 * x1 + b2 >= 0;
      }
      if (!solved) {
        x1 = 0;
        x2 = -load<f32>(two, rowNormalMass) * b2;
        solved = x2 >= 0 && k12 * x2 + b1 >= 0;
      }
      if (!solved) {
        x1 = 0;
        x2 = 0;
        solved = b1 >= 0 && b2 >= 0;
      }
      if (solved) {
        store<f32>(own, x1);
        store<f32>(own, x2, 8);
        const d1 = x1 - old1, d2 = x2 - old2;
        const px = d1 * normalX, py = d1 * normalY, qx = d2 * normalX, qy = d2 * normalY;
        vAx -= mA * (px + qx);
        vAy -= mA * (py + qy);
        wA -= iA * (rAx * py - rAy * px + (sAx * qy - sAy * qx));
        vBx += mB * (px + qx);
        vBy += mB * (py + qy);
        wB += iB * (rBx * py - rBy * px + (sBx * qy - sBy * qx));
      }
    }
    storeState(vA, vAx, vAy, wA);
    storeState(vB, vBx, vBy, wB);
  }
}

/** Keeps the impulses for the next step's warm start. */
export function storeImpulses(count: i32): void {
  for (let i = 0; i < count; i++) {
    const row = rows + i * rowBytes;
    const own = load<usize>(row, rowImpulses);
    const points = load<usize>(row, rowContact) + contactPoints;
    const count = load<i32>(row, rowCount);
    for (let j = 0; j < count; j++) {
      store<f32>(points + j * pointBytes, load<f32>(own + (j << 3)), pointNormalImpulse);
      store<f32>(points + j * pointBytes, load<f32>(own + (j << 3), 4), pointTangentImpulse);
    }
  }
}

/**
 * One sweep that pushes overlapping bodies apart. With an impact only its two bodies (places in the island) move, faster; -1, -1 without.
 * Returns whether the overlaps are small.
 */
export function solveContactPositions(count: i32, impactA: i32, impactB: i32): bool {
  const impact = impactA >= 0;
  const rate = impact ? impactPushRate : pushRate;
  let least: f32 = 0;
  for (let i = 0; i < count; i++) {
    const row = rows + i * rowBytes;
    const contact = load<usize>(row, rowContact);
    const placeA = load<i32>(row, rowPlaceA), placeB = load<i32>(row, rowPlaceB);
    const movesA = !impact || placeA == impactA || placeA == impactB;
    const movesB = !impact || placeB == impactA || placeB == impactB;
    const mA = movesA ? load<f32>(row, rowMassA) : 0, iA = movesA ? load<f32>(row, rowInertiaA) : 0;
    const mB = movesB ? load<f32>(row, rowMassB) : 0, iB = movesB ? load<f32>(row, rowInertiaB) : 0;
    const pA = load<usize>(row, rowPositionA), pB = load<usize>(row, rowPositionB);
    let cAx = load<f32>(pA), cAy = load<f32>(pA, 4), aA = load<f32>(pA, 8);
    let cBx = load<f32>(pB), cBy = load<f32>(pB, 4), aB = load<f32>(pB, 8);
    const onA = load<i32>(contact, contactKind) == sideOnA;
    const points = load<i32>(contact, contactCount);
    for (let j = 0; j < points; j++) {
      poseRow(row, cAx, cAy, aA, cBx, cBy, aB);
      placeSide(contact, onA);
      placePoint(contact, j, onA);
      const separation = (pointX - planeX) * nx + (pointY - planeY) * ny - skin - skin;
      const normalX = onA ? nx : -nx, normalY = onA ? ny : -ny;
      const rAx = pointX - cAx, rAy = pointY - cAy, rBx = pointX - cBx, rBy = pointY - cBy;
      least = least < separation ? least : separation;
      let push = rate * (separation + linearSlop);
      push = push < 0 ? push : 0;
      push = -maxLinearCorrection > push ? -maxLinearCorrection : push;
      const rnA = rAx * normalY - rAy * normalX, rnB = rBx * normalY - rBy * normalX;
      const k = mA + mB + iA * rnA * rnA + iB * rnB * rnB;
      const impulse = k > 0 ? -push / k : 0;
      const px = impulse * normalX, py = impulse * normalY;
      cAx -= mA * px;
      cAy -= mA * py;
      aA -= iA * (rAx * py - rAy * px);
      cBx += mB * px;
      cBy += mB * py;
      aB += iB * (rBx * py - rBy * px);
    }
    storeState(pA, cAx, cAy, aA);
    storeState(pB, cBx, cBy, aB);
  }
  return least >= (impact ? (<f32>-1.5) : (<f32>-3.0)) * linearSlop;
}
