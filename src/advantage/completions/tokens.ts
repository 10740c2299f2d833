/**
 * An advantage per token: from a critic's values (PPO), or from what some prefixes are known to be worth (VinePPO). The tokens of completion 0 come first,
 * then those of completion 1, and so on.
 */
import { endings } from '../../core/trajectory.ts';
import { batchError, type Floats } from '../batch.ts';
import { type GaeOutput, gae } from '../gae.ts';
import { meanAndScale } from '../normalize.ts';
import { stretchAdvantages } from '../stretches.ts';
import { totalTokens } from './aggregation.ts';
import { expectLength } from './batch.ts';
import { whiteningEpsilon } from './equations.ts';

/** What {@link tokenGae} reads. K is the number of all tokens. */
export interface TokenGaeInput {
  /** (K) the critic's value before every token. */
  readonly values: Floats;
  /** (N) the reward of every completion, given with its last token. */
  readonly rewards: Float64Array;
  /** (N) tokens of every completion; K is their sum. */
  readonly lengths: Int32Array;
  /** Discount per token, 0 .. 1. */
  readonly gamma: number;
  /** 0: one-step errors; 1: reward minus value. */
  readonly gaeLambda: number;
}

/**
 * `delta_t = r_t + gamma V_{t+1} - V_t`, `A_t = delta_t + gamma lambda A_{t+1}` within every completion, in float64; the value after the last token is 0,
 * whether the completion ended or was cut. (K) both. It is `gae` on one environment whose episodes are the completions.
 *
 * Example (gamma 1, lambda 0.5): completions of 2 and 1 tokens with rewards 1 and 0 and values 0, 0.5 | 0.25: delta = 0.5, 0.5 | -0.25,
 * A = 0.75, 0.5 | -0.25, returns = 0.75, 1 | 0.
 *
 * Throws {@link CohortError} if an array has the wrong length.
 */
export function tokenGae(input: TokenGaeInput): GaeOutput<Float64Array> {
  const { values, gamma, gaeLambda } = input;
  const { tokens, tokenRewards, start } = rewardsOfTokens('tokenGae', input);
  const firsts = new Uint8Array(tokens);
  for (const first of start) firsts[first] = 1;
  const flags = { dones: firsts, nextDone: Uint8Array.of(1), nextValues: Float64Array.of(0) };
  const shape = { numSteps: tokens, numEnvs: 1, gamma, gaeLambda, arithmetic: 'float64' } as const;
  const out = { advantages: new Float64Array(tokens), returns: new Float64Array(tokens) };
  return gae({ ...shape, ...flags, rewards: tokenRewards, values }, out);
}

/** What {@link tokenStretches} reads. K is the number of all tokens. */
export interface TokenStretchesInput extends Omit<TokenGaeInput, 'values' | 'gaeLambda'> {
  /** (K) what is to be had from before every token on, NaN where nobody asked; known before the first token of every completion. */
  readonly values: Floats;
}

/**
 * VinePPO's advantages, (K) in float64: the tokens from one known value to the next are a stretch and share `r + gamma^(its tokens) V(after it) - V(before it)`;
 * the value after the last token is 0, whether the completion ended or was cut. It is `stretchAdvantages` with lambda 0 on one environment whose episodes are
 * the completions.
 *
 * Example (gamma 1): a completion of 3 tokens with reward 1 and values 0.5, unknown, 0.75: 0.25, 0.25 | 0.25. Of reward 0: 0.25, 0.25 | -0.75.
 *
 * Throws {@link CohortError} if an array has the wrong length, or where a first value is not known.
 */
export function tokenStretches(input: TokenStretchesInput): Float64Array {
  const { values, lengths, gamma } = input;
  const { tokens, tokenRewards, start } = rewardsOfTokens('tokenStretches', input);
  const count = lengths.length;
  const trajectories = {
    count,
    env: new Int32Array(count),
    start,
    end: start.map((first, i) => first + lengths[i]!),
    startedByReset: new Uint8Array(count).fill(1),
    endedBy: new Uint8Array(count).fill(endings.terminated),
    elapsed: new Int32Array(count),
  };
  const out = { advantages: new Float64Array(tokens), returns: new Float64Array(tokens), baseline: new Float64Array(tokens) };
  stretchAdvantages(
    { numSteps: tokens, numEnvs: 1, rewards: tokenRewards, trajectories, stateValues: Float64Array.from(values) },
    gamma,
    0,
    out,
  );
  return out.advantages;
}

/** (K) the rewards of completions, each with its last token, and (N) their first tokens. */
function rewardsOfTokens(subject: string, { values, rewards, lengths }: Pick<TokenGaeInput, 'values' | 'rewards' | 'lengths'>) {
  expectLength('lengths', lengths, rewards.length);
  const tokens = totalTokens(lengths);
  if (values.length !== tokens) {
    throw batchError(`${subject}: values`, `${tokens} entries, one per token`, String(values.length), 'add up the lengths');
  }
  const tokenRewards = new Float64Array(tokens);
  const start = new Int32Array(lengths.length);
  for (let i = 0, first = 0; i < lengths.length; i++) {
    start[i] = first;
    first += lengths[i]!;
    tokenRewards[first - 1] = rewards[i]!;
  }
  return { tokens, tokenRewards, start };
}

/** How {@link whitenTokens} measures. */
export interface WhitenOptions {
  /** Divide the squares by n - 1 (`sample`, as verl does) or by n. Default `sample`. */
  readonly standardDeviation?: 'sample' | 'population';
  /** Added to the variance. Default 1e-8, as in verl. */
  readonly epsilon?: number;
}

/**
 * A copy of the advantages with mean 0 and standard deviation 1 over all tokens of the batch, `(A - mean) / sqrt(variance + epsilon)` as verl's
 * `masked_whiten` (sample variance); equal ones become 0.
 *
 * Example (epsilon 0): 1, 2, 3 become -1, 0, 1.
 */
export function whitenTokens(advantages: Float64Array, options: WhitenOptions = {}): Float64Array {
  const { standardDeviation: kind = 'sample', epsilon = whiteningEpsilon } = options;
  const { mean, standardDeviation } = meanAndScale(advantages, { standardDeviation: kind });
  const divisor = Math.sqrt(standardDeviation * standardDeviation + epsilon);
  return advantages.map((advantage) => (advantage === mean ? 0 : (advantage - mean) / divisor));
}
