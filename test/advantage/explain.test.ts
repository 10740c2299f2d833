/** A step of an estimate, taken apart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinName } from '../../src/advantage/binnings.ts';
import {
  createEstimatorWorkspace,
  defaultEstimatorSettings,
  type EstimatorSettings,
  estimateAdvantages,
} from '../../src/advantage/estimate.ts';
import { type BaselineName, visits } from '../../src/advantage/groupBaseline.ts';
import { baselineOf, explainStep } from '../../src/advantage/index.ts';
import type { Tail } from '../../src/advantage/tails.ts';
import { batchOf, rollouts, workedExample } from './helpers.ts';

const plain: EstimatorSettings = { ...defaultEstimatorSettings, gamma: 0.5, scale: 'none' };

function explain(settings: EstimatorSettings, row: number, env: number) {
  const batch = batchOf(workedExample);
  const workspace = createEstimatorWorkspace(batch.numSteps, batch.numEnvs);
  estimateAdvantages(batch, settings, workspace);
  return explainStep(batch, settings, workspace, row, env);
}

describe('explainStep', () => {
  it('is the sum of the worked example: returns 1.5, 2 and 3 at time 0', () => {
    const step = explain(plain, 0, 0);
    expect(step.levels[0]!.members.map((member) => member.return)).toEqual([1.5, 2, 3]);
    expect(step).toMatchObject({ trajectory: 0, time: 0, participates: true, return: 1.5, level: 0 });
    expect(step.baseline).toBeCloseTo(6.5 / 3, 12);
    expect(step.advantage).toBeCloseTo(1.5 - 6.5 / 3, 12);
  });

  it('leaves the own return out, and says so; the bin of one falls back on the coarser one', () => {
    const first = explain({ ...plain, baseline: 'leave-one-out' }, 0, 0);
    expect(first.levels[0]!.members.map(({ counts }) => counts)).toEqual([false, true, true]);
    expect([first.baseline, first.advantage]).toEqual([2.5, -1]);
    // Time 2 is the first trajectory's alone: (2 + 3) / 2, the first visits of the others to the universal bin.
    const alone = explain({ ...plain, baseline: 'leave-one-out' }, 2, 0);
    expect(alone.levels[0]!.mean).toBeNaN();
    expect(alone.level).toBe(1);
    expect(alone.levels[1]!.members).toMatchObject([
      { return: 1.5, counts: false },
      { return: 2, counts: true },
      { return: 3, counts: true },
    ]);
    expect([alone.baseline, alone.advantage]).toEqual([2.5, -0.5]);
  });

  it('counts first or every visit of a state', () => {
    const returnsAt = (visit: 'first' | 'every') =>
      explain({ ...plain, bins: 'state', visit }, 0, 0).levels[0]!.members.map((member) => member.return);
    expect(returnsAt('first')).toEqual([1.5, 4, 3]);
    expect(returnsAt('every')).toEqual([1.5, 2, 4, 3]);
  });

  it('shows a shrunk mean as what it is drawn from: 4/5 of the coarser bin, 1/5 of the finer per other return', () => {
    const shape = { numSteps: 3, numEnvs: 3, observationSize: 1 };
    const step = explain({ ...plain, bins: 'time', baseline: baselineOf('shrunk', shape) }, 0, 0);
    const [fine, coarse] = step.levels;
    const weight = 2 / (2 + 4);
    expect(step.level).toBeUndefined();
    expect(step.baseline).toBeCloseTo(weight * fine!.mean + (1 - weight) * coarse!.mean, 12);
  });

  it('reads no bins without a baseline', () => {
    expect(explain({ ...plain, baseline: 'none' }, 0, 1)).toMatchObject({
      return: 2,
      baseline: 0,
      advantage: 2,
      levels: [],
      level: undefined,
    });
  });

  it('has the bits of the estimate: of every mean of bins, visit and tail, at every step', () => {
    const bins: BinName[] = ['universal', 'time', 'space', 'space-time', 'return-time'];
    const baselines: BaselineName[] = ['own', 'leave-one-out', 'leave-one-env-out', 'leave-one-pair-out'];
    const settings = fc.record({
      bins: fc.constantFrom(...bins),
      baseline: fc.constantFrom(...baselines),
      visit: fc.constantFrom(...visits),
      tail: fc.constantFrom<Tail>('zero', 'discard', 'bootstrap', 'budget'),
    });
    const held = fc.property(rollouts, settings, ({ batch }, chosen) => {
      const all = { ...plain, ...chosen };
      const workspace = createEstimatorWorkspace(batch.numSteps, batch.numEnvs);
      const { advantages, returns, baseline } = estimateAdvantages(batch, all, workspace);
      for (let step = 0; step < advantages.length; step++) {
        const [row, env] = [Math.floor(step / batch.numEnvs), step % batch.numEnvs];
        const told = explainStep(batch, all, workspace, row, env);
        expect([told.return, told.baseline, told.advantage]).toEqual([returns[step], baseline[step], advantages[step]]);
        if (told.level !== undefined) expect(told.levels[told.level]!.mean).toBe(baseline[step]);
        else expect(baseline[step]).toBe(0);
      }
    });
    fc.assert(held, { numRuns: 60 });
  });

  it('refuses steps that are none, and returns that are gone', () => {
    expect(() => explain(plain, 2, 1)).toThrow(
      /explainStep: expected a step of a trajectory, row 0 .. 2 and environment 0 .. 2, got row 2/,
    );
    expect(() => explain({ ...plain, baselineLambda: 0.9 }, 0, 0)).toThrow(/baselineLambda: expected 1, got 0.9/);
  });
});
