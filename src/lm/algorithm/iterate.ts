/**
 * One iteration of any method of the table (src/advantage/completions/estimators.ts): prompts, groups of completions, rewards, advantages, a token loss and
 * the optimizer's steps. Methods differ only at the third stop, which is a value: src/lm/algorithm/groupMethods.ts (GPG and the other group methods, with
 * the equations), src/lm/algorithm/ppo.ts (a critic) or src/lm/algorithm/vinePpo.ts (branches).
 */
import { totalTokens } from '../../advantage/completions/aggregation.ts';
import { gradientScale, tokenWeights } from '../../advantage/completions/index.ts';
import { learningRateAt } from '../../math/schedule.ts';
import type { CompletionRecord } from '../../run/events.ts';
import { encodePrompt, type Rollout, type RolloutGroup } from '../model/rollouts.ts';
import { addRewards } from './addedRewards.ts';
import { scoreGroups, writeGroups, writePerToken } from './batch.ts';
import { branchMetrics, playBranches } from './branches.ts';
import { collectGroups } from './collector.ts';
import { groupMethods, type Learning, type ThirdStop } from './groupMethods.ts';
import { allCompletions, completionMetrics, countTokens, type KeptCompletion, sampleOf } from './metrics.ts';
import { divergences, lessDivergence, moveReference, steeredCoefficient } from './reference.ts';
import { rollOut, scoreDrawn } from './rollOut.ts';
import type { LearningState } from './state.ts';
import { maskTruncated } from './truncation.ts';
import { vinePpo } from './vinePpo.ts';

/** What one iteration reports. */
export interface LanguageReport {
  /** By the keys of the metrics table. */
  readonly metrics: Record<string, number>;
  /** A few completions of this iteration, one per prompt. */
  readonly samples: readonly CompletionRecord[];
  /** Every completion, by prompt: what the table of completions keeps, if it is not the samples. Asked before the next iteration. */
  readonly groups: (() => KeptCompletion[][]) | undefined;
  /** Everything that was drawn is right: the run has nothing left to learn from. */
  readonly solved: boolean;
}

/** Completions that a report shows. */
const shownCompletions = 4;

/** Advances a run by one iteration, in place. Throws {@link CohortError} as `collectGroups` does. */
export async function iterate(state: LearningState): Promise<LanguageReport> {
  const { config, estimator, critic, reference, batch, training, now } = state;
  const { temperature, klForm, klIn, entropyCoef, gradientRescaling, alphaMax } = config;
  const iteration = state.iteration + 1;
  const tally: Tally = { start: now(), sample: 0, reward: 0, passedOver: 0 };

  // -------------------------------------------------------------------------------------------------------------------- collect
  const collection = await collectGroups((attempt) => drawGroups(state, iteration, attempt, tally), config);
  const branches = estimator.needsBranches ? await playBranches(state, collection.batch, iteration, tally) : undefined;
  const counted = countTokens(collection, branches);
  // Only now, so that an iteration that fails leaves the run as it was.
  state.iteration = iteration;
  state.promptsDrawn += collection.drawn.length;
  state.rollouts += counted.rollouts;
  state.tokens += counted.tokens;
  state.curriculum.remember(collection.drawn);
  const times = training.times?.();

  // ------------------------------------------------------------------------------------------------------------------ advantage
  const groups = branches?.groups ?? collection.batch;
  const thirdStop: ThirdStop = critic ?? (branches ? vinePpo(branches.values) : groupMethods);
  const range = { numGroups: groups.length, groupSize: config.groupSize, temperature };
  const rewarded = scoreGroups(groups, batch.spec.groupSize, config.validBy);
  // Without a completion there is nothing to learn from; the counts below still report the draws.
  const isEmpty = rewarded.rewards.length === 0;
  writeGroups(batch, groups);
  if (reference && !isEmpty) {
    reference.evaluate(batch, range);
    batch.referenceLogProbs.set(batch.logProbs);
  }
  const distances = reference && !isEmpty ? divergences(batch, rewarded, klForm) : undefined;
  const scored = distances && klIn === 'reward' ? lessDivergence(rewarded, distances, state.klCoefficient) : rewarded;
  const { alpha } = gradientScale(scored, { gradientRescaling, ...(alphaMax === undefined ? {} : { alphaMax }) });
  const all = tokenWeights(scored, config.aggregation, config.maxTokens);
  const perToken = config.truncation === 'mask' ? maskTruncated(all, scored, config.aggregation) : all;
  const learning: Learning = { config, estimator, batch, range, scored, tokenWeights: perToken, alpha };
  writePerToken(batch.tokenWeights, perToken, scored, batch.spec.completionLength);
  const advantages = isEmpty ? new Float64Array(0) : thirdStop.writeAdvantages(learning);

  // --------------------------------------------------------------------------------------------------------------------- update
  const learningRate = learningRateAt(config, iteration);
  const referenceCoefficient = klIn === 'loss' ? state.klCoefficient : 0;
  const hasTerm = referenceCoefficient > 0 || entropyCoef > 0;
  const hasGradient = !isEmpty && (hasTerm || batch.advantageWeights.some((weight) => weight !== 0));
  const { rows, lengths, places } = scored;
  const update = { batch, range, rows, lengths, places, learningRate, stepsBefore: state.optimizerSteps, referenceCoefficient };
  const { steps, norms, ratios } = hasGradient ? await training.update(update) : { steps: 0, norms: [] };
  state.optimizerSteps += steps;
  const further = isEmpty ? {} : thirdStop.afterUpdate?.(learning);
  const distance = distances && distances.reduce((sum, one) => sum + one, 0) / totalTokens(scored.lengths);
  const divergence = distance === undefined ? {} : { 'losses/reference_kl': distance, ...steer(state, distance) };
  moveOn(state);

  // -------------------------------------------------------------------------------------------------------------------- metrics
  const seconds = (now() - tally.start) / 1000;
  const after = training.times?.();
  const metrics = {
    ...completionMetrics(collection, counted),
    ...branchMetrics(branches),
    ...(config.curriculum === 'uniform' ? {} : { 'group/passed_over': tally.passedOver }),
    'group/alpha': alpha,
    'losses/entropy': counted.entropy,
    ...(norms.length < steps
      ? {}
      : {
          'losses/gradient_norm': norms.reduce((sum, norm) => sum + norm, 0) / Math.max(1, steps),
          'losses/clipped_step': norms.filter((norm) => config.maxGradNorm > 0 && norm > config.maxGradNorm).length / Math.max(1, steps),
        }),
    ...divergence,
    ...(ratios ? { 'losses/approx_kl': ratios.approxKl } : {}),
    ...(ratios?.clipFraction === undefined ? {} : { 'losses/clipfrac': ratios.clipFraction }),
    ...further,
    'charts/learning_rate': learningRate,
    'charts/rollouts_per_second': counted.rollouts / seconds,
    'charts/tokens_per_second': counted.tokens / seconds,
    'time/sample': tally.sample / 1000,
    'time/reward': tally.reward / 1000,
    ...(times &&
      after && {
        'time/forward': (after.forward - times.forward) / 1000,
        'time/backward': (after.backward - times.backward) / 1000,
        'time/optimizer': (after.optimizer - times.optimizer) / 1000,
      }),
  };
  return {
    metrics,
    samples: collection.drawn.slice(0, shownCompletions).map(sampleOf),
    groups:
      config.completions === 'all'
        ? () => allCompletions({ ...collection, batch: groups }, scored, advantages, batch.spec.groupSize)
        : undefined,
    solved: collection.solved,
  };
}

/** Steers what the divergence counts, and says what it counted in this iteration; nothing where it is not steered. */
function steer(state: LearningState, distance: number): Record<string, number> {
  const { klTarget } = state.config;
  if (klTarget === 0) return {};
  const counted = state.klCoefficient;
  state.klCoefficient = steeredCoefficient(counted, distance, klTarget);
  return { 'losses/kl_coef': counted };
}

/** Moves the reference where it is its turn. */
function moveOn({ config: { referenceInterval, referenceMix }, iteration, reference, policy }: LearningState): void {
  if (referenceInterval === 0 || iteration % referenceInterval !== 0 || !reference?.parameters || !policy) return;
  moveReference(reference.parameters.values, policy.parameters.values, referenceMix);
}

/** Milliseconds of an iteration by what they were spent on, and the prompts that its curriculum passed over. */
interface Tally {
  readonly start: number;
  sample: number;
  reward: number;
  passedOver: number;
}

/** One draw: the run's next problems, a group of completions of each, their rewards. */
async function drawGroups(state: LearningState, iteration: number, attempt: number, tally: Tally): Promise<RolloutGroup[]> {
  const { config, task, tokenizer, now, curriculum } = state;
  const { numGroups, groupSize, seed } = config;
  const first = state.promptsDrawn + attempt * numGroups;
  const problems = Array.from({ length: numGroups }, (_, g) => {
    const { problem, passedOver } = curriculum.draw(task, seed, first + g);
    tally.passedOver += passedOver;
    return problem;
  });
  const prompts = problems.map((problem) => encodePrompt(problem, tokenizer, task.promptLength));

  const draw = { stream: 'completions', iteration, firstRollout: attempt * numGroups * groupSize } as const;
  // Without a signal nothing is cut off.
  const start = now();
  const sampled = (await rollOut(state, problems, prompts, { ...draw, numSamples: groupSize }))!;
  const likeliest = state.estimator.needsGreedy ? await rollOut(state, problems, prompts, { ...draw, greedy: true }) : undefined;
  const all = sampled.groups.map((group, g) => [...group, ...(likeliest?.groups[g] ?? [])]);
  const scores = await scoreDrawn(all.flat(), task, state.scoring);
  // Of an episode the turns alone are the model's time.
  const sampleTime = sampled.sampleTime + (likeliest?.sampleTime ?? 0);
  tally.sample += sampleTime;
  tally.reward += now() - start - sampleTime;

  let next = 0;
  return all.map((completions, g) => {
    const scored: Rollout[] = completions.map(({ completion }) => ({
      ...completion,
      score: addRewards(scores[next++]!, completion, config),
    }));
    const greedy = likeliest ? scored.pop() : undefined;
    return { problem: problems[g]!, prompt: prompts[g]!, rollouts: scored, greedy };
  });
}
