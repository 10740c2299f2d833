/**
 * The methods of the table (src/advantage/methods.ts) as language models are trained with them, and custom ones.
 */
import { show, suggest } from '../../core/errors.ts';
import { batchError } from '../batch.ts';
import { type LossWeighting, type Method, type MethodLoss, type MethodName, methods } from '../methods.ts';
import type { Aggregation } from './aggregation.ts';
import type { CompletionBatch } from './batch.ts';
import type { GradientRescaling } from './gradientScale.ts';
import type { CompletionBaseline, CompletionScale } from './types.ts';

export type { CompletionBaseline, CompletionScale };

/** A method as a run on completions takes it: a row of the table with every default filled in, or a custom method. */
export interface CompletionEstimator {
  /** The method's name as its authors write it. */
  readonly title: string;
  readonly baseline: CompletionBaseline;
  readonly scale: CompletionScale;
  /** How the loss adds up tokens, see `tokenWeights`. */
  readonly aggregation: Aggregation;
  /** What the advantages weigh, see `MethodLoss`; all have one gradient where the ratio to the policy that sampled is 1. */
  readonly loss: MethodLoss['kind'];
  /** The ratio is clipped at `1 - clipLow`; 0 where there is no ratio. */
  readonly clipLow: number;
  /** The ratio is clipped at `1 + clipHigh`; 0 where there is no ratio. */
  readonly clipHigh: number;
  /** Updates per generation, each over the whole batch. */
  readonly updateEpochs: number;
  /** How the gradient is rescaled for groups that are not informative, see `gradientScale`. */
  readonly gradientRescaling: GradientRescaling;
  /** Least share of valid groups, else new prompts are drawn: 0 never, 1 until all are valid. */
  readonly minValidFraction: number;
  /** Whether a greedy completion per prompt is needed. */
  readonly needsGreedy: boolean;
  /** Whether a critic is needed. */
  readonly needsCritic: boolean;
  /** Whether completions that go on from prefixes are needed. */
  readonly needsBranches: boolean;
  /** Rises when the same settings give other bits; results before and after are then different runs. A whole number, 1 if left out. */
  readonly behavior?: number;
  /** A custom method: (N) advantages of the completions, instead of `baseline` and `scale`. */
  readonly advantages?: (batch: CompletionBatch) => Float64Array;
}

/** What the weighting of a loss is called where steps are tokens and trajectories are sequences. */
const aggregationOf: Readonly<Record<LossWeighting, Aggregation>> = {
  'step-mean': 'token-mean',
  'trajectory-mean': 'sequence-mean',
  'trajectory-sum': 'token-sum',
  constant: 'constant',
};

/** One update per generation, nothing rescaled, no new prompts. */
const usual = { updateEpochs: 1, gradientRescaling: 'off', minValidFraction: 0 } as const;

function estimatorOf({ title, loss: { kind, clipLow, clipHigh, weighting }, completions }: Method): CompletionEstimator | undefined {
  if (!completions) return undefined;
  const { baseline } = completions;
  return {
    ...usual,
    title,
    loss: kind,
    clipLow,
    clipHigh,
    aggregation: aggregationOf[weighting],
    needsGreedy: baseline === 'greedy',
    needsCritic: baseline === 'critic',
    needsBranches: baseline === 'branches',
    ...completions,
  };
}

/** The methods of the table that train language models. */
export type EstimatorName = {
  [Name in MethodName]: (typeof methods)[Name] extends { readonly completions: object } ? Name : never;
}[MethodName];

// A function, called as pure: bundlers leave out a table that a program does not use.
const derived = (): Record<EstimatorName, CompletionEstimator> =>
  Object.fromEntries(
    Object.entries<Method>(methods).flatMap(([name, method]) => {
      const estimator = estimatorOf(method);
      return estimator ? [[name, estimator]] : [];
    }),
  ) as Record<EstimatorName, CompletionEstimator>;

/** The methods of language models, by name. */
export const completionEstimators: Readonly<Record<EstimatorName, CompletionEstimator>> = /* @__PURE__ */ derived();
/** Their names, in the order of the table. */
export const estimatorNames: readonly EstimatorName[] = /* @__PURE__ */ Object.keys(completionEstimators) as EstimatorName[];

/** The row of that name. Throws {@link CohortError} with the nearest names if there is none. */
export function findEstimator(name: string): CompletionEstimator {
  if (Object.hasOwn(completionEstimators, name)) return completionEstimators[name as EstimatorName];
  throw batchError('estimator', 'the name of a method', show(name), suggest(name, estimatorNames));
}

/** What {@link defineEstimator} needs; everything else is that of `gpg-lm` without rescaling and without new prompts. */
export type OwnEstimator = Partial<CompletionEstimator> & Required<Pick<CompletionEstimator, 'title' | 'advantages'>>;

/**
 * A custom method from its title and its advantages.
 *
 * Example: `defineEstimator({ title: 'REINFORCE', advantages: ({ rewards }) => rewards })` has loss `score` and aggregation `token-mean`.
 */
export function defineEstimator(own: OwnEstimator): CompletionEstimator {
  if (typeof own !== 'object' || own === null) throw batchError('estimator', 'a method', show(own), 'give { title, advantages }');
  const { title, advantages } = own;
  if (typeof title !== 'string' || title === '') throw batchError('estimator.title', 'a name', show(title), 'say what it is called');
  if (typeof advantages !== 'function') {
    throw batchError('estimator.advantages', 'a function of a batch', show(advantages), 'give (batch) => Float64Array');
  }
  return { ...completionEstimators['gpg-lm'], ...usual, ...own };
}
