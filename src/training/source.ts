/**
 * Where the environments of a run come from.
 */
import type { Seed, VectorEnv } from '../core/env.ts';
import type { TrainingNormalization } from '../core/observationStatistics.ts';
import type { ResolvedConfig } from './config.ts';

/** Where environments come from: those of an id, or the user's own. */
export interface EnvironmentSource {
  readonly id: string;
  /** Evaluation episodes are cut here by default. */
  readonly evaluationMaxSteps?: number | undefined;
  /** That cut is assumed: the environment states no limit, and may not have one. */
  readonly isCutAssumed: boolean;
  /** What will probably disappoint, one sentence for each; `normalizes`: training normalizes observations. */
  adviseOn(spaces: Pick<VectorEnv, 'observationSpace' | 'actionSpace'>, normalizes: boolean): Promise<readonly string[]>;
  makeVector(numEnvs: number, options: Readonly<Record<string, unknown>>): Promise<VectorEnv>;
  /** The same in the wrappers that the configuration asks for; only training sees it, evaluation takes the bare one. */
  makeTrainingVector(config: ResolvedConfig): Promise<{ env: VectorEnv; normalization?: TrainingNormalization }>;
  /** Seeds of `numEnvs` environments; those of evaluation share none with those of training. */
  seeds(seed: number, numEnvs: number, mode: 'cohort' | 'gymnasium', purpose: 'training' | 'evaluation'): Seed[];
}
