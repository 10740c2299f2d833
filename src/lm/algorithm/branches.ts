/**
 * Branches: what the policy gets from where completions stood, sampled anew. A completion is cut at its branch points, and from each the policy goes on, on draws of
 * their own: the completions have the bits that they have without.
 */
import { meanAndScale } from '../../advantage/normalize.ts';
import { completionOf, type EncodedPrompt, type RolloutGroup, type SampledCompletion, type SampledTokens } from '../model/rollouts.ts';
import { nothingScored, type Score } from '../tasks/rewards.ts';
import { readStopTexts, stoppedAfter } from '../tasks/stopTexts.ts';
import { addRewards } from './addedRewards.ts';
import { type Drawn, scoreDrawn } from './rollOut.ts';
import { drawTokens } from './sampler.ts';
import type { LearningState } from './state.ts';

/** What branches said, and what they cost. */
export interface PlayedBranches {
  /** The groups whose prompts are known for what they are worth: all of whose branches at least one reward could be computed. */
  readonly groups: readonly RolloutGroup[];
  /** (rows of these groups, completionLength) what is to be had from before a token on; NaN where there is no branch point, or no reward of it. */
  readonly values: Float64Array;
  /** Completions that were sampled, and their tokens. */
  readonly rollouts: number;
  readonly tokens: number;
  /** Those of which no reward could be computed. */
  readonly failed: number;
  /** Mean standard error of what branch points are worth; `undefined` where no point has two rewards. */
  readonly valueError: number | undefined;
}

/** Milliseconds by what they were spent on. */
interface Times {
  sample: number;
  reward: number;
}

/** A prefix from which completions go on; several completions of a group may share it. */
interface BranchPoint {
  /** Number of the group. */
  readonly group: number;
  readonly prefix: Int32Array;
  /** Places in the (rows, completionLength) array, counted from the group's first row. */
  readonly places: number[];
}

/**
 * Tokens before every branch point of a completion: 0, and where a stretch ends: after `interval` tokens or behind one of the texts, whichever comes first, but
 * not at its own end. `decode` is the text of some tokens.
 *
 * Example: 7 tokens with interval 3: 0, 3, 6; the tokens `a`, `b\n`, `c`, `d` with the text `\n`: 0, 2.
 */
export function branchPoints(
  tokens: Int32Array,
  decode: (tokens: Int32Array) => string,
  { interval = Number.POSITIVE_INFINITY, after }: { readonly interval?: number | undefined; readonly after: readonly string[] },
): number[] {
  const points = [0];
  for (let point = 0; ; ) {
    const most = Math.min(interval, tokens.length - point);
    const start = point;
    point += stoppedAfter(most, (count) => decode(tokens.subarray(start, start + count)), after) ?? most;
    if (point >= tokens.length) return points;
    points.push(point);
  }
}

/** The branch points of all completions with a reward, the same prefix of a prompt once, the shorter ones first. */
function pointsOf({ config, tokenizer, batch }: LearningState, groups: readonly RolloutGroup[]): BranchPoint[] {
  const { completionLength } = batch.spec;
  const settings = { interval: config.branchInterval, after: readStopTexts(config.branchAfter) };
  const points: BranchPoint[] = [];
  groups.forEach(({ rollouts }, group) => {
    const known = new Map<string, BranchPoint>();
    rollouts.forEach(({ tokens, score }, j) => {
      if (score.status !== 'ok') return;
      for (const length of branchPoints(tokens, (some) => tokenizer.decode(some), settings)) {
        const prefix = tokens.subarray(0, length);
        const name = prefix.join();
        let point = known.get(name);
        if (!point) {
          point = { group, prefix, places: [] };
          known.set(name, point);
          points.push(point);
        }
        point.places.push(j * completionLength + length);
      }
    });
  });
  return points.sort((a, b) => a.prefix.length - b.prefix.length);
}

/** The whole of a branch: prefix and what was sampled. */
function wholeOf(prefix: Int32Array, { tokens }: SampledTokens, { tokenizer, config }: LearningState): SampledCompletion {
  const whole = new Int32Array(prefix.length + tokens.length);
  whole.set(prefix);
  whole.set(tokens, prefix.length);
  return completionOf({ tokens: whole, logProbs: new Float32Array(whole.length) }, tokenizer, readStopTexts(config.stop));
}

/** Samples `branches` completions from every point, by point; those of one length at once, since they have room for equally many tokens. */
async function sampleFrom(
  state: LearningState,
  groups: readonly RolloutGroup[],
  points: readonly BranchPoint[],
  iteration: number,
): Promise<SampledCompletion[][]> {
  const { config, task } = state;
  const numSamples = config.branches!;
  const promptLength = task.promptLength + task.completionLength - 1;
  const all: SampledCompletion[][] = [];
  while (all.length < points.length) {
    const { length } = points[all.length]!.prefix;
    const some = points.slice(all.length).filter(({ prefix }) => prefix.length === length);
    const prompts = some.map(({ group, prefix }): EncodedPrompt => {
      const { tokens, patches } = groups[group]!.prompt;
      return { tokens: [...tokens, ...prefix], patches };
    });
    const draw = { stream: 'branches', iteration, firstRollout: all.length * numSamples, promptLength } as const;
    // Without a signal nothing is cut off.
    const sampled = (await drawTokens(state, prompts, { ...draw, numSamples, maxTokens: config.maxTokens - length }))!;
    some.forEach(({ prefix }, i) => void all.push(sampled[i]!.map((one) => wholeOf(prefix, one, state))));
  }
  return all;
}

/** What a branch of so many tokens brings, seen from where it began. */
function discounted(reward: number, tokens: number, gamma: number): number {
  let value = reward;
  if (gamma !== 1) for (let t = 1; t < tokens; t++) value *= gamma;
  return value;
}

/** Samples and scores the branches of an iteration's groups. Throws {@link CohortError} as the backend does, and if not one reward could be computed. */
export async function playBranches(
  state: LearningState,
  groups: readonly RolloutGroup[],
  iteration: number,
  times: Times,
): Promise<PlayedBranches> {
  const { config, now, batch } = state;
  const { groupSize, completionLength } = batch.spec;
  const points = pointsOf(state, groups);
  const start = now();
  const sampled = await sampleFrom(state, groups, points, iteration);
  const between = now();
  const scores = await scoreAll(state, groups, points, sampled);
  times.sample += between - start;
  times.reward += now() - between;

  const rows = groupSize * completionLength;
  const values = new Float64Array(groups.length * rows).fill(Number.NaN);
  let [tokens, failed, errors, measured] = [0, 0, 0, 0];
  points.forEach(({ group, prefix, places }, p) => {
    const returns: number[] = [];
    sampled[p]!.forEach((branch, k) => {
      const { status, total } = scores[p]![k]!;
      const length = branch.tokens.length - prefix.length;
      tokens += length;
      if (status === 'ok') returns.push(discounted(total, length, config.gamma));
      else failed++;
    });
    if (returns.length === 0) return;
    const { mean, standardDeviation, count } = meanAndScale(Float64Array.from(returns));
    for (const place of places) values[group * rows + place] = mean;
    if (count < 2) return;
    errors += standardDeviation / Math.sqrt(count);
    measured++;
  });
  const isUnknown = ({ group, prefix, places }: BranchPoint): boolean =>
    prefix.length === 0 && Number.isNaN(values[group * rows + places[0]!]);
  const unknown = new Set(points.filter(isUnknown).map(({ group }) => group));
  return {
    groups: groups.filter((_, group) => !unknown.has(group)),
    values: values.filter((_, place) => !unknown.has(Math.floor(place / rows))),
    rollouts: points.length * config.branches!,
    tokens,
    failed,
    valueError: measured > 0 ? errors / measured : undefined,
  };
}

/** The scores of branches, by point. */
async function scoreAll(
  state: LearningState,
  groups: readonly RolloutGroup[],
  points: readonly BranchPoint[],
  sampled: readonly (readonly SampledCompletion[])[],
): Promise<Score[][]> {
  const drawn = points.flatMap(({ group }, p): Drawn[] =>
    sampled[p]!.map((completion) => ({ problem: groups[group]!.problem, completion, lastText: completion.text })),
  );
  const scores = await scoreDrawn(drawn, state.task, state.scoring);
  if (scores.length > 0 && scores.every(({ status }) => status !== 'ok')) throw nothingScored('reward of branches', scores);
  let next = 0;
  return sampled.map((branches) => branches.map((branch) => addRewards(scores[next++]!, branch, state.config)));
}

/** What branches cost, and how well they know; nothing without. */
export function branchMetrics(branches: PlayedBranches | undefined): Record<string, number> {
  if (!branches) return {};
  const { rollouts, tokens, valueError } = branches;
  return {
    'branches/completions': rollouts,
    'branches/tokens': tokens,
    ...(valueError === undefined ? {} : { 'branches/value_error': valueError }),
  };
}
