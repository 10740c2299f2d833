/**
 * Whether one shape is left of, or above, another: the relation task of the vision-language half of arXiv 2504.02546 (CV-Bench "Relation") at the size
 * of a CPU.
 */

import type { Generator } from '../../../random/index.ts';
import { type LanguageTask, patchTokens } from '../task.ts';
import { type Picture, shapeKinds } from './canvas.ts';
import { pictureDefaults } from './defaults.ts';
import { drawDistinct, drawShapes, type PlacedShape, placeShape, sceneSize } from './scene.ts';

const columns = 3;
const place = { cell: sceneSize / columns, smallest: 6 };

/** What is drawn, and asked. */
export interface RelationScene {
  /** The two that are asked for, in the order of the question, then one that is not. */
  readonly shapes: readonly PlacedShape[];
  readonly picture: Picture;
  /** `<`: is the first left of the second? `^`: is it above it? */
  readonly relation: '<' | '^';
  readonly holds: boolean;
}

/**
 * Draws a scene of three shapes of different kinds. The two that are asked for stand in different columns (`<`) or rows (`^`) of a grid of 3 x 3, which
 * leaves no doubt: their centres are at least 7 pixels apart along it. Which of the two comes first is drawn apart, so that half of the answers are yes.
 */
export function drawRelationScene(random: Generator): RelationScene {
  const [first, second, other] = drawDistinct(random, 3, shapeKinds.length).map((i) => shapeKinds[i]!);
  const relation = random.integers(0, 2) === 0 ? '<' : '^';
  const holds = random.integers(0, 2) === 0;
  const along = drawDistinct(random, 2, columns).sort((a, b) => (holds ? a - b : b - a));
  const across = [random.integers(0, columns), random.integers(0, columns)];
  const cellOf = (i: number): number => (relation === '<' ? across[i]! * columns + along[i]! : along[i]! * columns + across[i]!);
  const taken = [cellOf(0), cellOf(1)];
  const free = Array.from({ length: columns * columns }, (_, cell) => cell).filter((cell) => !taken.includes(cell));
  const cells = [...taken, free[random.integers(0, free.length)]!];
  const shapes = [first!, second!, other!].map((kind, i) =>
    placeShape(random, kind, { ...place, column: cells[i]! % columns, row: Math.floor(cells[i]! / columns) }),
  );
  return { shapes, picture: drawShapes(random, shapes), relation, holds };
}

const images = { width: sceneSize, height: sceneSize, patchSize: 4, count: 1 } as const;

/** A picture and `circle<square?` (is the circle left of the square?) -> `y`; `circle^square?` asks whether it is above it. */
export const shapeRelation: LanguageTask = {
  id: 'shape-relation',
  description: 'whether one shape is left of (<) or above (^) another, y or n: a picture, circle<square? -> y',
  alphabet: '<?^acegilnoqrstuy',
  images,
  promptLength: patchTokens(images) + 'triangle<circle?'.length,
  completionLength: 2,
  defaults: pictureDefaults(0.6),
  prompts(random) {
    const { shapes, picture, relation, holds } = drawRelationScene(random);
    const solution = holds ? 'y' : 'n';
    return {
      prompt: [{ image: picture }, `${shapes[0]!.kind}${relation}${shapes[1]!.kind}?`],
      solution,
      reward: (completion, ended) => ({ accuracy: ended && completion === solution ? 1 : 0 }),
    };
  },
};
