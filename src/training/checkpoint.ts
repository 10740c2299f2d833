/**
 * What a run on environments keeps to go on from: tensors of the policy, its optimizer, the environments and their statistics.
 */
import type { AlgorithmState } from '../algorithms/algorithm.ts';
import type { EnvState, StateArray } from '../core/env.ts';
import type { TrainingNormalization } from '../core/observationStatistics.ts';
import type { Policy } from '../policy/policy.ts';
import { readCounters, restoreTrained, takeTensor, trainedTensors } from '../run/checkpoint.ts';
import { type Tensor, tensor } from '../run/safetensors.ts';
import type { Checkpoint } from '../run/storedRun.ts';

/** What a run on environments counts: iterations, environment steps, steps of Adam. */
export const counterNames = ['iteration', 'globalStep', 'optimizerSteps'] as const;

/** What a policy does to raw observations, as tensors; none without a normalizer. */
export function normalizerTensors({ normalizer }: Policy): Tensor[] {
  if (!normalizer) return [];
  const { mean, variance, clip } = normalizer;
  return [tensor('normalizer.mean', mean), tensor('normalizer.variance', variance), tensor('normalizer.clip', Float64Array.of(clip))];
}

const named = (prefix: string, arrays: Readonly<Record<string, StateArray>> | undefined): Tensor[] =>
  Object.entries(arrays ?? {}).map(([name, data]) => tensor(`${prefix}/${name}`, data));

/**
 * Every tensor of a checkpoint; `policy` is the state's, with the statistics of this moment. Of an environment that cannot give its state only the
 * statistics of normalization are kept (they are part of the state otherwise); a resume then begins new episodes.
 */
export function checkpointTensors(state: AlgorithmState, policy: Policy, normalization?: TrainingNormalization): Tensor[] {
  const env = state.env.getState();
  return [
    ...trainedTensors(policy.parameters),
    ...normalizerTensors(policy),
    ...named('env', env),
    ...named('normalization', env ? undefined : normalization?.arrays),
    tensor('collector/elapsed', state.collector.elapsed),
    ...named('history', state.history?.()),
  ];
}

/** Everything under `prefix`, by the rest of its name. */
function takeAll(checkpoint: Checkpoint, prefix: string): EnvState {
  const found = [...checkpoint.tensors].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, { data }]) => [name.slice(prefix.length), data as StateArray]));
}

/** Fills arrays from the tensors of their names. */
function fill(checkpoint: Checkpoint, prefix: string, arrays: Readonly<Record<string, StateArray>>): void {
  for (const [name, array] of Object.entries(arrays)) array.set(takeTensor(checkpoint, `${prefix}/${name}`, array));
}

/** Puts a checkpoint into a freshly made state of the same configuration. Throws `CohortError` where it does not fit. */
export function restoreCheckpoint(state: AlgorithmState, checkpoint: Checkpoint, normalization?: TrainingNormalization): void {
  const { iteration, globalStep, optimizerSteps } = readCounters(checkpoint, counterNames);
  restoreTrained(state.learner.policy.parameters, checkpoint);
  if (state.env.getState()) {
    state.env.setState(takeAll(checkpoint, 'env/'));
    fill(checkpoint, 'collector', { elapsed: state.collector.elapsed });
  } else if (normalization) {
    fill(checkpoint, 'normalization', normalization.arrays);
    normalization.restored();
  }
  fill(checkpoint, 'history', state.history?.() ?? {});
  state.collector.globalStep = globalStep;
  state.learner.optimizerSteps = optimizerSteps;
  state.iteration = iteration;
}
