/**
 * What modules of users may import from the package in a page: the server points the package's name at the page's own script. Each from its file: of what
 * is also loaded late, a bundle of one file would not begin what comes through an index.
 */
export { box, CohortError, createGenerator, discrete } from '../browser/index.ts';
export { createEnvGenerator } from '../envs/seeding.ts';
export { FrameStack } from '../envs/wrappers/frameStack.ts';
export { OneHot } from '../envs/wrappers/oneHot.ts';
export { RescaleAction, RescaleObservation } from '../envs/wrappers/rescale.ts';
export { TimeLimit } from '../envs/wrappers/timeLimit.ts';
export { TransformObservation, TransformReward } from '../envs/wrappers/transform.ts';
