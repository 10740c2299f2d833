/** Checks of scenes that are not this package's: a stranger's data before it is drawn, and what `checkEnv` says of an author's `scene()`. */
import { type Check, finite, listOf, objectOf, oneOf, optional, recordOf, such, text } from '../../core/stored.ts';
import { type BoardScene, pieceOf } from './board.ts';
import { sceneColors } from './sceneColors.ts';
import type { SceneShape, ShapesScene } from './shapes.ts';

/** More would take too long to draw sixty times a second. */
const maxShapes = 2000;
/** Beyond this a canvas has no exact places left. */
const most = 1e6;

const place = finite({ min: -most, max: most });
const length = finite({ min: 0, max: most });
const anyColor = oneOf(...sceneColors);
const color = optional(anyColor);

const shapes = {
  circle: objectOf({ shape: oneOf('circle'), x: place, y: place, radius: length, color }),
  rectangle: objectOf({ shape: oneOf('rectangle'), x: place, y: place, width: length, height: length, angle: optional(place), color }),
  line: objectOf({ shape: oneOf('line'), x1: place, y1: place, x2: place, y2: place, width: length, color }),
  text: objectOf({ shape: oneOf('text'), x: place, y: place, text: text({ max: 200 }), size: length, color }),
};
const nameOf = objectOf({ shape: oneOf('circle', 'rectangle', 'line', 'text') }, { open: true });

const shape: Check<SceneShape> = (value, where) => shapes[nameOf(value, where).shape](value, where) as SceneShape;

const seen = finite({ min: 1e-3, max: most });
const stepsPerSecond = optional(finite({ min: 0.1, max: 1000 }));
const shapesScene = objectOf({
  kind: oneOf('shapes'),
  width: seen,
  height: seen,
  shapes: listOf(shape, { max: maxShapes }),
  stepsPerSecond,
});

const oneLetter = text({ min: 1, max: 1 });
const boardScene = objectOf({
  kind: oneOf('board'),
  rows: such(
    listOf(text({ min: 1, max: maxShapes }), { min: 1, max: maxShapes }),
    (rows) => rows.every(({ length }) => length === rows[0]!.length) && rows.length * rows[0]!.length <= maxShapes,
    `rows of one length, with at most ${maxShapes} cells in all`,
  ),
  pieces: recordOf(oneLetter, objectOf({ color: anyColor, shape: optional(oneOf('tile', 'disc')) })),
  stepsPerSecond,
});

/** How each kind of scene for environments of one's own is checked. */
const checks = {
  shapes: {
    check: shapesScene,
    advice: '{ kind: "shapes", width, height, shapes: [{ shape: "circle", x, y, radius, color: "blue" }, ...] }',
  },
  board: {
    check: boardScene,
    advice: '{ kind: "board", rows: ["#@ "], pieces: { "#": { color: "grey" }, "@": { color: "blue", shape: "disc" } } }',
  },
};
/** Kinds of scenes for environments of one's own. */
export const ownSceneKinds = Object.keys(checks) as readonly (keyof typeof checks)[];
const kindOf = objectOf({ kind: oneOf(...ownSceneKinds) }, { open: true });

/**
 * Gives what was given, if it is a scene of shapes or a board that can be drawn as it is: known shapes and colors, finite numbers, a piece for every letter,
 * at most 2000 shapes or cells, no other members. Throws `CohortError` that names the place. `subject` says whose it is.
 */
export function checkScene(value: unknown, subject = 'scene'): ShapesScene | BoardScene {
  const { kind } = kindOf(value, { subject, path: [], advice: `give ${checks.shapes.advice}` });
  const { check, advice } = checks[kind];
  const scene = check(value, { subject, path: [], advice: `give ${advice}` }) as ShapesScene | BoardScene;
  if (scene.kind === 'board') for (const letter of new Set(scene.rows.join(''))) if (letter !== ' ') pieceOf(letter, scene.pieces);
  return scene;
}
