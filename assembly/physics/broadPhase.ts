// Which fixtures may touch: enlarged boxes, and the pairs whose boxes came to overlap. Pairs are made in the order of the fixtures' creation,
// which is the order of Box2D's sorted pair buffer (its tree numbers leaves in that order); how the overlaps are found does not matter.
import { bodyFixtures, bodyLocalCenter, bodyPosition, bodyRotation, bodyStart } from '../../src/envs/box2d/layout';
import { boxForesight, boxMargin } from './constants';
import { addContact } from './contacts';
import { fixtureBody, fixtureBox, fixtureBytes, fixtureMoved, fixtureNext, fixturesAt, worldFixtureCount } from './layout';
import { boxesOverlap, findBounds, lowerX, lowerY, upperX, upperY } from './shapes';
import { cosine, rotate, sine } from './trigonometry';

/** First box of a new fixture. */
export function placeBox(world: usize, fixture: usize): void {
  const body = world + load<u32>(fixture, fixtureBody);
  const px = load<f32>(body, bodyPosition), py = load<f32>(body, bodyPosition + 4);
  findBounds(world, fixture, px, py, load<f32>(body, bodyRotation), load<f32>(body, bodyRotation + 4));
  store<f32>(fixture, lowerX - boxMargin, fixtureBox);
  store<f32>(fixture, lowerY - boxMargin, fixtureBox + 4);
  store<f32>(fixture, upperX + boxMargin, fixtureBox + 8);
  store<f32>(fixture, upperY + boxMargin, fixtureBox + 12);
  store<i32>(fixture, 1, fixtureMoved);
}

/** Renews the boxes of a body's fixtures after a step, from where it was to where it is. */
export function moveBoxes(world: usize, body: usize): void {
  rotate(load<f32>(body, bodyStart + 8));
  const s0 = sine, c0 = cosine;
  const centerX = load<f32>(body, bodyLocalCenter), centerY = load<f32>(body, bodyLocalCenter + 4);
  const x0 = load<f32>(body, bodyStart) - (c0 * centerX - s0 * centerY);
  const y0 = load<f32>(body, bodyStart + 4) - (s0 * centerX + c0 * centerY);
  const x1 = load<f32>(body, bodyPosition), y1 = load<f32>(body, bodyPosition + 4);
  const s1 = load<f32>(body, bodyRotation), c1 = load<f32>(body, bodyRotation + 4);
  for (let at = load<u32>(body, bodyFixtures); at != 0; ) {
    const fixture = world + at;
    at = load<u32>(fixture, fixtureNext);
    findBounds(world, fixture, x0, y0, s0, c0);
    let lx = lowerX, ly = lowerY, ux = upperX, uy = upperY;
    findBounds(world, fixture, x1, y1, s1, c1);
    lx = lx < lowerX ? lx : lowerX;
    ly = ly < lowerY ? ly : lowerY;
    ux = ux > upperX ? ux : upperX;
    uy = uy > upperY ? uy : upperY;
    const within =
      load<f32>(fixture, fixtureBox) <= lx &&
      load<f32>(fixture, fixtureBox + 4) <= ly &&
      ux <= load<f32>(fixture, fixtureBox + 8) &&
      uy <= load<f32>(fixture, fixtureBox + 12);
    if (within) continue;
    lx -= boxMargin;
    ly -= boxMargin;
    ux += boxMargin;
    uy += boxMargin;
    const dx = boxForesight * (x1 - x0), dy = boxForesight * (y1 - y0);
    if (dx < 0) lx += dx;
    else ux += dx;
    if (dy < 0) ly += dy;
    else uy += dy;
    store<f32>(fixture, lx, fixtureBox);
    store<f32>(fixture, ly, fixtureBox + 4);
    store<f32>(fixture, ux, fixtureBox + 8);
    store<f32>(fixture, uy, fixtureBox + 12);
    store<i32>(fixture, 1, fixtureMoved);
  }
}

/** Makes contacts of the pairs that overlap and of which one has moved. */
export function findNewContacts(world: usize): void {
  const first = world + fixturesAt;
  const end = first + load<i32>(world, worldFixtureCount) * fixtureBytes;
  let firstMoved = first;
  while (firstMoved < end && load<i32>(firstMoved, fixtureMoved) == 0) firstMoved += fixtureBytes;
  for (let a = first; a < end; a += fixtureBytes) {
    const movedA = load<i32>(a, fixtureMoved);
    const bodyA = load<u32>(a, fixtureBody);
    // The fixtures before the first that moved are often the whole ground.
    let b = a + fixtureBytes;
    if (b < firstMoved) b = firstMoved;
    for (; b < end; b += fixtureBytes) {
      if ((movedA | load<i32>(b, fixtureMoved)) == 0 || load<u32>(b, fixtureBody) == bodyA) continue;
      if (boxesOverlap(a, b)) addContact(world, a, b);
    }
  }
  for (let a = firstMoved; a < end; a += fixtureBytes) store<i32>(a, 0, fixtureMoved);
}
