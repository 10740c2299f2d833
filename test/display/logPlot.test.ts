import { describe, expect, it } from 'vitest';
import { logPlot } from '../../src/display/logPlot.ts';
import { paintFor } from '../../src/display/text.ts';

const paint = paintFor(false);

describe('logPlot', () => {
  it('puts powers on a straight line', () => {
    const points = [1, 10, 100].map((x) => ({ x, y: 100 / x }));
    expect(logPlot([{ glyph: 'a', style: 'cyan', points }], { rows: 3, columns: 5 }, paint)).toEqual([
      '  100.0 │a',
      '        │  a',
      '    1.0 │    a',
      '        └─────',
      // 10 would touch 1.
      '         1  100',
    ]);
  });

  it('marks where series meet, and the line of a slope', () => {
    const one = { glyph: 'a', style: 'cyan', points: [1, 100].map((x) => ({ x, y: 1 / x })) } as const;
    const two = { glyph: 'b', style: 'green', points: [1, 100].map((x) => ({ x, y: x === 1 ? 1 : 0.1 })) } as const;
    expect(logPlot([one, two], { rows: 3, columns: 5, guide: -0.5 }, paint)).toEqual([
      '    1.0 │* ·',
      '        │    b',
      '  0.010 │    a',
      '        └─────',
      '         1  100',
    ]);
  });

  it('is nothing without points, and one point stands alone', () => {
    expect(logPlot([], { rows: 3, columns: 5 }, paint)).toEqual([]);
    const [first, ...rest] = logPlot([{ glyph: 'a', style: 'cyan', points: [{ x: 2, y: 3 }] }], { rows: 1, columns: 3 }, paint);
    expect(first).toBe('    3.0 │a');
    expect(rest.at(-1)).toBe('         2');
  });
});
