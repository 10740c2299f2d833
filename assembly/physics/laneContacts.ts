// A sweep over the contacts of worlds side by side, one per lane of a vector. Every lane does what `solveContactVelocities` does, operation by
// operation; of the four cases of two points all are computed and one is chosen, so the bits are the same.
import {
  batch, batchContactPlaces, laneRowBytes, laneRowImpulses, laneRows, laneVelocities, rowBias, rowFriction, rowInertiaA, rowInertiaB, rowInverse,
  rowMassA, rowMassB, rowMatrix, rowNormal, rowNormalMass, rowPointBytes, rowPoints, rowTangentMass,
} from './layout';
import { add, mul, neg, sub } from './vectors';

/** The vector of a word of a row. */
@inline
function word(row: usize, offset: usize): v128 {
  return v128.load(row + ((offset - rowMassA) << 2));
}

/** One sweep over the contacts of the batch: friction, then approach. */
export function sweepLaneContacts(count: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    const row = laneRows + i * laneRowBytes, own = row + laneRowImpulses;
    const place = batch + batchContactPlaces + i * 12;
    const points = load<i32>(place, 8);
    const vA = laneVelocities + (<usize>load<u32>(place) << 2), vB = laneVelocities + (<usize>load<u32>(place, 4) << 2);
    const mA = word(row, rowMassA), mB = word(row, rowMassB), iA = word(row, rowInertiaA), iB = word(row, rowInertiaB);
    const normalX = word(row, rowNormal), normalY = word(row, rowNormal + 4), friction = word(row, rowFriction);
    let vAx = v128.load(vA), vAy = v128.load(vA, 16), wA = v128.load(vA, 32);
    let vBx = v128.load(vB), vBy = v128.load(vB, 16), wB = v128.load(vB, 32);
    for (let j = 0; j < points; j++) {
      const at = rowPoints + j * rowPointBytes;
      const rAx = word(row, at), rAy = word(row, at + 4), rBx = word(row, at + 8), rBy = word(row, at + 12);
      const dx = add(sub(sub(vBx, mul(wB, rBy)), vAx), mul(wA, rAy)), dy = sub(sub(add(vBy, mul(wB, rBx)), vAy), mul(wA, rAx));
      const slip = add(mul(dx, normalY), mul(dy, neg(normalX)));
      const old = v128.load(own + (j << 5), 16);
      const most = mul(friction, v128.load(own + (j << 5)));
      let now = add(old, mul(word(row, at + rowTangentMass), neg(slip)));
      now = f32x4.pmin(most, now); // now < most ? now : most
      now = f32x4.pmax(now, neg(most)); // now < -most ? -most : now
      v128.store(own + (j << 5), now, 16);
      const change = sub(now, old);
      const px = mul(change, normalY), py = mul(change, neg(normalX));
      vAx = sub(vAx, mul(mA, px));
      vAy = sub(vAy, mul(mA, py));
      wA = sub(wA, mul(iA, sub(mul(rAx, py), mul(rAy, px))));
      vBx = add(vBx, mul(mB, px));
      vBy = add(vBy, mul(mB, py));
      wB = add(wB, mul(iB, sub(mul(rBx, py), mul(rBy, px))));
    }
    const one = rowPoints;
    const rAx = word(row, one), rAy = word(row, one + 4), rBx = word(row, one + 8), rBy = word(row, one + 12);
    const speed1 = add(
      mul(add(sub(sub(vBx, mul(wB, rBy)), vAx), mul(wA, rAy)), normalX),
      mul(sub(sub(add(vBy, mul(wB, rBx)), vAy), mul(wA, rAx)), normalY),
    );
    const old1 = v128.load(own);
    if (points == 1) {
      let now = add(old1, mul(neg(word(row, one + rowNormalMass)), sub(speed1, word(row, one + rowBias))));
      now = f32x4.pmax(zero, now); // now > 0 ? now : 0
      v128.store(own, now);
      const change = sub(now, old1);
      const px = mul(change, normalX), py = mul(change, normalY);
      vAx = sub(vAx, mul(mA, px));
      vAy = sub(vAy, mul(mA, py));
      wA = sub(wA, mul(iA, sub(mul(rAx, py), mul(rAy, px))));
      vBx = add(vBx, mul(mB, px));
      vBy = add(vBy, mul(mB, py));
      wB = add(wB, mul(iB, sub(mul(rBx, py), mul(rBy, px))));
    } else {
      const two = one + rowPointBytes;
      const sAx = word(row, two), sAy = word(row, two + 4), sBx = word(row, two + 8), sBy = word(row, two + 12);
      const speed2 = add(
        mul(add(sub(sub(vBx, mul(wB, sBy)), vAx), mul(wA, sAy)), normalX),
        mul(sub(sub(add(vBy, mul(wB, sBx)), vAy), mul(wA, sAx)), normalY),
      );
      const old2 = v128.load(own, 32);
      const k11 = word(row, rowMatrix), k12 = word(row, rowMatrix + 4), k22 = word(row, rowMatrix + 8);
      const b1 = sub(sub(speed1, word(row, one + rowBias)), add(mul(k11, old1), mul(k12, old2)));
      const b2 = sub(sub(speed2, word(row, two + rowBias)), add(mul(k12, old1), mul(k22, old2)));
      // Both points push; the first alone; the second alone; none. The first case whose conditions hold counts, without one nothing changes.
      const bothX = neg(add(mul(word(row, rowInverse), b1), mul(word(row, rowInverse + 4), b2)));
      const bothY = neg(add(mul(word(row, rowInverse + 8), b1), mul(word(row, rowInverse + 12), b2)));
      const both = v128.and(f32x4.ge(bothX, zero), f32x4.ge(bothY, zero));
      const firstX = mul(neg(word(row, one + rowNormalMass)), b1);
      const first = v128.andnot(v128.and(f32x4.ge(firstX, zero), f32x4.ge(add(mul(k12, firstX), b2), zero)), both);
      const secondY = mul(neg(word(row, two + rowNormalMass)), b2);
      const isSecond = v128.and(f32x4.ge(secondY, zero), f32x4.ge(add(mul(k12, secondY), b1), zero));
      const second = v128.andnot(isSecond, v128.or(both, first));
      const none = v128.and(f32x4.ge(b1, zero), f32x4.ge(b2, zero));
      const solved = v128.or(v128.or(both, first), v128.or(second, none));
      const x1 = v128.or(v128.and(bothX, both), v128.and(firstX, first));
      const x2 = v128.or(v128.and(bothY, both), v128.and(secondY, second));
      v128.store(own, v128.bitselect(x1, old1, solved));
      v128.store(own, v128.bitselect(x2, old2, solved), 32);
      const d1 = sub(x1, old1), d2 = sub(x2, old2);
      const px = mul(d1, normalX), py = mul(d1, normalY), qx = mul(d2, normalX), qy = mul(d2, normalY);
      vAx = v128.bitselect(sub(vAx, mul(mA, add(px, qx))), vAx, solved);
      vAy = v128.bitselect(sub(vAy, mul(mA, add(py, qy))), vAy, solved);
      wA = v128.bitselect(
        sub(wA, mul(iA, add(sub(mul(rAx, py), mul(rAy, px)), sub(mul(sAx, qy), mul(sAy, qx))))),
        wA,
        solved,
      );
      vBx = v128.bitselect(add(vBx, mul(mB, add(px, qx))), vBx, solved);
      vBy = v128.bitselect(add(vBy, mul(mB, add(py, qy))), vBy, solved);
      wB = v128.bitselect(
        add(wB, mul(iB, add(sub(mul(rBx, py), mul(rBy, px)), sub(mul(sBx, qy), mul(sBy, qx))))),
        wB,
        solved,
      );
    }
    v128.store(vA, vAx);
    v128.store(vA, vAy, 16);
    v128.store(vA, wA, 32);
    v128.store(vB, vBx);
    v128.store(vB, vBy, 16);
    v128.store(vB, wB, 32);
  }
}
