import { describe, expect, it } from 'vitest';
import { configOf, firstSettings, parseSeeds, placeOf } from '../../apps/playground/src/controls/settings.ts';
import { curveColumns } from '../../apps/playground/src/curves/series.ts';
import { lineOf } from '../../apps/playground/src/own/lines.ts';
import { framePage } from '../../apps/playground/src/own/sandbox.ts';
import { template } from '../../apps/playground/src/own/template.ts';
import { methodTitle, sentenceOf } from '../../apps/playground/src/training/words.ts';
import { mistake } from '../../src/core/errors.ts';

const [gpg, ppo] = firstSettings.lanes;

describe('the choices of the playground', () => {
  it('leaves to the recipe what is empty, and gives the rest as numbers', () => {
    expect(configOf(firstSettings, gpg!)).toEqual({ env: 'CartPole-v1', algorithm: 'gpg' });
    const lane = { ...gpg!, recipe: 'paper', numEnvs: '64', bins: 'space', binWidth: '0.5' };
    const config = configOf({ env: 'LunarLander-v3', iterations: '7' }, lane);
    expect(config).toEqual({
      env: 'LunarLander-v3',
      algorithm: 'gpg',
      recipe: 'paper',
      iterations: 7,
      numEnvs: 64,
      bins: 'space',
      binWidth: 0.5,
    });
  });

  it('names the field of a mistake, its own or the library’s', () => {
    expect(parseSeeds('3, 1 2')).toEqual([3, 1, 2]);
    for (const text of ['', '1.5', '-1', 'one', '1, 1', '1 2 3 4 5 6 7 8 9', '99999999999999999999']) {
      expect(() => parseSeeds(text)).toThrow(/^seeds: expected/);
    }
    expect(() => configOf({ env: 'x', iterations: 'many' }, gpg!)).toThrow('iterations: expected a number, got "many"');
    expect(placeOf(mistake('train: numEnvs', 'a whole number', '1.5', 'write 2')).field).toBe('numEnvs');
  });

  it('says what is being shown', () => {
    expect(sentenceOf(firstSettings)).toContain("GPG has no critic: the group's mean return is the baseline. PPO learns one.");
    expect(sentenceOf({ ...firstSettings, lanes: [gpg!, { ...gpg!, bins: 'space' }] })).toContain('Neither has a critic');
    expect(methodTitle({ ...ppo!, numEnvs: '8', binWidth: '2' })).toBe('PPO, N 8, ε 2');
  });
});

describe('learning curves of the playground', () => {
  const point = (steps: number, sampled: number) => ({ iteration: steps, steps, sampled, greedy: 2 * sampled });

  it('averages over seeds where all have been evaluated, and leaves holes for the other lane', () => {
    const { steps, lanes } = curveColumns([
      [
        [point(0, 1), point(10, 3), point(20, 9)],
        [point(0, 3), point(10, 5)],
      ],
      [[point(15, 4)]],
    ]);
    expect(steps).toEqual([0, 10, 15]);
    expect(lanes[0]).toEqual({ sampled: [2, 4, null], greedy: [4, 8, null], low: [1, 3, null], high: [3, 5, null] });
    expect(lanes[1]!.sampled).toEqual([null, null, 4]);
  });
});

describe('an environment of one’s own', () => {
  it('finds the line that a finding is about', () => {
    expect(lineOf({ what: 'reset(): expected an observation', fix: '' }, template)).toBe(5);
    expect(lineOf({ what: 'the environment: observationSpace: expected a space', fix: '' }, template)).toBe(2);
    expect(lineOf({ what: 'a step gave NaN after reset', fix: '' }, template)).toBe(11);
    expect(lineOf({ what: 'anything else', fix: '' }, template)).toBe(1);
    expect(lineOf({ what: 'reset', fix: '', line: 9 }, template)).toBe(9);
  });

  it('runs where no connection is allowed', () => {
    const page = framePage();
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("connect-src 'none'");
    expect(page).not.toMatch(/https?:|'self'/);
  });
});
