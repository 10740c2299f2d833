/** What a visitor chooses of the estimator, and the settings of the library that this is. */
import {
  type BaselineName,
  type BinName,
  baselineOf,
  defaultEstimatorSettings,
  type EstimatorSettings,
  type OwnBaselineName,
  type Scale,
  type Visit,
} from 'cohort-rl/advantage';

/** Everything that can be switched. */
export interface Choices {
  readonly bins: BinName;
  /** The paper's epsilon. */
  readonly binWidth: number;
  readonly baseline: BaselineName | OwnBaselineName;
  readonly visit: Visit;
  readonly scale: Scale;
  readonly gamma: number;
}

/** GPG as it trains by default. */
export const usualChoices: Choices = { bins: 'time', binWidth: 1, baseline: 'own', visit: 'first', scale: 'minibatch', gamma: 0.99 };

/** A choice in words. */
interface Option<Value> {
  readonly value: Value;
  readonly label: string;
}

export const binOptions: readonly Option<BinName>[] = [
  { value: 'time', label: 'time: the step number' },
  { value: 'universal', label: 'universal: one bin for all' },
  { value: 'space', label: 'space: a cell of the observation' },
  { value: 'space-time', label: 'space-time: cell and step number' },
  { value: 'action-time', label: 'action-time: last action and step number' },
  { value: 'return-time', label: 'return-time: rewards so far and step number' },
];

export const baselineOptions: readonly Option<Choices['baseline']>[] = [
  { value: 'own', label: 'mean of the bin (GPG)' },
  { value: 'leave-one-out', label: 'leave one out' },
  { value: 'shrunk', label: 'shrink towards coarser bins' },
  { value: 'pooled', label: 'pool with earlier groups' },
  { value: 'none', label: 'none (REINFORCE)' },
];

export const visitOptions: readonly Option<Visit>[] = [
  { value: 'first', label: 'first visit' },
  { value: 'every', label: 'every visit' },
];

export const scaleOptions: readonly Option<Scale>[] = [
  { value: 'minibatch', label: 'later, per minibatch (GPG)' },
  { value: 'bin', label: 'deviation of the bin' },
  { value: 'group', label: 'deviation of the group' },
  { value: 'global', label: 'all steps normalized' },
];

/** Whether the bins have a width. */
export const hasWidth = ({ bins }: Choices): boolean => bins === 'space' || bins === 'space-time' || bins === 'return-time';

/** Whether a bin is a column of the picture: every step at that time. */
export const areColumns = ({ bins }: Pick<Choices, 'bins'>): boolean => bins === 'time';

/** Why a baseline cannot be had with these bins; `undefined` where it can. */
export function refusal(baseline: Choices['baseline'], { bins }: Pick<Choices, 'bins'>): string | undefined {
  if (baseline !== 'pooled' || bins === 'time' || bins === 'universal') return undefined;
  return 'Pooling needs bins that mean the same in every group: time or universal.';
}

/** The nearest choices that go together: what the bins do not allow gives way. */
export function settled(choices: Choices): Choices {
  return refusal(choices.baseline, choices) === undefined ? choices : { ...choices, baseline: 'leave-one-out' };
}

/** The estimator of the choices, without a memory yet. */
export function settingsOf(choices: Choices, shape: Parameters<typeof baselineOf>[1]): EstimatorSettings {
  const { baseline, ...rest } = choices;
  return { ...defaultEstimatorSettings, ...rest, baseline: baselineOf(baseline, shape) };
}
