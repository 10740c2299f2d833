/**
 * The methods of the literature as settings of the one estimator core: a table. `G` is the group, `r_i` the return of trajectory i, `R_it` its
 * reward-to-go from step t, `m` the mean over the group.
 */

import { show, suggest } from '../core/errors.ts';
import { batchError } from './batch.ts';
import { defaultEstimatorSettings, type EstimatorSettings } from './estimate.ts';

/**
 * How the loss averages. `step-mean`: over all steps of the minibatch. `trajectory-mean`: over the steps of a trajectory, then over trajectories
 * (1/T_i). `constant`: sum over steps divided by a constant (for example the longest length allowed). `trajectory-sum`: summed over the steps of a
 * trajectory, averaged over trajectories.
 */
export type LossWeighting = 'step-mean' | 'trajectory-mean' | 'constant' | 'trajectory-sum';

interface Row {
  readonly name: string;
  /** The method's name as its authors write it. */
  readonly title: string;
  /** Where it comes from. */
  readonly paper: string;
  /** The advantage of step t of trajectory i, in words. */
  readonly advantage: string;
  /** What differs from {@link defaultEstimatorSettings}. */
  readonly settings: Partial<EstimatorSettings>;
  /** What the method's own loss does with the advantages; the estimator does not do it. */
  readonly lossWeighting: LossWeighting;
  /** Whether the method's own objective clips the probability ratio. */
  readonly clips: boolean;
  /** What else belongs to the method. */
  readonly note: string;
}

/** One number for a whole trajectory, compared within the group: the common part of the outcome methods. */
const outcome = { returns: 'episode', gamma: 1, bins: 'universal', scale: 'none' } as const;

/** The losses of PPO, of GRPO, and of the plain policy gradient. */
const clippedSteps = { lossWeighting: 'step-mean', clips: true } as const;
const clippedTrajectories = { lossWeighting: 'trajectory-mean', clips: true } as const;
const likelihood = { lossWeighting: 'trajectory-sum', clips: false } as const;

/** GiGPO's discount of the step term, from its paper. */
const gigpoStepDiscount = 0.95;

// A function, called as pure: bundlers leave out a table that a program does not use, and cannot tell that spreading has no effect.
const rows = () =>
  [
    {
      name: 'gpg',
      title: 'GPG (Group Policy Gradient)',
      paper: 'arXiv 2510.03679',
      advantage: 'R_it - mean of the returns at first visits to the bin; normalized per minibatch',
      settings: {},
      ...clippedSteps,
      note: 'time bins; the own return is part of the mean',
    },
    {
      name: 'gpg-leave-one-out',
      title: 'GPG, own return left out',
      paper: 'arXiv 2510.03679, proposition 1',
      advantage: "R_it - mean of the other trajectories' returns in the bin, else at that time, else of all",
      settings: { baseline: 'leave-one-out' },
      ...clippedSteps,
      note: 'exactly unbiased for independent trajectories',
    },
    {
      name: 'none',
      title: 'REINFORCE',
      paper: 'Williams 1992',
      advantage: 'R_it',
      settings: { bins: 'universal', baseline: 'none', scale: 'none' },
      ...likelihood,
      note: 'no baseline',
    },
    {
      name: 'reinforce-time',
      title: 'REINFORCE with a time-dependent baseline',
      paper: 'Williams 1992; Greensmith, Bartlett and Baxter 2004',
      advantage: 'R_it - m(R_jt)',
      settings: { bins: 'time', scale: 'none' },
      ...likelihood,
      note: 'GPG with time bins, without normalization and clipping',
    },
    {
      name: 'reinforce++',
      title: 'REINFORCE++',
      paper: 'arXiv 2501.03262',
      advantage: 'R_it, normalized over all steps of the batch',
      settings: { bins: 'universal', baseline: 'none', scale: 'global' },
      ...clippedSteps,
      note: 'for language models the reward contains a KL penalty per token',
    },
    {
      name: 'reinforce++-baseline',
      title: 'REINFORCE++ with baseline',
      paper: 'arXiv 2501.03262',
      advantage: 'r_i - m(r), then normalized over all steps of the batch',
      settings: { ...outcome, scale: 'global' },
      ...clippedSteps,
      note: "differs from GRPO in the standard deviation only, which is the batch's",
    },
    {
      name: 'grpo',
      title: 'GRPO (outcome)',
      paper: 'arXiv 2402.03300, section 4.1.2',
      advantage: '(r_i - m(r)) / sample standard deviation of r',
      settings: { ...outcome, scale: 'group', standardDeviation: 'sample' },
      ...clippedTrajectories,
      note: 'sample standard deviation as in TRL and verl (they add 1e-4 and 1e-6); the method adds a KL penalty to a reference',
    },
    {
      name: 'grpo-population',
      title: 'GRPO (outcome), population standard deviation',
      paper: 'arXiv 2402.03300; the corollary of arXiv 2510.03679',
      advantage: '(r_i - m(r)) / population standard deviation of r',
      settings: { ...outcome, scale: 'group', standardDeviation: 'population' },
      ...clippedTrajectories,
      note: 'differs from grpo by the factor sqrt(G / (G - 1))',
    },
    {
      name: 'grpo-process',
      title: 'GRPO (process)',
      paper: 'arXiv 2402.03300, section 4.1.3',
      advantage: 'sum over u >= t of (step reward - mean) / standard deviation, over all steps of the group',
      settings: { ...outcome, returns: 'standardized-reward-to-go', baseline: 'none', standardDeviation: 'population' },
      ...clippedTrajectories,
      note: "with lengths that differ what it subtracts depends on the trajectory's own future: not a valid baseline then",
    },
    {
      name: 'stepwise-grpo',
      title: 'Stepwise GRPO',
      paper: 'EmbodiChain, pull request 146 (2026)',
      advantage: '(R_it - m(R_jt)) / standard deviation of R_jt over the trajectories that reach step t',
      settings: { bins: 'time', scale: 'bin', standardDeviation: 'sample' },
      ...clippedSteps,
      note: 'GPG with time bins and a standard deviation per bin',
    },
    {
      name: 'dr-grpo',
      title: 'Dr. GRPO',
      paper: 'arXiv 2503.20783',
      advantage: 'r_i - m(r)',
      settings: outcome,
      lossWeighting: 'constant',
      clips: true,
      note: 'GRPO without its standard deviation and without 1/T_i',
    },
    {
      name: 'rloo',
      title: 'RLOO',
      paper: 'arXiv 2402.14740',
      advantage: "r_i - mean of the others' r = G / (G - 1) (r_i - m(r))",
      settings: { ...outcome, baseline: 'leave-one-out' },
      ...likelihood,
      note: 'a single trajectory keeps its return as the advantage',
    },
    {
      name: 'gpg-lm',
      title: 'GPG (language models; the namesake)',
      paper: 'arXiv 2504.02546',
      advantage: 'r_i - m(r)',
      settings: outcome,
      lossWeighting: 'step-mean',
      clips: false,
      note: 'the loss is rescaled by groups / groups with a spread; F_norm = 1',
    },
    {
      name: 'gigpo',
      title: 'GiGPO',
      paper: 'arXiv 2505.10978',
      advantage: 'r_i - m(r) + R_it - mean of the returns of all visits to the identical state',
      settings: {
        ...outcome,
        plus: {
          weight: 1,
          settings: { ...defaultEstimatorSettings, gamma: gigpoStepDiscount, bins: 'state', visit: 'every', scale: 'none' },
        },
      },
      ...clippedTrajectories,
      note: 'F_norm = 1; the first term discounts nothing, the second 0.95 per step',
    },
  ] as const satisfies readonly Row[];
const table = /* @__PURE__ */ rows();

/** One of {@link presetNames}. */
export type PresetName = (typeof table)[number]['name'];
/** One row of the table. */
export interface Preset extends Row {
  readonly name: PresetName;
}
/** The table. */
export const presets: readonly Preset[] = table;
/** The names of all presets. */
export const presetNames: readonly PresetName[] = /* @__PURE__ */ table.map(({ name }) => name);

/** The row of that name. Throws {@link CohortError} with the nearest names if there is none. */
export function preset(name: string): Preset {
  const found = presets.find((row) => row.name === name);
  if (found) return found;
  throw batchError('preset', 'the name of a method', show(name), suggest(name, presetNames));
}

/** Full settings: defaults, then the preset's, then `overrides`. Example: `presetSettings('grpo').scale` is `group`. */
export function presetSettings(name: PresetName, overrides: Partial<EstimatorSettings> = {}): EstimatorSettings {
  return { ...defaultEstimatorSettings, ...preset(name).settings, ...overrides };
}
