/**
 * The box of a named shape, with a continuous reward: the grounding task of the vision-language half of arXiv 2504.02546 (LISA) at the size of a CPU.
 */

import type { Generator } from '../../../random/index.ts';
import { pad } from '../addition.ts';
import { type LanguageTask, patchTokens } from '../task.ts';
import { type Picture, shapeKinds } from './canvas.ts';
import { pictureDefaults } from './defaults.ts';
import { type Box, overlapOf } from './giou.ts';
import { drawDistinct, drawShapes, type PlacedShape, placeShape, questionOf, sceneSize } from './scene.ts';

const columns = 2;
const place = { cell: sceneSize / columns, smallest: 6 };
/** From this IoU on a box is right, as detection counts it (PASCAL VOC: M. Everingham et al., IJCV 88, 2010, asks for more than 0.5). */
const rightFrom = 0.5;

/** What is drawn, and asked. */
export interface GroundScene {
  /** The one that is asked for comes first. */
  readonly shapes: readonly PlacedShape[];
  readonly picture: Picture;
}

/** Draws three shapes of different kinds, 6 to 11 pixels large, in cells of their own of a grid of 2 x 2. */
export function drawGroundScene(random: Generator): GroundScene {
  const kinds = drawDistinct(random, 3, shapeKinds.length);
  const cells = drawDistinct(random, 3, columns * columns);
  const shapes = kinds.map((kind, i) =>
    placeShape(random, shapeKinds[kind]!, { ...place, column: cells[i]! % columns, row: Math.floor(cells[i]! / columns) }),
  );
  return { shapes, picture: drawShapes(random, shapes) };
}

/** The box of a shape; `right` and `bottom` are the first column and row that it does not reach. */
export function boxOf({ left, top, size }: PlacedShape): Box {
  return { left, top, right: left + size, bottom: top + size };
}

/**
 * The box in a completion: `x1 y1 x2 y2`, left, top, right and bottom in pixels, one or two digits each, one blank between. `undefined` for any other text,
 * and for a box without area. It may reach out of the picture.
 */
export function readBox(text: string): Box | undefined {
  if (!/^\d{1,2} \d{1,2} \d{1,2} \d{1,2}$/.test(text)) return undefined;
  const [left, top, right, bottom] = text.split(' ').map(Number) as [number, number, number, number];
  return right > left && bottom > top ? { left, top, right, bottom } : undefined;
}

const images = { width: sceneSize, height: sceneSize, patchSize: 4, count: 1 } as const;

/**
 * A picture and `circle?` -> `03 05 10 12`. The component `box` is GIoU + 1, in (0, 2]: 2 for the very box, 0 for what is no box. `accuracy`, which has no
 * weight, is 1 from an IoU of 0.5 on: it is the outcome.
 */
export const groundShape: LanguageTask = {
  id: 'ground-shape',
  description: 'the box of a shape, left top right bottom, by its overlap: a picture, circle? -> 03 05 10 12',
  alphabet: ' 0123456789?acegilnoqrstu',
  images,
  promptLength: patchTokens(images) + questionOf('triangle').length,
  completionLength: '03 05 10 12'.length + 1,
  defaults: pictureDefaults(0.3),
  prompts(random) {
    const { shapes, picture } = drawGroundScene(random);
    const wanted = boxOf(shapes[0]!);
    return {
      prompt: [{ image: picture }, questionOf(shapes[0]!.kind)],
      solution: [wanted.left, wanted.top, wanted.right, wanted.bottom].map((side) => pad(side, 2)).join(' '),
      reward(completion, ended) {
        const box = ended ? readBox(completion) : undefined;
        if (!box) return { box: 0, accuracy: 0 };
        const { iou, giou } = overlapOf(box, wanted);
        return { box: giou + 1, accuracy: iou >= rightFrom ? 1 : 0 };
      },
    };
  },
  weights: { box: 1, accuracy: 0 },
  outcome: 'accuracy',
};
