/**
 * How often answers are right, as shares of 0 .. 1 with intervals: accuracy, pass@k, maj@k. Pure functions of which answers are right.
 */
import { mean } from './describe.ts';
import type { Interval } from './interval.ts';
import { normalQuantile } from './normal.ts';
import { checkProbability } from './solve.ts';

/** An accuracy with its interval, all 0 .. 1. */
export interface AccuracyInterval {
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

/** 0.975 quantile of the standard normal distribution. Written down, so that the usual interval has the same bits in every engine. */
const usualQuantile = 1.959963984540054;

/**
 * Wilson's score interval for a share of `size` independent answers (E. B. Wilson 1927): inside 0 .. 1, and not of width 0 at its ends. `size` need
 * not be whole. Throws RangeError for a share outside 0 .. 1, a size below 1 or a level that is not between 0 and 1.
 *
 * Example: 8 of 10: 0.490 to 0.943; 0 of 10: 0 to 0.278.
 */
export function wilsonInterval(share: number, size: number, level = 0.95): AccuracyInterval {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`wilsonInterval: expected a share from 0 to 1, got ${share}; give a mean of accuracies`);
  if (!(size >= 1)) throw new RangeError(`wilsonInterval: expected a size of at least 1, got ${size}; gather answers first`);
  checkProbability('wilsonInterval', level, 'a level');
  const z = level === 0.95 ? usualQuantile : normalQuantile((1 + level) / 2);
  const center = (share + (z * z) / (2 * size)) / (1 + (z * z) / size);
  const half = (z / (1 + (z * z) / size)) * Math.sqrt((share * (1 - share)) / size + (z * z) / (4 * size * size));
  return { accuracy: share, low: share === 0 ? 0 : Math.max(0, center - half), high: share === 1 ? 1 : Math.min(1, center + half) };
}

/** A share with the number of independent answers that would have its uncertainty. */
export interface Proportion {
  /** 0 .. 1. */
  readonly share: number;
  /** At least 1; need not be whole. */
  readonly size: number;
}

/**
 * A proportion from the mean over prompts (of 0 or 1, or of the shares of several completions) and its standard error. The completions of a prompt
 * resemble each other: the size is that of independent answers with the same standard error, and at least the number of prompts.
 *
 * Example: 0.4 with a standard error of 0.02 over 200 prompts: 0.4 * 0.6 / 0.0004 = 600 answers.
 */
export function proportionOf(mean: number, standardError: number | null, prompts: number): Proportion {
  const spread = mean * (1 - mean);
  const size = standardError !== null && standardError > 0 && spread > 0 ? spread / (standardError * standardError) : 0;
  return { share: mean, size: Math.max(prompts, size) };
}

/**
 * Interval of `after - before`, two independent proportions: R. G. Newcombe's hybrid of Wilson's intervals (1998, method 10). Throws RangeError as
 * {@link wilsonInterval} does.
 *
 * Example (Newcombe's table II, case a): 48 of 80 after 56 of 70 gives 56/70 - 48/80 = 0.2, 0.0524 to 0.3339, at 0.95.
 */
export function proportionDifference(before: Proportion, after: Proportion, level = 0.95): Interval {
  const from = wilsonInterval(before.share, before.size, level);
  const to = wilsonInterval(after.share, after.size, level);
  const estimate = after.share - before.share;
  return {
    estimate,
    low: estimate - Math.hypot(after.share - to.low, from.high - before.share),
    high: estimate + Math.hypot(to.high - after.share, before.share - from.low),
  };
}

/**
 * The mean of one number per prompt, each 0 .. 1, with its 95 % interval: Wilson's, for as many independent answers as would vary like these means.
 * Several completions of a prompt resemble each other, which a count of completions would not know; with one per prompt it is Wilson's interval itself.
 * `samples` is the number of completions behind each number: together they count as `values.length * samples` independent answers at most.
 *
 * Throws RangeError for an empty list.
 */
export function accuracyInterval(values: readonly number[], samples = 1): AccuracyInterval {
  const prompts = values.length;
  if (prompts === 0) throw new RangeError('accuracyInterval: expected at least 1 prompt, got 0; evaluate on more');
  const share = Math.min(1, mean(values));
  const spread = mean(values.map((value) => (value - share) * (value - share)));
  // Numbers in 0 .. 1 vary at most like answers that are right or wrong, so the size is at least the number of prompts but for rounding.
  const size = spread > 0 ? prompts * ((share * (1 - share)) / spread) : prompts * samples;
  return wilsonInterval(share, Math.min(prompts * samples, Math.max(prompts, size)));
}

function checkK(name: string, k: number, n: number): void {
  if (Number.isInteger(k) && k >= 1 && k <= n) return;
  throw new RangeError(
    `${name}: expected k from 1 to ${n}, the number of completions, got ${k}; draw more completions or choose a smaller k`,
  );
}

/**
 * The probability that at least one of k completions, taken from n without putting back, is right where `right` of the n are:
 *
 *     1 - C(n - c, k) / C(n, k) = 1 - prod_(i = n - c + 1 .. n) (1 - k / i)
 *
 * Unbiased for the chance that one of k draws is right; the product keeps it exact to rounding where the binomials would overflow. M. Chen et al.
 * 2021, arXiv 2107.03374, equation 1. Throws RangeError for k outside 1 .. n and counts outside 0 .. n.
 *
 * Example: n = 4, c = 1, k = 2: 1/2. n = 5, c = 2, k = 3: 1 - C(3, 3) / C(5, 3) = 0.9.
 */
export function passAtK(n: number, right: number, k: number): number {
  checkK('passAtK', k, n);
  if (!(Number.isInteger(right) && right >= 0 && right <= n)) {
    throw new RangeError(`passAtK: expected 0 to ${n} right completions, got ${right}; count those that are right`);
  }
  if (n - right < k) return 1;
  let allWrong = 1;
  for (let i = n - right + 1; i <= n; i++) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

/** One completion as a vote: its answer, and whether that is right. */
export interface Vote {
  readonly answer: string;
  readonly right: boolean;
}

/** The vote that wins: its answer is the one given most often; of those given equally often, the one that came first. */
export function majorityVote(votes: readonly Vote[]): Vote | undefined {
  const counts = new Map<string, number>();
  for (const { answer } of votes) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  let winner: Vote | undefined;
  let most = 0;
  for (const vote of votes) {
    const count = counts.get(vote.answer)!;
    if (count > most) {
      winner = vote;
      most = count;
    }
  }
  return winner;
}

/**
 * The share of votes of k that are won by a right answer: the n completions in blocks of k, in order, one vote each, what is left over left out. The
 * blocks are independent draws, so the mean is unbiased for a vote of k (X. Wang et al. 2022, arXiv 2203.11171, call it self-consistency). Throws
 * RangeError for k outside 1 .. n.
 *
 * Example: answers a b b c, b right: maj@4 = 1; maj@2 = (a wins its tie by being first: 0, b its: 1) / 2 = 0.5.
 */
export function majAtK(votes: readonly Vote[], k: number): number {
  checkK('majAtK', k, votes.length);
  const blocks = Math.floor(votes.length / k);
  let won = 0;
  for (let block = 0; block < blocks; block++) if (majorityVote(votes.slice(block * k, (block + 1) * k))?.right) won++;
  return won / blocks;
}

/** The k of pass@k and maj@k for so many completions per prompt: powers of two from 2, and that number itself; none for one. */
export function usualKs(samples: number): number[] {
  const ks: number[] = [];
  for (let k = 2; k < samples; k *= 2) ks.push(k);
  return samples > 1 ? [...ks, samples] : [];
}
