// A sweep over the joints of worlds side by side, one per lane of a vector. Every lane does what `solveJointVelocities` does, operation by
// operation; where that branches, both ways are computed and one is chosen, so the bits are the same.
import {
  batch, batchPlaces, hingeArmA, hingeArmB, hingeCross, hingeInertiaA, hingeInertiaB, hingeInverse2, hingeInverse3, hingeMassA, hingeMassB,
  hingeMatrix, hingeMotorMass, hingeSpeed, hingeTorqueImpulse, laneAtLower, laneAtUpper, laneHingeBytes, laneHinges, laneImpulses,
  laneVelocities,
} from './layout';
import { add, mul, neg, sub } from './vectors';

/** The vector of a word of a hinge. */
@inline
function word(hinge: usize, offset: usize): v128 {
  return v128.load(hinge + ((offset - hingeMassA) << 2));
}

/** One sweep over the joints of the batch. */
export function sweepLaneJoints(count: i32): void {
  const zero = f32x4.splat(0), minusZero = f32x4.splat(-0.0);
  for (let j = 0; j < count; j++) {
    const hinge = laneHinges + j * laneHingeBytes;
    const place = batch + batchPlaces + (j << 3);
    const vA = laneVelocities + (<usize>load<u32>(place) << 2), vB = laneVelocities + (<usize>load<u32>(place, 4) << 2);
    const mA = word(hinge, hingeMassA), mB = word(hinge, hingeMassB), iA = word(hinge, hingeInertiaA), iB = word(hinge, hingeInertiaB);
    const rAx = word(hinge, hingeArmA), rAy = word(hinge, hingeArmA + 4), rBx = word(hinge, hingeArmB), rBy = word(hinge, hingeArmB + 4);
    const vAx = v128.load(vA), vAy = v128.load(vA, 16), vBx = v128.load(vB), vBy = v128.load(vB, 16);
    let wA = v128.load(vA, 32), wB = v128.load(vB, 32);

    const oldMotor = v128.load(hinge, laneImpulses + 48);
    const most = word(hinge, hingeTorqueImpulse);
    let motor = add(oldMotor, mul(neg(word(hinge, hingeMotorMass)), sub(sub(wB, wA), word(hinge, hingeSpeed))));
    motor = f32x4.pmin(most, motor); // motor < most ? motor : most
    motor = f32x4.pmax(motor, neg(most)); // motor < -most ? -most : motor
    v128.store(hinge, motor, laneImpulses + 48);
    const change = sub(motor, oldMotor);
    wA = sub(wA, mul(iA, change));
    wB = add(wB, mul(iB, change));

    const dx = add(sub(sub(vBx, mul(wB, rBy)), vAx), mul(wA, rAy));
    const dy = sub(sub(add(vBy, mul(wB, rBx)), vAy), mul(wA, rAx));
    const dz = sub(wB, wA);
    const k11 = word(hinge, hingeMatrix), k12 = word(hinge, hingeMatrix + 4), k22 = word(hinge, hingeMatrix + 8);
    const k13 = word(hinge, hingeMatrix + 12), k23 = word(hinge, hingeMatrix + 16), k33 = word(hinge, hingeMatrix + 20);
    const inverse2 = word(hinge, hingeInverse2), inverse3 = word(hinge, hingeInverse3);
    const fullX = neg(
      mul(inverse3, add(add(mul(dx, word(hinge, hingeCross)), mul(dy, word(hinge, hingeCross + 4))), mul(dz, word(hinge, hingeCross + 8)))),
    );
    const fullY = neg(
      mul(
        inverse3,
        add(
          add(mul(k11, sub(mul(dy, k33), mul(dz, k23))), mul(k12, sub(mul(dz, k13), mul(dx, k33)))),
          mul(k13, sub(mul(dx, k23), mul(dy, k13))),
        ),
      ),
    );
    const fullZ = neg(
      mul(
        inverse3,
        add(
          add(mul(k11, sub(mul(k22, dz), mul(k23, dy))), mul(k12, sub(mul(k23, dx), mul(k12, dz)))),
          mul(k13, sub(mul(k12, dy), mul(k22, dx))),
        ),
      ),
    );
    const old = v128.load(hinge, laneImpulses + 32);
    const now = add(old, fullZ);
    const lower = v128.load(hinge, laneAtLower), upper = v128.load(hinge, laneAtUpper);
    const active = v128.or(lower, upper);
    const letGo = v128.or(v128.and(lower, f32x4.lt(now, zero)), v128.and(upper, f32x4.gt(now, zero)));
    const held = v128.andnot(active, letGo);
    const x = v128.bitselect(add(neg(dx), mul(old, k13)), neg(dx), letGo);
    const y = v128.bitselect(add(neg(dy), mul(old, k23)), neg(dy), letGo);
    const px = v128.bitselect(fullX, mul(inverse2, sub(mul(k22, x), mul(k12, y))), held);
    const py = v128.bitselect(fullY, mul(inverse2, sub(mul(k11, y), mul(k12, x))), held);
    // Adding -0 changes nothing, not even the sign of zero.
    const pz = v128.bitselect(fullZ, v128.bitselect(neg(old), minusZero, letGo), held);
    v128.store(hinge, add(v128.load(hinge, laneImpulses), px), laneImpulses);
    v128.store(hinge, add(v128.load(hinge, laneImpulses + 16), py), laneImpulses + 16);
    v128.store(hinge, v128.bitselect(now, v128.andnot(old, letGo), held), laneImpulses + 32);

    v128.store(vA, sub(vAx, mul(mA, px)));
    v128.store(vA, sub(vAy, mul(mA, py)), 16);
    v128.store(vA, sub(wA, mul(iA, add(sub(mul(rAx, py), mul(rAy, px)), pz))), 32);
    v128.store(vB, add(vBx, mul(mB, px)));
    v128.store(vB, add(vBy, mul(mB, py)), 16);
    v128.store(vB, add(wB, mul(iB, add(sub(mul(rBx, py), mul(rBy, px)), pz))), 32);
  }
}
