import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdvantageBatch } from '../../src/advantage/batch.ts';
import { assignBins, type BinSettings, createBinWorkspace } from '../../src/advantage/binnings.ts';
import type { BinKey } from '../../src/advantage/binStep.ts';
import { defaultEstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { KeyTable } from '../../src/advantage/keyTable.ts';
import { roundHalfEven } from '../../src/advantage/roundHalfEven.ts';
import { cutTrajectories } from '../../src/rollout/trajectories.ts';
import { advantagesOf, batchOf, perTrajectory } from './helpers.ts';

function binsOf(batch: AdvantageBatch, settings: BinSettings, withEdges = false): number[][] {
  const { binOfStep, binAfterEnd } = assignBins(batch, settings, createBinWorkspace(batch.numSteps, batch.numEnvs), withEdges);
  const rows = perTrajectory(batch, binOfStep);
  return withEdges ? rows.map((row, i) => [...row, binAfterEnd[i]!]) : rows;
}

/** One environment that shows these observations, `width` entries each. */
function seen(observations: Float32Array | Float64Array | number[], width = 1): AdvantageBatch {
  const values = Array.isArray(observations) ? Float64Array.from(observations) : observations;
  const length = values.length / width;
  return batchOf([{ rewards: Array.from({ length }, () => 0) }], { observations: values, observationSize: width });
}

describe('rounding to a grid', () => {
  it('ties go to even, as in NumPy', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map(roundHalfEven)).toEqual([0, 2, 2, 0, -2, -2]);
    expect(binsOf(seen([0.5, 0, 1.5, 2, 2.5, -0.5]), { bins: 'space', binWidth: 1 })).toEqual([[0, 0, 1, 1, 1, 0]]);
  });

  it('never gives -0, and rounds what is next to a tie the right way', () => {
    expect([-0, -0.2, -0.5].every((value) => Object.is(roundHalfEven(value), 0))).toBe(true);
    expect(roundHalfEven(0.49999999999999994)).toBe(0);
    expect(roundHalfEven(0.5000000000000001)).toBe(1);
    expect(roundHalfEven(-0.49999999999999994)).toBe(0);
  });

  it('equals floor and ceiling arithmetic for numbers of every size', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -1e9, max: 1e9 }), (value, whole) => {
        for (const x of [value, whole + 0.5, whole * 1e6 + 0.5, whole]) {
          const [below, above] = [Math.floor(x), Math.ceil(x)];
          const tie = x - below === above - x;
          const nearest = tie ? (below % 2 === 0 ? below : above) : x - below < above - x ? below : above;
          expect(roundHalfEven(x)).toBe(nearest + 0);
        }
      }),
    );
    expect(roundHalfEven(2 ** 51 + 0.5)).toBe(2 ** 51);
    expect(roundHalfEven(2 ** 51 + 1.5)).toBe(2 ** 51 + 2);
    expect(roundHalfEven(-(2 ** 51) - 0.5)).toBe(-(2 ** 51));
    expect(roundHalfEven(-(2 ** 51) - 1.5)).toBe(-(2 ** 51) - 2);
  });

  it('-0 and 0 are one state and one cell', () => {
    expect(binsOf(seen([-0, 0, 1]), { bins: 'state' })).toEqual([[0, 0, 1]]);
    expect(binsOf(seen([-0.1, 0.1]), { bins: 'space' })).toEqual([[0, 0]]);
    expect(binsOf(seen([1, 1]), { bins: ({ time }) => (time === 0 ? -0 : 0) })).toEqual([[0, 0]]);
  });

  it('divides in float64: float32 0.7 over 0.2 is 3.4999999 there, a tie in float32', () => {
    expect(Math.fround(Math.fround(0.7) / Math.fround(0.2))).toBe(3.5);
    expect(binsOf(seen(Float32Array.of(0.7, 0.6, 0.8)), { bins: 'space', binWidth: 0.2 })).toEqual([[0, 0, 1]]);
  });

  it('huge observations keep cells of their own', () => {
    const huge = [1e300, -1e300, 1e300 * (1 + 2 ** -52), 2 ** 53, 2 ** 53 + 2, 1e300];
    expect(binsOf(seen(huge), { bins: 'space', binWidth: 0.5 })).toEqual([[0, 1, 2, 3, 4, 0]]);
    expect(binsOf(seen(Float32Array.of(3e38, -3e38, 3e38)), { bins: 'space', binWidth: 0.2 })).toEqual([[0, 1, 0]]);
  });

  it.each([
    ['space', Number.NaN],
    ['space-time', Number.POSITIVE_INFINITY],
    ['state', Number.NaN],
    ['state-time', Number.NEGATIVE_INFINITY],
  ] as const)('%s: %d is an error with environment, step and dimension', (bins, value) => {
    const observations = new Float64Array(2 * 3 * 2);
    observations[(1 * 3 + 2) * 2 + 1] = value;
    const batch = batchOf([{ rewards: [0, 0] }, { rewards: [0, 0] }, { rewards: [0, 0] }], { observations, observationSize: 2 });
    expect(() => binsOf(batch, { bins })).toThrow(`observation of environment 2 at step 1, dimension 1: expected a finite number`);
  });

  it('a cell number beyond float64 is an error too', () => {
    expect(() => binsOf(seen([1e300]), { bins: 'space', binWidth: 1e-12 })).toThrow(/observation of environment 0 at step 0/);
  });

  it('time bins do not look at observations', () => {
    expect(binsOf(seen([Number.NaN, 1]), { bins: 'time' })).toEqual([[0, 1]]);
  });
});

describe('exact keys', () => {
  it('never give two keys one number, in any hash table', () => {
    const entry = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, entry), { minLength: 1, maxLength: 60 }), (keys) => {
        const table = new KeyTable(60);
        const key = new Float64Array(2);
        const words = new Uint32Array(key.buffer);
        for (let round = 0; round < 2; round++) {
          table.clear(2);
          const expected = new Map<string, number>();
          for (const pair of keys) {
            key.set(pair.map((value) => value + 0));
            const text = `${key[0]} ${key[1]}`;
            expect(table.find(key, words)).toBe(expected.get(text) ?? -1);
            if (!expected.has(text)) expected.set(text, expected.size);
            expect(table.insert(key, words)).toBe(expected.get(text));
          }
          expect(table.size).toBe(expected.size);
        }
      }),
    );
  });

  it('grows to its capacity', () => {
    const table = new KeyTable(5000);
    const key = new Float64Array(3);
    const words = new Uint32Array(key.buffer);
    table.clear(3);
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < 5000; k++) {
        key[2] = k;
        expect(table.insert(key, words)).toBe(k);
      }
    }
  });
});

describe('bins', () => {
  const flags = { numSteps: 5, numEnvs: 2, truncated: new Uint8Array(10) };
  // Environment 0 ends with row 1, environment 1 began 3 steps before the rollout and ends nowhere.
  const terminated = Uint8Array.from({ length: 10 }, (_, step) => (step === 2 ? 1 : 0));
  const trajectories = cutTrajectories({
    ...flags,
    terminated,
    startedByReset: Uint8Array.of(1, 0),
    elapsedAtStart: Int32Array.of(0, 3),
  });
  const batch: AdvantageBatch = {
    numSteps: 5,
    numEnvs: 2,
    rewards: new Float64Array(10),
    observations: Float64Array.from({ length: 10 }, (_, step) => step % 2),
    observationSize: 1,
    edgeObservations: Float64Array.of(0, 5),
    actions: Int32Array.from({ length: 10 }, (_, step) => step),
    trajectories,
  };

  it('time counts from the start of the trajectory, of the episode, or of the rollout', () => {
    const rows = (timeOrigin: BinSettings['timeOrigin']): number[][] => binsOf(batch, { bins: 'time', timeOrigin });
    expect(rows('segment')).toEqual([
      [0, 1],
      [0, 1, 2],
      [0, 1, 2, 3, 4],
    ]);
    expect(rows('rollout-offset')).toEqual([
      [0, 1],
      [2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
    // Numbers in order of first sight: elapsed 0, 1, 2 and, in environment 1, 3 to 7.
    expect(rows('elapsed')).toEqual([
      [0, 1],
      [0, 1, 2],
      [3, 4, 5, 6, 7],
    ]);
  });

  it('the started-by-reset bit keeps the trajectory that began mid-episode apart', () => {
    const rows = binsOf(batch, { bins: 'time', separateMidEpisodeStarts: true });
    expect(rows[0]).toEqual(rows[1]!.slice(0, 2));
    expect(new Set([...rows[1]!, ...rows[2]!]).size).toBe(8);
    const grid = binsOf(batch, { bins: 'space', separateMidEpisodeStarts: true });
    expect(grid).toEqual([
      [0, 0],
      [0, 0, 0],
      [1, 1, 1, 1, 1],
    ]);
  });

  it('budget buckets split the rollout into equal stretches', () => {
    expect(binsOf(batch, { bins: 'universal', budgetBuckets: 5 })[2]).toEqual([4, 3, 2, 1, 0]);
    expect(binsOf(batch, { bins: 'universal', budgetBuckets: 2 })[2]).toEqual([1, 1, 0, 0, 0]);
    expect(binsOf(batch, { bins: 'space', budgetBuckets: 2 })[2]).toEqual([2, 2, 3, 3, 3]);
  });

  it('space-time and state-time are the product of both', () => {
    expect(binsOf(batch, { bins: 'space-time' })).toEqual([
      [0, 1],
      [0, 1, 2],
      [3, 4, 5, 6, 7],
    ]);
    expect(binsOf(batch, { bins: 'state' })).toEqual([
      [0, 0],
      [0, 0, 0],
      [1, 1, 1, 1, 1],
    ]);
  });

  it('groups share nothing', () => {
    const groups = Int32Array.of(1, 0);
    for (const bins of ['universal', 'time', 'state'] as const) {
      const rows = binsOf({ ...batch, groups, numGroups: 2 }, { bins });
      const first = new Set([...rows[0]!, ...rows[1]!]);
      expect(rows[2]!.some((bin) => first.has(bin))).toBe(false);
    }
  });

  it('the bin after the end: known for the edge, -1 where nobody is or the task ended', () => {
    expect(binsOf(batch, { bins: 'state' }, true).map((row) => row.at(-1))).toEqual([-1, 0, -1]);
    expect(binsOf(batch, { bins: 'time' }, true).map((row) => row.at(-1))).toEqual([2, 3, -1]);
    expect(binsOf(batch, { bins: ({ observation }) => observation[0]! }, true).map((row) => row.at(-1))).toEqual([-1, 0, -1]);
  });

  it('action-time: the last action and the step number; none at the first step, whatever time counts from', () => {
    const samples = [{ rewards: [0, 0, 0, 0] }, { rewards: [0, 0, 0, 0] }, { rewards: [0, 0] }];
    // The last action of a trajectory is in no bin of its own.
    const actions = Int32Array.of(2, 2, 1, 0, 1, 9, 5, 5, 0, 8, 9, 0);
    const three = batchOf(samples, { actions });
    expect(binsOf(three, { bins: 'action-time' })).toEqual([
      [0, 1, 2, 3],
      [0, 1, 4, 3],
      [0, 5],
    ]);
    const later = { ...three, trajectories: { ...three.trajectories, elapsed: Int32Array.of(0, 1, 2) } };
    expect(binsOf(later, { bins: 'action-time', timeOrigin: 'elapsed' })[1]![0]).not.toBe(
      binsOf(later, { bins: 'action-time', timeOrigin: 'elapsed' })[0]![1],
    );
    expect(binsOf({ ...three, actions: Int32Array.from(actions, (action) => action - 2) }, { bins: 'action-time' })).toEqual(
      binsOf(three, { bins: 'action-time' }),
    );
  });

  it('action-time: all whole numbers of an action, of real ones the signs', () => {
    const samples = [{ rewards: [0, 0, 0] }, { rewards: [0, 0, 0] }];
    const both = (actions: Int32Array | Float32Array) => binsOf(batchOf(samples, { actions, actionSize: 2 }), { bins: 'action-time' });
    expect(both(Int32Array.of(1, 2, 2, 1, 3, 3, 3, 3, 0, 0, 0, 0))).toEqual([
      [0, 1, 2],
      [0, 3, 2],
    ]);
    expect(both(Float32Array.of(0.5, -0, 3, 0, -1, 2, -2, -3, 0, 0, 0, 0))).toEqual([
      [0, 1, 2],
      [0, 1, 3],
    ]);
  });

  it('return-time: the rewards so far in multiples of the bin width, and the step number', () => {
    const two = batchOf([{ rewards: [1, 2, 4, 9] }, { rewards: [3, 0, -3, 7] }]);
    // So far 0, 1, 3, 7 and 0, 3, 3, 0: in halves 0, 0.5, 1.5, 3.5 and 0, 1.5, 1.5, 0, rounded half to even.
    expect(binsOf(two, { bins: 'return-time', binWidth: 2 })).toEqual([
      [0, 1, 2, 3],
      [0, 4, 2, 5],
    ]);
    expect(binsOf(two, { bins: 'return-time', binWidth: 100 })).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
    expect(binsOf({ ...two, observations: undefined, actions: undefined }, { bins: 'return-time' })).toEqual([
      [0, 1, 2, 3],
      [0, 4, 2, 5],
    ]);
  });

  it('bins of the history after the end: with the last action and reward, and without observations', () => {
    const samples = [
      { rewards: [1, 1, 0], ending: 'terminated' },
      { rewards: [1, 1], ending: 'edge' },
      { rewards: [2], ending: 'truncated' },
      { rewards: [5], ending: 'edge' },
    ] as const;
    const actions = Int32Array.of(1, 1, 1, 7, 2, 2, 0, 0, 0, 0, 0, 0);
    const cut = batchOf(samples, { actions, observations: undefined, observationSize: undefined });
    const binsAfter = (bins: 'action-time' | 'return-time', more: Partial<BinSettings> = {}) =>
      binsOf(cut, { bins, ...more }, true).map((row) => row.at(-1));
    // Bins: start, after action 1, after action 2: the second comes to the third, the third to the second; nobody did 7.
    expect(binsAfter('action-time')).toEqual([-1, 2, 1, -1]);
    // Gathered 2 at step 2 like the first; 2 or 5 at step 1 is like nobody.
    expect(binsAfter('return-time')).toEqual([-1, 2, -1, -1]);
    expect(binsAfter('return-time', { binWidth: 100 })).toEqual([-1, 2, 1, 1]);
    const settings = { ...defaultEstimatorSettings, gamma: 1, tail: 'bootstrap', bootstrapTruncated: true, bins: 'action-time' } as const;
    const returns = perTrajectory(cut, estimateAdvantages(cut, settings).returns);
    // After action 1 the first two got 1 more at step 1; nobody did 7, so that everybody at step 1 counts, which is the same two.
    expect(returns[2]).toEqual([3]);
    expect(returns[3]).toEqual([6]);
  });

  it('a custom key sees the present and the past', () => {
    const log: string[] = [];
    const key: BinKey = (step) => {
      const { env, trajectory, row, time, elapsed, startedByReset, observation } = step;
      const before = time > 0 ? step.actionAt(time - 1)[0] : 'none';
      log.push(`${env} ${trajectory} ${row} ${time} ${elapsed} ${startedByReset} ${observation[0]} ${before} ${step.observationAt(0)[0]}`);
      return time;
    };
    binsOf(batch, { bins: key });
    expect(log.slice(0, 7)).toEqual([
      '0 0 0 0 0 true 0 none 0',
      '0 0 1 1 1 true 0 0 0',
      '0 1 2 0 0 true 0 none 0',
      '0 1 3 1 1 true 0 4 0',
      '0 1 4 2 2 true 0 6 0',
      '1 2 0 0 3 false 1 none 1',
      '1 2 1 1 4 false 1 1 1',
    ]);
  });

  it('a custom key can sum the rewards so far', () => {
    const key: BinKey = (step) => Array.from({ length: step.time }, (_, t) => step.rewardAt(t)).reduce((sum, reward) => sum + reward, 0);
    expect(binsOf(batchOf([{ rewards: [1, 2, 0, 5] }]), { bins: key })).toEqual([[0, 1, 2, 2]]);
  });

  it.each<[string, BinKey]>([
    ['its own action', (step) => step.actionAt(step.time)[0]!],
    ['its own reward', (step) => step.rewardAt(step.time)],
    ['a later observation', (step) => step.observationAt(step.time + 1)[0]!],
    ['the trajectory before', (step) => step.observationAt(-1)[0]!],
  ])('a custom key that looks at %s is stopped', (_, key) => {
    expect(() => binsOf(batch, { bins: key })).toThrow(/a bin key may look at what came before the action/);
  });

  it('keys of different kinds never meet: 1, "1", [1], "n1", "v1", "1,2", [1, 2]', () => {
    const keys = [1, '1', [1], 's1', 'v1', '1,2', [1, 2], [], '', 'NaN', [-0, 1], [0, 1], 1];
    const rewards = keys.map(() => 0);
    expect(binsOf(batchOf([{ rewards }]), { bins: ({ time }) => keys[time]! })).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 0]]);
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [[1, Number.NaN]], [[undefined]], [undefined], [null], [{ a: 1 }], [true]])(
    'a custom key %j is an error',
    (value) => {
      const key = (() => value) as unknown as BinKey;
      expect(() => binsOf(batch, { bins: key })).toThrow(
        /bin key at step 0 of environment 0: expected a finite number, a string or a list/,
      );
    },
  );

  it('says what is missing or mistyped', () => {
    expect(() => binsOf({ ...batch, observations: undefined }, { bins: 'space' })).toThrow(/batch with observations, got none/);
    expect(() => binsOf({ ...batch, edgeObservations: undefined }, { bins: 'space' }, true)).toThrow(/edgeObservations, got none/);
    expect(() => binsOf({ ...batch, actions: undefined }, { bins: (step) => step.time && step.actionAt(0)[0]! })).toThrow(
      /give batch.actions/,
    );
    expect(() => binsOf({ ...batch, actions: undefined }, { bins: 'action-time' })).toThrow(
      /bins action-time: expected a batch with actions, got none; give actions/,
    );
    expect(() => binsOf(batch, { bins: 'return-time', binWidth: 0 })).toThrow(/binWidth: expected a number above 0/);
    expect(() => binsOf(batch, { bins: 'tmie' as 'time' })).toThrow(/did you mean time\?/);
    expect(() => binsOf(batch, { bins: 'space', binWidth: 0 })).toThrow(/binWidth: expected a number above 0, got 0/);
    expect(() => binsOf(batch, { bins: 'time', timeOrigin: 'segments' as 'segment' })).toThrow(/did you mean segment\?/);
  });
});

describe('rollout offset as the time reading', () => {
  // One environment whose episodes end with rows 2 and 4: three segments.
  const terminated = Uint8Array.of(0, 0, 1, 0, 1, 0, 0, 0);
  const trajectories = cutTrajectories({ numSteps: 8, numEnvs: 1, terminated, truncated: new Uint8Array(8) });
  const rewards = Float64Array.of(1, 5, 2, 7, 3, 9, 1, 4);
  const batch: AdvantageBatch = { numSteps: 8, numEnvs: 1, rewards, trajectories };

  it('reading C with one environment gives advantages of exactly 0, so nothing could be learnt', () => {
    const rows = advantagesOf(batch, { timeOrigin: 'rollout-offset' });
    expect(rows.flat()).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('reading A does not', () => {
    const rows = advantagesOf(batch, { timeOrigin: 'segment' });
    expect(rows.flat().filter((value) => value === 0)).toHaveLength(0);
  });

  it('reading B (elapsed) does not', () => {
    const { diagnostics } = estimateAdvantages(batch, { ...defaultEstimatorSettings, timeOrigin: 'elapsed' });
    expect(diagnostics['advantage/std']).toBeGreaterThan(0.1);
  });
});
