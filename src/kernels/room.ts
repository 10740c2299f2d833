/**
 * The kernels as the rooms above use them: without `createKernels`, which would bring the modules of both arithmetics into every page.
 */
export { maskWords, packMasks } from '../core/space.ts';
export { createKernelsAsync, type LayOut, type Layout, layOutKernels } from './create.ts';
export type { ActOptions, BackwardOptions, Kernels, KernelsOptions, KernelTimes } from './kernels.ts';
export type { KernelArray } from './memory.ts';
export type {
  Head,
  Minibatch,
  MinibatchRun,
  MinibatchSpec,
  MinibatchStatistics,
  PolicyBatch,
  ValueBatch,
} from './minibatch.ts';
export type { Arithmetic } from './module.ts';
export type { AdamStep, SgdStep } from './optimizer.ts';
export type {
  Activation,
  NetworkHandle,
  NetworkSpec,
  ParameterBlock,
  ParameterStore,
  Parameters,
  ParametersSpec,
  ParameterTensor,
} from './parameters.ts';
export type { SpawnThread } from './pool.ts';
export * from './transformer/index.ts';
