/**
 * Collecting: the policy acts in N environments for T steps. Nothing here knows which algorithm will use the rollout.
 */
import type { Actor } from '../core/actor.ts';
import type { VectorEnv } from '../core/env.ts';
import { packMasks } from '../core/space.ts';
import type { Rollout } from './buffer.ts';

/** An episode that ended during collection. */
export interface EpisodeRecord {
  /** Environment steps taken in the whole run when it ended. */
  readonly globalStep: number;
  readonly env: number;
  /** Undiscounted sum of raw rewards. */
  readonly return: number;
  readonly length: number;
}

/** What the collector keeps from one rollout to the next. */
export interface CollectorState {
  /** (N) steps since each environment's last reset. */
  readonly elapsed: Int32Array;
  /** Environment steps taken in the whole run. */
  globalStep: number;
  /** Milliseconds spent in the environment and in the policy during the last rollout. */
  envMilliseconds: number;
  actMilliseconds: number;
}

/** A collector's state before the first step; the environments have just been reset. */
export function createCollectorState(numEnvs: number): CollectorState {
  return { elapsed: new Int32Array(numEnvs), globalStep: 0, envMilliseconds: 0, actMilliseconds: 0 };
}

/** One row's worth of scratch views, made once: a view per step would be garbage per step. */
interface RowViews {
  readonly inputs: Float32Array[];
  readonly actions: (Int32Array | Float32Array)[];
  readonly logProbs: Float32Array[];
  /** Empty where everything is allowed. */
  readonly masks: Int32Array[];
}

const rowViews = new WeakMap<Rollout, RowViews>();

function viewsOf(rollout: Rollout): RowViews {
  const known = rowViews.get(rollout);
  if (known) return known;
  const { numSteps, numEnvs, inputSize, actionSize } = rollout;
  const views: RowViews = { inputs: [], actions: [], logProbs: [], masks: [] };
  const { masks, maskWords } = rollout;
  for (let t = 0; t <= numSteps; t++) {
    views.inputs.push(rollout.inputs.subarray(t * numEnvs * inputSize, (t + 1) * numEnvs * inputSize));
    if (t === numSteps) break;
    views.actions.push(rollout.actions.subarray(t * numEnvs * actionSize, (t + 1) * numEnvs * actionSize));
    views.logProbs.push(rollout.logProbs.subarray(t * numEnvs, (t + 1) * numEnvs));
    if (masks) views.masks.push(masks.subarray(t * numEnvs * maskWords, (t + 1) * numEnvs * maskWords));
  }
  rowViews.set(rollout, views);
  return views;
}

/** Counts a step of every environment, and notes the episodes that ended with it. */
export function countStep(env: VectorEnv, state: CollectorState, episodes: EpisodeRecord[]): void {
  for (let n = 0; n < env.numEnvs; n++) {
    state.globalStep++;
    state.elapsed[n]!++;
    if (!env.terminated[n] && !env.truncated[n]) continue;
    state.elapsed[n] = 0;
    episodes.push({ globalStep: state.globalStep, env: n, return: env.episodeReturns[n]!, length: env.episodeLengths[n]! });
  }
}

/** The row that holds no step: what the network sees after the last one, or aside. Views are made once. */
export function edgeInputs(rollout: Rollout): Float32Array {
  return viewsOf(rollout).inputs[rollout.numSteps]!;
}

/** One step of every environment that the rollout does not keep: inputs in {@link edgeInputs}, actions in the spare ones. `step` is the random key's. Returns the milliseconds of the environments. */
export function stepAside(env: VectorEnv, actor: Actor, rollout: Rollout, step: number, now: () => number): number {
  const { numEnvs, spareActions: actions, spareLogProbs: logProbs, spareMasks: masks, maskSize } = rollout;
  const row = edgeInputs(rollout);
  actor.encode(env.observations, numEnvs, row);
  if (masks) packMasks(env.actionMasks!, numEnvs, maskSize, masks);
  actor.act(row, numEnvs, actions, logProbs, step, masks);
  const before = now();
  env.step(actions);
  return now() - before;
}

/**
 * Fills rows `firstRow .. T - 1` of the rollout and the edge row, and returns the episodes that ended. Where a random key is needed the row
 * minus `firstRow` is the step. `now` is a clock in milliseconds, used for the time split only. `pause(t)` is called before row t is looked at, T
 * included; it leaves the environments as they were.
 */
export function collectRollout(
  env: VectorEnv,
  actor: Actor,
  rollout: Rollout,
  state: CollectorState,
  now: () => number,
  firstRow = 0,
  pause?: (row: number) => void,
): EpisodeRecord[] {
  const { numSteps, numEnvs, observations, edgeObservations } = rollout;
  const views = viewsOf(rollout);
  const episodes: EpisodeRecord[] = [];
  let envMilliseconds = 0;
  let actMilliseconds = 0;
  let before = now();
  if (firstRow === 0) {
    rollout.elapsedAtStart.set(state.elapsed);
    for (let n = 0; n < numEnvs; n++) rollout.startedByReset[n] = state.elapsed[n] === 0 ? 1 : 0;
  }
  for (let t = firstRow; t <= numSteps; t++) {
    if (pause) {
      pause(t);
      before = now();
    }
    const row = views.inputs[t]!;
    actor.encode(env.observations, numEnvs, row);
    if (rollout.encodes) {
      if (t < numSteps) observations.set(env.observations, t * numEnvs * rollout.observationSize);
      else edgeObservations.set(env.observations);
    }
    if (t === numSteps) break;
    const masks = views.masks[t];
    if (masks) packMasks(env.actionMasks!, numEnvs, rollout.maskSize, masks);
    actor.act(row, numEnvs, views.actions[t]!, views.logProbs[t]!, t - firstRow, masks);
    const between = now();
    env.step(views.actions[t]!);
    const offset = t * numEnvs;
    rollout.rewards.set(env.rewards, offset);
    rollout.terminated.set(env.terminated, offset);
    rollout.truncated.set(env.truncated, offset);
    rollout.finalObservations?.set(env.finalObservations, offset * rollout.observationSize);
    countStep(env, state, episodes);
    const after = now();
    actMilliseconds += between - before;
    envMilliseconds += after - between;
    before = after;
  }
  state.envMilliseconds = envMilliseconds;
  state.actMilliseconds = actMilliseconds;
  return episodes;
}

/**
 * Steps on after the rollout until every trajectory that was open at its edge has ended, and returns (N) what their rewards from the edge on
 * were worth there: `sum_k gamma^k r_(T+k)`, 0 where the trajectory had ended. The extra steps count as environment steps; they are not trained on.
 * A trajectory that is still open after `most` steps is worth what it has gathered.
 */
export function completeTrajectories(
  env: VectorEnv,
  actor: Actor,
  rollout: Rollout,
  state: CollectorState,
  gamma: number,
  most: number,
  now: () => number,
): { edgeValues: Float64Array; episodes: EpisodeRecord[] } {
  const { numSteps, numEnvs } = rollout;
  const row = edgeInputs(rollout);
  const inputsAtEdge = row.slice();
  const edgeValues = new Float64Array(numEnvs);
  const open = Uint8Array.from(state.elapsed, (elapsed) => (elapsed > 0 ? 1 : 0));
  const episodes: EpisodeRecord[] = [];
  let left = open.reduce((sum, value) => sum + value, 0);
  let discount = 1;
  for (let k = 0; k < most && left > 0; k++) {
    stepAside(env, actor, rollout, numSteps + k, now);
    countStep(env, state, episodes);
    for (let n = 0; n < numEnvs; n++) {
      if (!open[n]) continue;
      edgeValues[n]! += discount * env.rewards[n]!;
      if (!env.terminated[n] && !env.truncated[n]) continue;
      open[n] = 0;
      left--;
    }
    discount *= gamma;
  }
  row.set(inputsAtEdge);
  return { edgeValues, episodes };
}
