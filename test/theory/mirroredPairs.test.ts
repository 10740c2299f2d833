/**
 * Pairs that act with mirrored random numbers, without sampling: the joint distribution of two trajectories whose actions are drawn with u and with 1 - u, and
 * from it the exact expectation of the gradient over groups of two such pairs.
 */
import { describe, expect, it } from 'vitest';
import type { AdvantageBatch } from '../../src/advantage/batch.ts';
import { type BinName, binNames } from '../../src/advantage/binnings.ts';
import { createEstimatorWorkspace, type EstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import type { BaselineName } from '../../src/advantage/groupBaseline.ts';
import { endings } from '../../src/core/trajectory.ts';
import { exactGradient, randomFiniteMdp, randomSoftmaxPolicy } from '../../src/theory/finiteMdp.ts';
import { estimator, random } from '../../src/theory/problem.ts';
import { enumerateTrajectories, weightedScores } from '../../src/theory/trajectories.ts';
import { largestDifference, relativeBias } from '../../src/theory/vectors.ts';

const draw = random(11);
const horizon = 2;
const mdp = randomFiniteMdp({ numStates: 2, numActions: 2, horizon }, draw);
const policy = randomSoftmaxPolicy(mdp, draw);
const table = enumerateTrajectories(mdp, policy);
const exact = exactGradient(mdp, policy).gradient;

/** How probable actions a in state s and b in state r are together, where a is drawn with u and b with 1 - u: the share of all u that give them. */
function jointProbability(s: number, a: number, r: number, b: number): number {
  const [first, second] = [policy.probabilities[2 * s]!, policy.probabilities[2 * r]!];
  // Action 0 is drawn where u is below its probability; the partner draws it where u is above one minus that.
  const [low, high] = a === 0 ? [0, first] : [first, 1];
  const [from, to] = b === 0 ? [1 - second, 1] : [0, 1 - second];
  return Math.max(0, Math.min(high, to) - Math.max(low, from));
}

/** (C, C) how probable trajectories c and d are as a pair. */
const joint = new Float64Array(table.count * table.count);
for (let c = 0; c < table.count; c++) {
  for (let d = 0; d < table.count; d++) {
    let probability = 1;
    for (let t = 0; t < horizon; t++) {
      const [one, other] = [c, d].map((i) => ({ s: table.states[i * horizon + t]!, a: table.actions[i * horizon + t]! }));
      for (const [i, { s }] of [
        [c, one!],
        [d, other!],
      ] as const) {
        const before = i * horizon + t - 1;
        const pair = t === 0 ? 0 : 2 * table.states[before]! + table.actions[before]!;
        probability *= t === 0 ? mdp.initial[s]! : mdp.transitions[2 * pair + s]!;
      }
      probability *= jointProbability(one!.s, one!.a, other!.s, other!.a);
    }
    joint[c * table.count + d] = probability;
  }
}

/** The exact expectation of the estimator over groups of two pairs. */
function expected(settings: Partial<EstimatorSettings>): Float64Array {
  const perCall = table.count * table.count;
  const numEnvs = 4 * perCall;
  const steps = horizon * numEnvs;
  const members = new Int32Array(numEnvs);
  const everyEnv = Int32Array.from({ length: numEnvs }, (_, n) => n);
  const [rewards, observations, actions] = [new Float64Array(steps), new Float64Array(steps), new Int32Array(steps)];
  const batch: AdvantageBatch = {
    ...{ numSteps: horizon, numEnvs, rewards, observations, observationSize: 1, actions },
    trajectories: {
      count: numEnvs,
      env: everyEnv,
      start: new Int32Array(numEnvs),
      end: new Int32Array(numEnvs).fill(horizon),
      startedByReset: new Uint8Array(numEnvs).fill(1),
      endedBy: new Uint8Array(numEnvs).fill(endings.terminated),
      elapsed: new Int32Array(numEnvs),
    },
    groups: everyEnv.map((n) => n >> 2),
    numGroups: perCall,
  };
  const workspace = createEstimatorWorkspace(horizon, numEnvs);
  const full = estimator(settings);
  const coefficients = new Float64Array(table.count * horizon);
  for (let first = 0; first < perCall; first++) {
    for (let n = 0; n < numEnvs; n++) {
      const pair = n & 2 ? n >> 2 : first;
      members[n] = n & 1 ? pair % table.count : Math.floor(pair / table.count);
      for (let t = 0; t < horizon; t++) {
        const [place, step] = [members[n]! * horizon + t, t * numEnvs + n];
        rewards[step] = table.rewards[place]!;
        observations[step] = table.states[place]!;
        actions[step] = table.actions[place]!;
      }
    }
    const { advantages } = estimateAdvantages(batch, full, workspace);
    for (let n = 0; n < numEnvs; n++) {
      const weight = (joint[first]! * joint[n >> 2]!) / 4;
      for (let t = 0; t < horizon; t++) coefficients[members[n]! * horizon + t]! += weight * advantages[t * numEnvs + n]!;
    }
  }
  return weightedScores(mdp, policy, table, (c, t) => coefficients[c * horizon + t]!);
}

describe('mirrored pairs', () => {
  it('each of a pair acts as the policy does, and the two are not independent', () => {
    let dependence = 0;
    for (let c = 0; c < table.count; c++) {
      let [asFirst, asSecond] = [0, 0];
      for (let d = 0; d < table.count; d++) {
        asFirst += joint[c * table.count + d]!;
        asSecond += joint[d * table.count + c]!;
        dependence = Math.max(dependence, Math.abs(joint[c * table.count + d]! - table.probabilities[c]! * table.probabilities[d]!));
      }
      expect(asFirst).toBeCloseTo(table.probabilities[c]!, 14);
      expect(asSecond).toBeCloseTo(table.probabilities[c]!, 14);
    }
    expect(dependence).toBeGreaterThan(0.01);
  });

  const biasOf = (bins: BinName, baseline: BaselineName): number => relativeBias(expected({ bins, baseline }), exact);

  it.each(binNames)('%s bins: with both of a pair left out the gradient is unbiased', (bins) => {
    expect(largestDifference(expected({ bins, baseline: 'leave-one-pair-out' }), exact)).toBeLessThan(1e-12);
  });

  it('no baseline: unbiased', () => {
    expect(largestDifference(expected({ baseline: 'none' }), exact)).toBeLessThan(1e-12);
  });

  it.each(['universal', 'time', 'state-time'] as const)('%s bins: with the partner in the baseline it is biased', (bins) => {
    expect(biasOf(bins, 'leave-one-env-out')).toBeGreaterThan(0.05);
    expect(biasOf(bins, 'leave-one-out')).toBeGreaterThan(0.05);
  });
});
