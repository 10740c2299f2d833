/** What there is to see of a task that moves in space: its shapes where they are, and from where to look. */
import type { Scene } from '../../core/scene.ts';
import type { MujocoSimulation, Shape } from './simulation.ts';
import type { SpatialView } from './task.ts';

/** A body's shape, where it is. */
export interface SpatialShape {
  /** The name in the model. */
  readonly name: string;
  readonly shape: Shape['kind'];
  /** In m. Sphere: radius; capsule and cylinder: radius, half length along the own z axis; box: half lengths. */
  readonly size: readonly number[];
  /** (3) In m. */
  readonly center: readonly number[];
  /** (3 x 3) Row after row; its columns are the shape's own axes. */
  readonly rotation: readonly number[];
}

/** Shapes in space and a camera. */
export interface SpatialScene extends Scene, Omit<SpatialView, 'follows'> {
  readonly kind: 'spatial';
  /** In the order of the model. */
  readonly shapes: readonly SpatialShape[];
}

/** Zero without a sign, which JSON would lose. */
const unsigned = (value: number): number => value + 0;

/** The scene of simulation i, whose bodies have been placed. `dt`: seconds of a step. */
export function spatialScene(simulation: MujocoSimulation, i: number, view: SpatialView, dt: number): SpatialScene {
  const { follows, center, ...rest } = view;
  const at = (k: number): number => (follows && k < 2 ? simulation.position(i, k) : 0);
  return {
    kind: 'spatial',
    ...rest,
    center: [center[0] + at(0), center[1] + at(1), center[2]],
    shapes: simulation.shapes.map((shape) => {
      const pose = simulation.pose(i, shape);
      return {
        name: shape.name,
        shape: shape.kind,
        size: shape.size,
        center: Array.from(pose.center, unsigned),
        rotation: Array.from(pose.rotation, unsigned),
      };
    }),
    stepsPerSecond: Math.max(1, Math.round(1 / dt)),
  };
}
