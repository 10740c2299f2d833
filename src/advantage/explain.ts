/**
 * One step of an estimate, taken apart: which bin it is in, which returns fell into it, and what was made of them.
 */
import { show } from '../core/errors.ts';
import { type AdvantageBatch, batchError } from './batch.ts';
import type { BinSettings } from './binnings.ts';
import type { EstimatorSettings, EstimatorWorkspace } from './estimate.ts';
import { areLeftOutTogether, type BaselineName, noLevel } from './groupBaseline.ts';
import { levelsOf } from './levels.ts';

/** A return in a bin. */
export interface BinMember {
  /** The trajectory's number in the rollout. */
  readonly trajectory: number;
  /** Environment 0 .. N-1. */
  readonly env: number;
  /** Row of the rollout, 0 .. T-1. */
  readonly row: number;
  /** What the step was credited with. */
  readonly return: number;
  /** Whether the mean is over it: not where the baseline leaves out the trajectories that it belongs to. */
  readonly counts: boolean;
}

/** The bin of a step on one level. */
export interface ExplainedBin {
  /** How the level's bins are made. */
  readonly settings: BinSettings;
  /** The bin's number in this rollout. */
  readonly bin: number;
  /** The returns that were put into it, in the order of trajectories: those of first or of every visit. */
  readonly members: readonly BinMember[];
  /** Mean of those that count, in the bits of the estimator; NaN where none does. */
  readonly mean: number;
}

/** What {@link explainStep} gives. */
export interface StepExplanation {
  /** The trajectory's number in the rollout. */
  readonly trajectory: number;
  /** Steps since the start of the trajectory inside the rollout. */
  readonly time: number;
  /** Whether the step takes part in the loss; returns, baseline and advantage are 0 where it does not. */
  readonly participates: boolean;
  /** What the step was credited with. */
  readonly return: number;
  /** What was subtracted. */
  readonly baseline: number;
  /** The advantage, after the scale. */
  readonly advantage: number;
  /** The step's bins, from fine to coarse; none where the baseline reads no bins. */
  readonly levels: readonly ExplainedBin[];
  /** The level whose mean is the baseline; `undefined` where the baseline is no mean of one bin. */
  readonly level: number | undefined;
}

/** Which mean of a bin the baseline is made of. */
function meansOf({ baseline }: EstimatorSettings): BaselineName {
  return typeof baseline === 'string' ? baseline : (baseline.meansOf ?? 'leave-one-out');
}

/**
 * Takes apart what the last `estimateAdvantages(batch, settings, workspace)` made of the step at `row` of environment `env`. With a second term (`plus`) the
 * levels are those of the first.
 *
 * Example: returns 1.5, 2 and 3 at time 0 of three trajectories. Own: members 1.5, 2, 3, mean 2.1667, advantage of the first -0.6667. Leave-one-out: its
 * own return does not count, mean 2.5, advantage -1.
 *
 * Throws {@link CohortError} for a step outside the rollout or of no trajectory, and with `baselineLambda` below 1, where the returns that were averaged are gone.
 */
export function explainStep(
  batch: AdvantageBatch,
  settings: EstimatorSettings,
  workspace: EstimatorWorkspace,
  row: number,
  env: number,
): StepExplanation {
  const { numSteps, numEnvs, trajectories } = batch;
  const { baselineLambda = 1 } = settings;
  if (baselineLambda < 1) throw batchError('explainStep: baselineLambda', '1', show(baselineLambda), 'estimate without it');
  let trajectory = 0;
  while (trajectory < trajectories.count && !isInside(batch, trajectory, row, env)) trajectory++;
  if (trajectory >= trajectories.count) {
    const expected = `a step of a trajectory, row 0 .. ${numSteps - 1} and environment 0 .. ${numEnvs - 1}`;
    throw batchError('explainStep', expected, `row ${show(row)} of environment ${show(env)}`, 'choose another step');
  }
  const step = row * numEnvs + env;
  const levels = levelsOf(settings).map((level, index) => explainBin(batch, settings, workspace, level, index, step, trajectory));
  const given = workspace.group.levelOfStep[step]!;
  const participates = workspace.participates[step] === 1;
  const isMean = typeof settings.baseline === 'string' && settings.baseline !== 'none' && given !== noLevel && participates;
  return {
    trajectory,
    time: row - trajectories.start[trajectory]!,
    participates,
    return: workspace.returns[step]!,
    baseline: workspace.baseline[step]!,
    advantage: workspace.advantages[step]!,
    levels,
    level: isMean ? given : undefined,
  };
}

function isInside({ trajectories }: AdvantageBatch, i: number, row: number, env: number): boolean {
  return trajectories.env[i] === env && trajectories.start[i]! <= row && row < trajectories.end[i]!;
}

function explainBin(
  { numEnvs, trajectories }: AdvantageBatch,
  settings: EstimatorSettings,
  { bins, returns, participates }: EstimatorWorkspace,
  level: BinSettings,
  index: number,
  step: number,
  trajectory: number,
): ExplainedBin {
  const { binOfStep } = bins[index]!;
  const { env, start, end, count } = trajectories;
  const bin = binOfStep[step]!;
  const baseline = meansOf(settings);
  const isLeftOut = (i: number): boolean => baseline !== 'own' && (i === trajectory || areLeftOutTogether(baseline, env, i, trajectory));
  const members: BinMember[] = [];
  for (let i = 0; i < count; i++) {
    for (let row = start[i]!; row < end[i]!; row++) {
      const at = row * numEnvs + env[i]!;
      if (binOfStep[at] !== bin || participates[at] === 0) continue;
      members.push({ trajectory: i, env: env[i]!, row, return: returns[at]!, counts: !isLeftOut(i) });
      if (settings.visit === 'first') break;
    }
  }
  return { settings: level, bin, members, mean: meanAsEstimated(members) };
}

/** In the order and with the differences of `groupBaseline`, so that the bits are those of the estimate. */
function meanAsEstimated(members: readonly BinMember[]): number {
  const reference = members[0]?.return ?? 0;
  let [sum, own, counted] = [0, 0, 0];
  for (const [i, { return: value, counts }] of members.entries()) {
    if (i > 0) sum += value - reference;
    if (counts) counted++;
    else own += value - reference;
  }
  return counted > 0 ? reference + (sum - own) / counted : Number.NaN;
}
