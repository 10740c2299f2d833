/**
 * The tasks whose prompts hold pictures.
 */
import type { LanguageTask } from '../task.ts';
import { countShapes } from './countShapes.ts';
import { digitsFewShot, digitsSum } from './digits.ts';
import { fewShotGlyphs } from './fewShotGlyphs.ts';
import { groundShape } from './groundShape.ts';
import { shapeRelation } from './shapeRelation.ts';

/** The tasks with pictures, in the order in which they are listed. Those of handwritten digits have a `load`. */
export const pictureTasks: readonly LanguageTask[] = [countShapes, shapeRelation, groundShape, fewShotGlyphs, digitsFewShot, digitsSum];
