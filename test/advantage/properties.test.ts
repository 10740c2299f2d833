import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdvantageBatch } from '../../src/advantage/batch.ts';
import { assignBins, type BinName, binNames, createBinWorkspace } from '../../src/advantage/binnings.ts';
import { defaultEstimatorSettings, type EstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { type BaselineName, createGroupBaselineWorkspace, groupBaseline } from '../../src/advantage/groupBaseline.ts';
import { cutTrajectories } from '../../src/rollout/trajectories.ts';
import { type RandomRollout, rollouts } from './helpers.ts';

const someBins = fc.constantFrom<BinName>(...binNames);
const settingsOf = (more: Partial<EstimatorSettings>): EstimatorSettings => ({
  ...defaultEstimatorSettings,
  scale: 'none',
  binWidth: 1,
  ...more,
});
/** For every step: its bin, and whether its trajectory visits the bin there for the first time. */
function visitsOf(batch: AdvantageBatch, bins: BinName): { bin: number; first: boolean; step: number }[] {
  const { binOfStep } = assignBins(batch, { bins }, createBinWorkspace(batch.numSteps, batch.numEnvs));
  const visits: { bin: number; first: boolean; step: number }[] = [];
  for (let i = 0; i < batch.trajectories.count; i++) {
    const seen = new Set<number>();
    for (let t = batch.trajectories.start[i]!; t < batch.trajectories.end[i]!; t++) {
      const step = t * batch.numEnvs + batch.trajectories.env[i]!;
      visits.push({ bin: binOfStep[step]!, first: !seen.has(binOfStep[step]!), step });
      seen.add(binOfStep[step]!);
    }
  }
  return visits;
}

describe('first-visit advantages', () => {
  it('sum to 0 inside each bin, over the samples that were put into it', () => {
    fc.assert(
      fc.property(rollouts, someBins, ({ batch }, bins) => {
        const { advantages } = estimateAdvantages(batch, settingsOf({ bins }));
        const sums = new Map<number, number>();
        for (const { bin, first, step } of visitsOf(batch, bins)) {
          if (first) sums.set(bin, (sums.get(bin) ?? 0) + advantages[step]!);
        }
        for (const sum of sums.values()) expect(Math.abs(sum)).toBeLessThan(1e-11);
      }),
    );
  });
});

describe('own-inclusive against leave-one-out', () => {
  it('is (n - 1) / n times it for samples that were put into the bin', () => {
    fc.assert(
      fc.property(rollouts, someBins, ({ batch }, bins) => {
        const own = Float64Array.from(estimateAdvantages(batch, settingsOf({ bins })).advantages);
        const others = estimateAdvantages(batch, settingsOf({ bins, baseline: 'leave-one-out' })).advantages;
        const visits = visitsOf(batch, bins);
        const counts = new Map<number, number>();
        for (const { bin, first } of visits) if (first) counts.set(bin, (counts.get(bin) ?? 0) + 1);
        for (const { bin, first, step } of visits) {
          const n = counts.get(bin)!;
          if (first && n > 1) expect(Math.abs(own[step]! - ((n - 1) / n) * others[step]!)).toBeLessThan(1e-11);
          if (first && n === 1) expect(own[step]).toBe(0);
        }
      }),
    );
  });
});

describe('invariance', () => {
  it('the order of environments means nothing', () => {
    fc.assert(
      fc.property(
        rollouts,
        someBins,
        fc.constantFrom<BaselineName>('own', 'leave-one-out', 'leave-one-env-out'),
        (rollout, bins, baseline) => {
          const { batch } = rollout;
          const mirrored = mirror(rollout);
          const there = estimateAdvantages(batch, settingsOf({ bins, baseline })).advantages;
          const back = estimateAdvantages(mirrored, settingsOf({ bins, baseline })).advantages;
          for (let step = 0; step < there.length; step++) {
            const env = step % batch.numEnvs;
            expect(Math.abs(there[step]! - back[step - env + batch.numEnvs - 1 - env]!)).toBeLessThan(1e-11);
          }
        },
      ),
    );
  });

  it('a constant per bin, added to the returns, goes away', () => {
    fc.assert(
      fc.property(
        rollouts,
        someBins,
        fc.constantFrom<BaselineName>('own', 'leave-one-out'),
        fc.integer(),
        ({ batch }, bins, baseline, salt) => {
          const { numSteps, numEnvs, trajectories, rewards } = batch;
          const level = assignBins(batch, { bins }, createBinWorkspace(numSteps, numEnvs));
          const returns = Float64Array.from(rewards);
          const shifted = returns.map((value, step) => value + (((level.binOfStep[step]! + 1) * salt) % 17));
          const workspace = createGroupBaselineWorkspace(numSteps, numEnvs);
          const input = { numEnvs, trajectories, levels: [level], baseline, visit: 'first' } as const;
          const plain = groupBaseline({ ...input, returns }, workspace, new Float64Array(returns.length));
          const found = workspace.levelOfStep.slice();
          const moved = groupBaseline({ ...input, returns: shifted }, workspace, new Float64Array(returns.length));
          for (let step = 0; step < returns.length; step++) {
            if (found[step] !== 0) continue;
            expect(Math.abs(returns[step]! - plain[step]! - (shifted[step]! - moved[step]!))).toBeLessThan(1e-11);
          }
        },
      ),
    );
  });

  it('the scale of the rewards goes away with normalization', () => {
    fc.assert(
      fc.property(rollouts, someBins, fc.constantFrom(0.25, 3, 1000), ({ batch }, bins, factor) => {
        // Cells of rewards have a width in rewards.
        fc.pre(bins !== 'return-time');
        const settings = settingsOf({ bins, scale: 'global', epsilon: 0 });
        const plain = Float64Array.from(estimateAdvantages(batch, settings).advantages);
        const scaled = estimateAdvantages(
          { ...batch, rewards: batch.rewards.map((reward) => factor * reward) as Float64Array },
          settings,
        ).advantages;
        const spread = estimateAdvantages(batch, { ...settings, scale: 'none' }).diagnostics['advantage/std']!;
        fc.pre(spread > 1e-3);
        for (let step = 0; step < plain.length; step++) expect(Math.abs(plain[step]! - scaled[step]!)).toBeLessThan(1e-9);
      }),
    );
  });
});

/** The same rollout with the environments in the opposite order. */
function mirror({ batch, terminated, truncated }: RandomRollout): AdvantageBatch {
  const { numSteps, numEnvs, trajectories } = batch;
  const from = (step: number): number => step - (step % numEnvs) + numEnvs - 1 - (step % numEnvs);
  const startedByReset = new Uint8Array(numEnvs);
  const elapsedAtStart = new Int32Array(numEnvs);
  for (let i = 0; i < trajectories.count; i++) {
    if (trajectories.start[i] !== 0) continue;
    startedByReset[numEnvs - 1 - trajectories.env[i]!] = trajectories.startedByReset[i]!;
    elapsedAtStart[numEnvs - 1 - trajectories.env[i]!] = trajectories.elapsed[i]!;
  }
  const flip = (flags: Uint8Array): Uint8Array => flags.map((_, step) => flags[from(step)]!);
  return {
    ...batch,
    rewards: Float64Array.from({ length: numSteps * numEnvs }, (_, step) => batch.rewards[from(step)]!),
    observations: Float64Array.from({ length: 2 * numSteps * numEnvs }, (_, k) => batch.observations![2 * from(k >> 1) + (k & 1)]!),
    actions: Int32Array.from({ length: numSteps * numEnvs }, (_, step) => batch.actions![from(step)]!),
    trajectories: cutTrajectories({
      numSteps,
      numEnvs,
      terminated: flip(terminated),
      truncated: flip(truncated),
      startedByReset,
      elapsedAtStart,
    }),
  };
}
