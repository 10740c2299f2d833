/**
 * What a run of a language model keeps to go on from, bit for bit: models, moments, counters. Everything else follows from the configuration.
 */
import { parameterTensors, readCounters, restoreParameters, restoreTrained, takeTensor, trainedTensors } from '../../run/checkpoint.ts';
import type { Tensor } from '../../run/safetensors.ts';
import type { Checkpoint } from '../../run/storedRun.ts';
import type { LanguageState, LearningState } from '../algorithm/state.ts';

/** What a run counts: `globalStep` are completions sampled for training; steps of the policy's and of the critic's optimizer. */
export const counterNames = ['iteration', 'globalStep', 'tokens', 'promptsDrawn', 'optimizerSteps', 'criticSteps'] as const;

/** What the divergence counts, where it is steered. */
const coefficientTensor = 'kl_coefficient';

/** The counters of a state. */
export function countersOf({
  iteration,
  rollouts: globalStep,
  tokens,
  promptsDrawn,
  optimizerSteps,
  critic,
}: LearningState): Record<(typeof counterNames)[number], number> {
  return { iteration, globalStep, tokens, promptsDrawn, optimizerSteps, criticSteps: critic?.steps ?? 0 };
}

/**
 * Every tensor of a run: the policy's parameters under their own names, `adam.first/` and `adam.second/` its moments, the same under `critic/`, and
 * `reference/` parameters,
 * what the curriculum remembers, and what the divergence counts.
 */
export function stateTensors({ policy, critic, reference, curriculum, config, klCoefficient }: LanguageState): Tensor[] {
  return [
    ...trainedTensors(policy.parameters),
    ...(critic ? trainedTensors(critic.model.parameters, 'critic/') : []),
    ...(reference?.parameters ? parameterTensors(reference.parameters, 'reference/') : []),
    ...curriculum.tensors(),
    ...(config.klTarget > 0 ? [{ name: coefficientTensor, shape: [1], data: Float64Array.of(klCoefficient) }] : []),
  ];
}

/** Puts what a checkpoint counts and remembers into a freshly made state of the same configuration. Throws {@link CohortError} where it does not fit. */
export function restoreCounters(state: LearningState, checkpoint: Checkpoint): void {
  const { globalStep: rollouts, criticSteps, ...counters } = readCounters(checkpoint, counterNames);
  state.curriculum.restore(checkpoint);
  if (state.config.klTarget > 0) state.klCoefficient = takeTensor(checkpoint, coefficientTensor, new Float64Array(1))[0]!;
  Object.assign(state, { ...counters, rollouts });
  if (state.critic) state.critic.steps = criticSteps;
}

/** The same with the weights of a model in this process. */
export function restoreState(state: LanguageState, checkpoint: Checkpoint): void {
  restoreTrained(state.policy.parameters, checkpoint);
  if (state.critic) restoreTrained(state.critic.model.parameters, checkpoint, 'critic/');
  if (state.reference?.parameters) restoreParameters(state.reference.parameters, checkpoint, 'reference/');
  restoreCounters(state, checkpoint);
}
