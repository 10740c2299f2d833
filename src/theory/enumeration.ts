/**
 * Expectations of estimators without sampling: all groups of N trajectories of a small MDP, weighted by probability. The advantages come from the
 * estimators of the product, on many groups at once.
 */
import { type AdvantageBatch, batchError } from '../advantage/batch.ts';
import { createEstimatorWorkspace, type Estimate, type EstimatorSettings, estimateAdvantages } from '../advantage/estimate.ts';
import { endings } from '../core/trajectory.ts';
import type { FiniteMdp, SoftmaxPolicy } from './finiteMdp.ts';
import { type Estimator, settle } from './row.ts';
import { type TrajectoryTable, weightedScores } from './trajectories.ts';

/** Which groups, and what estimates their advantages. */
export interface GroupsInput {
  /** From `enumerateTrajectories`. */
  readonly table: TrajectoryTable;
  /** N: independent trajectories (or rollouts of environments) in a group, 1 to 3. */
  readonly groupSize: number;
  readonly settings: EstimatorSettings;
  /** Default: the package's. */
  readonly estimate?: Estimator;
}

/** Many groups and what the estimator gave them. Views: valid until the next ones. */
export interface EstimatedGroups {
  /** How many groups there are; group g has the columns `g * N .. g * N + N - 1` of the arrays (T, N * most). */
  readonly count: number;
  /** T. */
  readonly horizon: number;
  /** Columns. */
  readonly numEnvs: number;
  /** Per column: the class in the table. */
  readonly members: Int32Array;
  /** Per group: the probability of drawing it in any order. */
  readonly weights: Float64Array;
  readonly estimate: Estimate;
}

/** Groups that one call of the estimator takes: an own choice, in cache and few calls. */
const groupsPerCall = 1024;

/**
 * Estimates the advantages of all unordered groups of N trajectories; every group is a group of its own in the batch. Gives the share that is done.
 *
 * Throws {@link CohortError} for a group size other than 1, 2, 3.
 */
export function* estimatedGroups(input: GroupsInput, visit: (groups: EstimatedGroups) => void): Generator<number, void, void> {
  const { table, groupSize, settings, estimate = estimateAdvantages } = input;
  if (![1, 2, 3].includes(groupSize)) {
    throw batchError('groupSize', '1, 2 or 3', String(groupSize), 'larger groups take too long to enumerate');
  }
  const { horizon } = table;
  const numEnvs = groupsPerCall * groupSize;
  const members = new Int32Array(numEnvs);
  const weights = new Float64Array(groupsPerCall);
  const batch = emptyBatch(horizon, numEnvs, groupSize);
  const workspace = createEstimatorWorkspace(horizon, numEnvs);
  let filled = 0;
  const flush = (): void => {
    fillBatch(batch, table, members);
    visit({ count: filled, horizon, numEnvs, members, weights, estimate: estimate(batch, settings, workspace) });
    filled = 0;
  };
  for (let first = 0; first < table.count; first++) {
    forEachGroup(
      table,
      groupSize,
      (group, weight) => {
        for (let k = 0; k < groupSize; k++) members[filled * groupSize + k] = group[k]!;
        weights[filled] = weight;
        filled++;
        if (filled === groupsPerCall) flush();
      },
      first,
    );
    if (groupSize > 1) yield (first + 1) / table.count;
  }
  if (filled > 0) flush();
}

/** A batch for as many trajectories as there are steps, all of them ended by the task. */
function emptyBatch(horizon: number, numEnvs: number, groupSize: number): AdvantageBatch {
  const most = horizon * numEnvs;
  return {
    numSteps: horizon,
    numEnvs,
    rewards: new Float64Array(most),
    observations: new Float64Array(most),
    observationSize: 1,
    actions: new Int32Array(most),
    trajectories: {
      count: 0,
      env: new Int32Array(most),
      start: new Int32Array(most),
      end: new Int32Array(most),
      startedByReset: new Uint8Array(most).fill(1),
      endedBy: new Uint8Array(most).fill(endings.terminated),
      elapsed: new Int32Array(most),
    },
    groups: Int32Array.from({ length: numEnvs }, (_, n) => Math.floor(n / groupSize)),
    numGroups: numEnvs / groupSize,
  };
}

function fillBatch(batch: AdvantageBatch, table: TrajectoryTable, members: Int32Array): void {
  const { numSteps, numEnvs, rewards, observations, actions, trajectories } = batch;
  let count = 0;
  for (let n = 0; n < numEnvs; n++) {
    let start = 0;
    for (let t = 0; t < numSteps; t++) {
      const place = members[n]! * numSteps + t;
      const step = t * numEnvs + n;
      rewards[step] = table.rewards[place]!;
      observations![step] = table.states[place]!;
      actions![step] = table.actions[place]!;
      if (table.ends[place] === 0) continue;
      trajectories.env[count] = n;
      trajectories.start[count] = start;
      trajectories.end[count] = t + 1;
      count++;
      start = t + 1;
    }
  }
  trajectories.count = count;
}

/** What {@link expectedGradient} averages over. */
export interface ExpectedGradientInput extends GroupsInput {
  readonly mdp: FiniteMdp;
  readonly policy: SoftmaxPolicy;
  /** Divide the sum over the group by N; without it the estimator is N times too long (equation 1 of the paper as printed). Default true. */
  readonly average?: boolean;
  /** What is added to the advantage of step t of a class. Default: nothing. */
  readonly plus?: (trajectory: number, t: number) => number;
}

/**
 * The exact expectation of `(1/N) sum over n, t of A_t^n grad log pi(a_t^n | s_t^n)` over groups of N independent trajectories, (S, A). All unordered
 * groups are enumerated, each with its probability times the number of its orders.
 *
 * Throws {@link CohortError} for a group size other than 1, 2, 3.
 */
export function expectedGradient(input: ExpectedGradientInput): Float64Array {
  return settle(expectedGradientSteps(input));
}

/** {@link expectedGradient}, with the share that is done now and then. */
export function* expectedGradientSteps(input: ExpectedGradientInput): Generator<number, Float64Array, void> {
  const { mdp, policy, table, groupSize, average = true, plus } = input;
  const scale = average ? 1 / groupSize : 1;
  const coefficients = new Float64Array(table.count * table.horizon);
  yield* estimatedGroups(input, ({ count, horizon, numEnvs, members, weights, estimate: { advantages } }) => {
    for (let n = 0; n < count * groupSize; n++) {
      const weight = weights[Math.floor(n / groupSize)]! * scale;
      for (let t = 0; t < horizon; t++) coefficients[members[n]! * horizon + t]! += weight * advantages[t * numEnvs + n]!;
    }
  });
  const own = average ? 1 : groupSize;
  return weightedScores(
    mdp,
    policy,
    table,
    (c, t) => coefficients[c * table.horizon + t]! + (plus ? own * table.probabilities[c]! * plus(c, t) : 0),
  );
}

/** Calls `visit` with every unordered group of N trajectories and the probability of drawing it in any order. `first`: only those that begin with it. */
export function forEachGroup(
  table: TrajectoryTable,
  groupSize: number,
  visit: (group: Int32Array, weight: number) => void,
  first?: number,
): void {
  const group = new Int32Array(groupSize);
  const extend = (position: number, weight: number, run: number): void => {
    if (position === groupSize) {
      visit(group, weight);
      return;
    }
    const least = position > 0 ? group[position - 1]! : (first ?? 0);
    const last = position === 0 && first !== undefined ? first + 1 : table.count;
    for (let c = least; c < last; c++) {
      group[position] = c;
      // n! / (runs of equals)!, built up: the k-th member brings a factor k, and a division by its place in its run.
      const place = position > 0 && c === least ? run + 1 : 1;
      extend(position + 1, (weight * table.probabilities[c]! * (position + 1)) / place, place);
    }
  };
  extend(0, 1, 0);
}
