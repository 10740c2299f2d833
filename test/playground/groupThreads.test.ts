/** The picture of a group: where steps lie, how one is found and left, which color it has, and what is said of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usualChoices } from '../../apps/playground/src/group/choices.ts';
import { estimateGroup, explain } from '../../apps/playground/src/group/estimate.ts';
import { colorIndex, colorOf, colorRange, numColors, palettes, type Theme } from '../../apps/playground/src/group/palette.ts';
import {
  across,
  along,
  firstStep,
  nearestStep,
  type Threads,
  threadsOf,
  ticks,
  toPixelX,
  toPixelY,
} from '../../apps/playground/src/group/threads.ts';
import { show, showSigned, writeStep, writeSum } from '../../apps/playground/src/group/words.ts';
import type { PlayedGroup } from '../../src/play/index.ts';
import { contrastRatio } from '../../src/report/palette.ts';
import { cutTrajectories } from '../../src/rollout/trajectories.ts';

/**
 * Two environments, four steps. The first ends after two: trajectories [0, 2) and [2, 4) of environment 0, [0, 4) of environment 1. Rewards by
 * environment: 1, 0, 2, 0 and 0, 0, 3, 1.
 */
function smallGroup(): PlayedGroup {
  const [numSteps, numEnvs] = [4, 2];
  const terminated = Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 0);
  const truncated = new Uint8Array(8);
  const raw = Float32Array.from({ length: 10 }, (_, i) => i / 4);
  return {
    numSteps,
    numEnvs,
    rewards: Float64Array.of(1, 0, 0, 0, 2, 3, 0, 1),
    terminated,
    truncated,
    trajectories: cutTrajectories({ numSteps, numEnvs, terminated, truncated, startedByReset: Uint8Array.of(1, 1) }),
    observations: raw.subarray(0, 8),
    edgeObservations: raw.subarray(8),
    observationSize: 1,
    rawObservations: raw,
    actions: new Int32Array(8),
    actionSize: 1,
  };
}

const choices = { ...usualChoices, gamma: 0.5 };
const plot = { left: 10, top: 20, width: 300, height: 100 };

function threads(): Threads {
  const group = smallGroup();
  return threadsOf(group, estimateGroup(group, [], choices).estimate.returns);
}

describe('threads', () => {
  it('begin at 0, each with its trajectory', () => {
    const { x, trajectoryOfStep, first, last, maxX, low, high, y } = threads();
    expect([...x]).toEqual([0, 0, 1, 1, 0, 2, 1, 3]);
    expect([...trajectoryOfStep]).toEqual([0, 2, 0, 2, 1, 2, 1, 2]);
    expect([[...first], [...last], maxX]).toEqual([[0, 4, 1], [2, 6, 7], 3]);
    // G = 1, 0 and 2, 0 and 0.875, 1.75, 3.5, 1.
    expect([...y]).toEqual([1, 0.875, 0, 1.75, 2, 3.5, 0, 1]);
    expect([low, high]).toEqual([0, 3.5]);
  });

  it('are found by the step itself, wherever that is', () => {
    const all = threads();
    for (let step = 0; step < 8; step++) {
      const found = nearestStep(all, plot, toPixelX(all, plot, all.x[step]!) + 1, toPixelY(all, plot, all.y[step]!) - 1);
      expect([all.x[found], all.y[found]]).toEqual([all.x[step], all.y[step]]);
    }
  });

  it('are walked along to their ends, and across by height', () => {
    const all = threads();
    expect([along(all, 1, 1), along(all, 1, 10), along(all, 7, -1), along(all, 2, 1), along(all, 4, -10)]).toEqual([3, 7, 5, 2, 4]);
    // At time 0: 0.875 (step 1), 1 (step 0), 2 (step 4); at time 1 two of 0, and 1.75.
    expect([across(all, 1, 1), across(all, 0, 1), across(all, 4, 1), across(all, 4, -1), across(all, 1, -1)]).toEqual([0, 4, 4, 0, 1]);
    expect([across(all, 2, 1), across(all, 6, 1), across(all, 3, -1), across(all, 6, -1)]).toEqual([6, 3, 6, 2]);
    expect(firstStep(all, new Float64Array(8))).toBe(0);
  });

  it('have an axis of round numbers inside its range, few enough to read', () => {
    const range = fc.tuple(fc.double({ min: -1000, max: 1000, noNaN: true }), fc.double({ min: 0.01, max: 5000, noNaN: true }));
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 9 }), ([low, size], most) => {
        const list = ticks(low, low + size, most);
        expect(list.length).toBeLessThanOrEqual(most + 1);
        expect(list.every((value) => value >= low - 1e-9 * size && value <= low + size)).toBe(true);
      }),
    );
    expect(ticks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(0, 7, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('colors', () => {
  it('say the sign, and more the larger it is', () => {
    const middle = (numColors - 1) / 2;
    expect([colorIndex(0, 5), colorIndex(5, 5), colorIndex(-5, 5), colorIndex(99, 5), colorIndex(3, 0)]).toEqual([
      middle,
      12,
      0,
      12,
      middle,
    ]);
    expect(colorIndex(1.25, 5)).toBe(middle + 3);
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }), (a, b) => {
        if (a <= b) expect(colorIndex(a, 4)).toBeLessThanOrEqual(colorIndex(b, 4));
        expect(colorIndex(-a, 4)).toBe(numColors - 1 - colorIndex(a, 4));
      }),
    );
    expect(colorRange(Float64Array.from({ length: 101 }, (_, i) => (i === 50 ? 1000 : i - 50)))).toBe(48);
  });

  it.each<Theme>(['light', 'dark'])('can be read on a %s page', (theme) => {
    const { paper, ink, soft, critic, zero } = palettes[theme];
    // WCAG 2.1: 4.5 for text, 3 for what carries meaning.
    for (const text of [ink, soft]) expect(contrastRatio(text, paper)).toBeGreaterThanOrEqual(4.5);
    for (const mark of [critic, colorOf(0, theme), colorOf(numColors - 1, theme)])
      expect(contrastRatio(mark, paper)).toBeGreaterThanOrEqual(3);
    expect(colorOf((numColors - 1) / 2, theme)).toBe(`#${zero.map((value) => value.toString(16).padStart(2, '0')).join('')}`);
  });
});

describe('words', () => {
  it('write numbers with a true minus and few decimals', () => {
    expect([1, -2, 0.98, 12.346, 1234.56, -0.0004].map(show)).toEqual(['1', '−2', '0.980', '12.35', '1234.6', '0.000']);
    expect([0.5, -0.5, 0].map(showSigned)).toEqual(['+0.500', '−0.500', '0']);
    expect(writeSum([1, -2, 3])).toBe('1 − 2 + 3');
    expect(writeSum([1, 2, 3, 4, 5, 6, 7, 8], 6)).toBe('1 + 2 + 3 + 4 + 5 + 6 + … (2 more)');
    expect(writeSum([1, 2, 3, 4, 5, 6, 7], 6)).toBe('1 + 2 + 3 + 4 + 5 + 6 + 7');
  });

  it('write out the sums of a step', () => {
    const view = estimateGroup(smallGroup(), [], choices);
    const written = writeStep(view, explain(view, 4), 4);
    expect(written).toMatchObject({
      env: 0,
      row: 2,
      rewards: '2 + 0.500·0',
      advantage: '2 − 1.292 = +0.708',
      scaled: undefined,
      baseline: '1.292',
    });
    expect(written.bins).toMatchObject([{ name: 'time 0', counted: 3, sum: '(1 + 2 + 0.875) / 3 = 1.292', weight: 1 }]);
    expect(written.sentence).toBe('Trajectory 2, step 0: bin time 0 with 3 returns, return 2, baseline 1.292, advantage +0.708.');
    const alone = estimateGroup(smallGroup(), [], { ...choices, baseline: 'leave-one-out', bins: 'space-time', binWidth: 0.5 });
    // Step 7, observation 7/4, is alone at time 3: the first returns of the other two trajectories, 1 and 2, stand for it.
    const last = writeStep(alone, explain(alone, 7), 7);
    expect(last.bins.map(({ name, counted, sum }) => [name, counted, sum])).toEqual([
      ['time 3, cell (4) of width 0.500', 0, ''],
      ['time 3', 0, ''],
      ['all steps of the group', 2, '(1 + 2) / 2 = 1.500'],
    ]);
    expect(last.advantage).toBe('1 − 1.500 = −0.500');
  });
});
