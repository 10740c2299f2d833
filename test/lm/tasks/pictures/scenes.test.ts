import { describe, expect, it } from 'vitest';
import { covers, type Picture, type ShapeKind, shapeKinds } from '../../../../src/lm/tasks/pictures/canvas.ts';
import { drawCountScene } from '../../../../src/lm/tasks/pictures/countShapes.ts';
import { drawGlyph, fewShotGlyphs, glyphClasses, isHeldOutGlyph } from '../../../../src/lm/tasks/pictures/fewShotGlyphs.ts';
import { boxOf, drawGroundScene, groundShape, readBox } from '../../../../src/lm/tasks/pictures/groundShape.ts';
import type { PlacedShape } from '../../../../src/lm/tasks/pictures/scene.ts';
import { drawRelationScene } from '../../../../src/lm/tasks/pictures/shapeRelation.ts';
import { promptParts } from '../../../../src/lm/tasks/prompt.ts';
import { createGenerator } from '../../../../src/random/index.ts';

type Found = Pick<PlacedShape, 'kind' | 'left' | 'top' | 'size'>;

/** The shapes that can be seen in a picture: connected patches of bright pixels, each the very mask of a kind. Knows nothing of how it was drawn. */
function shapesSeen({ width, height, pixels }: Picture): Found[] {
  // The ground is 32 with noise up to 24; every colour has a channel of at least 192.
  const bright = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && Math.max(...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)) > 112;
  const seen = new Set<string>();
  const found: Found[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!bright(x, y) || seen.has(`${x},${y}`)) continue;
      const patch: [number, number][] = [];
      const open: [number, number][] = [[x, y]];
      seen.add(`${x},${y}`);
      for (let next = open.pop(); next; next = open.pop()) {
        patch.push(next);
        // Eight neighbours: shapes must not even touch at a corner.
        for (let i = 0; i < 9; i++) {
          const [u, v] = [next[0] + (i % 3) - 1, next[1] + Math.floor(i / 3) - 1];
          if (!bright(u, v) || seen.has(`${u},${v}`)) continue;
          seen.add(`${u},${v}`);
          open.push([u, v]);
        }
      }
      const [xs, ys] = [patch.map(([u]) => u), patch.map(([, v]) => v)];
      const [left, top, size] = [Math.min(...xs), Math.min(...ys), Math.max(...xs) - Math.min(...xs) + 1];
      expect(Math.max(...ys) - top + 1).toBe(size);
      const mask = (kind: ShapeKind): number => {
        let count = 0;
        for (let i = 0; i < size * size; i++) if (covers(kind, size, i % size, Math.floor(i / size))) count++;
        return count;
      };
      const kind = shapeKinds.find((name) => patch.length === mask(name) && patch.every(([u, v]) => covers(name, size, u - left, v - top)));
      found.push({ kind: kind!, left, top, size });
    }
  }
  return found;
}

const inOrder = (shapes: readonly Found[]): string[] => shapes.map(({ kind, left, top, size }) => `${kind} ${left} ${top} ${size}`).sort();

describe('scenes', () => {
  it('show every shape whole: what is seen is what was drawn, and the count is right', () => {
    const random = createGenerator([3]);
    let fullest = 0;
    for (let i = 0; i < 300; i++) {
      const { shapes, picture, asked, count } = drawCountScene(random);
      const seen = shapesSeen(picture);
      expect(inOrder(seen)).toEqual(inOrder(shapes));
      expect(seen.filter(({ kind }) => kind === asked)).toHaveLength(count);
      fullest = Math.max(fullest, shapes.length);
    }
    expect(fullest).toBe(9);
  });

  it('leave no doubt about left and above', () => {
    const random = createGenerator([4]);
    for (let i = 0; i < 300; i++) {
      const { shapes, picture, relation, holds } = drawRelationScene(random);
      expect(inOrder(shapesSeen(picture))).toEqual(inOrder(shapes));
      expect(new Set(shapes.map(({ kind }) => kind)).size).toBe(3);
      const centre = ({ left, top, size }: PlacedShape): number => (relation === '<' ? left : top) + size / 2;
      const apart = centre(shapes[1]!) - centre(shapes[0]!);
      expect(Math.abs(apart)).toBeGreaterThanOrEqual(7);
      expect(apart > 0).toBe(holds);
    }
  });

  it('have the boxes that are asked for', () => {
    const random = createGenerator([5]);
    for (let i = 0; i < 300; i++) {
      const { shapes, picture } = drawGroundScene(random);
      const seen = shapesSeen(picture);
      expect(inOrder(seen)).toEqual(inOrder(shapes));
      const { kind } = shapes[0]!;
      const named = seen.filter((shape) => shape.kind === kind);
      expect(named).toHaveLength(1);
      const { left, top, size } = named[0]!;
      expect(boxOf(shapes[0]!)).toEqual({ left, top, right: left + size, bottom: top + size });
    }
  });
});

describe('ground-shape', () => {
  it('reads boxes strictly', () => {
    expect(readBox('03 05 10 12')).toEqual({ left: 3, top: 5, right: 10, bottom: 12 });
    expect(readBox('3 5 10 12')).toEqual({ left: 3, top: 5, right: 10, bottom: 12 });
    for (const text of [
      '',
      '3 5 10',
      '3 5 10 12 ',
      ' 3 5 10 12',
      '3  5 10 12',
      '3 5 3 12',
      '3 5 10 5',
      '10 5 3 12',
      '003 5 10 12',
      '-3 5 10 12',
      '3,5,10,12',
    ]) {
      expect(readBox(text)).toBeUndefined();
    }
  });

  it('pays the overlap: by hand for a box of 6 to 11 pixels', () => {
    const problem = groundShape.prompts(createGenerator([1]));
    const [left, top, right, bottom] = problem.solution!.split(' ').map(Number) as [number, number, number, number];
    const [size, half] = [right - left, Math.floor((right - left) / 2)];
    const reward = (text: string, ended = true): unknown => problem.reward(text, ended);
    expect(reward(problem.solution!)).toEqual({ box: 2, accuracy: 1 });
    expect(reward(problem.solution!, false)).toEqual({ box: 0, accuracy: 0 });
    expect(reward('circle')).toEqual({ box: 0, accuracy: 0 });
    // The left part of the box: nothing around both is in neither, so that GIoU is IoU.
    const part = (size - half) / size;
    expect(reward(`${left} ${top} ${right - half} ${bottom}`)).toEqual({ box: part - 0 + 1, accuracy: 1 });
    const small = 1 / (size * size);
    expect(reward(`${left} ${top} ${left + 1} ${top + 1}`)).toEqual({ box: small + 1, accuracy: 0 });
  });
});

describe('few-shot-glyphs', () => {
  it('has classes that no move turns into one another', () => {
    expect(glyphClasses.length).toBeGreaterThan(100);
    // A class and its mask moved: reaching all sides, it cannot move within its square.
    for (const bits of glyphClasses) {
      const rows = [bits & 7, (bits >> 3) & 7, (bits >> 6) & 7];
      expect(rows[0]).not.toBe(0);
      expect(rows[2]).not.toBe(0);
      const across = rows[0]! | rows[1]! | rows[2]!;
      expect(across & 1).toBe(1);
      expect(across & 4).toBe(4);
    }
  });

  it('keeps classes apart: those of held-out problems are never trained on', () => {
    const held = glyphClasses.filter((_, index) => isHeldOutGlyph(index));
    const classOf = (picture: Picture): number => {
      // The first bright pixel of a row and a column tell where the glyph stands.
      const bright = (x: number, y: number): boolean => picture.pixels[3 * (y * 8 + x)]! > 96;
      const all = Array.from({ length: 64 }, (_, i) => i).filter((i) => bright(i % 8, Math.floor(i / 8)));
      const left = Math.min(...all.map((i) => i % 8));
      const top = Math.min(...all.map((i) => Math.floor(i / 8)));
      let bits = 0;
      for (let i = 0; i < 9; i++) if (bright(left + 2 * (i % 3), top + 2 * Math.floor(i / 3))) bits |= 1 << i;
      return bits;
    };
    for (const bits of glyphClasses) expect(classOf(drawGlyph(createGenerator([bits]), bits))).toBe(bits);
    const random = createGenerator([6]);
    for (const split of ['train', 'heldOut'] as const) {
      for (let i = 0; i < 200; i++) {
        const { prompt, solution } = fewShotGlyphs.prompts(random, split);
        const parts = promptParts(prompt);
        const shown = parts.flatMap((part) => (typeof part === 'string' ? [] : [classOf(part.image)]));
        expect(shown.every((bits) => held.includes(bits) === (split === 'heldOut'))).toBe(true);
        expect(new Set(shown).size).toBe(4);
        // The label behind the example of the same class is the answer.
        expect(parts[2 * shown.indexOf(shown[4]!) + 1]).toBe(solution);
      }
    }
  });
});
