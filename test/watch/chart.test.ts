import { describe, expect, it } from 'vitest';
import { chartOf } from '../../src/watch/chart.ts';
import type { WatchCurve, WatchLine } from '../../src/watch/protocol.ts';

/** A line whose iterations have 100 steps each. */
function line(name: WatchLine['name'], values: readonly (readonly [iteration: number, value: number])[]): WatchLine {
  return { name, points: values.map(([iteration, value]) => ({ iteration, step: 100 * iteration, value })) };
}

const greedy = line('greedy', [
  [0, 10],
  [10, 200],
  [20, 400],
]);
const training = line('training', [
  [1, 12],
  [5, 50],
  [12, 90],
  [20, 300],
]);
const curve: WatchCurve = { lines: [greedy, training] };

describe('the learning curve of the watch page', () => {
  it('puts steps along and returns up, with round values at the axis', () => {
    const chart = chartOf(curve, {})!;
    expect(chart.ticks.map(({ text }) => text)).toEqual(['0', '100', '200', '300', '400']);
    expect(chart.ticks.map(({ y }) => y)).toEqual([1, 0.75, 0.5, 0.25, 0]);
    expect(chart.lines.map(({ name }) => name)).toEqual(['greedy', 'training']);
    expect(chart.lines[0]!.places).toEqual([
      { x: 0, y: 1 - 10 / 400 },
      { x: 0.5, y: 0.5 },
      { x: 1, y: 0 },
    ]);
    expect(chart.end).toBe('2,000 steps');
    expect(chart.mark).toBeUndefined();
    expect(chart.text).toBe(
      'Return over 2,000 steps. Greedy evaluations: from 10 to 400, at best 400. Episodes of training: from 12 to 300, at best 300.',
    );
  });

  it('marks the chosen checkpoint on the first line, between its points', () => {
    const chart = chartOf(curve, { checkpoint: { name: 'iteration 5', iteration: 5 } })!;
    expect(chart.mark).toEqual({ x: 0.25, y: 1 - 105 / 400 });
    expect(chart.text).toContain('Chosen: iteration 5, at 500 steps, about 105.');
    // Measured by nothing yet, but training was there.
    const early = chartOf({ lines: [training] }, { checkpoint: { name: 'untrained', iteration: 0 } })!;
    expect(early.mark).toEqual({ x: 0 });
    expect(early.text).toMatch(/Chosen: untrained, at 0 steps\.$/);
    // Newer than the metrics that were read.
    const late = chartOf(curve, { checkpoint: { name: 'iteration 25', iteration: 25 } })!;
    expect(late.mark).toEqual({ x: 1 });
    expect(late.end).toBe('2,500 steps');
    expect(late.lines[0]!.places.at(-1)!.x).toBe(0.8);
    // An exported policy does not say where it comes from.
    expect(chartOf(curve, { checkpoint: { name: 'exported' } })!.mark).toBeUndefined();
  });

  it('shows the threshold where it is not far off', () => {
    const near = chartOf(curve, { threshold: 475 })!;
    expect(near.threshold).toEqual({ y: 1 - 475 / 600, text: '475' });
    expect(near.ticks.at(-1)!.text).toBe('600');
    expect(near.text).toContain('Solved from 475.');
    const far = chartOf(curve, { threshold: 4800 })!;
    expect(far.threshold).toBeUndefined();
    expect(far.ticks.at(-1)!.text).toBe('400');
    expect(far.text).toContain('Solved from 4800.');
    expect(chartOf({ lines: [line('greedy', [[0, -20]])] }, { threshold: -17 })!.threshold!.text).toBe('−17');
  });

  it.each([
    ['one point', [[0, 5]]],
    [
      'the same value throughout',
      [
        [0, -500],
        [10, -500],
      ],
    ],
    [
      'nothing but zero',
      [
        [0, 0],
        [1, 0],
      ],
    ],
    [
      'tiny differences',
      [
        [0, 0.001],
        [1, 0.0015],
      ],
    ],
    [
      'large values',
      [
        [0, -1e9],
        [1, 3e12],
      ],
    ],
  ] as [string, [number, number][]][])('draws %s inside the picture', (_, values) => {
    const chart = chartOf({ lines: [line('sampled', values)] }, { checkpoint: { name: 'x', iteration: 1 } })!;
    const places = [...chart.lines.flatMap(({ places: all }) => all), ...chart.ticks.map(({ y }) => ({ x: 0, y }))];
    for (const { x, y } of places) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(1);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(1);
    }
    expect(chart.ticks.length).toBeGreaterThanOrEqual(2);
    expect(chart.ticks.length).toBeLessThanOrEqual(6);
    expect(new Set(chart.ticks.map(({ text }) => text)).size).toBe(chart.ticks.length);
    for (const { text } of chart.ticks) expect(text.length).toBeLessThanOrEqual(7);
    expect(chart.text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has nothing to show without lines, or where numbers are beyond all measure', () => {
    expect(chartOf({ lines: [] }, {})).toBeUndefined();
    expect(
      chartOf(
        {
          lines: [
            line('greedy', [
              [0, -1e308],
              [1, 1e308],
            ]),
          ],
        },
        {},
      ),
    ).toBeUndefined();
  });
});
