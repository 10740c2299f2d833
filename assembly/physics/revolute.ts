// Constraint of a revolute joint: two bodies share a point; their angle may be limited and driven by a motor.
import { bodyInverseInertia, bodyInverseMass, bodyLocalCenter, bodyPlace } from '../../src/envs/box2d/layout';
import { angularSlop, linearSlop, maxAngularCorrection } from './constants';
import {
  hingeArmA, hingeArmB, hingeBytes, hingeCross, hingeImpulses, hingeInertiaA, hingeInertiaB, hingeInverse2, hingeInverse3, hingeJoint,
  hingeLeverA, hingeLeverB, hingeMassA, hingeMassB, hingeMatrix, hingeMotorMass, hingePositionA, hingePositionB, hinges, hingeSpeed,
  hingeState, hingeTorqueImpulse, hingeUses, hingeVelocityA, hingeVelocityB, islandJoints, jointAnchorA, jointAnchorB, jointBodyA, jointBodyB,
  jointImpulse, jointLower, jointReference, jointSpeed, jointState, jointTorque, jointUpper, jointUses, limitEqual, limitInactive, limitLower,
  limitUpper, positions, stateBytesPerBody, stateBytesPerJoint, storeState, usesLimit, usesMotor, velocities,
} from './layout';
import { cosine, rotate, sine } from './trigonometry';

/** Masses, the state of the limit, and the impulses of the last step times `ratio`, which are applied. */
export function beginJoints(world: usize, count: i32, impulses: usize, duration: f32, ratio: f32): void {
  for (let i = 0; i < count; i++) {
    const joint = world + load<u32>(islandJoints + (i << 2));
    const bodyA = world + load<u32>(joint, jointBodyA), bodyB = world + load<u32>(joint, jointBodyB);
    const placeA = load<i32>(bodyA, bodyPlace), placeB = load<i32>(bodyB, bodyPlace);
    const hinge = hinges + i * hingeBytes;
    const own = impulses + i * stateBytesPerJoint;
    const vA = velocities + placeA * stateBytesPerBody, vB = velocities + placeB * stateBytesPerBody;
    const pA = positions + placeA * stateBytesPerBody, pB = positions + placeB * stateBytesPerBody;
    const mA = load<f32>(bodyA, bodyInverseMass), mB = load<f32>(bodyB, bodyInverseMass);
    const iA = load<f32>(bodyA, bodyInverseInertia), iB = load<f32>(bodyB, bodyInverseInertia);
    const leverAx = load<f32>(joint, jointAnchorA) - load<f32>(bodyA, bodyLocalCenter);
    const leverAy = load<f32>(joint, jointAnchorA + 4) - load<f32>(bodyA, bodyLocalCenter + 4);
    const leverBx = load<f32>(joint, jointAnchorB) - load<f32>(bodyB, bodyLocalCenter);
    const leverBy = load<f32>(joint, jointAnchorB + 4) - load<f32>(bodyB, bodyLocalCenter + 4);
    const angleA = load<f32>(pA, 8), angleB = load<f32>(pB, 8);
    rotate(angleA);
    const rAx = cosine * leverAx - sine * leverAy, rAy = sine * leverAx + cosine * leverAy;
    rotate(angleB);
    const rBx = cosine * leverBx - sine * leverBy, rBy = sine * leverBx + cosine * leverBy;

    // K = J M^-1 J^T, symmetric.
    const k11 = mA + mB + rAy * rAy * iA + rBy * rBy * iB;
    const k12 = -rAy * rAx * iA - rBy * rBx * iB;
    const k13 = -rAy * iA - rBy * iB;
    const k22 = mA + mB + rAx * rAx * iA + rBx * rBx * iB;
    const k23 = rAx * iA + rBx * iB;
    const k33 = iA + iB;
    const crossX = k22 * k33 - k23 * k23, crossY = k23 * k13 - k12 * k33, crossZ = k12 * k23 - k22 * k13;
    let inverse3 = k11 * crossX + k12 * crossY + k13 * crossZ;
    if (inverse3 != 0) inverse3 = (<f32>1.0) / inverse3;
    let inverse2 = k11 * k22 - k12 * k12;
    if (inverse2 != 0) inverse2 = (<f32>1.0) / inverse2;
    const motorMass = k33 > 0 ? (<f32>1.0) / k33 : k33;

    const fixed = k33 == 0;
    const uses = fixed ? 0 : load<i32>(joint, jointUses);
    let x = load<f32>(joint, jointImpulse), y = load<f32>(joint, jointImpulse + 4);
    let limit = load<f32>(joint, jointImpulse + 8);
    let motor: f32 = (uses & usesMotor) != 0 ? load<f32>(joint, jointImpulse + 12) : 0;
    let state = limitInactive;
    if ((uses & usesLimit) != 0) {
      const angle = angleB - angleA - load<f32>(joint, jointReference);
      const lower = load<f32>(joint, jointLower), upper = load<f32>(joint, jointUpper);
      const old = load<i32>(joint, jointState);
      if (abs<f32>(upper - lower) < (<f32>2.0) * angularSlop) {
        state = limitEqual;
      } else if (angle <= lower) {
        if (old != limitLower) limit = 0;
        state = limitLower;
      } else if (angle >= upper) {
        if (old != limitUpper) limit = 0;
        state = limitUpper;
      } else {
        limit = 0;
      }
    }
    store<i32>(joint, state, jointState);
    x *= ratio;
    y *= ratio;
    limit *= ratio;
    motor *= ratio;
    storeState(vA, load<f32>(vA) - mA * x, load<f32>(vA, 4) - mA * y, load<f32>(vA, 8) - iA * (rAx * y - rAy * x + motor + limit));
    storeState(vB, load<f32>(vB) + mB * x, load<f32>(vB, 4) + mB * y, load<f32>(vB, 8) + iB * (rBx * y - rBy * x + motor + limit));

    store<f32>(own, x);
    store<f32>(own, y, 4);
    store<f32>(own, limit, 8);
    store<f32>(own, motor, 12);
    store<usize>(hinge, vA, hingeVelocityA);
    store<usize>(hinge, vB, hingeVelocityB);
    store<usize>(hinge, pA, hingePositionA);
    store<usize>(hinge, pB, hingePositionB);
    store<usize>(hinge, joint, hingeJoint);
    store<usize>(hinge, own, hingeImpulses);
    store<i32>(hinge, state == limitEqual ? uses & ~usesMotor : uses, hingeUses);
    store<i32>(hinge, state, hingeState);
    store<f32>(hinge, mA, hingeMassA);
    store<f32>(hinge, mB, hingeMassB);
    store<f32>(hinge, iA, hingeInertiaA);
    store<f32>(hinge, iB, hingeInertiaB);
    store<f32>(hinge, rAx, hingeArmA);
    store<f32>(hinge, rAy, hingeArmA + 4);
    store<f32>(hinge, rBx, hingeArmB);
    store<f32>(hinge, rBy, hingeArmB + 4);
    store<f32>(hinge, leverAx, hingeLeverA);
    store<f32>(hinge, leverAy, hingeLeverA + 4);
    store<f32>(hinge, leverBx, hingeLeverB);
    store<f32>(hinge, leverBy, hingeLeverB + 4);
    store<f32>(hinge, k11, hingeMatrix);
    store<f32>(hinge, k12, hingeMatrix + 4);
    store<f32>(hinge, k22, hingeMatrix + 8);
    store<f32>(hinge, k13, hingeMatrix + 12);
    store<f32>(hinge, k23, hingeMatrix + 16);
    store<f32>(hinge, k33, hingeMatrix + 20);
    store<f32>(hinge, crossX, hingeCross);
    store<f32>(hinge, crossY, hingeCross + 4);
    store<f32>(hinge, crossZ, hingeCross + 8);
    store<f32>(hinge, inverse3, hingeInverse3);
    store<f32>(hinge, inverse2, hingeInverse2);
    store<f32>(hinge, motorMass, hingeMotorMass);
    store<f32>(hinge, duration * load<f32>(joint, jointTorque), hingeTorqueImpulse);
    store<f32>(hinge, load<f32>(joint, jointSpeed), hingeSpeed);
  }
}

/** One sweep over the joints: motor, then limit and point together (or the point alone). */
export function solveJointVelocities(count: i32): void {
  for (let i = 0; i < count; i++) {
    const hinge = hinges + i * hingeBytes;
    const own = load<usize>(hinge, hingeImpulses);
    const vA = load<usize>(hinge, hingeVelocityA), vB = load<usize>(hinge, hingeVelocityB);
    const mA = load<f32>(hinge, hingeMassA), mB = load<f32>(hinge, hingeMassB);
    const iA = load<f32>(hinge, hingeInertiaA), iB = load<f32>(hinge, hingeInertiaB);
    const rAx = load<f32>(hinge, hingeArmA), rAy = load<f32>(hinge, hingeArmA + 4);
    const rBx = load<f32>(hinge, hingeArmB), rBy = load<f32>(hinge, hingeArmB + 4);
    let vAx = load<f32>(vA), vAy = load<f32>(vA, 4), wA = load<f32>(vA, 8);
    let vBx = load<f32>(vB), vBy = load<f32>(vB, 4), wB = load<f32>(vB, 8);
    if ((load<i32>(hinge, hingeUses) & usesMotor) != 0) {
      const old = load<f32>(own, 12);
      const most = load<f32>(hinge, hingeTorqueImpulse);
      let now = old + -load<f32>(hinge, hingeMotorMass) * (wB - wA - load<f32>(hinge, hingeSpeed));
      now = now < most ? now : most;
      now = -most > now ? -most : now;
      store<f32>(own, now, 12);
      const change = now - old;
      wA -= iA * change;
      wB += iB * change;
    }
    const dx = vBx - wB * rBy - vAx + wA * rAy, dy = vBy + wB * rBx - vAy - wA * rAx;
    const k11 = load<f32>(hinge, hingeMatrix), k12 = load<f32>(hinge, hingeMatrix + 4), k22 = load<f32>(hinge, hingeMatrix + 8);
    const inverse2 = load<f32>(hinge, hingeInverse2);
    const state = load<i32>(hinge, hingeState);
    let px: f32, py: f32, pz: f32 = 0;
    if (state == limitInactive) {
      px = inverse2 * (k22 * -dx - k12 * -dy);
      py = inverse2 * (k11 * -dy - k12 * -dx);
      store<f32>(own, load<f32>(own) + px);
      store<f32>(own, load<f32>(own, 4) + py, 4);
      vAx -= mA * px;
      vAy -= mA * py;
      wA -= iA * (rAx * py - rAy * px);
      vBx += mB * px;
      vBy += mB * py;
      wB += iB * (rBx * py - rBy * px);
    } else {
      const dz = wB - wA;
      const k13 = load<f32>(hinge, hingeMatrix + 12), k23 = load<f32>(hinge, hingeMatrix + 16), k33 = load<f32>(hinge, hingeMatrix + 20);
      const inverse3 = load<f32>(hinge, hingeInverse3);
      px = -(inverse3 * (dx * load<f32>(hinge, hingeCross) + dy * load<f32>(hinge, hingeCross + 4) + dz * load<f32>(hinge, hingeCross + 8)));
      py = -(inverse3 * (k11 * (dy * k33 - dz * k23) + k12 * (dz * k13 - dx * k33) + k13 * (dx * k23 - dy * k13)));
      pz = -(inverse3 * (k11 * (k22 * dz - k23 * dy) + k12 * (k23 * dx - k12 * dz) + k13 * (k12 * dy - k22 * dx)));
      const old = load<f32>(own, 8);
      const now = old + pz;
      if ((state == limitLower && now < 0) || (state == limitUpper && now > 0)) {
        // The limit would pull: let go of it.
        const x = -dx + old * k13, y = -dy + old * k23;
        px = inverse2 * (k22 * x - k12 * y);
        py = inverse2 * (k11 * y - k12 * x);
        pz = -old;
        store<f32>(own, 0, 8);
      } else {
        store<f32>(own, now, 8);
      }
      store<f32>(own, load<f32>(own) + px);
      store<f32>(own, load<f32>(own, 4) + py, 4);
      vAx -= mA * px;
      vAy -= mA * py;
      wA -= iA * (rAx * py - rAy * px + pz);
      vBx += mB * px;
      vBy += mB * py;
      wB += iB * (rBx * py - rBy * px + pz);
    }
    storeState(vA, vAx, vAy, wA);
    storeState(vB, vBx, vBy, wB);
  }
}

/** Keeps the impulses for the next step's warm start. */
export function storeJointImpulses(count: i32): void {
  for (let i = 0; i < count; i++) {
    const hinge = hinges + i * hingeBytes;
    const joint = load<usize>(hinge, hingeJoint), own = load<usize>(hinge, hingeImpulses);
    store<u64>(joint, load<u64>(own), jointImpulse);
    store<u64>(joint, load<u64>(own, 8), jointImpulse + 8);
  }
}

/** One sweep that puts the joints right; returns whether the errors are small. */
export function solveJointPositions(count: i32): bool {
  let small = true;
  for (let i = 0; i < count; i++) {
    const hinge = hinges + i * hingeBytes;
    const joint = load<usize>(hinge, hingeJoint);
    const pA = load<usize>(hinge, hingePositionA), pB = load<usize>(hinge, hingePositionB);
    const mA = load<f32>(hinge, hingeMassA), mB = load<f32>(hinge, hingeMassB);
    const iA = load<f32>(hinge, hingeInertiaA), iB = load<f32>(hinge, hingeInertiaB);
    let cAx = load<f32>(pA), cAy = load<f32>(pA, 4), aA = load<f32>(pA, 8);
    let cBx = load<f32>(pB), cBy = load<f32>(pB, 4), aB = load<f32>(pB, 8);
    let angularError: f32 = 0;
    const state = load<i32>(hinge, hingeState);
    if (state != limitInactive) {
      const angle = aB - aA - load<f32>(joint, jointReference);
      let error: f32 = 0;
      if (state == limitEqual) {
        error = angle - load<f32>(joint, jointLower);
        error = error < maxAngularCorrection ? error : maxAngularCorrection;
        error = -maxAngularCorrection > error ? -maxAngularCorrection : error;
        angularError = error > 0 ? error : -error;
      } else if (state == limitLower) {
        error = angle - load<f32>(joint, jointLower);
        angularError = -error;
        error += angularSlop;
        error = error < 0 ? error : 0;
        error = -maxAngularCorrection > error ? -maxAngularCorrection : error;
      } else {
        error = angle - load<f32>(joint, jointUpper);
        angularError = error;
        error -= angularSlop;
        error = error < maxAngularCorrection ? error : maxAngularCorrection;
        error = 0 > error ? 0 : error;
      }
      const impulse = -load<f32>(hinge, hingeMotorMass) * error;
      aA -= iA * impulse;
      aB += iB * impulse;
    }
    const leverAx = load<f32>(hinge, hingeLeverA), leverAy = load<f32>(hinge, hingeLeverA + 4);
    const leverBx = load<f32>(hinge, hingeLeverB), leverBy = load<f32>(hinge, hingeLeverB + 4);
    rotate(aA);
    const rAx = cosine * leverAx - sine * leverAy, rAy = sine * leverAx + cosine * leverAy;
    rotate(aB);
    const rBx = cosine * leverBx - sine * leverBy, rBy = sine * leverBx + cosine * leverBy;
    const dx = cBx + rBx - cAx - rAx, dy = cBy + rBy - cAy - rAy;
    const positionError = sqrt<f32>(dx * dx + dy * dy);
    const k11 = mA + mB + iA * rAy * rAy + iB * rBy * rBy;
    const k12 = -iA * rAx * rAy - iB * rBx * rBy;
    const k22 = mA + mB + iA * rAx * rAx + iB * rBx * rBx;
    let inverse = k11 * k22 - k12 * k12;
    if (inverse != 0) inverse = (<f32>1.0) / inverse;
    const px = -(inverse * (k22 * dx - k12 * dy)), py = -(inverse * (k11 * dy - k12 * dx));
    storeState(pA, cAx - mA * px, cAy - mA * py, aA - iA * (rAx * py - rAy * px));
    storeState(pB, cBx + mB * px, cBy + mB * py, aB + iB * (rBx * py - rBy * px));
    if (!(positionError <= linearSlop && angularError <= angularSlop)) small = false;
  }
  return small;
}
