/**
 * What a picture of an environment needs, as plain data: an environment says what is where, a drawing (`envs/draw`) makes strokes of it.
 */

/** Numbers, texts and lists only, so that a scene crosses threads and files. */
export interface Scene {
  /** Names the drawing that understands the rest, for example `cartPole`. */
  readonly kind: string;
  /** Steps per second of the world's own time, where it has one and it is not the kind's usual. */
  readonly stepsPerSecond?: number;
  /**
   * The same moment as bodies in space, where a scene of another kind has them: a scene of the kind `spatial` (`SpatialScene` of `cohort-rl/envs`), which
   * a view in space shows.
   */
  readonly space?: Scene;
}
