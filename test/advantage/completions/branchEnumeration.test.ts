/**
 * The expectation of VinePPO's gradient without sampling: all completions of a tiny language model, and all branches from their prefixes, weighted by probability. The
 * advantages come from the product.
 */
import { describe, expect, it } from 'vitest';
import { tokenStretches } from '../../../src/advantage/completions/index.ts';
import { farthest } from './helpers.ts';

/** Tokens of a completion at most; token 0 ends it. */
const most = 3;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The probability that token 1 follows a prefix of ones: one parameter per position. */
const logits = [0.3, -0.4, 0.9];

interface Completion {
  readonly tokens: readonly number[];
  readonly probability: number;
}

/** All completions that go on from so many ones. */
function completionsFrom(ones: number, parameters: readonly number[]): Completion[] {
  const found: Completion[] = [];
  const visit = (tokens: readonly number[], probability: number): void => {
    if (tokens.length === most || tokens.at(-1) === 0) {
      found.push({ tokens, probability });
      return;
    }
    const p = sigmoid(parameters[tokens.length]!);
    visit([...tokens, 1], probability * p);
    visit([...tokens, 0], probability * (1 - p));
  };
  visit(new Array<number>(ones).fill(1), 1);
  return found;
}

const rewardOf = (tokens: readonly number[]): number =>
  new Map([
    ['0', 0.2],
    ['1,0', 1],
    ['1,1,0', -0.5],
    ['1,1,1', 2],
  ]).get(tokens.join())!;

/** What a completion of so many further tokens brings. */
const returnOf = ({ tokens }: Completion, from: number, gamma: number): number => gamma ** (tokens.length - from - 1) * rewardOf(tokens);

const expectedReturn = (gamma: number, parameters: readonly number[] = logits): number =>
  completionsFrom(0, parameters).reduce((sum, one) => sum + one.probability * returnOf(one, 0, gamma), 0);

/** E of sum over t of A_t times the gradient of log pi(token t), summed over every completion and every branch of every branch point. */
function expectedGradient(points: readonly number[], branches: number, gamma: number): number[] {
  const total = logits.map(() => 0);
  for (const { tokens, probability } of completionsFrom(0, logits)) {
    const asked = points.filter((point) => point < tokens.length);
    const visit = (values: readonly number[], weight: number): void => {
      if (values.length < asked.length) {
        const from = asked[values.length]!;
        const average = (drawn: readonly Completion[], chance: number): void => {
          if (drawn.length === branches) {
            visit([...values, drawn.reduce((sum, one) => sum + returnOf(one, from, gamma), 0) / branches], weight * chance);
            return;
          }
          for (const one of completionsFrom(from, logits)) average([...drawn, one], chance * one.probability);
        };
        average([], 1);
        return;
      }
      const known = Float64Array.from(tokens, (_, t) => values[asked.indexOf(t)] ?? Number.NaN);
      const batch = { values: known, rewards: Float64Array.of(rewardOf(tokens)), lengths: Int32Array.of(tokens.length), gamma };
      tokenStretches(batch).forEach((advantage, t) => {
        // Seen from the prompt, a later token counts less.
        total[t]! += weight * gamma ** t * advantage * (tokens[t]! - sigmoid(logits[t]!));
      });
    };
    visit([], probability);
  }
  return total;
}

describe('VinePPO, all completions and all branches of a model of two tokens', () => {
  const step = 1e-5;
  const gradientOf = (gamma: number): number[] =>
    logits.map((_, k) => {
      const moved = (by: number): number =>
        expectedReturn(
          gamma,
          logits.map((logit, t) => (t === k ? logit + by : logit)),
        );
      return (moved(step) - moved(-step)) / (2 * step);
    });

  it.each([
    ['a branch point before every token, one branch', [0, 1, 2], 1, 1],
    ['two branches', [0, 1, 2], 2, 1],
    ['a stretch of two tokens', [0, 2], 2, 1],
    ['one stretch: a baseline of the prompt alone', [0], 2, 1],
    ['discounted', [0, 1, 2], 2, 0.7],
  ] as const)('%s: the sum over tokens is unbiased', (_, points, branches, gamma) => {
    const gradient = gradientOf(gamma);
    expect(Math.min(...gradient.map(Math.abs))).toBeGreaterThan(1e-2);
    expect(farthest(expectedGradient(points, branches, gamma), gradient)).toBeLessThan(1e-9);
  });

  it('a discounted stretch of several tokens is not: its first tokens count as its last', () => {
    expect(farthest(expectedGradient([0], 1, 0.7), gradientOf(0.7))).toBeGreaterThan(1e-2);
  });
});
