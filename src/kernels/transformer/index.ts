/**
 * Transformers: sampling with kept keys and values, log-probabilities, gradients; the prompt of a group is computed once.
 */
export { createSequences } from './sequences.ts';
export type {
  AdapterSpec,
  AdapterTarget,
  BaseWeights,
  DropoutDraw,
  EvaluateOptions,
  GradientOptions,
  PatchSpec,
  RopeScaling,
  RotaryLayout,
  SampleOptions,
  Sequences,
  SequencesRange,
  SequencesSpec,
  Transformer,
  TransformerOptions,
  TransformerSpec,
} from './spec.ts';
export { adapterTargets } from './spec.ts';
export { createTransformer } from './transformer.ts';
