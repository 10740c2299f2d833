/**
 * From a configuration and a task to the transformers and the batches that training needs, and the memory that they take.
 */
import { type SequencesSpec, sequencesBytes, type TransformerSpec, transformerBytes } from '../../kernels/transformer/index.ts';
import type { LanguageConfig } from '../config/config.ts';
import type { LanguageTask } from '../tasks/task.ts';
import type { Vocabulary } from './tokenizer.ts';

/** The model of a configuration: `policy` and `reference` say which token comes next, `critic` what a completion will be worth. */
export function transformerSpec(
  config: LanguageConfig,
  task: LanguageTask,
  vocabulary: Vocabulary,
  name: 'policy' | 'critic' | 'reference',
): TransformerSpec {
  const { hiddenSize, layers, heads, keyValueHeads, headSize, feedForwardSize } = config;
  const { rotaryTheta, rotaryLayout, normEpsilon, attentionBias, tiedEmbeddings } = config;
  return {
    name,
    vocabularySize: vocabulary.size,
    hiddenSize,
    layers,
    heads,
    keyValueHeads,
    headSize,
    feedForwardSize,
    contextLength: task.promptLength + task.completionLength,
    rotaryTheta,
    rotaryLayout,
    normEpsilon,
    attentionBias,
    tiedEmbeddings,
    output: name === 'critic' ? 'value' : 'logits',
  };
}

/** The two batches of a run: the groups of an iteration, and single completions for the warm start, greedy ones and evaluation. */
export function sequencesSpecs(config: LanguageConfig, task: LanguageTask): { groups: SequencesSpec; singles: SequencesSpec } {
  const { groups, groupSize, warmStartBatchSize } = config;
  const { promptLength, completionLength } = task;
  return {
    groups: { groups, groupSize, promptLength, completionLength },
    singles: { groups: Math.max(groups, warmStartBatchSize), groupSize: 1, promptLength, completionLength },
  };
}

/** Memory beside what is counted: job records, alignment, tiles of logits. Untouched pages cost nothing. */
const slack = 32 * 2 ** 20;

/** Kernel memory for `models` models like `spec` that work on those batches with so many threads; on the large side. */
export function memoryBytes(spec: TransformerSpec, models: number, batches: readonly SequencesSpec[], threads: number): number {
  const { hiddenSize, layers, heads, keyValueHeads, headSize, feedForwardSize, vocabularySize } = spec;
  let bytes = slack + models * transformerBytes(spec);
  // What a row of activations takes in one layer, with gradients beside it; see src/kernels/transformer/plan.ts.
  const row = 10 * hiddenSize + 3 * (heads + 2 * keyValueHeads) * headSize + 6 * (feedForwardSize + 8) + 4 * heads + 64;
  for (const batch of batches) {
    const { groups, groupSize, promptLength, completionLength } = batch;
    const rows = Math.max(128, promptLength + groupSize * completionLength) + 4;
    const activations = rows * ((layers + 2) * row + 2 * (vocabularySize + 8) + 16 * groupSize);
    const cache = groups * (promptLength + groupSize * completionLength) * 2 * keyValueHeads * headSize * layers;
    // A workspace that grows leaves the smaller one behind, hence thrice.
    bytes += sequencesBytes(batch) + 4 * 3 * (threads * activations + cache);
  }
  return bytes;
}
