import { describe, expect, it } from 'vitest';
import type { Env } from '../../src/core/env.ts';
import { CohortError } from '../../src/core/errors.ts';
import { box, checkEnv, checkScene, type DrawingContext, discrete, drawScene, type ShapesScene } from '../../src/envs/index.ts';

/** The strokes that matter here, with the color that they were made in. */
function strokesOf(scene: ShapesScene): string[] {
  const strokes: string[] = [];
  const state: Record<string, unknown> = {};
  const note =
    (name: string) =>
    (...words: unknown[]): unknown =>
      strokes.push(`${name} ${words.map((word) => (typeof word === 'number' ? Number(word.toFixed(6)) : word)).join(' ')}`);
  const context = new Proxy(state, {
    get: (_, name: string) => {
      if (['arc', 'moveTo', 'lineTo', 'fillText', 'translate', 'rotate', 'fillRect'].includes(name)) return note(name);
      return () => undefined;
    },
    set(_, name: string, value) {
      if (['fillStyle', 'strokeStyle', 'lineWidth', 'font'].includes(name)) strokes.push(`${name} ${value}`);
      return true;
    },
  }) as unknown as DrawingContext;
  drawScene(context, scene);
  // Without the ground, and the place of the design in the picture.
  return strokes.slice(3);
}

describe('scenes of simple shapes', () => {
  it('are drawn in their own units, y up, in the middle of the picture', () => {
    // 600 x 400 pixels for 6 x 2 units: 100 pixels each, from x 0, and y 1 in the middle row.
    const strokes = strokesOf({
      kind: 'shapes',
      width: 6,
      height: 2,
      shapes: [
        { shape: 'circle', x: 0.5, y: 1.5, radius: 0.25, color: 'blue' },
        { shape: 'rectangle', x: 5.5, y: 1, width: 1, height: 0.5, angle: 0.5, color: 'green' },
        { shape: 'line', x1: 0, y1: 0, x2: 6, y2: 2, width: 0.02, color: 'grey' },
        { shape: 'text', x: 2, y: 0, text: 'goal', size: 0.2 },
      ],
    });
    expect(strokes).toEqual([
      'fillStyle #3f63a8',
      'arc 50 150 25 0 6.283185',
      'fillStyle #5aa469',
      'translate 550 200',
      'rotate -0.5',
      'fillRect -50 -25 100 50',
      'strokeStyle #8b97ab',
      'lineWidth 2',
      'moveTo 0 300',
      'lineTo 600 100',
      'fillStyle #27324a',
      "font 400 20px 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif",
      'fillText goal 200 300',
    ]);
  });

  const circle = { shape: 'circle', x: 0, y: 0, radius: 1 };
  const scene = { kind: 'shapes', width: 1, height: 1, shapes: [circle] };

  it('are taken as they are where they can be drawn, and refused by the place that is wrong', () => {
    expect(checkScene(scene)).toBe(scene);
    expect(checkScene({ ...scene, stepsPerSecond: 30, shapes: [] })).toMatchObject({ shapes: [] });
    const wrong: readonly [unknown, string][] = [
      [undefined, 'scene: expected object'],
      [{ ...scene, kind: 'planar' }, 'scene, kind: expected one of "shapes"|"board"'],
      [{ ...scene, width: 0 }, 'scene, width: expected number to be >=0.001'],
      [{ ...scene, height: Number.NaN }, 'scene, height: expected number'],
      [{ ...scene, stepsPerSecond: 1e9 }, 'scene, stepsPerSecond: expected number to be <=1000'],
      [{ ...scene, more: 1 }, 'scene: expected known fields, got "more"'],
      [{ ...scene, shapes: 'many' }, 'scene, shapes: expected array'],
      [{ ...scene, shapes: new Array(2001).fill(circle) }, 'scene, shapes: expected array to have <=2000 items'],
      [
        { ...scene, shapes: [circle, { ...circle, shape: 'star' }] },
        'scene, shapes.1.shape: expected one of "circle"|"rectangle"|"line"|"text"',
      ],
      [{ ...scene, shapes: [{ ...circle, x: Number.POSITIVE_INFINITY }] }, 'scene, shapes.0.x: expected number'],
      [{ ...scene, shapes: [{ ...circle, radius: -1 }] }, 'scene, shapes.0.radius: expected number to be >=0'],
      [{ ...scene, shapes: [{ ...circle, color: 'url(https://elsewhere)' }] }, 'scene, shapes.0.color: expected one of "ink"'],
      [{ ...scene, shapes: [{ ...circle, text: 'x' }] }, 'scene, shapes.0: expected known fields, got "text"'],
      [
        { ...scene, shapes: [{ shape: 'text', x: 0, y: 0, size: 1, text: 'x'.repeat(201) }] },
        'scene, shapes.0.text: expected string to have <=200',
      ],
    ];
    for (const [value, words] of wrong) {
      expect(() => checkScene(value), words).toThrow(CohortError);
      expect(() => checkScene(value)).toThrow(words);
    }
  });

  it('may be boards of cells, with a piece for every letter', () => {
    const board = { kind: 'board', rows: ['#@', ' #'], pieces: { '#': { color: 'grey' }, '@': { color: 'blue', shape: 'disc' } } };
    expect(checkScene(board)).toBe(board);
    const wrong: readonly [unknown, string][] = [
      [{ ...board, rows: [] }, 'scene, rows: expected array to have >=1 items'],
      [{ ...board, rows: ['#@', '#'] }, 'scene, rows: expected rows of one length'],
      [{ ...board, rows: new Array(21).fill('#'.repeat(100)) }, 'scene, rows: expected rows of one length, with at most 2000 cells'],
      [{ ...board, rows: ['#x', '  '] }, 'scene: board: "x": expected a piece with a color'],
      [{ ...board, pieces: { ...board.pieces, ab: { color: 'red' } } }, 'scene, pieces'],
      [{ ...board, pieces: { ...board.pieces, '#': { color: 'stone' } } }, 'scene, pieces.#.color: expected one of "ink"'],
      [{ ...board, pieces: { ...board.pieces, '#': { color: 'red', shape: 'star' } } }, 'scene, pieces.#.shape'],
    ];
    for (const [value, words] of wrong) expect(() => checkScene(value)).toThrow(words);
  });

  it('are looked at by checkEnv, which tells the author of the place', () => {
    const envOf = (scene: () => unknown): (() => Env) => {
      return () => {
        let steps = 0;
        const observe = (): { observation: Float32Array; info: object } => ({ observation: Float32Array.of(steps / 10), info: {} });
        return {
          observationSpace: box(0, 1, [1]),
          actionSpace: discrete(2),
          reset: () => {
            steps = 0;
            return observe();
          },
          step: () => {
            steps++;
            return { ...observe(), reward: 1, terminated: false, truncated: steps === 10 };
          },
          scene,
        } as unknown as Env;
      };
    };
    expect(checkEnv(envOf(() => scene)).problems).toEqual([]);
    const whatOf = (scene: () => unknown): string[] => checkEnv(envOf(scene)).problems.map(({ what }) => what);
    expect(whatOf(() => ({ ...scene, width: -1 }))).toEqual(['scene(), width: expected number to be >=0.001, got -1']);
    expect(whatOf(() => ({ width: 1 }))).toEqual([expect.stringContaining('which has no kind')]);
    expect(
      whatOf(() => {
        throw new Error('no picture yet');
      }),
    ).toEqual(['scene() threw no picture yet']);
    // A drawing of its author's is not for checkEnv to know.
    expect(whatOf(() => ({ kind: 'mine' }))).toEqual([]);
  });
});
