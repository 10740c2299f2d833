import { beforeAll, describe, expect, it } from 'vitest';
import { type Digits, loadDigits } from '../../../../src/lm/tasks/pictures/digits/load.ts';
import { digitsFewShot, digitsSum, firstHeldOut } from '../../../../src/lm/tasks/pictures/digits.ts';
import { drawProblem } from '../../../../src/lm/tasks/problems.ts';
import { promptParts } from '../../../../src/lm/tasks/prompt.ts';
import { createGenerator } from '../../../../src/random/index.ts';

describe('the digits', () => {
  let digits: Digits;
  beforeAll(async () => {
    digits = await loadDigits();
  });

  it('are those of scikit-learn', async () => {
    expect(await loadDigits()).toBe(digits);
    // load_digits() of scikit-learn 1.9.1: numpy.bincount(target), images[0], images.sum().
    const counts = digits.labels.reduce((all, label) => all.with(label, all[label]! + 1), new Array<number>(10).fill(0));
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    const red = (index: number): number[] => [...digits.pictures[index]!.pixels].filter((_, i) => i % 3 === 0);
    const zero =
      '0 0 5 13 9 1 0 0 0 0 13 15 10 15 5 0 0 3 15 2 0 11 8 0 0 4 12 0 0 8 8 0 0 5 8 0 0 9 8 0 0 4 11 0 1 12 7 0 0 2 14 5 10 12 0 0 0 0 6 13 10 0 0 0';
    expect(digits.labels[0]).toBe(0);
    expect(red(0)).toEqual(zero.split(' ').map((level) => Math.floor((Number(level) * 255) / 16)));
    const levels = digits.pictures.flatMap((_, index) => red(index).map((grey) => Math.round((grey * 16) / 255)));
    expect(levels.reduce((sum, level) => sum + level, 0)).toBe(561718);
  });

  it('all differ', () => {
    expect(new Set(digits.pictures.map(({ pixels }) => pixels.join())).size).toBe(1797);
  });

  it.each([digitsFewShot, digitsSum])('$id never shows a held-out picture in training, nor another in a held-out problem', (task) => {
    for (const split of ['train', 'heldOut'] as const) {
      const shown = new Set<number>();
      for (let seed = 0; seed < 150; seed++) {
        for (const part of promptParts(drawProblem(task, [seed], split).prompt)) {
          if (typeof part !== 'string') shown.add(digits.pictures.indexOf(part.image));
        }
      }
      expect(shown.size).toBeGreaterThan(100);
      for (const index of shown) expect(index >= firstHeldOut).toBe(split === 'heldOut');
    }
  });

  it('have the names and sums that are asked for', () => {
    const random = createGenerator([8]);
    for (let i = 0; i < 200; i++) {
      const few = digitsFewShot.prompts(random, 'train');
      const parts = promptParts(few.prompt);
      const labels = parts.flatMap((part) => (typeof part === 'string' ? [] : [digits.labels[digits.pictures.indexOf(part.image)]!]));
      expect(parts.filter((part) => typeof part === 'string')).toEqual([...labels.slice(0, 4).map(String), '?']);
      expect(new Set(labels).size).toBe(4);
      expect(few.solution).toBe(String(labels[4]));
      expect(new Set(parts.filter((part) => typeof part !== 'string').map(({ image }) => image)).size).toBe(5);
      const sum = digitsSum.prompts(random, 'heldOut');
      const [a, b] = promptParts(sum.prompt).flatMap((part) =>
        typeof part === 'string' ? [] : [digits.labels[digits.pictures.indexOf(part.image)]!],
      );
      expect(Number(sum.solution)).toBe(a! + b!);
      expect(sum.solution).toHaveLength(2);
    }
  });
});
