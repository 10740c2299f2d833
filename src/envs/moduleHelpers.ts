/** What modules are given besides the essentials: wrappers. Loaded late, and so without those that share a file with what every page loads. */
import { FrameStack } from './wrappers/frameStack.ts';
import { RescaleAction, RescaleObservation } from './wrappers/rescale.ts';
import { TransformObservation, TransformReward } from './wrappers/transform.ts';

/** Wrappers by their names. */
export const moduleHelpers = { FrameStack, RescaleAction, RescaleObservation, TransformObservation, TransformReward } as const;

/** The type of {@link moduleHelpers}. */
export type ModuleHelpers = typeof moduleHelpers;
