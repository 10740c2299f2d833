/**
 * Transformers: sampling with kept keys and values, log-probabilities, gradients; the prompt of a group is computed once.
 */
export { createSequences } from './sequences.ts';
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
