/**
 * Methods that are the one estimator with other settings, each against its own formula on drawn rollouts.
 */
import type { AdvantageBatch } from '../../advantage/batch.ts';
import type { EstimatorSettings } from '../../advantage/estimate.ts';
import { reference } from '../formulas.ts';
import { estimator, type Problem, stoppingProblem } from '../problem.ts';
import { numberText, type Row, type Subjects } from '../row.ts';
import { createDrawing, generatorOf } from '../sampling.ts';
import { largestDifference } from '../vectors.ts';

const group = 'Special cases: other methods are settings of this estimator';

/** Differences of advantages of order 1 by rounding; dividing by a standard deviation loses a digit or two. */
const equal = 1e-11;

/** Drawn rollouts per row, each of 3 groups of 8. */
const rollouts = 40;

/** The same rollout with its whole return as the reward of the last step. */
function withOutcomes(batch: AdvantageBatch): AdvantageBatch {
  const returns = reference.rewardToGo(batch);
  const rewards = new Float64Array(batch.rewards.length);
  const { count, env, end } = batch.trajectories;
  for (let i = 0; i < count; i++) rewards[(end[i]! - 1) * batch.numEnvs + env[i]!] = returns[env[i]!]!;
  return { ...batch, rewards };
}

/** One group: for what is normalized over the whole batch. */
const asOneGroup = (batch: AdvantageBatch): AdvantageBatch => ({ ...batch, groups: new Int32Array(batch.numEnvs), numGroups: 1 });

interface Case {
  readonly name: string;
  readonly statement: string;
  readonly source: string;
  readonly settings: Partial<EstimatorSettings>;
  readonly formula: (batch: AdvantageBatch, subjects: Subjects) => Float64Array;
  readonly change?: (batch: AdvantageBatch) => AdvantageBatch;
}

/** The advantages of PPO with lambda = 1 and a critic that says 0, normalized over the batch as PPO does. */
function ppoWithoutCritic(batch: AdvantageBatch, { gae }: Subjects): Float64Array {
  const { numSteps, numEnvs, rewards, trajectories } = batch;
  const zeros = new Float64Array(numEnvs);
  const dones = new Float64Array(numSteps * numEnvs);
  const nextDone = new Float64Array(numEnvs);
  for (let i = 0; i < trajectories.count; i++) {
    const [env, end] = [trajectories.env[i]!, trajectories.end[i]!];
    if (end < numSteps) dones[end * numEnvs + env] = 1;
    else nextDone[env] = 1;
  }
  const values = new Float64Array(numSteps * numEnvs);
  const advantages = gae({
    numSteps,
    numEnvs,
    rewards,
    values,
    dones,
    nextValues: zeros,
    nextDone,
    gamma: 1,
    gaeLambda: 1,
    arithmetic: 'float64',
  });
  // Normalization is REINFORCE++'s: the same formula over what gae gave, as rewards of trajectories of one step would give it.
  const steps = Array.from({ length: trajectories.count }, (_, i) => i).flatMap((i) =>
    Array.from({ length: trajectories.end[i]! }, (_, t) => t * numEnvs + trajectories.env[i]!),
  );
  const mean = steps.reduce((sum, step) => sum + advantages[step]!, 0) / steps.length;
  const squares = steps.reduce((sum, step) => sum + (advantages[step]! - mean) * (advantages[step]! - mean), 0);
  const deviation = Math.sqrt(squares / (steps.length - 1));
  const out = new Float64Array(advantages.length);
  for (const step of steps) out[step] = (advantages[step]! - mean) / deviation;
  return out;
}

const whitened = { bins: 'universal', scale: 'global', standardDeviation: 'sample', epsilon: 0 } as const;

const cases: readonly Case[] = [
  {
    name: 'reinforce++',
    statement: 'REINFORCE++ is universal bins with normalization: returns minus their mean, over their standard deviation',
    source: 'section 3.3; arXiv 2501.03262',
    settings: whitened,
    formula: reference.whitenedReturns,
    change: asOneGroup,
  },
  {
    name: 'ppo-without-critic',
    statement: 'PPO with lambda = 1 and a critic that says 0 everywhere is universal bins with normalization',
    source: 'arXiv 1506.02438; section 2.5',
    settings: whitened,
    formula: ppoWithoutCritic,
    change: asOneGroup,
  },
  {
    name: 'grpo-outcome',
    statement: 'Outcome GRPO is universal bins where the reward comes at the end, over the standard deviation of the returns',
    source: 'corollary; arXiv 2402.03300, 4.1.2',
    settings: { bins: 'universal', scale: 'group', standardDeviation: 'population', epsilon: 0 },
    formula: reference.grpoOutcome,
    change: withOutcomes,
  },
  {
    name: 'grpo-process',
    statement: 'Process GRPO is the reward-to-go of rewards that are standardized within the group, without a further baseline',
    source: 'section 3.3; arXiv 2402.03300, 4.1.3',
    settings: { returns: 'standardized-reward-to-go', bins: 'universal', baseline: 'none', standardDeviation: 'population', epsilon: 0 },
    formula: reference.grpoProcess,
  },
  {
    name: 'dr-grpo',
    statement: 'Dr. GRPO is one return per trajectory and universal bins, divided by nothing',
    source: 'arXiv 2503.20783',
    settings: { returns: 'episode', bins: 'universal' },
    formula: reference.drGrpo,
  },
  {
    name: 'rloo',
    statement: 'RLOO is the same with the own return left out',
    source: 'arXiv 2402.14740',
    settings: { returns: 'episode', bins: 'universal', baseline: 'leave-one-out' },
    formula: reference.rloo,
  },
  {
    name: 'time-baseline',
    statement: 'REINFORCE with a time-dependent baseline is time bins',
    source: 'Greensmith, Bartlett and Baxter 2004',
    settings: { bins: 'time' },
    formula: reference.timeBaseline,
  },
  {
    name: 'gigpo-step',
    statement: 'The step term of GiGPO is state bins with every visit',
    source: 'arXiv 2505.10978',
    settings: { bins: 'state', visit: 'every' },
    formula: reference.gigpoStep,
  },
];

/** The largest difference over drawn rollouts. */
function* differences(
  { change, settings, formula, name }: Case,
  one: Problem,
  subjects: Subjects,
  seed: number,
): Generator<number, number, void> {
  const { batch: drawn, draw } = createDrawing(one.mdp, one.policy, 24, 8, generatorOf(seed, name));
  let worst = 0;
  for (let k = 0; k < rollouts; k++) {
    draw();
    const batch = change ? change(drawn) : drawn;
    const { advantages } = subjects.estimate(batch, estimator(settings));
    worst = Math.max(worst, largestDifference(advantages, formula(batch, subjects)));
    yield (k + 1) / rollouts;
  }
  return worst;
}

function rowOf(one: Case): Row {
  const { name, statement, source } = one;
  return {
    name,
    group,
    statement,
    source,
    kind: 'identity',
    *run({ seed, subjects }) {
      const off = yield* differences(one, stoppingProblem(seed, 6), subjects, seed);
      return {
        computed: `${rollouts} drawn rollouts of random lengths: off by at most ${numberText(off)}`,
        checks: [{ what: 'difference', value: off, max: equal }],
      };
    },
  };
}

/** The rows of the special cases. */
export const specialCases: readonly Row[] = cases.map(rowOf);
