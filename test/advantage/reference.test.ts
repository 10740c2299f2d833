/**
 * The vectorized estimators against a slow reference with dictionaries, written from the formulas in docs/gpg.md and
 * sharing no code with them: it cuts the rollout itself, and a bin is a list under a text key.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binNames } from '../../src/advantage/binnings.ts';
import {
  createEstimatorWorkspace,
  defaultEstimatorSettings,
  type EstimatorSettings,
  estimateAdvantages,
} from '../../src/advantage/estimate.ts';
import { baselineNames } from '../../src/advantage/groupBaseline.ts';
import { type RandomRollout, rollouts, rolloutsOf } from './helpers.ts';

interface SlowStep {
  readonly cell: number;
  readonly env: number;
  readonly segment: number;
  readonly time: number;
  readonly value: number;
  readonly keys: string[];
}

function nearestEven(value: number): number {
  const below = Math.floor(value);
  const above = Math.ceil(value);
  if (value - below === above - value) return below % 2 === 0 ? below : above;
  return value - below < above - value ? below : above;
}

function slowSteps({ batch, terminated, truncated }: RandomRollout, settings: EstimatorSettings): SlowStep[] {
  const { numSteps, numEnvs, rewards, observations, actions } = batch;
  const steps: SlowStep[] = [];
  let segment = 0;
  for (let env = 0; env < numEnvs; env++) {
    let run: { cell: number; row: number }[] = [];
    for (let row = 0; row < numSteps; row++) {
      const cell = row * numEnvs + env;
      run.push({ cell, row });
      if (terminated[cell] === 0 && truncated[cell] === 0 && row < numSteps - 1) continue;
      const first = batch.trajectories.startedByReset[segment] === 1 ? 0 : batch.trajectories.elapsed[segment]!;
      run.forEach(({ cell: here, row: at }, k) => {
        const later = run.slice(k).map((step) => rewards[step.cell]!);
        const value = later.reduce((sum, reward, ahead) => sum + settings.gamma ** ahead * reward, 0);
        const time = settings.timeOrigin === 'elapsed' ? first + k : settings.timeOrigin === 'rollout-offset' ? at : k;
        const seen = [observations![2 * here]!, observations![2 * here + 1]!];
        const grid = seen.map((entry) => String(nearestEven(entry / settings.binWidth!) + 0)).join(' ');
        const exact = seen.map((entry) => String(entry + 0)).join(' ');
        const before = run.slice(0, k).reduce((sum, step) => sum + rewards[step.cell]!, 0);
        const last = k === 0 ? 'none' : String(actions![run[k - 1]!.cell]);
        const fine = {
          universal: '*',
          time: `${time}`,
          space: grid,
          'space-time': `${grid} at ${time}`,
          state: exact,
          'state-time': `${exact} at ${time}`,
          'action-time': `${last} at ${time}`,
          'return-time': `${nearestEven(before / settings.binWidth!) + 0} at ${time}`,
        }[settings.bins as 'time'];
        const mark = settings.separateMidEpisodeStarts ? ` reset ${batch.trajectories.startedByReset[segment]}` : '';
        const keys = settings.bins === 'universal' ? [fine + mark, '*'] : [fine + mark, `${time}`, '*'];
        steps.push({ cell: here, env, segment, time, value, keys });
      });
      run = [];
      segment++;
    }
  }
  return steps;
}

function slowBaselines(steps: SlowStep[], settings: EstimatorSettings): number[] {
  const levels = steps[0]!.keys.length;
  const bins = Array.from({ length: levels }, () => new Map<string, SlowStep[]>());
  for (let level = 0; level < levels; level++) {
    for (const step of steps) {
      const bin = bins[level]!.get(step.keys[level]!) ?? [];
      bins[level]!.set(step.keys[level]!, bin);
      if (settings.visit === 'first' && bin.some((member) => member.segment === step.segment)) continue;
      bin.push(step);
    }
  }
  return steps.map((step) => {
    if (settings.baseline === 'none') return 0;
    for (let level = 0; level < levels; level++) {
      const members = bins[level]!.get(step.keys[level]!)!.filter((member) => {
        if (settings.baseline === 'leave-one-out') return member.segment !== step.segment;
        if (settings.baseline === 'leave-one-pair-out') return Math.floor(member.env / 2) !== Math.floor(step.env / 2);
        return settings.baseline === 'own' || member.env !== step.env;
      });
      if (members.length > 0) return members.reduce((sum, member) => sum + member.value, 0) / members.length;
    }
    return 0;
  });
}

describe('slow dictionary reference', () => {
  it('gives the same advantages for every binning, baseline, visit and time reading', () => {
    const settings = fc.record({
      bins: fc.constantFrom(...binNames),
      binWidth: fc.constantFrom(0.2, 0.5, 1),
      baseline: fc.constantFrom(...baselineNames),
      visit: fc.constantFrom('first', 'every' as const),
      timeOrigin: fc.constantFrom('segment', 'elapsed', 'rollout-offset' as const),
      separateMidEpisodeStarts: fc.boolean(),
      gamma: fc.constantFrom(0, 0.5, 0.99, 1),
    });
    fc.assert(
      fc.property(rollouts, settings, fc.boolean(), (rollout, drawn, whole) => {
        const full: EstimatorSettings = { ...defaultEstimatorSettings, ...drawn, scale: 'none' };
        // Whole-number observations, so that exact states are met again.
        if (whole) rollout.batch.observations!.set(rollout.batch.observations!.map(Math.round));
        const { advantages } = estimateAdvantages(rollout.batch, full);
        const steps = slowSteps(rollout, full);
        expect(steps).toHaveLength(advantages.length);
        const baselines = slowBaselines(steps, full);
        steps.forEach((step, k) => {
          expect(Math.abs(advantages[step.cell]! - (step.value - baselines[k]!))).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('a workspace keeps nothing from one rollout to the next', () => {
    const bins = fc.constantFrom(...binNames);
    const baseline = fc.constantFrom('own', 'leave-one-out', 'leave-one-env-out', 'leave-one-pair-out' as const);
    fc.assert(
      fc.property(
        rolloutsOf(9, 4),
        rolloutsOf(9, 4),
        bins,
        bins,
        baseline,
        baseline,
        (one, two, binsOne, binsTwo, baselineOne, baselineTwo) => {
          const workspace = createEstimatorWorkspace(two.batch.numSteps, two.batch.numEnvs);
          estimateAdvantages(
            one.batch,
            { ...defaultEstimatorSettings, bins: binsOne, baseline: baselineOne, tail: 'bootstrap' },
            workspace,
          );
          const settings = { ...defaultEstimatorSettings, bins: binsTwo, baseline: baselineTwo, binWidth: 0.5 };
          const reused = estimateAdvantages(two.batch, settings, workspace);
          const fresh = estimateAdvantages(two.batch, settings);
          expect([...reused.advantages]).toEqual([...fresh.advantages]);
          expect(reused.diagnostics).toEqual(fresh.diagnostics);
        },
      ),
      { numRuns: 100 },
    );
  });
});
