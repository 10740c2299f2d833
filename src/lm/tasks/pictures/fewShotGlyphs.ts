/**
 * Glyphs that were never seen before, told apart by four examples in the prompt: nothing but the examples says what a label means.
 */

import type { Generator } from '../../../random/index.ts';
import type { LanguageTask, Split } from '../task.ts';
import { addNoise, type Color, createPicture, type Picture, setPixel } from './canvas.ts';
import { pictureDefaults } from './defaults.ts';
import { fewShotLength, fewShotProblem, shots } from './fewShot.ts';
import { drawDistinct } from './scene.ts';

/** Cells of a side of a glyph, and pixels of a side of a cell. */
const [side, cell] = [3, 2];
const size = 8;
const labels = 'abcd';
const noise = 24;
const ground: Color = [32, 32, 32];
/** Cells in which two classes of a problem differ at least. */
const leastDifference = 3;
/** Every fifth class is held out. */
const heldOutOneIn = 5;

/**
 * The classes: sets of 4 to 6 cells of 3 x 3, as bits, that reach all four sides of their square. Moved about in a picture they stay
 * what they are: none is another one moved.
 */
export const glyphClasses: readonly number[] = /* @__PURE__ */ listClasses();

function listClasses(): number[] {
  // The rows at the top and at the bottom, the columns at the left and at the right; bit 3 * row + column.
  const sides = [0b000000111, 0b111000000, 0b001001001, 0b100100100];
  return Array.from({ length: 1 << (side * side) }, (_, bits) => bits).filter((bits) => {
    const cells = countBits(bits);
    return cells >= 4 && cells <= 6 && sides.every((edge) => (bits & edge) !== 0);
  });
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/** Whether a class is held out: problems of training never show it. */
export function isHeldOutGlyph(index: number): boolean {
  return index % heldOutOneIn === 0;
}

/** A picture of a class: its place (0 to 2 pixels from the left and the top), its brightness and its noise are drawn. */
export function drawGlyph(random: Generator, bits: number): Picture {
  const picture = createPicture(size, size, ground);
  const room = size - side * cell + 1;
  const [left, top, light] = [random.integers(0, room), random.integers(0, room), random.integers(160, 225)];
  for (let i = 0; i < side * side; i++) {
    if (((bits >> i) & 1) === 0) continue;
    for (let j = 0; j < cell * cell; j++) {
      const x = left + (i % side) * cell + (j % cell);
      const y = top + Math.floor(i / side) * cell + Math.floor(j / cell);
      setPixel(picture, x, y, [light, light, light]);
    }
  }
  addNoise(picture, random, noise);
  return picture;
}

/** Draws four classes of a split, each two of which differ in at least three cells. */
function drawClasses(random: Generator, split: Split): number[] {
  const chosen: number[] = [];
  // Every class differs that much from most others, so that four are found in a few draws.
  while (chosen.length < shots) {
    const index = random.integers(0, glyphClasses.length);
    const bits = glyphClasses[index]!;
    if (isHeldOutGlyph(index) !== (split === 'heldOut')) continue;
    if (chosen.every((other) => countBits(bits ^ other) >= leastDifference)) chosen.push(bits);
  }
  return chosen;
}

const images = { width: size, height: size, patchSize: 4, count: shots + 1 } as const;

/** Four pictures with labels and one without -> its label. Held-out problems are made of held-out classes alone. */
export const fewShotGlyphs: LanguageTask = {
  id: 'few-shot-glyphs',
  description: 'the label of a new glyph after four labelled examples: a picture, c, a picture, a, ..., a picture, ? -> c',
  alphabet: '?abcd',
  images,
  promptLength: fewShotLength(images),
  completionLength: 2,
  defaults: pictureDefaults(0.2),
  prompts(random, split = 'train') {
    const classes = drawClasses(random, split);
    const order = drawDistinct(random, shots, shots);
    const examples = classes.map((bits, i) => ({ picture: drawGlyph(random, bits), label: labels[order[i]!]! }));
    const asked = random.integers(0, shots);
    return fewShotProblem(examples, drawGlyph(random, classes[asked]!), examples[asked]!.label);
  },
};
