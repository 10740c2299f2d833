/** What pictures in perspective, flat or in space, have in common. */

/** MuJoCo's angle of view from top to bottom, in degrees. */
export const angleOfView = 45;

/** Distance of the eye from the middle of the picture, in heights of what is seen there: 1 / (2 tan 22.5 degrees). */
export const eyeDistance = 1.2071067811865475;

/** Side of a tile of the floor in m: a quarter of a meter where little is seen. */
export const tileSide = (visibleHeight: number): number => (visibleHeight > 2 ? 1 : 0.25);
