// Bodies: poses, mass, forces and impulses.
import {
  bodyAngle, bodyCenter, bodyFixtures, bodyFlags, bodyForce, bodyInverseInertia, bodyInverseMass, bodyIsDynamic,
  bodyLocalCenter, bodyMass, bodyPosition, bodyRotation, bodySpin, bodyStart, bodyStartFraction, bodyTorque, bodyVelocity,
} from '../../src/envs/box2d/layout';
import { wake } from './contacts';
import { fixtureCorners, fixtureDensity, fixtureNext } from './layout';
import { centerX, centerY, findMass, inertia, mass } from './shapes';
import { cosine, rotate, sine } from './trigonometry';

/** Rotation and origin from angle and center of mass. */
export function synchronize(body: usize): void {
  rotate(load<f32>(body, bodyAngle));
  const lx = load<f32>(body, bodyLocalCenter), ly = load<f32>(body, bodyLocalCenter + 4);
  store<f32>(body, sine, bodyRotation);
  store<f32>(body, cosine, bodyRotation + 4);
  store<f32>(body, load<f32>(body, bodyCenter) - (cosine * lx - sine * ly), bodyPosition);
  store<f32>(body, load<f32>(body, bodyCenter + 4) - (sine * lx + cosine * ly), bodyPosition + 4);
}

/** Moves the body's start along its motion to a later fraction of the step. */
export function advanceStart(body: usize, fraction: f32): void {
  const from = load<f32>(body, bodyStartFraction);
  const t = (fraction - from) / ((<f32>1.0) - from);
  const rest: f32 = (<f32>1.0) - t;
  store<f32>(body, rest * load<f32>(body, bodyStart) + t * load<f32>(body, bodyCenter), bodyStart);
  store<f32>(body, rest * load<f32>(body, bodyStart + 4) + t * load<f32>(body, bodyCenter + 4), bodyStart + 4);
  store<f32>(body, rest * load<f32>(body, bodyStart + 8) + t * load<f32>(body, bodyAngle), bodyStart + 8);
  store<f32>(body, fraction, bodyStartFraction);
}

/** Puts the body where it is at a fraction of the step. */
export function advance(body: usize, fraction: f32): void {
  advanceStart(body, fraction);
  store<u64>(body, load<u64>(body, bodyStart), bodyCenter);
  store<f32>(body, load<f32>(body, bodyStart + 8), bodyAngle);
  synchronize(body);
}

/** Mass, center and inertia of a dynamic body from its fixtures. */
export function resetMass(world: usize, body: usize): void {
  if ((load<i32>(body, bodyFlags) & bodyIsDynamic) == 0) return;
  let total: f32 = 0, second: f32 = 0, x: f32 = 0, y: f32 = 0;
  for (let at = load<u32>(body, bodyFixtures); at != 0; at = load<u32>(world + at, fixtureNext)) {
    const fixture = world + at;
    if (load<f32>(fixture, fixtureDensity) == 0) continue;
    findMass(fixture, world + load<u32>(fixture, fixtureCorners));
    total += mass;
    x += mass * centerX;
    y += mass * centerY;
    second += inertia;
  }
  let inverseMass: f32 = 1, inverseInertia: f32 = 0;
  if (total > 0) {
    inverseMass = (<f32>1.0) / total;
    x *= inverseMass;
    y *= inverseMass;
  } else {
    total = 1;
  }
  if (second > 0) {
    second -= total * (x * x + y * y);
    inverseInertia = (<f32>1.0) / second;
  }
  store<f32>(body, total, bodyMass);
  store<f32>(body, inverseMass, bodyInverseMass);
  store<f32>(body, inverseInertia, bodyInverseInertia);
  store<f32>(body, x, bodyLocalCenter);
  store<f32>(body, y, bodyLocalCenter + 4);
  const s = load<f32>(body, bodyRotation), c = load<f32>(body, bodyRotation + 4);
  const cx = c * x - s * y + load<f32>(body, bodyPosition), cy = s * x + c * y + load<f32>(body, bodyPosition + 4);
  const dx = cx - load<f32>(body, bodyCenter), dy = cy - load<f32>(body, bodyCenter + 4);
  store<f32>(body, cx, bodyCenter);
  store<f32>(body, cy, bodyCenter + 4);
  store<f32>(body, cx, bodyStart);
  store<f32>(body, cy, bodyStart + 4);
  const w = load<f32>(body, bodySpin);
  store<f32>(body, load<f32>(body, bodyVelocity) + -w * dy, bodyVelocity);
  store<f32>(body, load<f32>(body, bodyVelocity + 4) + w * dx, bodyVelocity + 4);
}

/** Adds a force at the center of mass, and a torque, until the end of the next step. Wakes the body. */
export function applyForce(world: usize, at: u32, x: f32, y: f32, torque: f32): void {
  const body = world + at;
  wake(body);
  store<f32>(body, load<f32>(body, bodyForce) + x, bodyForce);
  store<f32>(body, load<f32>(body, bodyForce + 4) + y, bodyForce + 4);
  store<f32>(body, load<f32>(body, bodyTorque) + torque, bodyTorque);
}

/** Changes the velocities by an impulse at a point of the world. Wakes the body. */
export function applyImpulse(world: usize, at: u32, x: f32, y: f32, pointX: f32, pointY: f32): void {
  const body = world + at;
  wake(body);
  const m = load<f32>(body, bodyInverseMass);
  const rx = pointX - load<f32>(body, bodyCenter), ry = pointY - load<f32>(body, bodyCenter + 4);
  store<f32>(body, load<f32>(body, bodyVelocity) + m * x, bodyVelocity);
  store<f32>(body, load<f32>(body, bodyVelocity + 4) + m * y, bodyVelocity + 4);
  store<f32>(body, load<f32>(body, bodySpin) + load<f32>(body, bodyInverseInertia) * (rx * y - ry * x), bodySpin);
}
