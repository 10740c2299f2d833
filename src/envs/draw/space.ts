/** What a view in space shows of a scene: the record of its bodies, checked, because environments of users make scenes too. */
import type { Scene } from '../../core/scene.ts';
import { finite, listOf, objectOf, oneOf, optional, such, text } from '../../core/stored.ts';
import type { SpatialScene } from '../mujoco/spatialScene.ts';

/** How many numbers of `size` each shape has. */
const sizesOf = { sphere: 1, capsule: 2, cylinder: 2, box: 3 } as const;
/** More shapes, or planes, than this make no picture. */
const maxShapes = 2000;
/** Columns of a rotation are this near to unit length and to right angles; positions in float32 are nearer. */
const rotationTolerance = 1e-3;
/** In m: farther away no picture is drawn rightly in float32. */
const farthest = 1e6;

/** Whether the rows of nine numbers are a rotation. */
function isRotation(r: readonly number[]): boolean {
  const column = (k: number): readonly number[] => [r[k]!, r[3 + k]!, r[6 + k]!];
  const dot = (a: readonly number[], b: readonly number[]): number => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
  const [x, y, z] = [column(0), column(1), column(2)] as const;
  const cross = [x[1]! * y[2]! - x[2]! * y[1]!, x[2]! * y[0]! - x[0]! * y[2]!, x[0]! * y[1]! - x[1]! * y[0]!];
  const ones = [dot(x, x), dot(y, y), dot(z, z), dot(cross, z)];
  return ones.every((one) => Math.abs(one - 1) <= rotationTolerance) && Math.abs(dot(x, y)) <= rotationTolerance;
}

const coordinate = finite({ min: -farthest, max: farthest });
const length = finite({ min: 0, max: farthest });
const point = listOf(coordinate, { min: 3, max: 3 });
const placed = {
  name: text({ max: 200 }),
  center: point,
  rotation: such(listOf(finite(), { min: 9, max: 9 }), isRotation, 'a rotation: columns of length 1 at right angles, right-handed'),
};
const shape = such(
  objectOf(
    {
      ...placed,
      shape: oneOf(...(Object.keys(sizesOf) as (keyof typeof sizesOf)[])),
      size: listOf(length, { max: 3 }),
      color: optional(listOf(finite({ min: 0, max: 1 }), { min: 4, max: 4 })),
    },
    { open: true },
  ),
  ({ shape: kind, size }) => size.length >= sizesOf[kind],
  'as many sizes as its shape has',
);
const plane = objectOf({ ...placed, size: listOf(length, { min: 2, max: 3 }) }, { open: true });
const spatialScene = objectOf(
  {
    kind: oneOf('spatial'),
    azimuth: coordinate,
    elevation: finite({ min: -90, max: 90 }),
    center: point,
    visibleHeight: finite({ min: 1e-3, max: farthest }),
    floor: optional(coordinate),
    shapes: listOf(shape, { max: maxShapes }),
    planes: optional(listOf(plane, { max: maxShapes })),
  },
  { open: true },
);

/**
 * The bodies of a scene in space: the scene itself where its kind is `spatial`, else its `space`; `undefined` where it has none. Throws `CohortError` for
 * a record that is not what it should be.
 */
export function spaceOf(scene: Scene | undefined): SpatialScene | undefined {
  const given: unknown = scene?.kind === 'spatial' ? scene : scene?.space;
  if (given === undefined) return undefined;
  spatialScene(given, { subject: 'scene: space', path: [], advice: 'see SpatialScene of cohort-rl/envs' });
  return given as SpatialScene;
}
