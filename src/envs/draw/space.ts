/** What a view in space shows of a scene: the record of its bodies, checked, because environments of users make scenes too. */
import { checkRecord } from '../../core/arguments.ts';
import { mistake, show } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import type { SpatialScene } from '../mujoco/spatialScene.ts';

/** How many numbers of `size` each shape has. */
const sizesOf = { sphere: 1, capsule: 2, cylinder: 2, box: 3 } as const;
/** More shapes, or planes, than this make no picture. */
const maxShapes = 2000;
/** Columns of a rotation are this near to unit length and to right angles; positions in float32 are nearer. */
const rotationTolerance = 1e-3;
/** In m: farther away no picture is drawn rightly in float32. */
const farthest = 1e6;

const advice = 'see SpatialScene of cohort-rl/envs';

/** Throws unless `value` is a number within bounds. */
function checkNumber(value: unknown, where: string, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw mistake(where, `a number from ${least} to ${most}`, show(value), advice);
}

/** Throws unless `value` is a list of `count` numbers, or more where a spare one may follow, within bounds. */
function checkNumbers(value: unknown, where: string, count: number, [least, most]: readonly [number, number]): void {
  if (!Array.isArray(value) || value.length < count) throw mistake(where, `a list of ${count} numbers`, show(value), advice);
  for (let k = 0; k < count; k++) checkNumber(value[k], `${where}[${k}]`, least, most);
}

/** Throws unless the rows of nine numbers are a rotation. */
function checkRotation(value: unknown, where: string): void {
  checkNumbers(value, where, 9, [-2, 2]);
  const r = value as readonly number[];
  const column = (k: number): readonly number[] => [r[k]!, r[3 + k]!, r[6 + k]!];
  const dot = (a: readonly number[], b: readonly number[]): number => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
  const [x, y, z] = [column(0), column(1), column(2)] as const;
  const cross = [x[1]! * y[2]! - x[2]! * y[1]!, x[2]! * y[0]! - x[0]! * y[2]!, x[0]! * y[1]! - x[1]! * y[0]!];
  const ones = [dot(x, x), dot(y, y), dot(z, z), dot(cross, z)];
  if (ones.every((one) => Math.abs(one - 1) <= rotationTolerance) && Math.abs(dot(x, y)) <= rotationTolerance) return;
  throw mistake(where, 'a rotation: columns of length 1 at right angles, right-handed', show(value), advice);
}

/** Name and place of a shape or a plane. */
function checkPlaced(value: unknown, where: string): Readonly<Record<string, unknown>> {
  const placed = checkRecord(value, where, 'a record', advice);
  if (typeof placed.name !== 'string') throw mistake(`${where}: name`, 'a text', show(placed.name), advice);
  checkNumbers(placed.center, `${where}: center`, 3, [-farthest, farthest]);
  checkRotation(placed.rotation, `${where}: rotation`);
  return placed;
}

function checkShape(value: unknown, where: string): void {
  const { shape, size, color } = checkPlaced(value, where);
  if (typeof shape !== 'string' || !Object.hasOwn(sizesOf, shape)) {
    throw mistake(`${where}: shape`, `one of ${Object.keys(sizesOf).join(', ')}`, show(shape), advice);
  }
  checkNumbers(size, `${where}: size`, sizesOf[shape as keyof typeof sizesOf], [0, farthest]);
  if (color !== undefined) checkNumbers(color, `${where}: color`, 4, [0, 1]);
}

function checkList(value: unknown, where: string, check: (entry: unknown, where: string) => void): void {
  if (!Array.isArray(value) || value.length > maxShapes) throw mistake(where, `a list of at most ${maxShapes}`, show(value), advice);
  value.forEach((entry, k) => {
    check(entry, `${where}[${k}]`);
  });
}

/**
 * The bodies of a scene in space: the scene itself where its kind is `spatial`, else its `space`; `undefined` where it has none. Throws `CohortError` for
 * a record that is not what it should be.
 */
export function spaceOf(scene: Scene | undefined): SpatialScene | undefined {
  const given: unknown = scene?.kind === 'spatial' ? scene : scene?.space;
  if (given === undefined) return undefined;
  const { kind, azimuth, elevation, center, visibleHeight, floor, shapes, planes } = checkRecord(given, 'scene: space', 'a scene', advice);
  if (kind !== 'spatial') throw mistake('scene: space: kind', '"spatial"', show(kind), advice);
  checkNumber(azimuth, 'scene: azimuth', -farthest, farthest);
  checkNumber(elevation, 'scene: elevation', -90, 90);
  checkNumbers(center, 'scene: center', 3, [-farthest, farthest]);
  checkNumber(visibleHeight, 'scene: visibleHeight', 1e-3, farthest);
  if (floor !== undefined) checkNumber(floor, 'scene: floor', -farthest, farthest);
  checkList(shapes, 'scene: shapes', checkShape);
  if (planes !== undefined) {
    checkList(planes, 'scene: planes', (plane, where) => {
      checkNumbers(checkPlaced(plane, where).size, `${where}: size`, 2, [0, farthest]);
    });
  }
  return given as SpatialScene;
}
