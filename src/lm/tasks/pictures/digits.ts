/**
 * Tasks of real pictures: handwritten digits, named after four examples, or added.
 */

import type { Generator } from '../../../random/index.ts';
import { pad } from '../addition.ts';
import { type LanguageTask, patchTokens, type Split } from '../task.ts';
import type { Picture } from './canvas.ts';
import { pictureDefaults } from './defaults.ts';
import { type Digits, digitSize, loadDigits, loadedDigits } from './digits/load.ts';
import { fewShotLength, fewShotProblem, shots } from './fewShot.ts';
import { drawDistinct } from './scene.ts';

/**
 * Pictures from this index on, 382, are held out. The row of labels 0 1 2 ... 9 0 1 ... starts anew at twelve places of the file, as if it went from writer
 * to writer (13 wrote it); this is one of them, so that most likely nobody wrote for both parts.
 */
export const firstHeldOut = 1415;

/** The indices of pictures of a split, by what they show. */
const byLabel = new Map<Split, readonly (readonly number[])[]>();

function indicesOf(split: Split, { labels }: Digits): readonly (readonly number[])[] {
  const known = byLabel.get(split);
  if (known) return known;
  const lists: number[][] = Array.from({ length: 10 }, () => []);
  labels.forEach((label, index) => {
    if (index >= firstHeldOut === (split === 'heldOut')) lists[label]!.push(index);
  });
  byLabel.set(split, lists);
  return lists;
}

/** A picture of a digit, each of the split as likely as the others of its digit. */
function drawPicture(random: Generator, label: number, split: Split): Picture {
  const digits = loadedDigits();
  const indices = indicesOf(split, digits)[label]!;
  return digits.pictures[indices[random.integers(0, indices.length)]!]!;
}

async function load(): Promise<void> {
  await loadDigits();
}

const size = { width: digitSize, height: digitSize, patchSize: 4 } as const;
const fewShotImages = { ...size, count: shots + 1 } as const;
const sumImages = { ...size, count: 2 } as const;

/**
 * Four digits with their names and one without -> its name, which is among the four. A held-out problem is made of pictures that training never shows.
 * The names are what the digits are called: a model may know them, or compare.
 */
export const digitsFewShot: LanguageTask = {
  id: 'digits-few-shot',
  description: 'the name of a handwritten digit after four examples: a picture, 3, a picture, 8, ..., a picture, ? -> 8',
  alphabet: '0123456789?',
  images: fewShotImages,
  promptLength: fewShotLength(fewShotImages),
  completionLength: 2,
  defaults: pictureDefaults(0.5),
  load,
  prompts(random, split = 'train') {
    const names = drawDistinct(random, shots, 10);
    const examples = names.map((name) => ({ picture: drawPicture(random, name, split), label: String(name) }));
    const asked = names[random.integers(0, shots)]!;
    let query = drawPicture(random, asked, split);
    while (examples.some(({ picture }) => picture === query)) query = drawPicture(random, asked, split);
    return fewShotProblem(examples, query, String(asked));
  },
};

/** The pictures of 7 and 5, `+` between and `=` behind -> `12`; always two digits. A held-out problem is made of pictures that training never shows. */
export const digitsSum: LanguageTask = {
  id: 'digits-sum',
  description: 'the sum of two handwritten digits, in two digits: a picture of 3, +, a picture of 5, = -> 08',
  alphabet: '0123456789+=',
  images: sumImages,
  promptLength: patchTokens(sumImages) + 2,
  completionLength: 3,
  defaults: pictureDefaults(0.3),
  load,
  prompts(random, split = 'train') {
    const [a, b] = [random.integers(0, 10), random.integers(0, 10)];
    const solution = pad(a + b, 2);
    return {
      prompt: [{ image: drawPicture(random, a, split) }, '+', { image: drawPicture(random, b, split) }, '='],
      solution,
      reward: (completion, ended) => ({ accuracy: ended && completion === solution ? 1 : 0 }),
    };
  },
};
