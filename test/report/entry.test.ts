/** What `cohort-rl/report` offers, used as a program would; it runs in Node and in Chromium. */
import { describe, expect, it } from 'vitest';
import { groupRuns } from '../../src/experiments/index.ts';
import { curveChart, learningCurve, linePanels, renderMarkdown, renderPage, summarySections, titleOf } from '../../src/report/index.ts';
import { hostileTexts } from './documents.ts';
import { runOf } from './runs.ts';

const cells = groupRuns(
  ['gpg', 'ppo'].flatMap((method) =>
    [0, 1, 2].map((seed) =>
      runOf({
        method,
        seed,
        evaluations: [
          [0, seed],
          [1000, 10 + seed],
        ],
      }),
    ),
  ),
);

describe('cohort-rl/report', () => {
  it('makes a specification of the curves of some cells, with nothing in it that JSON leaves out', () => {
    const panels = linePanels(cells).map(({ title, cells: own }) => ({
      title,
      series: own.map((cell) => learningCurve(cell, { x: 'step', from: 'sampled', average: 'mean' })),
    }));
    const spec = curveChart(panels, { x: 'steps', y: 'return' });
    expect(spec.$schema).toBe('https://vega.github.io/schema/vega-lite/v6.json');
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    // Means of 0 1 2 and of 10 11 12.
    const { values } = spec.data as { values: { name: string; x: number; y: number }[] };
    expect(values.map(({ name, x, y }) => [name, x, y])).toEqual([
      ['gpg', 0, 1],
      ['gpg', 1000, 11],
      ['ppo', 0, 1],
      ['ppo', 1000, 11],
    ]);
  });

  it('writes the same report as a page and as Markdown', () => {
    const document = { title: titleOf(cells), sections: summarySections(cells) };
    expect(document.title).toBe('gpg and ppo on T');
    for (const text of [renderPage(document), renderMarkdown(document)]) expect(text).toContain('11.0 [8.5, 13.5]');
  });

  it.each(hostileTexts)('a cell that is called %j is text in the page', (name) => {
    const page = renderPage({ title: 't', sections: summarySections([{ name, runs: cells[0]!.runs }]) });
    expect(page).not.toContain('<img');
    expect(page.match(/<\/?script/g)).toHaveLength(4);
  });
});
