/** The studies of the page of the method are made of the tables of their results. Red after a change: `node tools/languageStudies.mjs`. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const { renderStudies } = (await import(new URL('../../tools/languageStudies.mjs', import.meta.url).href)) as {
  renderStudies(page?: string): string;
};

it('the table is that of the results', () => {
  const page = readFileSync(new URL('../../docs/language-models/method.md', import.meta.url), 'utf8');
  expect(page).toContain(renderStudies());
});

it('by hand: a baseline and one setting on two tasks', () => {
  const page = [
    '| add-2digit | alpha | 5 | 0.400 [0.3, 0.5] |',
    '| add-2digit | other | 5 | 0.425 [0.3, 0.5] |',
    '| count-shapes | alpha | 5 | 0.500 [0.3, 0.5] |',
    '| count-shapes | other | 5 | 0.480 [0.3, 0.5] |',
    '| add-2digit, other | 0.025 [−0.010, 0.060] | 0.4 | 60 % | no difference shown |',
    '| count-shapes, other | −0.020 [−0.030, −0.010] | 0.01 | 0 % | **lower** |',
  ].join('\n');
  expect(renderStudies(page).split('\n').slice(2)).toEqual([
    '| alpha | 40.0 % |  | 50.0 % |  |',
    '| other | 42.5 % | 2.5 (-1.0 to 6.0) | 48.0 % | **-2.0 (-3.0 to -1.0)** |',
  ]);
});
