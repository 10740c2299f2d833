import { describe, expect, it } from 'vitest';
import { type Hand, lengthen, type Stretch, whoPlayed } from '../../src/page/stretches.ts';

/** The stretches of an episode of these steps. */
function played(...steps: readonly Hand[]): readonly Stretch[] {
  return steps.reduce<readonly Stretch[]>((stretches, by, from) => lengthen(stretches, by, from), []);
}

const many = (by: Hand, count: number): Hand[] => new Array<Hand>(count).fill(by);

describe('who played an episode', () => {
  it.each<[string, Hand[]]>([
    ['iteration 4', many('greedy', 9)],
    ['iteration 4, sampled', many('sampled', 9)],
    ['by hand', many('person', 9)],
    ['iteration 4, by hand from step 150', [...many('greedy', 150), ...many('person', 37)]],
    ['iteration 4, sampled, by hand from step 3', [...many('sampled', 3), 'person']],
    ['by hand, iteration 4 from step 2', ['person', 'person', 'greedy']],
    ['by hand, iteration 4, sampled from step 1', ['person', 'sampled']],
    ['iteration 4, sampled from step 5', [...many('greedy', 5), ...many('sampled', 4)]],
    ['iteration 4, sampled, greedy from step 5', [...many('sampled', 5), 'greedy']],
    ['iteration 4, by hand from step 1, iteration 4 from step 3', ['greedy', 'person', 'person', 'greedy']],
    ['iteration 4, by hand for 3 of 7 steps', ['greedy', 'person', 'greedy', 'person', 'person', 'greedy', 'greedy']],
    ['iteration 4, by hand for 2 of 4 steps', ['person', 'greedy', 'person', 'greedy']],
    ['iteration 4, greedy and sampled, by hand for 1 of 4 steps', ['sampled', 'person', 'greedy', 'sampled']],
    ['iteration 4, greedy and sampled', ['greedy', 'sampled', 'greedy', 'sampled']],
  ])('%s', (words, steps) => {
    expect(whoPlayed('iteration 4', played(...steps), steps.length)).toBe(words);
  });
});
