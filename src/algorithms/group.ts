/**
 * What the methods of the group family share: their fields, their state, and how it is made. Their loop is that of gpg.ts.
 */
import type * as z from 'zod/mini';
import type { Estimate, Estimator } from '../advantage/core.ts';
import { networkFields, updateFields } from '../policy/fields.ts';
import { Learner } from '../policy/learner.ts';
import type { PolicyLoss } from '../policy/losses.ts';
import { createRollout } from '../rollout/buffer.ts';
import { rolloutFields } from '../rollout/fields.ts';
import type { GroupBatch, SourceContext, TrajectorySource } from '../rollout/source.ts';
import { type AlgorithmContext, type AlgorithmState, startState } from './algorithm.ts';

/** Configuration fields that every method of the family has. */
export const groupFields = { ...rolloutFields, ...updateFields, ...networkFields } satisfies z.core.$ZodShape;

/** Their part of a resolved configuration. */
export type GroupConfig = z.output<z.ZodMiniObject<typeof groupFields>> & { readonly iterations: number };

/** The shape of a group's rollouts: (T, N), and D numbers in an observation. */
export interface GroupShape {
  readonly numSteps: number;
  readonly numEnvs: number;
  readonly observationSize: number;
}

/** Where methods of the group family differ: where trajectories come from, how advantages are estimated, and what the loss makes of them. */
export interface GroupMethod {
  /** Rows of the rollout. */
  readonly numSteps: number;
  /** Whether the rollout keeps the last observations of episodes. */
  readonly keepFinalObservations?: boolean;
  readonly sourceOf: (context: SourceContext) => TrajectorySource;
  readonly thirdStopOf: (shape: GroupShape) => ThirdStop;
  /** Whether the third stop weighs steps. */
  readonly weighs?: boolean;
  /** Whose random numbers environment n acts with, as `Actor.act` takes them. Default: its own. */
  readonly noiseOf?: (n: number) => number;
}

/** How advantages are estimated, and what the loss makes of them. */
export interface ThirdStop {
  readonly estimator: Estimator;
  readonly loss: PolicyLoss;
  /** Writes how much every step counts in the loss beside the others, (T, N); left out: 1 each. */
  readonly weigh?: ((batch: GroupBatch, estimate: Estimate, weights: Float32Array) => void) | undefined;
}

/** Everything that an iteration reads and changes. There is no critic in it. */
export interface GroupState extends AlgorithmState {
  readonly config: GroupConfig;
  readonly source: TrajectorySource;
  readonly thirdStop: ThirdStop;
  /** (T, N) in kernel memory; the weights only of a third stop that weighs. */
  readonly advantages: Float32Array;
  readonly weights: Float32Array | undefined;
  /** Rows that take part in the loss. */
  readonly rows: Int32Array;
  /** (N) in kernel memory, where environments do not act with random numbers of their own: see `Actor.act`; and whose number n of the run acts with. */
  readonly noiseRows: Int32Array | undefined;
  readonly noiseOf: GroupMethod['noiseOf'] | undefined;
}

/** The state of a method of the group family. */
export async function createGroup(config: GroupConfig, context: AlgorithmContext, method: GroupMethod): Promise<GroupState> {
  const { env, key } = context;
  const { numEnvs, hiddenSizes, activation } = config;
  const { numSteps, keepFinalObservations = false } = method;
  const { observationSpace, actionSpace } = env;
  const masked = env.actionMasks !== undefined;
  const steps = numSteps * numEnvs;
  const shape = { numSteps, numEnvs, observationSpace, actionSpace, masked, keepFinalObservations };
  const spec = { observationSpace, actionSpace, hiddenSizes, activation, critic: false, ...(masked && { masked }) };
  const { learner, rollout, advantages, weights, noiseRows } = await context.layOut((kernels) => {
    const learner = new Learner(spec, kernels, key, steps);
    const rollout = createRollout(shape, kernels);
    const advantages = kernels.float32(steps);
    const weights = method.weighs ? kernels.float32(steps) : undefined;
    const noiseRows = method.noiseOf ? kernels.int32(numEnvs) : undefined;
    learner.learnFrom({ ...rollout, advantages, rowWeights: weights });
    return { learner, rollout, advantages, weights, noiseRows };
  });
  learner.policy.initialize();
  const state = startState(context, learner, rollout);
  const source = method.sourceOf(state);
  const thirdStop = method.thirdStopOf({ numSteps, numEnvs, observationSize: rollout.observationSize });
  const rows = new Int32Array(steps);
  const history = () => ({ ...source.kept?.(), ...thirdStop.estimator.kept?.() });
  return { ...state, config, source, thirdStop, advantages, weights, rows, noiseRows, noiseOf: method.noiseOf, history };
}
