/** Environments: the built-in ones, making them by id, lifting, wrapping and checking your own. */
export { LunarLanderEnv } from './box2d/lunarLander.ts';
export type { LunarLanderOptions, LunarLanderScene, SceneBody } from './box2d/lunarLanderDynamics.ts';
export { LunarLanderVectorEnv, type LunarLanderVectorOptions } from './box2d/lunarLanderVector.ts';
export { type CheckOptions, type CheckReport, checkEnv, type EnvProblem } from './checkEnv.ts';
export { CartPoleEnv, type CartPoleOptions } from './classic-control/cartPole.ts';
export { CartPoleVectorEnv, type CartPoleVectorOptions } from './classic-control/cartPoleVector.ts';
export { make, makeVector } from './make.ts';
export { checkSeed, createEnvGenerator, type EnvSeeding, environmentSeeds } from './seeding.ts';
export { createStandardRegistry } from './standardRegistry.ts';
export { CliffWalkingEnv, type CliffWalkingOptions } from './toy-text/cliffWalking.ts';
export { CliffWalkingVectorEnv, type CliffWalkingVectorOptions } from './toy-text/cliffWalkingVector.ts';
export { vectorise } from './vectorise.ts';
export { ClipActionVectorEnv } from './wrappers/clipAction.ts';
export { OneHot, OneHotVectorEnv } from './wrappers/oneHot.ts';
export { type EpisodeStatistics, RecordEpisodeStatistics } from './wrappers/recordEpisodeStatistics.ts';
export { TimeLimit } from './wrappers/timeLimit.ts';
