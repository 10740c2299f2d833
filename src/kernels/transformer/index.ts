/**
 * Transformers: sampling with kept keys and values, log-probabilities, gradients; the prompt of a group is computed once.
 */
export { transformerBytes } from './parameters.ts';
export { createSequences, sequencesBytes } from './sequences.ts';
export type {
  GradientOptions,
  RotaryLayout,
  SampleOptions,
  Sequences,
  SequencesRange,
  SequencesSpec,
  Transformer,
  TransformerSpec,
} from './spec.ts';
export { createTransformer } from './transformer.ts';
