/**
 * Playing alone: a trained policy, loaded and acting, without anything that training needs. Environments are those of `cohort-rl/envs`, or your own.
 */
export type { Action, Env, Observation } from '../core/env.ts';
export { CohortError } from '../core/errors.ts';
export type { CreatePolicyOptions } from '../policies/create.ts';
export { decodePolicy } from '../policies/encode.ts';
export type { PolicyFile } from '../policies/policyFile.ts';
export type { Policy } from '../policy/policy.ts';
export { Clock, speeds } from './clock.ts';
export { type Decision, Episode, type Moment, type PlayOptions } from './episode.ts';
export { type ByteSource, createPolicy, loadPolicy, type PolicyPlace } from './load.ts';
export { type EpisodeMoment, playEpisode } from './playEpisode.ts';
export { type PlayedGroup, type PlayGroupOptions, playGroup } from './playGroup.ts';
