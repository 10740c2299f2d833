/** What the library's estimator makes of a group: the numbers of the picture are those that training would use. */
import {
  createEstimatorWorkspace,
  type Estimate,
  type EstimatorSettings,
  type EstimatorWorkspace,
  estimateAdvantages,
  explainStep,
  type StepExplanation,
} from 'cohort-rl/advantage';
import type { PlayedGroup } from 'cohort-rl/play';
import { type Choices, settingsOf } from './choices.ts';

/** A group with its advantages. */
export interface EstimatedGroup {
  readonly group: PlayedGroup;
  readonly choices: Choices;
  readonly settings: EstimatorSettings;
  readonly workspace: EstimatorWorkspace;
  readonly estimate: Estimate;
  /** Groups before this one that the baseline remembers. */
  readonly remembered: number;
  /** Of a shrunk baseline: how many returns the coarser bin counts for, level by level, from fine to coarse. */
  readonly strengths: readonly number[];
}

/**
 * Estimates a group. Baselines with a memory (shrunk, pooled) see the earlier groups first, oldest first, as iterations of training would: of the same shape.
 */
export function estimateGroup(group: PlayedGroup, earlier: readonly PlayedGroup[], choices: Choices): EstimatedGroup {
  const { numSteps, numEnvs } = group;
  const settings = settingsOf(choices, group);
  const workspace = createEstimatorWorkspace(numSteps, numEnvs);
  const { baseline } = settings;
  const kept = typeof baseline === 'object' ? baseline.kept : undefined;
  const before = kept ? earlier.filter((one) => one.numSteps === numSteps && one.numEnvs === numEnvs) : [];
  for (const one of before) estimateAdvantages(one, settings, workspace);
  const strengths = [...(kept?.().shrinkage ?? [])];
  const estimate = estimateAdvantages(group, settings, workspace);
  return { group, choices, settings, workspace, estimate, remembered: before.length, strengths };
}

/** One step, taken apart; `step` is row * N + environment. */
export function explain({ group, settings, workspace }: EstimatedGroup, step: number): StepExplanation {
  return explainStep(group, settings, workspace, Math.floor(step / group.numEnvs), step % group.numEnvs);
}

/**
 * How much a shrunk baseline takes of each level's mean, from fine to coarse; they sum to 1 but for levels without others. The coarsest takes what is left.
 */
export function shrunkWeights({ levels }: StepExplanation, strengths: readonly number[]): number[] {
  let left = 1;
  return levels.map(({ members }, level) => {
    const others = members.filter(({ counts }) => counts).length;
    const strength = level === levels.length - 1 ? 0 : strengths[level]!;
    const share = others === 0 ? 0 : (left * others) / (others + strength);
    left -= share;
    return share;
  });
}
