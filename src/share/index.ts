/**
 * What `import ... from 'cohort-rl/share'` gives on every platform: a run as a link, a link that was read, and what a verification says.
 */
export { CohortError } from '../core/errors.ts';
export type { Difference } from './expected.ts';
export { marksOf, shortHashOf } from './marks.ts';
export { type ReadLinkOptions, type RunLink, readRunLink, runLink, type SharedConfig, type SharedRun, sharedConfigOf } from './runLink.ts';
export type { ShareConfig, Sharing, VerifyOptions } from './sharing.ts';
export { describeVerification, type FollowOptions, RunRecorder, type TrainingProgress, type Verification } from './verify.ts';
export { aboutSeconds, defaultLimits, describeWork, type RunWork, type WorkLimits } from './work.ts';
