/**
 * A run that begins from a policy: whether the policy fits, and putting it into a state that was just made.
 */
import type { AlgorithmState } from '../algorithms/algorithm.ts';
import { mistake } from '../core/errors.ts';
import type { TrainingNormalization } from '../core/observationStatistics.ts';
import { checkSpaces } from '../policies/environment.ts';
import { checkNetwork, checkOptimizer, type OpenStart } from '../policies/start.ts';
import { restoreParameters } from '../run/checkpoint.ts';
import type { ResolvedConfig } from './config.ts';
import type { Start } from './trainee.ts';

/** A policy, opened, as what a new run begins from. */
export function startOf(opened: OpenStart): Start {
  return {
    check: (state, config) => checkStart(state, opened, config),
    apply: (state, config, normalization) => applyStart(state, opened, config, normalization),
  };
}

/** Throws `CohortError` unless the state can begin from the policy, and from its optimizer if there is one. */
function checkStart({ learner }: AlgorithmState, start: OpenStart, { env, algorithm }: ResolvedConfig): void {
  const { file, optimizer } = start;
  const { spec } = learner.policy;
  checkSpaces(file.spec, spec, env);
  checkNetwork(file, { hiddenSizes: spec.hiddenSizes, activation: spec.activation });
  checkOptimizer(start, algorithm);
  if (!optimizer || file.spec.critic === spec.critic) return;
  const word = (critic: boolean): string => `an optimizer ${critic ? 'with' : 'without'} the moments of a critic`;
  throw mistake('withOptimizer', word(spec.critic), word(file.spec.critic), 'leave it out: the weights alone can be taken');
}

/** Puts the policy into a state before its first iteration; gives what was not taken, in one sentence, if anything was not. */
export function applyStart(
  { learner }: AlgorithmState,
  { file, optimizer }: OpenStart,
  config: ResolvedConfig,
  normalization?: TrainingNormalization,
): string | undefined {
  const { policy } = learner;
  for (const { name, set } of policy.parameters.tensors()) {
    const values = file.parameters.get(name);
    if (values) set('values', values);
  }
  if (optimizer) {
    for (const kind of ['firstMoments', 'secondMoments'] as const) restoreParameters(policy.parameters, optimizer, '', kind);
    learner.optimizerSteps = optimizer.steps;
  }
  const notes = [...noteCritic(file.spec.critic, policy.spec.critic), ...takeStatistics(file, config, normalization)];
  return notes.length === 0 ? undefined : `not all of the policy was taken: ${notes.join('; ')}`;
}

function noteCritic(its: boolean, own: boolean): string[] {
  if (its === own) return [];
  return [its ? 'its critic is left out, for the run has none' : 'it has no critic, and the run begins with a fresh one'];
}

/** Lets the statistics of training go on from the policy's; gives what cannot be taken. */
function takeStatistics(
  { normalizer, source }: OpenStart['file'],
  { normalizeObservation, clipObservation, numEnvs, numSteps }: ResolvedConfig,
  normalization: TrainingNormalization | undefined,
): string[] {
  const own = normalization?.arrays;
  const [means, variances, counts] = ['mean', 'variance', 'counts'].map((name) => own?.[`observation/${name}`]);
  if (!means || !variances || !counts) {
    return normalizer
      ? [
          `its observations were normalized and the run’s are not (normalizeObservation ${normalizeObservation}), so that it sees other numbers`,
        ]
      : [];
  }
  if (!normalizer)
    return ['it was trained on raw observations, and statistics of observations begin afresh (normalizeObservation none keeps to them)'];
  const sets = counts.length;
  for (let k = 0; k < sets; k++) {
    means.set(normalizer.mean, k * normalizer.mean.length);
    variances.set(normalizer.variance, k * normalizer.variance.length);
  }
  // A policy file holds no count: the policy has seen one observation per step. Where it does not say how many, it weighs as much as one rollout.
  counts.fill((source.globalStep || Number(numEnvs) * Number(numSteps)) / sets);
  normalization!.restored();
  if (normalizer.clip === clipObservation) return [];
  return [`it saw observations cut to ±${normalizer.clip}, and the run cuts them to ±${clipObservation} (clipObservation)`];
}
