/**
 * How many shapes of a kind are in a picture: the count task of the vision-language half of arXiv 2504.02546 (CV-Bench "Count") at the size of a CPU.
 */

import type { Generator } from '../../../random/index.ts';
import { type LanguageTask, patchTokens } from '../task.ts';
import { type Picture, shapeKinds } from './canvas.ts';
import { pictureDefaults } from './defaults.ts';
import { drawDistinct, drawShapes, type PlacedShape, placeShape, questionOf, sceneSize } from './scene.ts';

/** Circle, square, triangle. */
const kinds = shapeKinds.slice(0, 3);
/** Largest number of shapes of one kind; three kinds then fill the nine cells at most. */
const most = 3;
const columns = 3;
const place = { cell: sceneSize / columns, smallest: 6 };

/** What is drawn, and asked. */
export interface CountScene {
  readonly shapes: readonly PlacedShape[];
  readonly picture: Picture;
  /** The kind that is asked for. */
  readonly asked: PlacedShape['kind'];
  /** How many of them there are, 0 .. 3. */
  readonly count: number;
}

/**
 * Draws a scene: 0 to 3 shapes of each kind, independently and equally likely, so that the answer follows neither from the kind nor from how much is
 * drawn of the others; each in a cell of its own of a grid of 3 x 3.
 */
export function drawCountScene(random: Generator): CountScene {
  const counts = kinds.map(() => random.integers(0, most + 1));
  const all = kinds.flatMap((kind, i) => Array.from({ length: counts[i]! }, () => kind));
  const cells = drawDistinct(random, all.length, columns * columns);
  const shapes = all.map((kind, i) => {
    const cell = cells[i]!;
    return placeShape(random, kind, { ...place, column: cell % columns, row: Math.floor(cell / columns) });
  });
  const asked = random.integers(0, kinds.length);
  return { shapes, picture: drawShapes(random, shapes), asked: kinds[asked]!, count: counts[asked]! };
}

const images = { width: sceneSize, height: sceneSize, patchSize: 4, count: 1 } as const;

/** A picture and `circle?` -> `2`. */
export const countShapes: LanguageTask = {
  id: 'count-shapes',
  description: 'how many shapes of a kind are in a picture of 24 x 24 pixels: a picture, circle? -> 2',
  alphabet: '0123?acegilnqrstu',
  images,
  promptLength: patchTokens(images) + questionOf('triangle').length,
  completionLength: 2,
  defaults: pictureDefaults(0.45),
  prompts(random) {
    const { picture, asked, count } = drawCountScene(random);
    const solution = String(count);
    return {
      prompt: [{ image: picture }, questionOf(asked)],
      solution,
      reward: (completion, ended) => ({ accuracy: ended && completion === solution ? 1 : 0 }),
    };
  },
};
