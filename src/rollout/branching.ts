/**
 * Sources of trajectories that branch: one plays branches to know what states are worth, the other learns from the branches themselves. Branch points are
 * the first step of every trajectory and every `interval` steps after it.
 */
import { Branches, type BranchPoint, type BranchSettings } from './branches.ts';
import type { Rollout } from './buffer.ts';
import { collectRollout, countStep, type EpisodeRecord, edgeInputs, stepAside } from './collect.ts';
import type { SourceContext, TrajectorySource } from './source.ts';
import { createTrajectories, cutTrajectories } from './trajectories.ts';

/** Where branches begin, and how many. */
export interface BranchingSettings extends Omit<BranchSettings, 'numSteps'> {
  /** K, from every branch point. */
  readonly branches: number;
  /** Steps from one branch point to the next. */
  readonly interval: number;
}

/** Standard error of the mean of `values`, over n - 1; NaN for one value. */
function standardError(values: Float64Array): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / (n - 1) / n);
}

/** Branch points wait until their branches fill the environments so often: points come one by one, and environments are played N at a time. */
const fullParts = 8;

/** A state of the rollout, by its place in `stateValues`. */
interface Asked extends BranchPoint {
  readonly at: number;
}

/**
 * The rollout as it comes, with what its branch points are worth: the mean return of K branches from each, `stateValues`. States after the last row of
 * open trajectories are branch points too. The rollout has the bits that it has without.
 */
export function valuing(context: SourceContext, { branches: count, interval, ...settings }: BranchingSettings): TrajectorySource {
  const { env, rollout, collector, now } = context;
  const { numSteps, numEnvs } = rollout;
  const branches = new Branches(context, { ...settings, numSteps });
  const trajectories = createTrajectories(numSteps * numEnvs);
  const stateValues = new Float64Array((numSteps + 1) * numEnvs);
  const sinceStart = new Int32Array(numEnvs);
  const batch = () => ({ ...rollout, trajectories: cutTrajectories(rollout, trajectories) });
  return {
    batch,
    collect(actor) {
      branches.begin();
      stateValues.fill(Number.NaN);
      let [errors, points] = [0, 0];
      let waiting: Asked[] = [];
      const playWaiting = (): void => {
        const returns = branches.playFrom(actor, waiting, count);
        for (const [i, { at }] of waiting.entries()) {
          const own = returns.subarray(i * count, (i + 1) * count);
          stateValues[at] = own.reduce((sum, value) => sum + value, 0) / count;
          errors += standardError(own);
          points++;
        }
        waiting = [];
      };
      const episodes = collectRollout(env, actor, rollout, collector, now, 0, (row) => {
        const asked: number[] = [];
        for (let n = 0; n < numEnvs; n++) {
          sinceStart[n] = row === 0 || collector.elapsed[n] === 0 ? 0 : sinceStart[n]! + 1;
          const isAsked = row < numSteps ? sinceStart[n]! % interval === 0 : collector.elapsed[n]! > 0;
          if (isAsked) asked.push(n);
        }
        if (asked.length > 0) waiting.push(...branches.mark(asked).map((point, i) => ({ ...point, at: row * numEnvs + asked[i]! })));
        if (waiting.length > 0 && (row === numSteps || waiting.length * count >= fullParts * numEnvs)) playWaiting();
      });
      collector.envMilliseconds += branches.milliseconds;
      const measured = { 'branches/steps': branches.steps, ...(count > 1 && { 'branches/value_error': errors / points }) };
      return { batch: { ...batch(), stateValues }, episodes, measured };
    },
  };
}

/** Rows of the rollout of {@link branchesOnly}: K for each branch point of `numSteps` steps. */
export function branchRows(numSteps: number, { branches, interval }: Pick<BranchingSettings, 'branches' | 'interval'>): number {
  return Math.ceil(numSteps / interval) * branches;
}

/**
 * The first steps of branches alone: `numSteps` steps are played, and every `interval` of them K branches begin at each environment, with common random
 * numbers of the environment. Row `K p + k` of the rollout, environment n, is the first step of branch k of point p at n: a trajectory of one step whose reward is the whole
 * branch's return.
 */
export function branchesOnly(
  context: SourceContext,
  numSteps: number,
  { branches: count, interval, ...settings }: BranchingSettings,
): TrajectorySource {
  const { env, rollout, collector } = context;
  const { numEnvs } = rollout;
  const branches = new Branches(context, { ...settings, numSteps });
  const trajectories = createTrajectories(rollout.numSteps * numEnvs);
  const origins = Array.from({ length: count * numEnvs }, (_, branch) => branch % numEnvs);
  rollout.terminated.fill(1);
  cutTrajectories(rollout, trajectories);
  return {
    batch: () => ({ ...rollout, trajectories }),
    collect(actor) {
      branches.begin();
      const episodes: EpisodeRecord[] = [];
      let [envMilliseconds, point] = [0, 0];
      for (let t = 0; t < numSteps; t++) {
        if (t % interval === 0) {
          const row = count * point++;
          const returns = branches.play(actor, origins, 'common', (first, some) => keepFirst(rollout, row * numEnvs + first, some));
          rollout.rewards.set(returns, row * numEnvs);
        }
        envMilliseconds += stepAside(env, actor, rollout, t, context.now);
        countStep(env, collector, episodes);
      }
      collector.envMilliseconds = envMilliseconds + branches.milliseconds;
      collector.actMilliseconds = 0;
      return { batch: { ...rollout, trajectories }, episodes, measured: { 'branches/steps': branches.steps } };
    },
  };
}

/** Copies what was just done aside to `count` steps of the rollout from `step` on. */
function keepFirst(rollout: Rollout, step: number, count: number): void {
  const { inputSize, actionSize, maskWords, spareMasks } = rollout;
  rollout.inputs.set(edgeInputs(rollout).subarray(0, count * inputSize), step * inputSize);
  rollout.actions.set(rollout.spareActions.subarray(0, count * actionSize), step * actionSize);
  rollout.logProbs.set(rollout.spareLogProbs.subarray(0, count), step);
  if (spareMasks) rollout.masks!.set(spareMasks.subarray(0, count * maskWords), step * maskWords);
}
