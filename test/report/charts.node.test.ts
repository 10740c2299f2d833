import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderChart, renderPng } from '../../src/node/charts.ts';
import { type ChartSpec, curveChart, heatChart, intervalChart, pointChart, profileChart } from '../../src/report/charts.ts';
import type { Series } from '../../src/report/curves.ts';
import type { Theme } from '../../src/report/palette.ts';

const series = (count: number, prefix = 'series'): Series[] =>
  Array.from({ length: count }, (_, k) => ({
    name: `${prefix} ${k}`,
    points: [1, 2, 4].map((x) => ({ x: x * 1e6, y: x + k, low: x + k - 1, high: x + k + 1 })),
  }));
const titles = { x: 'steps', y: 'return' };
const panels = [
  { title: 'One', series: series(3) },
  { title: 'Two', series: series(3) },
];
const rows = [
  { name: 'a long name of a cell', estimate: 0.7, low: 0.4, high: 0.9 },
  { name: 'single', estimate: 0.2 },
];
const cells = [
  { row: 'gpg', column: 'N 1', value: 1 },
  { row: 'gpg', column: 'N 4', value: 500 },
  { row: 'ppo', column: 'N 1' },
];

const charts: Record<string, (theme: Theme) => ChartSpec> = {
  curve: (theme) => curveChart(panels.slice(1), { ...titles, theme }),
  'curve of panels': (theme) => curveChart(panels, { ...titles, theme, yDomain: [0, 5] }),
  'curve with a legend each': (theme) =>
    curveChart(
      [
        { title: 'A', series: series(9, 'a') },
        { title: 'B', series: series(9, 'b') },
      ],
      { ...titles, theme },
    ),
  point: (theme) =>
    pointChart([{ title: 'One', series: [...series(2), { ...series(1)[0]!, name: 'series 0, published', published: true }] }], {
      ...titles,
      theme,
    }),
  'point, both axes logarithmic': (theme) =>
    pointChart([{ title: 'One', series: [{ name: 'a', points: [1, 4, 16].map((x) => ({ x, y: 1 / x, low: 0.9 / x, high: 1.1 / x })) }] }], {
      ...titles,
      yScale: 'log',
      theme,
    }),
  profile: (theme) => profileChart(panels, { ...titles, theme }),
  interval: (theme) =>
    intervalChart(
      [
        { title: 'One', rows },
        { title: 'Two', rows },
      ],
      { x: 'score', theme, reference: 0.5 },
    ),
  heat: (theme) => heatChart([{ title: 'One', cells }], { x: 'N', y: 'method', theme }),
};

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe.each(Object.entries(charts))('%s', (_name, make) => {
  it.each(['light', 'dark'] as const)('compiles without a warning and renders to the same SVG twice, %s', async (theme) => {
    const spec = make(theme);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    const svg = await renderChart(spec);
    expect(svg).toMatch(/^<svg/);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(await renderChart(make(theme))).toBe(svg);
    expect(warn).not.toHaveBeenCalled();
  });
});

it('axes write millions short, names stand whole in the legend, missing cells have no number', async () => {
  const svg = await renderChart(charts['curve with a legend each']!('light'));
  expect(svg).toContain('>4M<');
  for (const name of ['a 0', 'a 8', 'b 8']) expect(svg).toContain(`>${name}<`);
  const heat = await renderChart(charts.heat!('light'));
  expect([...heat.matchAll(/>(1\.0|500)</g)]).toHaveLength(2);
});

it('places are hundredths of a pixel, figures have six digits, and the font is named once', async () => {
  const points = [1, 2, 3].map((x) => ({ x, y: x / 3, low: x / 7, high: x / 2 }));
  const spec = curveChart([{ title: 'A third', series: [{ name: 'a', points }] }], titles);
  const others = [
    pointChart([{ title: 'A third', series: [{ name: 'a', points }] }], titles),
    profileChart([{ title: 'A third', series: [{ name: 'a', points }] }], titles),
    intervalChart([{ title: 'A third', rows: [{ name: 'a', estimate: 1 / 3, low: 1 / 7, high: 0.5 }] }], { x: 'score', reference: 2 / 3 }),
    heatChart([{ title: 'A third', cells: [{ row: 'gpg', column: 'N 1', value: 1 / 3 }] }], { x: 'N', y: 'method' }),
  ];
  for (const { data } of [spec, ...others] as unknown as { data: object }[]) {
    expect(JSON.stringify(data)).toContain(':0.333333');
    expect(JSON.stringify(data)).not.toMatch(/\.\d{7}/);
  }
  const svg = await renderChart(spec);
  for (const [, places] of svg.matchAll(/ (?:d|transform|x2?|y2?|width|height)="([^"]*)"/g)) expect(places).not.toMatch(/\.\d{3}|e-/);
  expect(svg.match(/ font-family="/g)).toHaveLength(1);
  expect(svg.startsWith('<svg font-family=')).toBe(true);
});

it('profiles of up to four lines have bands, more lines have them in the data only', () => {
  const layersOf = (count: number): number =>
    (profileChart([{ title: 'One', series: series(count) }], titles) as unknown as { layer: unknown[] }).layer.length;
  expect([1, 4, 5].map(layersOf)).toEqual([2, 2, 1]);
  const { data } = profileChart([{ title: 'One', series: series(5) }], titles) as unknown as { data: { values: { low?: number }[] } };
  expect(data.values.every(({ low }) => low !== undefined)).toBe(true);
});

it('a PNG has letters: it differs from the same chart without its title', async () => {
  const png = await renderPng(await renderChart(charts.profile!('light')));
  expect([...png.subarray(1, 4)]).toEqual([...new TextEncoder().encode('PNG')]);
  const bare = await renderPng((await renderChart(charts.profile!('light'))).replaceAll(/<text.*?<\/text>/g, ''));
  expect(bare.length).toBeLessThan(png.length);
});
