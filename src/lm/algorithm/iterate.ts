/**
 * GPG for language models (Chu et al. 2025, "GPG: A Simple and Strong Reinforcement Learning Baseline for Model Reasoning", arXiv 2504.02546).
 * Its namesake for general MDPs (arXiv 2510.03679) is `gpg`, another method.
 *
 *     A_i   = (r_i - mean of the group's r) / F_norm,                                  F_norm = 1               (equation 5)
 *     alpha = B / (B - M),    B groups of which M have equal rewards throughout                                 (section 2.2, equation 7)
 *     minimise  alpha * 1 / sum_i |o_i| * sum_i sum_t -A_i log pi(o_it | prompt, o_i<t)
 *     draw prompts until (B - M) / B >= beta_th
 *
 * One update per batch: no critic, no reference model, no divergence, no probability ratio, no clipping. The other estimators of
 * src/advantage/completions are the same walk with another advantage, another average over tokens, or a clipped ratio; PPO's critic is in
 * src/lm/algorithm/ppo.ts.
 *
 * What deviates from the authors' code (AMAP-ML/GPG, open-r1 trainer), and why:
 * - alpha is B / (B - M) exactly and taken after pooling; without a valid group there is no update (there: division by 0).
 * - groups are valid by exact equality of rewards, not by a standard deviation with a tolerance.
 * - a reward that failed leaves its completion out and is counted; it is not 0.
 * - where every weight is 0 the optimizer makes no step, not even by its momentum.
 *
 * Reproduce: `npx cohort-rl lm train add-2digit --seed 1,2,3,4,5`.
 */
import { completionAdvantages, gradientScale, tokenWeights } from '../../advantage/completions/index.ts';
import { learningRateAt } from '../../math/schedule.ts';
import { learnerStreams } from '../../random/index.ts';
import { encodePrompt, type Rollout, type RolloutGroup, sampleCompletions } from '../model/rollouts.ts';
import { drawProblem } from '../tasks/problems.ts';
import { scoreCompletions } from '../tasks/rewards.ts';
import { type Collection, collectGroups } from './collector.ts';
import { learningBatch, ratioStatistics, takeStep, writeGroups, writePerToken } from './learner.ts';
import { updateCritic, writeCriticWeights } from './ppo.ts';
import { type LanguageState, problemStreams } from './state.ts';

/** A completion as it is shown. */
export interface CompletionSample {
  readonly prompt: string;
  readonly completion: string;
  /** NaN where the reward failed. */
  readonly total: number;
  readonly components: Readonly<Record<string, number>>;
  readonly ended: boolean;
}

/** What one iteration reports. */
export interface LanguageReport {
  /** By the keys of the metrics table. */
  readonly metrics: Record<string, number>;
  /** A few completions of this iteration, one per prompt. */
  readonly samples: readonly CompletionSample[];
  /** Everything that was drawn is right: the run has nothing left to learn from. */
  readonly solved: boolean;
  /** Completions sampled by this iteration, and their tokens. */
  readonly rollouts: number;
  readonly tokens: number;
}

/** Completions that a report shows. */
const shownCompletions = 4;

/** Advances a run by one iteration, in place. Throws {@link CohortError} as `collectGroups` does. */
export async function iterate(state: LanguageState): Promise<LanguageReport> {
  const { config, estimator, policy, critic, reference, batch, kernels, now } = state;
  const { temperature, klCoef, clipLow, clipHigh, advantageScale, validBy, alphaMax } = config;
  const iteration = state.iteration + 1;
  const clock: Clock = { start: now(), sample: 0, reward: 0 };

  // -------------------------------------------------------------------------------------------------------------------- collect
  const collection = await collectGroups((attempt) => drawGroups(state, iteration, attempt, clock), config);
  const counted = countTokens(collection);
  // Only now, so that an iteration that fails leaves the run as it was.
  state.iteration = iteration;
  state.promptsDrawn += collection.drawn.length;
  state.rollouts += counted.rollouts;
  state.tokens += counted.tokens;
  const times = kernels.times();

  // ------------------------------------------------------------------------------------------------------------------ advantage
  const groups = collection.batch;
  const completions = learningBatch(groups, batch.spec.groupSize);
  const shares = tokenWeights(completions, config.aggregation, config.maxTokens);
  const { alpha } = gradientScale(completions, {
    gradientRescaling: config.gradientRescaling,
    validBy,
    ...(alphaMax === undefined ? {} : { alphaMax }),
  });

  // --------------------------------------------------------------------------------------------------------- token loss weights
  const range = { numGroups: groups.length, groupSize: config.groupSize, temperature };
  const isEmpty = completions.rewards.length === 0;
  writeGroups(batch, groups);
  writePerToken(batch.tokenWeights, shares, completions, batch.spec.completionLength);
  if (isEmpty) {
    // Nothing to learn from; the counts below still tell of it.
  } else if (critic) {
    writeCriticWeights(critic, batch, range, completions, shares, config, estimator);
  } else {
    const advantages = completionAdvantages(completions, estimator, {
      validBy,
      ...(advantageScale === undefined ? {} : { advantageScale }),
    });
    const weights = advantages.map((advantage, i) => alpha * shares[i]! * advantage);
    writePerToken(batch.advantageWeights, weights, completions, batch.spec.completionLength);
  }
  if (reference && !isEmpty) {
    reference.evaluate(batch, range);
    batch.referenceLogProbs.set(batch.logProbs);
  }

  // --------------------------------------------------------------------------------------------------------------------- update
  const learningRate = learningRateAt(config, iteration);
  const hasGradient = !isEmpty && (klCoef > 0 || batch.advantageWeights.some((weight) => weight !== 0));
  const norms: number[] = [];
  for (let epoch = 0; hasGradient && epoch < config.updateEpochs; epoch++) {
    policy.gradient(batch, { ...range, loss: estimator.loss, clipLow, clipHigh, referenceCoefficient: klCoef });
    norms.push(takeStep(kernels, policy.parameters, config, learningRate, ++state.optimizerSteps));
  }
  const ratios = hasGradient && estimator.loss === 'clipped' ? ratioStatistics(batch, completions, config) : undefined;
  const valueLoss = critic && !isEmpty ? updateCritic(critic, batch, range, completions, config, kernels) : undefined;

  // -------------------------------------------------------------------------------------------------------------------- metrics
  const seconds = (now() - clock.start) / 1000;
  const after = kernels.times();
  const metrics = {
    ...completionMetrics(collection, counted),
    'group/alpha': alpha,
    'losses/entropy': counted.entropy / counted.tokens,
    'losses/gradient_norm': norms.reduce((sum, norm) => sum + norm, 0) / Math.max(1, norms.length),
    'losses/clipped_step': norms.filter((norm) => config.maxGradNorm > 0 && norm > config.maxGradNorm).length / Math.max(1, norms.length),
    ...(ratios ? { 'losses/approx_kl': ratios.approxKl, 'losses/clipfrac': ratios.clipFraction } : {}),
    ...(valueLoss === undefined ? {} : { 'losses/value_loss': valueLoss }),
    'charts/learning_rate': learningRate,
    'charts/rollouts_per_second': counted.rollouts / seconds,
    'charts/tokens_per_second': counted.tokens / seconds,
    'time/sample': clock.sample / 1000,
    'time/reward': clock.reward / 1000,
    'time/forward': (after.forward - times.forward) / 1000,
    'time/backward': (after.backward - times.backward) / 1000,
    'time/optimizer': (after.optimizer - times.optimizer) / 1000,
  };
  const samples = collection.drawn.slice(0, shownCompletions).map(({ problem, rollouts }) => sampleOf(problem.prompt, rollouts[0]!));
  return { metrics, samples, solved: collection.solved, rollouts: counted.rollouts, tokens: counted.tokens };
}

/** Milliseconds of an iteration by what they were spent on. */
interface Clock {
  readonly start: number;
  sample: number;
  reward: number;
}

/** One draw: the run's next problems, a group of completions of each, their rewards. */
async function drawGroups(state: LanguageState, iteration: number, attempt: number, clock: Clock): Promise<RolloutGroup[]> {
  const { config, task, vocabulary, policy, batch, singles, key, now } = state;
  const { numGroups, groupSize, rewardSeconds, seed } = config;
  const first = state.promptsDrawn + attempt * numGroups;
  const problems = Array.from({ length: numGroups }, (_, g) => drawProblem(task, [seed, problemStreams.training, first + g], 'train'));
  const prompts = problems.map((problem) => encodePrompt(problem, vocabulary, task.promptLength));

  const start = now();
  const sampling = {
    ...config,
    greedy: false,
    key,
    stream: learnerStreams.completions,
    iteration,
    firstRollout: attempt * numGroups * groupSize,
  };
  const sampled = sampleCompletions(policy, batch, vocabulary, prompts, groupSize, sampling);
  const likeliest = state.estimator.needsGreedy
    ? sampleCompletions(policy, singles, vocabulary, prompts, 1, { ...sampling, greedy: true })
    : undefined;
  clock.sample += now() - start;

  const startOfRewards = now();
  const all = problems.map((problem, g) => [...sampled[g]!, ...(likeliest?.[g] ?? [])].map((completion) => ({ problem, completion })));
  const items = all.flat().map(({ problem, completion: { text, ended } }) => ({ problem, completion: text, ended }));
  const scores = await scoreCompletions(items, task, { rewardSeconds, now });
  clock.reward += now() - startOfRewards;

  let next = 0;
  return all.map((completions, g) => {
    const scored: Rollout[] = completions.map(({ completion }) => ({ ...completion, score: scores[next++]! }));
    const greedy = likeliest ? scored.pop() : undefined;
    return { problem: problems[g]!, prompt: prompts[g]!, rollouts: scored, greedy };
  });
}

/** What a collection consists of. */
interface Counted {
  /** Greedy completions too. */
  readonly rollouts: number;
  readonly tokens: number;
  /** Nats, summed over tokens. */
  readonly entropy: number;
}

function countTokens({ drawn }: Collection): Counted {
  let [rollouts, tokens, entropy] = [0, 0, 0];
  for (const group of drawn) {
    for (const rollout of group.greedy ? [...group.rollouts, group.greedy] : group.rollouts) {
      rollouts++;
      tokens += rollout.tokens.length;
      entropy += rollout.entropy;
    }
  }
  return { rollouts, tokens, entropy };
}

/** Means over all completions that were sampled, in the batch or not; rewards over those that could be computed. */
function completionMetrics(
  { drawn, attempts, wasted, failed, validGroups, allRight, allWrong }: Collection,
  { rollouts }: Counted,
): Record<string, number> {
  const all = drawn.flatMap((group) => group.rollouts);
  const scored = all.filter(({ score }) => score.status === 'ok');
  const mean = (of: (rollout: Rollout) => number, over = scored): number =>
    over.reduce((sum, rollout) => sum + of(rollout), 0) / Math.max(1, over.length);
  const components = Object.keys(scored[0]?.score.components ?? {});
  return {
    'completions/reward': mean(({ score }) => score.total),
    'completions/accuracy': mean(({ score }) => (score.outcome >= 1 ? 1 : 0)),
    'completions/length': mean(({ tokens }) => tokens.length, all),
    'completions/truncated_frac': mean(({ ended }) => (ended ? 0 : 1), all),
    ...Object.fromEntries(components.map((name) => [`reward/${name}`, mean(({ score }) => score.components[name] ?? 0)])),
    'reward/failed': failed / rollouts,
    'group/valid_frac': validGroups / drawn.length,
    'group/all_right_frac': allRight / drawn.length,
    'group/all_wrong_frac': allWrong / drawn.length,
    'group/attempts': attempts,
    'group/wasted': wasted,
  };
}

function sampleOf(prompt: string, { text, ended, score }: Rollout): CompletionSample {
  return { prompt, completion: text, total: score.total, components: score.components, ended };
}
