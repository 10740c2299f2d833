/** What modules are given besides the essentials: the wrappers. Loaded late, for pages that train nothing of their own. */
import { FrameStack } from './wrappers/frameStack.ts';
import { OneHot } from './wrappers/oneHot.ts';
import { RescaleAction, RescaleObservation } from './wrappers/rescale.ts';
import { TransformObservation, TransformReward } from './wrappers/transform.ts';

/** Wrappers by their names. */
export const moduleHelpers = { FrameStack, OneHot, RescaleAction, RescaleObservation, TransformObservation, TransformReward } as const;

/** The type of {@link moduleHelpers}. */
export type ModuleHelpers = typeof moduleHelpers;
