/**
 * Environments: the built-in ones, making them by id, spaces, and lifting, wrapping and checking custom ones. What a page loads at once imports the files
 * themselves: whoever imports this one takes every environment along.
 */
export {
  box,
  describeSpace,
  dict,
  discrete,
  flatten,
  type Mask,
  multiBinary,
  multiDiscrete,
  numbersOf,
  type SpaceGenerator,
  tuple,
  unflatten,
} from '../core/space.ts';
export { type BipedalWalkerOptions, type BipedalWalkerScene, bipedalWalker } from './box2d/bipedalWalker.ts';
export { type LunarLanderOptions, type LunarLanderScene, lunarLander, type SceneBody } from './box2d/lunarLander.ts';
export { type CheckOptions, type CheckReport, checkEnv } from './checkEnv.ts';
export { type AcrobotOptions, type AcrobotScene, acrobot } from './classic-control/acrobot.ts';
export { type CartPoleOptions, type CartPoleScene, cartPole } from './classic-control/cartPole.ts';
export { mountainCar } from './classic-control/mountainCar.ts';
export { mountainCarContinuous } from './classic-control/mountainCarContinuous.ts';
export { type PendulumOptions, type PendulumScene, pendulum } from './classic-control/pendulum.ts';
export type { MountainCarOptions, MountainCarScene } from './classic-control/valley.ts';
export { checkScene, ownSceneKinds } from './draw/checkScene.ts';
export {
  type BoardPiece,
  type BoardScene,
  type Caption,
  type CircleShape,
  type DrawingContext,
  type DrawingGradient,
  type DrawOptions,
  drawCaption,
  drawScene,
  type LineShape,
  type NumbersScene,
  type PictureSize,
  pictureSize,
  type RectangleShape,
  type SceneShape,
  type ShapesScene,
  sceneKinds,
  stepsPerSecond,
  type TextShape,
} from './draw/index.ts';
export { type Driving, type DrivingKey, drivingKey, factsOf, Hand, type Held, keySigns, type TaskFacts } from './driving.ts';
export { type Dynamics, DynamicsEnv, DynamicsVectorEnv, type MakeDynamics, type StepArrays } from './dynamics.ts';
export type { EnvProblem } from './findings.ts';
export { type MakeVectorEnvSettings, makeEnv, makeVectorEnv } from './make.ts';
export type { VectorEnvSettings } from './makeOf.ts';
export { applyModule, type CohortModule, type ModuleContext, type ModuleRegistration } from './module.ts';
export type { MujocoAddresses } from './mujoco/addresses.ts';
export { type AntOptions, ant } from './mujoco/ant.ts';
export { mujocoDynamics } from './mujoco/dynamics.ts';
export { type HalfCheetahOptions, halfCheetah } from './mujoco/halfCheetah.ts';
export { type HopperOptions, hopper } from './mujoco/hopper.ts';
export { type HumanoidOptions, humanoid } from './mujoco/humanoid.ts';
export { type HumanoidStandupOptions, humanoidStandup } from './mujoco/humanoidStandup.ts';
export type { HumanoidObservationOptions } from './mujoco/humanoidTask.ts';
export { type InvertedDoublePendulumOptions, invertedDoublePendulum } from './mujoco/invertedDoublePendulum.ts';
export { type InvertedPendulumOptions, invertedPendulum } from './mujoco/invertedPendulum.ts';
export { loadMujoco, type MujocoLoadOptions, type MujocoModule } from './mujoco/module.ts';
export type { PlanarCapsule, PlanarScene } from './mujoco/planarScene.ts';
export { type PusherOptions, pusher } from './mujoco/pusher.ts';
export { type ReacherOptions, reacher } from './mujoco/reacher.ts';
export type { SpatialPlane, SpatialScene, SpatialShape } from './mujoco/spatialScene.ts';
export { type SwimmerOptions, swimmer } from './mujoco/swimmer.ts';
export type {
  MujocoCarried,
  MujocoField,
  MujocoFields,
  MujocoMoment,
  MujocoOutcome,
  MujocoTask,
  MujocoView,
  SpatialView,
} from './mujoco/task.ts';
export { type Walker2dOptions, walker2d } from './mujoco/walker2d.ts';
export { checkSeed, createEnvGenerator, type EnvSeeding, environmentSeeds } from './seeding.ts';
export { type EnvOf, type EnvOptions, EnvRegistry, type EnvSpec, type EnvTypes, type SpaceRow } from './spec.ts';
export { standardRegistry } from './standardRegistry.ts';
export type { BlackjackOptions, BlackjackScene } from './toy-text/blackjack.ts';
export { type CliffWalkingOptions, type CliffWalkingScene, cliffWalking } from './toy-text/cliffWalking.ts';
export type { FrozenLakeOptions, FrozenLakeScene } from './toy-text/frozenLake.ts';
export { generateRandomMap, type RandomMapOptions } from './toy-text/frozenLakeMaps.ts';
export type { TaxiOptions, TaxiScene } from './toy-text/taxi.ts';
export { vectorize } from './vectorize.ts';
export type { BinOptions } from './wrappers/bins.ts';
export { ClipActionVectorEnv } from './wrappers/clipAction.ts';
export { DelayObservation } from './wrappers/delayObservation.ts';
export { DiscretizeAction } from './wrappers/discretizeAction.ts';
export { DiscretizeObservation } from './wrappers/discretizeObservation.ts';
export { FilterObservation } from './wrappers/filterObservation.ts';
export { FlattenObservation } from './wrappers/flattenObservation.ts';
export { FrameStack, type FrameStackOptions } from './wrappers/frameStack.ts';
export type { NormalizeReading } from './wrappers/gymnasiumArithmetic.ts';
export { type NormalizeOptions, normalized } from './wrappers/normalize.ts';
export { type NormalizeObservationOptions, NormalizeObservationVectorEnv } from './wrappers/normalizeObservation.ts';
export { type NormalizeRewardOptions, NormalizeRewardVectorEnv } from './wrappers/normalizeReward.ts';
export { OneHot, OneHotVectorEnv } from './wrappers/oneHot.ts';
export { type EpisodeStatistics, RecordEpisodeStatistics } from './wrappers/recordEpisodeStatistics.ts';
export { RepeatAction } from './wrappers/repeatAction.ts';
export { RescaleAction, RescaleObservation } from './wrappers/rescale.ts';
export { mergeStatistics, RunningMeanStd, type RunningStatistics } from './wrappers/runningMeanStd.ts';
export type { StatisticsOwner } from './wrappers/statisticsBlock.ts';
export { StickyAction, type StickyOptions } from './wrappers/stickyAction.ts';
export { TimeAwareObservation, type TimeAwareOptions } from './wrappers/timeAwareObservation.ts';
export { TimeLimit } from './wrappers/timeLimit.ts';
export { TransformAction, TransformObservation, TransformReward } from './wrappers/transform.ts';
