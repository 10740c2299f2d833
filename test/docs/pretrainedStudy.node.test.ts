/** The study of the page of pretrained models is made of its raw results. Red after a change: `node tools/pretrainedStudy.mjs`. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as statistics from '../../src/statistics/index.ts';

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { renderStudy } = (await import(new URL('../../tools/pretrainedStudy.mjs', import.meta.url).href)) as {
  renderStudy(library: typeof statistics, lines?: string): string;
};
const page = text('docs/language-models/pretrained.md');

it('the table is that of the results', () => {
  expect(page).toContain(renderStudy(statistics));
});

it('by hand: two runs that go from 0 and 0.5 to 1', () => {
  const run = (before: number[], after: number[]): string =>
    JSON.stringify({ method: 'a', evaluations: { sampled: [before, after], greedy: [before, after] } });
  const table = renderStudy(statistics, `${run([0, 0], [1, 1])}\n${run([0, 1], [1, 1])}\n`);
  // Gains 1 and 0.5: mean 0.75, standard error 0.25, and Student's 12.7 for one degree of freedom.
  expect(table.split('\n')[2]).toBe('| `a` | 2 | 25.0 % | 100.0 % | 25.0 % | 100.0 % | 75.0 (-242.7 to 392.7) |');
});

it('the answers are among those that were kept', () => {
  const kept = JSON.parse(text('experiments/pretrained/completions.json')) as { prompt: string; completion: string; iteration: number }[];
  const quoted = [...page.matchAll(/^\| (\d+ \+ \d+) \|(?: `(.*?)`)? \|(?: `(.*?)`)? \|$/gm)];
  expect(quoted).toHaveLength(4);
  for (const [, sum, first, last] of quoted) {
    expect(kept).toContainEqual(
      expect.objectContaining({ prompt: `Compute ${sum}. Answer:`, completion: first ?? last, iteration: first === undefined ? 30 : 1 }),
    );
  }
});
