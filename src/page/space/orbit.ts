/** Where the camera of a view in space stands: around the point that it looks at, in the terms of MuJoCo's cameras. No DOM here. */

/** From where to look. */
export interface Orbit {
  /** Direction of sight around the vertical, in degrees: 0 looks along x, 90 along y. */
  readonly azimuth: number;
  /** Direction of sight from the horizontal, in degrees: -90 looks straight down. */
  readonly elevation: number;
  /** From the point in the middle of the picture, in m. */
  readonly distance: number;
}

/** A change of it. */
export interface Turn {
  /** In degrees, added. */
  readonly azimuth?: number;
  readonly elevation?: number;
  /** Times the distance. */
  readonly distance?: number;
}

/** How far a person may go. */
export interface OrbitLimits {
  /** Of the elevation, in degrees: with a ground, not below it. */
  readonly highest: number;
  /** Of the distance, in m. */
  readonly nearest: number;
  readonly farthest: number;
}

/** Straight down there is no upwards in the picture: a little less. */
const lowest = -89;
const degree = Math.PI / 180;

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** An orbit after a turn, within its limits. */
export function turned(orbit: Orbit, { azimuth = 0, elevation = 0, distance = 1 }: Turn, limits: OrbitLimits): Orbit {
  return {
    azimuth: (((orbit.azimuth + azimuth) % 360) + 360) % 360,
    elevation: within(orbit.elevation + elevation, lowest, limits.highest),
    distance: within(orbit.distance * distance, limits.nearest, limits.farthest),
  };
}

/** (3) What to look at: where the body is, or, while it is less than `rest` m away from there, where the camera looked before. */
export function followed(before: readonly number[] | undefined, body: readonly number[], rest: number): readonly number[] {
  const isNear = before !== undefined && Math.hypot(...body.map((value, k) => value - before[k]!)) < rest;
  return isNear ? before : body;
}

/** (3) Where the camera is that looks at `center`, in m. */
export function placeOf({ azimuth, elevation, distance }: Orbit, center: readonly number[]): [x: number, y: number, z: number] {
  const flat = Math.cos(elevation * degree);
  return [
    center[0]! - distance * flat * Math.cos(azimuth * degree),
    center[1]! - distance * flat * Math.sin(azimuth * degree),
    center[2]! - distance * Math.sin(elevation * degree),
  ];
}
