/**
 * Batches of sequences in kernel memory, and the check of what is in them.
 */
import { mistake, show } from '../../core/errors.ts';
import type { Kernels } from '../kernels.ts';
import { roundUp } from '../parameters.ts';
import type { Sequences, SequencesRange, SequencesSpec, TransformerSpec } from './spec.ts';

function refuse(subject: string, expected: string, got: unknown, advice: string): never {
  throw mistake(subject, expected, show(got), advice);
}

const sizes = ['numGroups', 'groupSize', 'promptLength', 'completionLength'] as const;

/** The (N, completionLength) arrays of float32. */
const tokenArrays = [
  'logProbs',
  'entropies',
  'values',
  'advantageWeights',
  'oldLogProbs',
  'referenceLogProbs',
  'tokenWeights',
  'targets',
] as const;
type TokenArrays = Record<(typeof tokenArrays)[number], Float32Array>;

/** All arrays, in the order of their addresses in a job record from `taskPrompts` on. */
export const sequenceArrays = ['prompts', 'promptLengths', 'completions', 'completionLengths', ...tokenArrays] as const;

/** Makes room for a batch. Throws {@link CohortError} unless all sizes are whole and positive, or if the memory is full. */
export function createSequences(kernels: Pick<Kernels, 'int32' | 'float32'>, spec: SequencesSpec): Sequences {
  for (const name of sizes) {
    if (!(Number.isInteger(spec[name]) && spec[name] >= 1)) {
      refuse(`sequences.${name}`, 'a whole number of at least 1', spec[name], 'say how many there are at most');
    }
  }
  const completions = spec.numGroups * spec.groupSize;
  const tokens = completions * spec.completionLength;
  return {
    spec: { ...spec },
    prompts: kernels.int32(spec.numGroups * spec.promptLength),
    promptLengths: kernels.int32(spec.numGroups),
    completions: kernels.int32(tokens),
    completionLengths: kernels.int32(completions),
    patches: kernels.float32(spec.patches ? spec.numGroups * spec.patches.count * roundUp(spec.patches.inputs, 8) : 0),
    ...(Object.fromEntries(tokenArrays.map((name) => [name, kernels.float32(tokens)])) as TokenArrays),
  };
}

/**
 * Throws {@link CohortError} unless the range lies in the batch, what it holds in the context, and every token in the vocabulary. `maxTokens` are those that are
 * yet to come after every prompt; left out: the completions are there, and of the batch's length.
 */
export function checkSequences(model: TransformerSpec, sequences: Sequences, range: SequencesRange, maxTokens?: number): void {
  const { spec, prompts, promptLengths, completions, completionLengths } = sequences;
  for (const name of ['numGroups', 'groupSize'] as const) {
    if (Number.isInteger(range[name]) && range[name] >= 1 && range[name] <= spec[name]) continue;
    refuse(name, `a whole number from 1 to the ${spec[name]} that the batch has room for`, range[name], 'make a larger batch');
  }
  const { temperature = 1 } = range;
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    refuse('temperature', 'a positive number', temperature, 'use 1, or greedy sampling for the likeliest tokens');
  }
  const [longest, most] =
    maxTokens === undefined
      ? [spec.promptLength, spec.completionLength]
      : [promptLengths.subarray(0, range.numGroups).reduce((a, b) => Math.max(a, b), 1), maxTokens];
  if (longest + most - 1 > model.maxPositionEmbeddings) {
    const needed = `prompts of ${longest} and completions of ${most} tokens`;
    refuse(
      'maxPositionEmbeddings',
      `room for ${needed}`,
      model.maxPositionEmbeddings,
      'use a model with a longer context, or shorter sequences',
    );
  }
  const { patches } = model;
  if (patches?.count !== spec.patches?.count || patches?.inputs !== spec.patches?.inputs) {
    refuse('sequences.patches', patches ? show(patches) : 'none', spec.patches, 'make the batch with the patches of the model');
  }
  const checkTokens = (what: string, tokens: Int32Array, start: number, length: number, room: number, ids: number): void => {
    if (!(length >= 1 && length <= room)) {
      refuse(`${what} length`, `a whole number from 1 to ${room}`, length, 'write the length of every sequence before computing');
    }
    for (let i = start; i < start + length; i++) {
      const token = tokens[i]!;
      if (token >= 0 && token < ids) continue;
      refuse(`${what} token`, `an id from 0 to ${ids - 1}`, token, 'encode with the vocabulary of the model');
    }
  };
  for (let group = 0; group < range.numGroups; group++) {
    checkTokens(
      'prompt',
      prompts,
      group * spec.promptLength,
      promptLengths[group]!,
      spec.promptLength,
      model.vocabSize + (patches?.count ?? 0),
    );
    if (maxTokens !== undefined) continue;
    for (let member = 0; member < range.groupSize; member++) {
      const row = group * spec.groupSize + member;
      checkTokens('completion', completions, row * spec.completionLength, completionLengths[row]!, spec.completionLength, model.vocabSize);
    }
  }
}
