/** The environments of the package that are worth several threads: all that a thread is asked for, besides those of modules. */
import { box2dSpecs } from '../box2d/specs.ts';
import { mujocoSpecs } from '../mujoco/specs.ts';
import type { EnvSpec } from '../spec.ts';

/** Those of the families that are simulated with an engine. A page has a program for each. */
export const threadedSpecs = (): readonly EnvSpec[] => [...box2dSpecs(), ...mujocoSpecs()];
