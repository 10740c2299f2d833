/**
 * From a configuration and a task to the transformers and the batches that training needs.
 */
import type { AdapterSpec, BaseWeights, SequencesSpec, TransformerSpec } from '../../kernels/transformer/spec.ts';
import type { PretrainedModel } from '../checkpoints/pretrained.ts';
import { adapterTargetSets, type LanguageConfig } from '../config/config.ts';
import type { Tokenizer } from '../tasks/prompt.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { patchSpec } from './patches.ts';

/** The adapter of a configuration; `undefined` where all weights are trained. */
export function adapterOf({
  loraRank: rank,
  loraAlpha: alpha = 2 * rank,
  loraTargets,
  loraDropout: dropout,
  frozenLayers,
}: LanguageConfig): AdapterSpec | undefined {
  if (rank === 0) return undefined;
  return {
    rank,
    alpha,
    targets: adapterTargetSets[loraTargets],
    ...(dropout > 0 && { dropout }),
    ...(frozenLayers > 0 && { frozenLayers }),
  };
}

/** An adapter of no matrix: weights that are never trained have no room for gradients, as those beside any adapter. */
const nothingTrained = { rank: 1, alpha: 1, targets: [] } as const;

/** What decides the model besides its configuration. */
interface SpecOptions {
  readonly model?: PretrainedModel | undefined;
  readonly use?: 'training' | 'sampling' | undefined;
  /** Default: as the configuration says. */
  readonly baseWeights?: BaseWeights | undefined;
}

/** The model of a configuration: `policy` and `reference` say which token comes next, `critic` what a completion will be worth. */
export function transformerSpec(
  config: LanguageConfig,
  task: LanguageTask,
  tokenizer: Tokenizer,
  name: 'policy' | 'critic' | 'reference',
  { model: pretrained, use, baseWeights = config.baseWeights }: SpecOptions = {},
): TransformerSpec {
  const { promptLength, completionLength } = sequencesSpecs(config, task).singles;
  const maxPositionEmbeddings = promptLength + completionLength;
  if (pretrained) {
    const adapter = adapterOf(config) ?? (use === 'sampling' ? nothingTrained : undefined);
    // What is trained from random weights on needs all of them in its warm start.
    const frozen = !adapter && config.frozenLayers > 0 && { frozenLayers: config.frozenLayers };
    return { ...pretrained.checkpoint.shape, name, maxPositionEmbeddings, output: 'logits', adapter, baseWeights, ...frozen };
  }
  const { hiddenSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads, headDim, intermediateSize } = config;
  const { ropeTheta, rotaryLayout, rmsNormEps, attentionBias, queryKeyNorm, tieWordEmbeddings } = config;
  return {
    name,
    vocabSize: tokenizer.size,
    hiddenSize,
    numHiddenLayers,
    numAttentionHeads,
    numKeyValueHeads,
    headDim,
    intermediateSize,
    maxPositionEmbeddings,
    ...(task.images && { patches: patchSpec(task.images) }),
    ropeTheta,
    rotaryLayout,
    rmsNormEps,
    attentionBias,
    // Left out where it is off: the fingerprint of a warm start knows it not.
    ...(queryKeyNorm && { queryKeyNorm }),
    tieWordEmbeddings,
    output: name === 'critic' ? 'value' : 'logits',
  };
}

/** The batches of a run: the groups of an iteration, single completions for the warm start, greedy ones and evaluation, and of a method that branches its branches. */
export function sequencesSpecs(
  config: LanguageConfig,
  task: LanguageTask,
): { groups: SequencesSpec; singles: SequencesSpec; branches: SequencesSpec | undefined } {
  const { numGroups, groupSize, warmStartBatchSize, branches } = config;
  const { promptLength, completionLength, images } = task;
  const lengths = { promptLength, completionLength, ...(images && { patches: patchSpec(images) }) };
  // A later turn of an episode goes on from all tokens before it.
  const soFar = task.rollout ? { promptLength: promptLength + completionLength } : {};
  return {
    groups: { numGroups, groupSize, ...lengths },
    singles: { numGroups: Math.max(numGroups, warmStartBatchSize), groupSize: 1, ...lengths, ...soFar },
    // As many rows as the groups have. A branch goes on from all but the last token of a completion, and together they are no longer than one.
    branches:
      branches === undefined
        ? undefined
        : {
            ...{ numGroups: Math.ceil((numGroups * groupSize) / branches), groupSize: branches },
            ...{ ...lengths, promptLength: promptLength + completionLength - 1 },
          },
  };
}
