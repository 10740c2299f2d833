/** The baselines beyond means of one bin, by name: one file each. */
import type { Baseline, OwnBaselineName } from '../groupBaseline.ts';
import { lengthWeighted } from './lengthWeighted.ts';
import { ownOrCoarser } from './ownOrCoarser.ts';
import { pooled } from './pooled.ts';
import { ridge } from './ridge.ts';
import { selected } from './selected.ts';
import { shrunk, shrunkOwn } from './shrunk.ts';

/** What a baseline may want to know when it is made. */
export interface BaselineShape {
  /** T. */
  readonly numSteps: number;
  /** N. */
  readonly numEnvs: number;
  /** D. */
  readonly observationSize: number;
}

/** What makes each of them, without a memory yet. */
export const ownBaselines: Readonly<Record<OwnBaselineName, (shape: BaselineShape) => Baseline>> = {
  'length-weighted': lengthWeighted,
  ridge,
  shrunk: (shape) => shrunk(shape),
  'shrunk-own': shrunkOwn,
  'own-or-coarser': ownOrCoarser,
  pooled,
  selected,
};
