/**
 * Dividing advantages by a standard deviation: per bin, per group, over the rollout, or left to the update.
 */
import type { AdvantageBatch } from './batch.ts';
import type { Bins } from './binnings.ts';
import { binDeviation } from './diagnostics.ts';
import { type GroupBaselineWorkspace, noLevel } from './groupBaseline.ts';
import { groupMoments, normalize } from './normalize.ts';

/**
 * `none`. `bin`: by the standard deviation of the returns in the bin that gave the baseline (stepwise GRPO). `group`: by that of the trajectories'
 * returns within the group (GRPO). `minibatch`: the update subtracts the mean and divides, per minibatch (PPO, GPG). `global`: the same once, over all
 * steps of the rollout (REINFORCE++). Where all returns of a bin or group are equal, or there is one only, nothing is divided.
 */
export const scales = ['none', 'bin', 'group', 'minibatch', 'global'] as const;
/** One of {@link scales}. */
export type Scale = (typeof scales)[number];

/** What {@link scaleAdvantages} reads of the settings. */
export interface ScaleSettings {
  readonly scale: Scale;
  readonly standardDeviation: 'sample' | 'population';
  readonly epsilon: number;
}

/** What {@link scaleAdvantages} works on; all arrays are (T, N). */
export interface ScaleInput {
  /** Changed in place. */
  readonly advantages: Float64Array;
  readonly returns: Float64Array;
  readonly participates: Uint8Array;
  readonly levels: readonly Bins[];
  /** As `groupBaseline` left it. */
  readonly group: GroupBaselineWorkspace;
}

/**
 * Scales the advantages in place.
 *
 * Example (`group`, population, epsilon 0): outcome returns 1, 3 with advantages -1, 1 have standard deviation 1 and stay; returns 0, 4 with
 * advantages -2, 2 become -1, 1.
 */
export function scaleAdvantages(batch: AdvantageBatch, settings: ScaleSettings, input: ScaleInput): void {
  const { scale, standardDeviation, epsilon } = settings;
  const { advantages, participates } = input;
  if (scale === 'global') normalize(advantages, { standardDeviation, epsilon, mask: participates });
  else if (scale === 'bin') scaleByBin(settings, input);
  else if (scale === 'group') scaleByGroup(batch, settings, input);
}

function scaleByBin({ standardDeviation, epsilon }: ScaleSettings, input: ScaleInput): void {
  const { advantages, participates, levels, group } = input;
  for (let step = 0; step < advantages.length; step++) {
    const level = group.levelOfStep[step]!;
    if (participates[step] === 0 || level === noLevel) continue;
    const bin = levels[level]!.binOfStep[step]!;
    const { count, sum, squares } = group.statistics[level]!;
    const deviation = binDeviation(count[bin]!, sum[bin]!, squares[bin]!, standardDeviation);
    if (deviation > 0) advantages[step]! /= deviation + epsilon;
  }
}

function scaleByGroup(batch: AdvantageBatch, { standardDeviation, epsilon }: ScaleSettings, input: ScaleInput): void {
  const { numEnvs, trajectories, groups } = batch;
  const { advantages, returns, participates } = input;
  const numGroups = groups ? (batch.numGroups ?? 1) : 1;
  const { count, env, start } = trajectories;
  const { deviations } = groupMoments(numGroups, standardDeviation, (give) => {
    for (let i = 0; i < count; i++) {
      const first = start[i]! * numEnvs + env[i]!;
      if (participates[first] !== 0) give(groups ? groups[env[i]!]! : 0, returns[first]!);
    }
  });
  for (let step = 0; step < advantages.length; step++) {
    if (participates[step] === 0) continue;
    const deviation = deviations[groups ? groups[step % numEnvs]! : 0]!;
    if (deviation > 0) advantages[step]! /= deviation + epsilon;
  }
}
