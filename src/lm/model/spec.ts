/**
 * From a configuration and a task to the transformers and the batches that training needs, and the memory that they take.
 */
import { type SequencesSpec, sequencesBytes, type TransformerSpec, transformerBytes } from '../../kernels/transformer/index.ts';
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

/** Memory in addition to what is counted: job records, alignment, tiles of logits. Untouched pages cost nothing. */
const slack = 32 * 2 ** 20;

/** Kernel memory for `models` models like `spec` that work on those batches with so many threads; on the large side. */
export function memoryBytes(spec: TransformerSpec, models: number, batches: readonly SequencesSpec[], threads: number): number {
  const { hiddenSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads, headDim, intermediateSize, vocabSize } = spec;
  let bytes = slack + models * transformerBytes(spec);
  // What a row of activations takes in one layer, with its gradients; see src/kernels/transformer/plan.ts.
  const row =
    10 * hiddenSize + 3 * (numAttentionHeads + 2 * numKeyValueHeads) * headDim + 6 * (intermediateSize + 8) + 4 * numAttentionHeads + 64;
  for (const batch of batches) {
    const { numGroups, groupSize, promptLength, completionLength } = batch;
    const rows = Math.max(128, promptLength + groupSize * completionLength) + 4;
    const activations = rows * ((numHiddenLayers + 2) * row + 2 * (vocabSize + 8) + 16 * groupSize);
    const cache = numGroups * (promptLength + groupSize * completionLength) * 2 * numKeyValueHeads * headDim * numHiddenLayers;
    // A workspace that grows leaves the smaller one behind, hence thrice.
    bytes += sequencesBytes(batch) + 4 * 3 * (threads * activations + cache);
  }
  return bytes;
}
