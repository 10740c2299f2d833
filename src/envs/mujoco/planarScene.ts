/** What there is to see of a task that moves in a plane: its capsules from the side or from above, and the same in space. */
import type { Scene } from '../../core/scene.ts';
import type { MujocoSimulation } from './simulation.ts';
import { type SpatialScene, spatialScene } from './spatialScene.ts';
import type { MujocoView, SpatialView } from './task.ts';

/** A thick line between two points, round at both ends, in m; a ball where both are one. */
export interface PlanarCapsule {
  /** The name in the model. */
  readonly name: string;
  readonly x1: number;
  readonly z1: number;
  readonly x2: number;
  readonly z2: number;
  readonly radius: number;
  /** (4) Red, green, blue and opacity, each in 0 .. 1. Left out: as drawings color parts of that name. */
  readonly color?: readonly number[];
}

/** A view from the side; x points right, z up. Seen from above z stands for y. */
export interface PlanarScene extends Scene {
  readonly kind: 'planar';
  /** Height of the floor, if there is one. */
  readonly floor?: number;
  /** In the order of the model: trunk first, then one limb after the other. */
  readonly capsules: readonly PlanarCapsule[];
  /** The point in the middle of the picture. */
  readonly cameraX: number;
  readonly cameraZ: number;
  /** Height of the part of the world that is seen. */
  readonly visibleHeight: number;
  /** The same moment in space. */
  readonly space?: SpatialScene;
}

/** From where a task that moves in a plane is seen in space: a little from behind and above, or from above and in front. */
function spatialViewOf({ floor, follows, fromAbove, cameraZ, visibleHeight }: MujocoView): SpatialView {
  const seen = { visibleHeight, ...(floor === undefined ? {} : { floor }) };
  if (fromAbove) return { azimuth: 90, elevation: -50, center: [0, follows ? 0 : cameraZ, 0], follows, ...seen };
  return { azimuth: 75, elevation: -15, center: [0, 0, cameraZ], follows: follows ? 'x' : false, ...seen };
}

/** The scene of simulation i, whose bodies have been placed. `dt`: seconds of a step. */
export function planarScene(simulation: MujocoSimulation, i: number, view: MujocoView, dt: number): PlanarScene {
  const { follows, fromAbove, floor, cameraZ, visibleHeight } = view;
  const space = spatialScene(simulation, i, spatialViewOf(view), dt);
  return {
    kind: 'planar',
    ...(floor === undefined ? {} : { floor }),
    capsules: simulation.capsules.map((capsule) => {
      const { name, radius, color } = capsule;
      const [x1, z1, x2, z2] = simulation.ends(i, capsule, fromAbove);
      return { name, x1, z1, x2, z2, radius, ...(color && { color }) };
    }),
    cameraX: follows ? simulation.position(i, 0) : 0,
    cameraZ: follows && fromAbove ? simulation.position(i, 1) : cameraZ,
    visibleHeight,
    stepsPerSecond: space.stepsPerSecond!,
    space,
  };
}
