/** What docs/language-models says of the estimators is what they are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type CompletionEstimator, completionAdvantages, defineEstimator } from '../../../src/advantage/completions/index.ts';
import { rewardsOf } from './helpers.ts';

const page = (name: string): string => readFileSync(new URL(`../../../docs/language-models/${name}.md`, import.meta.url), 'utf8');
const [guide, method] = [page('guide'), page('method')];

it('the custom estimator of the guide does what it says', () => {
  const [, code] = /^(const middle = defineEstimator\([\s\S]*?^\}\);)$/m.exec(guide)!;
  const middle = new Function('defineEstimator', `${code}\nreturn middle;`)(defineEstimator) as CompletionEstimator;
  const batch = rewardsOf([
    [1, 0, 0],
    [2, 2, 2],
  ]);
  expect([...completionAdvantages(batch, middle)]).toEqual([0.5, -0.5, -0.5, 0, 0, 0]);
});

it('the guide says which GPG it is before its second heading, and links to the results', () => {
  const [beginning] = guide.split(/^## /m);
  expect(beginning!.replaceAll('\n', ' ')).toMatch(/`gpg-lm` is .*2504\.02546.* not `gpg`/);
  expect(guide).toContain('](../../experiments/lm-comparison/README.md)');
});

it('the factors of the example follow from the probability that a group is valid', () => {
  const valid = (p: number): number => 1 - p ** 4 - (1 - p) ** 4;
  expect([2 - valid(0.05), 2 - valid(0.5)].map((factor) => factor.toFixed(3))).toEqual(['1.815', '1.125']);
  expect(method.replaceAll(/\s+/g, ' ')).toContain('the first would count 1.815 and the second 1.125 times');
});
