/**
 * Expectations of the gradient estimators without sampling: all groups and batches of tiny policies, weighted by probability. The advantages, the weights of
 * tokens and alpha come from the product.
 */
import { describe, expect, it } from 'vitest';
import {
  type Aggregation,
  completionAdvantages,
  completionEstimators,
  type EstimatorName,
  type GradientScaleOptions,
  gradientScale,
  tokenWeights,
} from '../../../src/advantage/completions/index.ts';
import { batchOf, farthest } from './helpers.ts';

/** What a policy may answer to a prompt. */
interface Answer {
  readonly probability: number;
  readonly reward: number;
  readonly length: number;
  /** Gradient of the answer's log-probability in the parameters of the policy. */
  readonly score: readonly number[];
}

/** All answers of every prompt; prompts are drawn with equal probability. */
type Policy = readonly (readonly Answer[])[];

interface WeightedGroup {
  readonly probability: number;
  readonly prompt: number;
  readonly answers: readonly Answer[];
}

/** All groups of so many answers to one prompt, given the prompt. */
function groupsOf(policy: Policy, prompt: number, size: number): WeightedGroup[] {
  let groups: WeightedGroup[] = [{ probability: 1, prompt, answers: [] }];
  for (let i = 0; i < size; i++) {
    groups = groups.flatMap((group) =>
      policy[prompt]!.map((answer) => ({
        prompt,
        probability: group.probability * answer.probability,
        answers: [...group.answers, answer],
      })),
    );
  }
  return groups;
}

/** All groups of a prompt drawn at random. */
function drawnGroups(policy: Policy, size: number): WeightedGroup[] {
  return policy.flatMap((_, prompt) =>
    groupsOf(policy, prompt, size).map((group) => ({ ...group, probability: group.probability / policy.length })),
  );
}

interface Settings {
  readonly estimator: EstimatorName;
  readonly aggregation: Aggregation;
  readonly gradientRescaling: GradientScaleOptions['gradientRescaling'];
  /** The greedy reward per prompt. */
  readonly greedy?: readonly number[];
}

/** The estimate of the gradient from one batch. */
function gradientOf(groups: readonly WeightedGroup[], { estimator, aggregation, gradientRescaling, greedy }: Settings): number[] {
  const answers = groups.flatMap((group) => group.answers);
  const batch = batchOf(
    groups.map((group) => group.answers),
    greedy && groups.map(({ prompt }) => greedy[prompt]!),
  );
  const advantages = completionAdvantages(batch, completionEstimators[estimator]);
  const shares = tokenWeights(batch, aggregation);
  const { alpha } = gradientScale(batch, { gradientRescaling });
  // Every token of an answer has the same weight, so the scores of its tokens add up to the answer's.
  return answers[0]!.score.map((_, k) => alpha * answers.reduce((sum, { score }, i) => sum + shares[i]! * advantages[i]! * score[k]!, 0));
}

/** The mean over all batches that take their first group from the first list, and so on. */
function expectedGradient(places: readonly (readonly WeightedGroup[])[], settings: Settings): number[] {
  const total = places[0]![0]!.answers[0]!.score.map(() => 0);
  const visit = (chosen: readonly WeightedGroup[], probability: number): void => {
    if (chosen.length < places.length) {
      for (const group of places[chosen.length]!) visit([...chosen, group], probability * group.probability);
      return;
    }
    gradientOf(chosen, settings).forEach((value, k) => {
      total[k]! += probability * value;
    });
  };
  visit([], 1);
  return total;
}

/** The mean over batches of `batchSize` prompts drawn independently. */
const expected = (policy: Policy, groupSize: number, batchSize: number, settings: Settings): number[] =>
  expectedGradient(new Array<WeightedGroup[]>(batchSize).fill(drawnGroups(policy, groupSize)), settings);

/** The gradient of the expected reward. */
function trueGradient(policy: Policy): number[] {
  return policy[0]![0]!.score.map((_, k) =>
    policy.flat().reduce((sum, { probability, reward, score }) => sum + (probability * reward * score[k]!) / policy.length, 0),
  );
}

/** Probability that a group is valid. */
const validProbability = (policy: Policy, groupSize: number): number =>
  drawnGroups(policy, groupSize)
    .filter(({ answers }) => answers.some(({ reward }) => reward !== answers[0]!.reward))
    .reduce((sum, { probability }) => sum + probability, 0);

const times = (factor: number, vector: readonly number[]): number[] => vector.map((value) => factor * value);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** c of docs/language-models/method.md, item 3. */
const inflation = (valid: number, batchSize: number): number => (1 - (1 - valid) ** batchSize) / valid;

/** Answers 1 and 0 with one logit per prompt; the reward is the answer. */
function bernoulliPolicy(probabilities: readonly number[]): Policy {
  return probabilities.map((p, prompt) => {
    const score = (slope: number): number[] => probabilities.map((_, k) => (k === prompt ? slope : 0));
    return [
      { probability: p, reward: 1, length: 1, score: score(1 - p) },
      { probability: 1 - p, reward: 0, length: 1, score: score(-p) },
    ];
  });
}

const plain: Settings = { estimator: 'gpg-lm', aggregation: 'token-sum', gradientRescaling: 'off' };

describe('two prompts, right with probability 0.5 and 0.05, G = 4, B = 2', () => {
  const policy = bernoulliPolicy([0.5, 0.05]);
  const gradient = trueGradient(policy);

  it('the gradient of J is p (1 - p) / 2', () => {
    expect(farthest(gradient, [0.125, 0.02375])).toBeLessThan(1e-15);
  });

  it('E[g] = (G - 1) / G of it: groups without spread do not bias the plain estimator', () => {
    expect(farthest(expected(policy, 4, 2, plain), times(3 / 4, gradient))).toBeLessThan(1e-12);
  });

  it('E[alpha g] = (G - 1) / G c of it, c = 1.4698: the direction stays, the length does not', () => {
    const valid = validProbability(policy, 4);
    expect(Math.abs(valid - (0.875 + 0.18548125) / 2)).toBeLessThan(1e-5);
    const c = inflation(valid, 2);
    expect(c).toBeCloseTo(1.4698, 4);
    expect((3 / 4) * c).toBeCloseTo(1.1023, 4);
    const scaled = { ...plain, gradientRescaling: 'group' } as const;
    expect(farthest(expected(policy, 4, 2, scaled), times((3 / 4) * c, gradient))).toBeLessThan(1e-12);
    // Completions have one token each: `token` is the same.
    expect(farthest(expected(policy, 4, 2, { ...plain, gradientRescaling: 'token' }), times((3 / 4) * c, gradient))).toBeLessThan(1e-12);
  });

  it.each([1, 2, 3])('the same for B = %i', (batchSize) => {
    const c = inflation(validProbability(policy, 3), batchSize);
    const got = expected(policy, 3, batchSize, { ...plain, gradientRescaling: 'group' });
    expect(farthest(got, times((2 / 3) * c, gradient))).toBeLessThan(1e-12);
  });

  it('verl’s form turns the direction', () => {
    const [first, second] = expected(policy, 4, 2, { ...plain, gradientRescaling: 'nonzero' });
    expect(Math.abs(first! / second! - gradient[0]! / gradient[1]!)).toBeGreaterThan(0.1);
  });

  it('for one fixed pair of prompts alpha turns the direction: a prompt next to a mostly valid one counts less', () => {
    const places = [groupsOf(policy, 0, 4), groupsOf(policy, 1, 4)];
    const [first, second] = expectedGradient(places, { ...plain, gradientRescaling: 'group' });
    const valid = (p: number): number => 1 - p ** 4 - (1 - p) ** 4;
    expect(Math.abs(first! - (3 / 4) * gradient[0]! * (2 - valid(0.05)))).toBeLessThan(1e-12);
    expect(Math.abs(second! - (3 / 4) * gradient[1]! * (2 - valid(0.5)))).toBeLessThan(1e-12);
    expect(first! / second!).toBeGreaterThan((1.5 * gradient[0]!) / gradient[1]!);
  });

  it('dividing by the standard deviation turns the direction towards the hard prompt', () => {
    const [first, second] = expected(policy, 4, 2, { ...plain, estimator: 'grpo' });
    expect(first! / second!).toBeLessThan((0.97 * gradient[0]!) / gradient[1]!);
  });
});

/**
 * A language model of two tokens, 0 = end and 1, with one logit per prompt and position, and at most three tokens: its completions are 0, 10, 110 and
 * 111, of 1, 2, 3 and 3 tokens.
 */
function sequencePolicy(logits: readonly (readonly number[])[], rewards: readonly (readonly number[])[]): Policy {
  const positions = 3;
  return logits.map((own, prompt) =>
    [[0], [1, 0], [1, 1, 0], [1, 1, 1]].map((tokens, answer) => {
      const score = new Array<number>(logits.length * positions).fill(0);
      let probability = 1;
      tokens.forEach((token, t) => {
        const p = sigmoid(own[t]!);
        probability *= token === 1 ? p : 1 - p;
        score[prompt * positions + t] = token - p;
      });
      return { probability, reward: rewards[prompt]![answer]!, length: tokens.length, score };
    }),
  );
}

describe('a language model of two tokens, completions of unequal length, G = 3, B = 2', () => {
  const logits = [
    [0.3, -0.4, 0.9],
    [1.2, 0.5, -1.1],
  ];
  // Prompt 0: ties between different answers, so that groups without spread are of several kinds. Prompt 1: no answer is right but one.
  const rewards = [
    [0, 1, 0, 0.5],
    [0, 0, 0, 2],
  ];
  const policy = sequencePolicy(logits, rewards);
  const gradient = trueGradient(policy);
  const groupSize = 3;
  const shrink = (groupSize - 1) / groupSize;

  it('the gradient of J agrees with differences of J', () => {
    const rewardAt = (k: number, step: number): number => {
      const moved = logits.map((row, prompt) => row.map((logit, t) => (prompt * 3 + t === k ? logit + step : logit)));
      return sequencePolicy(moved, rewards)
        .flat()
        .reduce((sum, { probability, reward }) => sum + (probability * reward) / 2, 0);
    };
    const step = 1e-5;
    const differences = gradient.map((_, k) => (rewardAt(k, step) - rewardAt(k, -step)) / (2 * step));
    expect(farthest(differences, gradient)).toBeLessThan(1e-9);
    expect(Math.min(...gradient.map(Math.abs))).toBeGreaterThan(1e-3);
  });

  it('summed over the sequence, E[g] = (G - 1) / G grad J', () => {
    expect(farthest(expected(policy, groupSize, 2, plain), times(shrink, gradient))).toBeLessThan(1e-12);
  });

  it('E[alpha g] = (G - 1) / G c grad J', () => {
    const valid = validProbability(policy, groupSize);
    expect(valid).toBeGreaterThan(0.1);
    expect(valid).toBeLessThan(0.9);
    const got = expected(policy, groupSize, 2, { ...plain, gradientRescaling: 'group' });
    expect(farthest(got, times(shrink * inflation(valid, 2), gradient))).toBeLessThan(1e-12);
  });

  it('RLOO and ReMax are unbiased', () => {
    expect(farthest(expected(policy, groupSize, 2, { ...plain, estimator: 'rloo' }), gradient)).toBeLessThan(1e-12);
    expect(farthest(expected(policy, groupSize, 2, { ...plain, estimator: 'remax', greedy: [1, 0] }), gradient)).toBeLessThan(1e-12);
  });

  it('the token mean, alpha by token, the standard deviation and OPO are not: they turn the direction', () => {
    const turned: Settings[] = [
      { ...plain, aggregation: 'token-mean' },
      { ...plain, aggregation: 'sequence-mean' },
      { ...plain, gradientRescaling: 'token' },
      { ...plain, estimator: 'grpo' },
      { ...plain, estimator: 'opo' },
    ];
    for (const settings of turned) {
      const got = expected(policy, groupSize, 2, settings);
      const along = got.reduce((sum, value, k) => sum + value * gradient[k]!, 0);
      const cosine = along / Math.sqrt(got.reduce((s, v) => s + v * v, 0) * gradient.reduce((s, v) => s + v * v, 0));
      expect(1 - cosine, JSON.stringify(settings)).toBeGreaterThan(1e-5);
    }
  });
});
