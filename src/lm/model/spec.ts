/**
 * From a configuration and a task to the transformers and the batches that training needs.
 */
import type { SequencesSpec, TransformerSpec } from '../../kernels/transformer/spec.ts';
import type { LanguageConfig } from '../config/config.ts';
import type { Tokenizer } from '../tasks/prompt.ts';
import type { LanguageTask } from '../tasks/task.ts';

/** The model of a configuration: `policy` and `reference` say which token comes next, `critic` what a completion will be worth. */
export function transformerSpec(
  config: LanguageConfig,
  task: LanguageTask,
  tokenizer: Tokenizer,
  name: 'policy' | 'critic' | 'reference',
): TransformerSpec {
  const { hiddenSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads, headDim, intermediateSize } = config;
  const { ropeTheta, rotaryLayout, rmsNormEps, attentionBias, tieWordEmbeddings } = config;
  return {
    name,
    vocabSize: tokenizer.size,
    hiddenSize,
    numHiddenLayers,
    numAttentionHeads,
    numKeyValueHeads,
    headDim,
    intermediateSize,
    maxPositionEmbeddings: task.promptLength + task.completionLength,
    ropeTheta,
    rotaryLayout,
    rmsNormEps,
    attentionBias,
    tieWordEmbeddings,
    output: name === 'critic' ? 'value' : 'logits',
  };
}

/** The two batches of a run: the groups of an iteration, and single completions for the warm start, greedy ones and evaluation. */
export function sequencesSpecs(config: LanguageConfig, task: LanguageTask): { groups: SequencesSpec; singles: SequencesSpec } {
  const { numGroups, groupSize, warmStartBatchSize } = config;
  const { promptLength, completionLength } = task;
  return {
    groups: { numGroups, groupSize, promptLength, completionLength },
    singles: { numGroups: Math.max(numGroups, warmStartBatchSize), groupSize: 1, promptLength, completionLength },
  };
}
