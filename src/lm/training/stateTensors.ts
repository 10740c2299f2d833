/**
 * A language-model run as named tensors and back, bit for bit: models, moments, counters. Everything else follows from the configuration.
 */
import { CohortError, show } from '../../core/errors.ts';
import type { ParameterStore } from '../../kernels/parameters.ts';
import { type Tensor, tensor } from '../../run/safetensors.ts';
import type { LanguageState } from '../algorithm/state.ts';

/** A checkpoint as far as it is read here. */
export interface StoredTensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const momentPrefixes = { firstMoments: 'adam.first/', secondMoments: 'adam.second/' } as const;
const countersName = 'counters';

/** A model's parameters under Hugging Face's names. */
export function parameterTensors({ parameters }: { readonly parameters: ParameterStore }, prefix = ''): Tensor[] {
  return parameters.tensors().map(({ name, shape, get }) => tensor(`${prefix}${name}`, get(), shape));
}

/** Parameters and both moments. SGD's momentum is the first moment. */
function learnedTensors(model: { readonly parameters: ParameterStore }, prefix: string): Tensor[] {
  const moments = (['firstMoments', 'secondMoments'] as const).flatMap((block) =>
    model.parameters.tensors().map(({ name, shape, get }) => tensor(`${prefix}${momentPrefixes[block]}${name}`, get(block), shape)),
  );
  return [...parameterTensors(model, prefix), ...moments];
}

/**
 * Every tensor of a run: the policy's parameters under their own names, `adam.first/` and `adam.second/` its moments, the same under `critic/`,
 * `reference/` parameters, and `counters` (6 float64: iteration, rollouts, tokens, promptsDrawn, optimizerSteps, the critic's steps).
 */
export function stateTensors(state: LanguageState): Tensor[] {
  const { policy, critic, reference, iteration, rollouts, tokens, promptsDrawn, optimizerSteps } = state;
  const counters = Float64Array.of(iteration, rollouts, tokens, promptsDrawn, optimizerSteps, critic?.steps ?? 0);
  return [
    ...learnedTensors(policy, ''),
    ...(critic ? learnedTensors(critic.model, 'critic/') : []),
    ...(reference ? parameterTensors(reference, 'reference/') : []),
    tensor(countersName, counters),
  ];
}

/** The tensor of that name, class and length. Throws {@link CohortError} if it is not there. */
function take<T extends Tensor['data']>(
  { tensors }: StoredTensors,
  name: string,
  length: number,
  isRight: (data: Tensor['data']) => data is T,
): T {
  const found = tensors.get(name);
  if (found && isRight(found.data) && found.data.length === length) return found.data;
  throw new CohortError({
    subject: `checkpoint: tensor ${name}`,
    expected: `${length} numbers`,
    got: found ? `${found.data.length} of another kind or number` : 'no such tensor',
    advice: 'the checkpoint is not of this run; restore the folder from a copy',
    kind: 'failure',
  });
}

/** Overwrites a model's parameters (or moments) from a checkpoint. Throws {@link CohortError} for one that is missing or has another size. */
export function restoreParameters(
  { parameters }: { readonly parameters: ParameterStore },
  checkpoint: StoredTensors,
  prefix = '',
  block: 'values' | keyof typeof momentPrefixes = 'values',
): void {
  const path = block === 'values' ? prefix : `${prefix}${momentPrefixes[block]}`;
  for (const { name, shape, set } of parameters.tensors()) {
    const length = shape.reduce((product, size) => product * size, 1);
    set(
      block,
      take(checkpoint, `${path}${name}`, length, (data) => data instanceof Float32Array),
    );
  }
}

/** Puts {@link stateTensors} into a freshly made state of the same configuration. Throws {@link CohortError} where they do not fit. */
export function restoreState(state: LanguageState, checkpoint: StoredTensors): void {
  const counters = take(checkpoint, countersName, 6, (data) => data instanceof Float64Array);
  if (!counters.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new CohortError({
      subject: 'checkpoint: tensor counters',
      expected: 'whole numbers of at least 0',
      got: show(Array.from(counters)),
      advice: 'the checkpoint was not written by training; restore the folder from a copy',
      kind: 'failure',
    });
  }
  for (const block of ['values', 'firstMoments', 'secondMoments'] as const) {
    restoreParameters(state.policy, checkpoint, '', block);
    if (state.critic) restoreParameters(state.critic.model, checkpoint, 'critic/', block);
  }
  if (state.reference) restoreParameters(state.reference, checkpoint, 'reference/');
  const [iteration = 0, rollouts = 0, tokens = 0, promptsDrawn = 0, optimizerSteps = 0, criticSteps = 0] = counters;
  Object.assign(state, { iteration, rollouts, tokens, promptsDrawn, optimizerSteps });
  if (state.critic) state.critic.steps = criticSteps;
}
