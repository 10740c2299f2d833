import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CompletionBatch,
  completionAdvantages,
  completionEstimators,
  defineEstimator,
  type EstimatorName,
  estimatorNames,
  findEstimator,
  tokenWeights,
} from '../../../src/advantage/completions/index.ts';
import { estimateAdvantages } from '../../../src/advantage/estimate.ts';
import { methodPages } from '../../../src/advantage/methodPages.ts';
import { methodSettings } from '../../../src/advantage/methodSettings.ts';
import { meanAndScale } from '../../../src/advantage/normalize.ts';
import { perTrajectory, batchOf as rolloutOf } from '../helpers.ts';
import { batchOf, type Completion, farthest, fixture, gradientOf, groupsOf, rewardsOf } from './helpers.ts';

const of = (batch: CompletionBatch, name: EstimatorName): Float64Array => completionAdvantages(batch, completionEstimators[name]);
/** Every method that gives an advantage per completion. */
const names = estimatorNames.filter((name) => name !== 'ppo' && name !== 'vineppo');
const greedyOf = (groups: Completion[][]): number[] => groups.map((_, b) => (b % 3) / 2);

describe('completionAdvantages', () => {
  it('the example of the doc comment', () => {
    const batch = rewardsOf([
      [1, 0, 0, 1],
      [1, 1, 1, 1],
    ]);
    expect([...of(batch, 'gpg-lm')]).toEqual([0.5, -0.5, -0.5, 0.5, 0, 0, 0, 0]);
    expect(
      farthest(
        of(batch, 'rloo'),
        of(batch, 'gpg-lm').map((a) => (4 / 3) * a),
      ),
    ).toBeLessThan(1e-15);
  });

  it('the fixture through every method, by hand', () => {
    const batch = batchOf(
      fixture.map((group) => group.map((reward, i) => ({ reward, length: i + 1 }))),
      [1, 1, 0, 0],
    );
    const half = Math.sqrt(1 / 3);
    const expected: Partial<Record<EstimatorName, number[]>> = {
      'gpg-lm': [0.75, -0.25, -0.25, -0.25, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, -0.5, -0.5],
      'dr-grpo': [0.75, -0.25, -0.25, -0.25, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, -0.5, -0.5],
      // Sample standard deviations: 1/2 and sqrt(1/3).
      grpo: [0.75, -0.25, -0.25, -0.25]
        .map((a) => a / 0.5001)
        .concat(
          [0, 0, 0, 0, 0, 0, 0, 0],
          [0.5, 0.5, -0.5, -0.5].map((a) => a / (half + 1e-4)),
        ),
      dapo: [0.75, -0.25, -0.25, -0.25]
        .map((a) => a / 0.500001)
        .concat(
          [0, 0, 0, 0, 0, 0, 0, 0],
          [0.5, 0.5, -0.5, -0.5].map((a) => a / (half + 1e-6)),
        ),
      rloo: [1, -1 / 3, -1 / 3, -1 / 3, 0, 0, 0, 0, 0, 0, 0, 0, 2 / 3, 2 / 3, -2 / 3, -2 / 3],
      remax: [0, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0],
      opo: [0.9, -0.1, -0.1, -0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0.7, 0.7, -0.3, -0.3],
      'grpo-pass@k': [1 / 0.500001, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    };
    for (const [name, advantages] of Object.entries(expected)) {
      expect(farthest(of(batch, name as EstimatorName), advantages), name).toBeLessThan(1e-14);
    }
  });

  it('methods that have the advantages of DAPO and another loss', () => {
    const batch = rewardsOf(fixture);
    for (const name of ['gspo', 'cispo', 'sapo'] as const) expect(of(batch, name), name).toEqual(of(batch, 'dapo'));
  });

  it('groups of one, and none at all', () => {
    const batch = rewardsOf([[2], [1, 0]]);
    // One rule for every row that compares within the group: who is alone gets nothing.
    for (const name of ['gpg-lm', 'grpo', 'dr-grpo', 'dapo', 'rloo', 'opo', 'grpo-pass@k'] as const) {
      expect(of(batch, name)[0], name).toBe(0);
    }
    for (const name of names) expect(of(rewardsOf([]), name), name).toEqual(new Float64Array(0));
  });

  it('leaves the batch as it is', () => {
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom(...names), (groups, name) => {
        const batch = batchOf(groups, greedyOf(groups));
        const before = batchOf(groups, greedyOf(groups));
        const advantages = of(batch, name);
        expect(batch).toEqual(before);
        expect(advantages).not.toBe(batch.rewards);
      }),
    );
  });

  it('gates groups by their outcome', () => {
    // A shaped reward: nobody is right in the first group, yet its rewards differ.
    const shaped = [
      { reward: 0.3, length: 1, outcome: 0 },
      { reward: 0, length: 1, outcome: 0 },
    ];
    const mixed = [
      { reward: 1.3, length: 1, outcome: 1 },
      { reward: 0.3, length: 1, outcome: 0 },
    ];
    const batch = batchOf([shaped, mixed]);
    expect(farthest(of(batch, 'gpg-lm'), [0.15, -0.15, 0.5, -0.5])).toBeLessThan(1e-15);
    const gated = completionAdvantages(batch, completionEstimators['gpg-lm'], { validBy: 'outcome' });
    expect(farthest(gated, [0, 0, 0.5, -0.5])).toBeLessThan(1e-15);
    expect(completionAdvantages(batch, completionEstimators['gpg-lm'], { validBy: 'total' })).toEqual(of(batch, 'gpg-lm'));
  });
});

describe('identities of the methods', () => {
  it('GPG with F_norm = std is GRPO, to the last bit; with the same aggregation so is the gradient at ratio 1', () => {
    fc.assert(
      fc.property(groupsOf(), (groups) => {
        const batch = batchOf(groups);
        const gpg = completionAdvantages(batch, completionEstimators['gpg-lm'], { advantageScale: 'std' });
        expect(gpg).toEqual(of(batch, 'grpo'));
        const shares = tokenWeights(batch, 'sequence-mean');
        expect(gradientOf(batch, shares, gpg)).toEqual(
          gradientOf(batch, tokenWeights(batch, completionEstimators.grpo.aggregation), of(batch, 'grpo')),
        );
      }),
    );
  });

  it('GRPO with F_norm = 1 is GPG, to the last bit', () => {
    fc.assert(
      fc.property(groupsOf(), (groups) => {
        const batch = batchOf(groups);
        expect(completionAdvantages(batch, completionEstimators.grpo, { advantageScale: '1' })).toEqual(of(batch, 'gpg-lm'));
      }),
    );
  });

  it('F_norm = std is the method’s own deviation where it has one', () => {
    const batch = rewardsOf(fixture);
    expect(completionAdvantages(batch, completionEstimators.dapo, { advantageScale: 'std' })).toEqual(of(batch, 'dapo'));
    expect(of(batch, 'dapo')).not.toEqual(of(batch, 'grpo'));
  });

  it('Dr. GRPO is GPG up to the constant: N c / tokens', () => {
    fc.assert(
      fc.property(groupsOf(), fc.integer({ min: 9, max: 40 }), (groups, constant) => {
        const batch = batchOf(groups);
        const tokens = batch.lengths.reduce((sum, length) => sum + length, 0);
        const gpg = gradientOf(batch, tokenWeights(batch, 'token-mean'), of(batch, 'gpg-lm'));
        const doctor = gradientOf(
          batch,
          tokenWeights(batch, 'constant', constant),
          of(batch, 'dr-grpo'),
          (batch.rewards.length * constant) / tokens,
        );
        expect(farthest(gpg, doctor)).toBeLessThan(1e-12);
      }),
    );
  });

  it('RLOO is G / (G - 1) times GPG', () => {
    fc.assert(
      fc.property(groupsOf(), (groups) => {
        const batch = batchOf(groups);
        const size = groups[0]!.length;
        const scaled = of(batch, 'gpg-lm').map((advantage) => (size / (size - 1)) * advantage);
        expect(farthest(of(batch, 'rloo'), scaled)).toBeLessThan(1e-13);
        // And it is what it says: the reward minus the mean of the others.
        const direct = groups.flatMap((group) =>
          group.map(({ reward }, i) => reward - group.reduce((sum, other, j) => (j === i ? sum : sum + other.reward), 0) / (size - 1)),
        );
        expect(farthest(of(batch, 'rloo'), direct)).toBeLessThan(1e-13);
      }),
    );
  });

  it('OPO with equal lengths is GPG; otherwise its advantages weighted by tokens add up to 0', () => {
    fc.assert(
      fc.property(groupsOf({ length: 4 }), (groups) => {
        const batch = batchOf(groups);
        expect(farthest(of(batch, 'opo'), of(batch, 'gpg-lm'))).toBeLessThan(1e-13);
      }),
    );
    fc.assert(
      fc.property(groupsOf(), (groups) => {
        const batch = batchOf(groups);
        const advantages = of(batch, 'opo');
        for (let b = 0; b < groups.length; b++) {
          let sum = 0;
          advantages.forEach((advantage, i) => {
            if (batch.groups[i] === b) sum += advantage * batch.lengths[i]!;
          });
          expect(Math.abs(sum)).toBeLessThan(1e-12);
        }
      }),
    );
  });

  it.each(['reinforce++', 'reinforce++-baseline'] as const)('%s is the whitening of all tokens, written out', (name) => {
    fc.assert(
      fc.property(groupsOf(), (groups) => {
        const batch = batchOf(groups);
        const base = name === 'reinforce++' ? batch.rewards : of(batch, 'gpg-lm');
        const tokens = Float64Array.from([...base].flatMap((value, i) => new Array<number>(batch.lengths[i]!).fill(value)));
        const { mean, standardDeviation } = meanAndScale(tokens);
        fc.pre(standardDeviation > 1e-4);
        tokens.forEach((value, i) => {
          tokens[i] = (value - mean) / Math.sqrt(standardDeviation ** 2 + 1e-8);
        });
        const got = of(batch, name);
        const repeated = [...got].flatMap((value, i) => new Array<number>(batch.lengths[i]!).fill(value));
        expect(farthest(repeated, tokens)).toBeLessThan(1e-9);
        expect(Math.abs(repeated.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9 * tokens.length);
      }),
    );
  });

  /** Multiples of 1/4 keep sums exact, so that groups without spread stay without. */
  const coarse = (groups: ReturnType<typeof groupsOf> extends fc.Arbitrary<infer Groups> ? Groups : never) =>
    groups.map((group) => group.map((one) => ({ ...one, reward: Math.round(one.reward * 4) / 4 })));

  it('no method but ReMax, whose greedy reward stays, changes when rewards are moved', () => {
    const others = names.filter((name) => name !== 'remax');
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom(...others), fc.integer({ min: -8, max: 8 }), (groups, name, shift) => {
        const moved = coarse(groups).map((group) => group.map((one) => ({ ...one, reward: one.reward + shift })));
        expect(farthest(of(batchOf(moved), name), of(batchOf(coarse(groups)), name))).toBeLessThan(1e-7);
      }),
    );
  });

  /** Sample standard deviation. */
  const spreadOf = (values: readonly number[]): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  };

  it('GRPO and REINFORCE++ change as little as their epsilons allow when rewards are doubled', () => {
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom('reinforce++' as const, 'grpo' as const), (groups, name) => {
        const batch = batchOf(coarse(groups));
        const doubled = batchOf(coarse(groups).map((group) => group.map((one) => ({ ...one, reward: one.reward * 2 }))));
        const [once, twice] = [of(batch, name), of(doubled, name)];
        // 2 (r - m) / (2 s + e) is (r - m) / (s + e) times 1 + e / (2 s + e), most where the spread s is least; e is 1e-4.
        const spreads = coarse(groups).flatMap((group) => spreadOf(group.map(({ reward }) => reward)) || []);
        const ofGroups = spreads.length > 0 ? 1e-4 / (2 * Math.min(...spreads) + 1e-4) : 0;
        // Under the root of the variance over all tokens, sqrt((s^2 + e) / (s^2 + e / 4)) is at most 1 + 3 e / (8 s^2); e is 1e-8.
        const ofTokens = spreadOf(coarse(groups).flatMap((group) => group.flatMap(({ reward, length }) => Array(length).fill(reward))));
        const most = name === 'grpo' ? ofGroups : ofTokens > 0 ? 3e-8 / (8 * ofTokens ** 2) : 0;
        for (const [i, value] of once.entries()) expect(Math.abs(twice[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * most + 1e-6);
      }),
    );
  });

  it('one group is a rollout of one-step trajectories: the estimators of MDPs agree', () => {
    const shared = { 'gpg-lm': 'gpg-lm', 'dr-grpo': 'dr-grpo', rloo: 'rloo', grpo: 'grpo', 'reinforce++': 'reinforce++' } as const;
    fc.assert(
      fc.property(groupsOf({ length: 1 }), fc.constantFrom(...Object.entries(shared)), (groups, [name, other]) => {
        const group = groups[0]!;
        const batch = batchOf([group]);
        const rollout = rolloutOf(group.map(({ reward }) => ({ rewards: [reward] })));
        const { scale } = completionEstimators[name as EstimatorName];
        const settings = methodSettings(
          other,
          scale.by === 'none' ? {} : { epsilon: scale.epsilon, standardDeviation: scale.standardDeviation },
        );
        // Of completions the epsilon of whitening stands under the root, of MDPs beside it.
        const { standardDeviation } = meanAndScale(batch.rewards);
        const damping = scale.by === 'batch' ? (standardDeviation + scale.epsilon) / Math.sqrt(standardDeviation ** 2 + scale.epsilon) : 1;
        const expected = perTrajectory(rollout, estimateAdvantages(rollout, settings).advantages)
          .flat()
          .map((advantage) => advantage * damping);
        expect(farthest(of(batch, name as EstimatorName), expected)).toBeLessThan(1e-7);
      }),
    );
  });

  it('groups may stand in any order', () => {
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom(...names), fc.integer({ min: 1, max: 5 }), (groups, name, turn) => {
        const rotate = <T>(list: readonly T[]): T[] => [...list.slice(turn % list.length), ...list.slice(0, turn % list.length)];
        const greedy = greedyOf(groups);
        const straight = of(batchOf(groups, greedy), name);
        const turned = of(batchOf(rotate(groups), rotate(greedy)), name);
        const size = groups[0]!.length;
        const back = rotate(groups.map((_, b) => [...straight.subarray(b * size, (b + 1) * size)])).flat();
        expect(farthest(turned, back)).toBeLessThan(1e-9);
      }),
    );
  });

  it('a batch without spread gives exact zeros, no NaN', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), groupsOf(), fc.constantFrom(...names), (reward, groups, name) => {
        const equal = groups.map((group) => group.map(({ length }) => ({ reward, length })));
        const advantages = of(
          batchOf(
            equal,
            equal.map(() => reward),
          ),
          name,
        );
        for (const advantage of advantages) expect(advantage + 0, name).toBe(0);
      }),
    );
  });

  it('a group without spread among others gives exact zeros where the baseline is the group', () => {
    const group = ['gpg-lm', 'grpo', 'dr-grpo', 'dapo', 'rloo', 'opo', 'grpo-pass@k'] as const;
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom(...group), fc.double({ min: -3, max: 3, noNaN: true }), (groups, name, reward) => {
        const all = [groups[0]!.map(({ length }) => ({ reward, length })), ...groups];
        const advantages = of(batchOf(all), name).subarray(0, groups[0]!.length);
        for (const advantage of advantages) expect(advantage + 0, name).toBe(0);
      }),
    );
  });
});

describe('the table', () => {
  it('says of every deviation which one it is', () => {
    for (const name of estimatorNames) {
      const { scale, title } = completionEstimators[name];
      const { source, equation } = methodPages[name];
      if (scale.by !== 'none') expect(scale, name).toEqual({ by: scale.by, standardDeviation: 'sample', epsilon: expect.any(Number) });
      if (scale.by === 'group') expect(equation).toContain('sample standard deviation');
      expect(source).toMatch(/arXiv \d{4}\.\d{5}/);
      expect(title).not.toBe('');
    }
  });

  it('has what only one method has', () => {
    const having = (test: (name: EstimatorName) => boolean): EstimatorName[] => estimatorNames.filter(test);
    expect(having((name) => completionEstimators[name].needsGreedy)).toEqual(['remax']);
    expect(having((name) => completionEstimators[name].needsCritic)).toEqual(['ppo']);
    expect(having((name) => completionEstimators[name].needsBranches)).toEqual(['vineppo']);
    expect(having((name) => completionEstimators[name].gradientRescaling !== 'off')).toEqual(['gpg-lm']);
    expect(having((name) => completionEstimators[name].minValidFraction > 0)).toEqual(['gpg-lm', 'dapo']);
    expect(having((name) => completionEstimators[name].clipHigh !== completionEstimators[name].clipLow)).toEqual(['dapo', 'gspo', 'cispo']);
    expect(having((name) => !['score', 'clipped'].includes(completionEstimators[name].loss))).toEqual(['gspo', 'cispo', 'sapo']);
    expect(having((name) => completionEstimators[name].loss === 'score')).toEqual(['gpg-lm', 'rloo', 'remax', 'opo']);
  });

  it('finds a row by name', () => {
    expect(findEstimator('grpo')).toBe(completionEstimators.grpo);
    expect(() => findEstimator('gpro')).toThrow(/estimator: expected the name of a method, got "gpro"; did you mean grpo/);
    expect(() => findEstimator('toString')).toThrow(/expected the name of a method/);
  });
});

describe('a custom method', () => {
  it('the example of the doc comment', () => {
    const own = defineEstimator({ title: 'REINFORCE', advantages: ({ rewards }) => rewards });
    expect(own).toMatchObject({
      loss: 'score',
      aggregation: 'token-mean',
      gradientRescaling: 'off',
      minValidFraction: 0,
      title: 'REINFORCE',
    });
    const batch = rewardsOf([[1, 0]]);
    const advantages = completionAdvantages(batch, own);
    expect([...advantages]).toEqual([1, 0]);
    expect(advantages).not.toBe(batch.rewards);
  });

  it('is asked for N finite numbers', () => {
    const run = (advantages: () => unknown) => () =>
      completionAdvantages(rewardsOf([[1, 0]]), defineEstimator({ title: 'mine', advantages: advantages as () => Float64Array }));
    expect(run(() => [1, 0])).toThrow(/estimator "mine": expected a Float64Array of 2 advantages, got \[1, 0\]; give one per completion/);
    expect(run(() => Float64Array.of(1))).toThrow(/expected a Float64Array of 2 advantages/);
    expect(run(() => Float64Array.of(1, Number.NaN))).toThrow(/estimator "mine", completion 1: expected a finite advantage, got NaN/);
    expect(() => defineEstimator({ title: '', advantages: () => Float64Array.of() })).toThrow(/estimator.title: expected a name/);
    expect(() => defineEstimator({ title: 'mine' } as never)).toThrow(/estimator.advantages: expected a function of a batch, got nothing/);
  });
});

describe('batches that do not fit', () => {
  const good = rewardsOf([
    [1, 0],
    [1, 1],
  ]);
  const run =
    (more: object, name: EstimatorName = 'gpg-lm') =>
    () =>
      of({ ...good, ...more }, name);

  it('are errors that say what is wrong', () => {
    expect(run({ groups: Int32Array.of(0, 0, 1) })).toThrow(/batch.groups: expected 4 entries, one per completion, got 3/);
    expect(run({ lengths: Int32Array.of(1) })).toThrow(/batch.lengths: expected 4 entries/);
    expect(run({ outcomes: Float64Array.of(1) })).toThrow(/batch.outcomes: expected 4 entries/);
    expect(run({ rewards: Float64Array.of(1, 0, Number.NaN, 1) })).toThrow(/rewards\[2\]: expected a finite number, got NaN/);
    expect(run({ rewards: Float64Array.of(1, 0, 1, Number.POSITIVE_INFINITY) })).toThrow(/rewards\[3\]: expected a finite number/);
    expect(run({ outcomes: Float64Array.of(1, 0, 1, Number.NaN) })).toThrow(/outcomes\[3\]: expected a finite number/);
    expect(run({ groups: Int32Array.of(0, 1, 0, 1) })).toThrow(/groups\[2\]: expected groups in ascending order from 0, got 0/);
    expect(run({ groups: Int32Array.of(-1, 0, 0, 1) })).toThrow(/groups\[0\]: expected groups in ascending order from 0, got -1/);
    expect(run({ lengths: Int32Array.of(1, 0, 1, 1) })).toThrow(/lengths\[1\]: expected at least 1 token, got 0/);
    expect(run({}, 'remax')).toThrow(/greedyRewards\[0\]: expected the reward of a greedy completion of every prompt, got nothing/);
    expect(run({ greedyRewards: Float64Array.of(1) }, 'remax')).toThrow(/greedyRewards\[1\]: expected the reward/);
    expect(run({}, 'ppo')).toThrow(/completionAdvantages: expected one advantage per completion, got "critic"; use tokenGae/);
    expect(run({}, 'vineppo')).toThrow(/completionAdvantages: expected one advantage per completion, got "branches"; use tokenStretches/);
    const lost = { ...good, outcomes: undefined } as unknown as CompletionBatch;
    expect(() => completionAdvantages(lost, completionEstimators['gpg-lm'], { validBy: 'outcome' })).toThrow(
      /validBy outcome: expected batch.outcomes/,
    );
    expect(() => completionAdvantages(good, completionEstimators['gpg-lm'], { advantageScale: '2' as '1' })).toThrow(
      /advantageScale: expected one of 1, std, got "2"/,
    );
  });
});
