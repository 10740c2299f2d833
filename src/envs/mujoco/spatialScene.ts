/** What there is to see of a task in space: its shapes where they are, and from where to look. */
import type { Scene } from '../../core/scene.ts';
import type { MujocoSimulation, Plane, Shape } from './simulation.ts';
import type { SpatialView } from './task.ts';

/** A body's shape, where it is. */
export interface SpatialShape {
  /** The name in the model. */
  readonly name: string;
  readonly shape: Shape['kind'];
  /** In m. Sphere: radius; capsule and cylinder: radius, half length along the own z axis; box: half lengths. */
  readonly size: readonly number[];
  /** (4) Red, green, blue and opacity, each in 0 .. 1. Left out: as drawings color parts of that name. */
  readonly color?: readonly number[];
  /** (3) In m. */
  readonly center: readonly number[];
  /** (3 x 3) Row after row; its columns are the shape's own axes. */
  readonly rotation: readonly number[];
}

/** A floor or a table: a rectangle in its own plane of x and y, which looks along its own z axis. */
export interface SpatialPlane {
  /** The name in the model. */
  readonly name: string;
  /** (2) Half lengths along its own x and y, in m; 0 has no end. */
  readonly size: readonly number[];
  /** (3) In m. */
  readonly center: readonly number[];
  /** (3 x 3) Row after row; its columns are the plane's own axes. */
  readonly rotation: readonly number[];
}

/** Shapes in space and a camera. */
export interface SpatialScene extends Scene, Omit<SpatialView, 'follows'> {
  readonly kind: 'spatial';
  /** In the order of the model. */
  readonly shapes: readonly SpatialShape[];
  /** Floors and tables, for views in space; flat pictures draw the `floor`. */
  readonly planes?: readonly SpatialPlane[];
}

/** Zero without a sign, which JSON would lose. */
const unsigned = (value: number): number => value + 0;

function poseOf(simulation: MujocoSimulation, i: number, shape: Shape | Plane) {
  const { center, rotation } = simulation.pose(i, shape);
  return { center: Array.from(center, unsigned), rotation: Array.from(rotation, unsigned) };
}

/** The scene of simulation i, whose bodies have been placed. `dt`: seconds of a step. */
export function spatialScene(simulation: MujocoSimulation, i: number, view: SpatialView, dt: number): SpatialScene {
  const { follows, center, ...rest } = view;
  const at = (k: number): number => (follows === true || (follows === 'x' && k === 0) ? simulation.position(i, k) : 0);
  return {
    kind: 'spatial',
    ...rest,
    center: [center[0] + at(0), center[1] + at(1), center[2]],
    shapes: simulation.shapes.map((shape) => ({
      name: shape.name,
      shape: shape.kind,
      size: shape.size,
      ...(shape.color && { color: shape.color }),
      ...poseOf(simulation, i, shape),
    })),
    planes: simulation.planes.map((plane) => ({ name: plane.name, size: plane.size, ...poseOf(simulation, i, plane) })),
    stepsPerSecond: Math.max(1, Math.round(1 / dt)),
  };
}
