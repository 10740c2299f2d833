/** Checks of scenes that are not this package's: a stranger's data before it is drawn, and what `checkEnv` says of an author's `scene()`. */
import { type Check, finite, listOf, objectOf, oneOf, optional, text } from '../../core/stored.ts';
import { type SceneShape, type ShapesScene, shapeColors } from './shapes.ts';

/** More would take too long to draw sixty times a second. */
const maxShapes = 2000;
/** Beyond this a canvas has no exact places left. */
const most = 1e6;

const place = finite({ min: -most, max: most });
const length = finite({ min: 0, max: most });
const color = optional(oneOf(...shapeColors));

const shapes = {
  circle: objectOf({ shape: oneOf('circle'), x: place, y: place, radius: length, color }),
  rectangle: objectOf({ shape: oneOf('rectangle'), x: place, y: place, width: length, height: length, angle: optional(place), color }),
  line: objectOf({ shape: oneOf('line'), x1: place, y1: place, x2: place, y2: place, width: length, color }),
  text: objectOf({ shape: oneOf('text'), x: place, y: place, text: text({ max: 200 }), size: length, color }),
};
const nameOf = objectOf({ shape: oneOf('circle', 'rectangle', 'line', 'text') }, { open: true });

const shape: Check<SceneShape> = (value, where) => shapes[nameOf(value, where).shape](value, where) as SceneShape;

const seen = finite({ min: 1e-3, max: most });
const scene = objectOf({
  kind: oneOf('shapes'),
  width: seen,
  height: seen,
  shapes: listOf(shape, { max: maxShapes }),
  stepsPerSecond: optional(finite({ min: 0.1, max: 1000 })),
});

/**
 * Gives what was given, if it is a scene of simple shapes that can be drawn as it is: known shapes and colors, finite numbers, at most 2000 shapes, no other
 * members. Throws `CohortError` that names the place. `subject` says whose it is.
 */
export function checkShapesScene(value: unknown, subject = 'scene'): ShapesScene {
  const advice = 'give { kind: "shapes", width, height, shapes: [{ shape: "circle", x, y, radius, color: "blue" }, ...] }';
  return scene(value, { subject, path: [], advice }) as ShapesScene;
}
