/** The suites of `cohort-rl bench`. */
import { benchEnvironments } from './environments.ts';
import { benchKernels } from './kernels.ts';
import type { BenchSuite } from './suite.ts';
import { benchTraining } from './training.ts';

/** The suites, in the order in which they are measured. */
export const benchSuites: readonly BenchSuite[] = [
  { name: 'environments', description: 'environment steps per second, random actions', run: benchEnvironments },
  { name: 'kernels', description: 'samples per second of the compute kernels, perceptron 4-64-64-2', run: benchKernels },
  { name: 'training', description: 'environment steps per second of whole training iterations', run: benchTraining },
];
