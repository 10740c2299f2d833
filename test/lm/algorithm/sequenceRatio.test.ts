/** GSPO's ratio of a completion: its factor by hand, and its gradient against finite differences of its formula. */
import { describe, expect, it } from 'vitest';
import { sequenceFactor, sequenceRatios, weighBySequences } from '../../../src/lm/algorithm/sequenceRatio.ts';
import { testCohort } from '../../training/cohort.ts';
import { shortRun } from '../languageRun.ts';

const clip = { clipLow: 0.2, clipHigh: 0.2 };
/** Two completions of 2 and 3 tokens in rows 0 and 2 of a batch with room for 3. */
const placed = { rows: Int32Array.of(0, 2), lengths: Int32Array.of(2, 3) };

function batchOf(logProbs: readonly number[]) {
  return {
    spec: { completionLength: 3 },
    logProbs: Float32Array.from(logProbs),
    oldLogProbs: new Float32Array(9).fill(-1),
    advantageWeights: new Float32Array(9),
  } as unknown as Parameters<typeof weighBySequences>[0];
}

describe('sequence ratios', () => {
  it('are geometric means over the tokens of a completion', () => {
    const batch = batchOf([-0.5, -1.25, 9, 9, 9, 9, -1, -0.5, -0.75]);
    // exp((0.5 - 0.25) / 2) and exp((0 + 0.5 + 0.25) / 3).
    const [first, second] = sequenceRatios(batch, placed);
    expect(first).toBeCloseTo(Math.exp(0.125), 14);
    expect(second).toBeCloseTo(Math.exp(0.25), 14);
  });

  it.each([
    [1.5, 1, 0],
    [1.5, -1, 1.5],
    [0.5, 1, 0.5],
    [0.5, -1, 0],
    [1.1, 2, 1.1],
  ])('ratio %f, advantage %f: factor %f', (ratio, advantage, factor) => expect(sequenceFactor(ratio, advantage, clip)).toBe(factor));

  it('give the gradient of the clipped surrogate', () => {
    const logProbs = [-0.9, -1.25, 9, 9, 9, 9, -0.8, -0.5, -0.3];
    const weights = new Float32Array(9);
    const advantages = [0.7, 1.3];
    placed.rows.forEach((row, i) => {
      weights.fill(advantages[i]! / placed.lengths[i]!, 3 * row, 3 * row + placed.lengths[i]!);
    });
    const loss = (values: readonly number[]): number => {
      const ratios = sequenceRatios({ ...batchOf([]), logProbs: Float64Array.from(values) as never }, placed);
      return -advantages.reduce((sum, a, i) => sum + Math.min(ratios[i]! * a, Math.min(Math.max(ratios[i]!, 0.8), 1.2) * a), 0);
    };
    const batch = batchOf(logProbs);
    weighBySequences(batch, placed, weights, clip);
    for (const place of [0, 1, 6, 7, 8]) {
      const moved = (step: number) => loss(logProbs.map((value, k) => (k === place ? value + step : value)));
      expect(-batch.advantageWeights[place]!).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
    }
    // The second completion is beyond the end.
    expect([...batch.advantageWeights.subarray(6)]).toEqual([0, 0, 0]);
  });
});

describe('methods whose ratio is not clipped as PPO clips it', () => {
  const hashOf = async (fields: object): Promise<string> =>
    (
      await testCohort()
        .trainLanguageModel({ ...shortRun, ...fields })
        .finish()
    ).summary.parametersSha256;

  it('are GRPO in the first update of a generation, and others from the second on', async () => {
    const grpo = { estimator: 'grpo', aggregation: 'sequence-mean' } as const;
    const scale = await hashOf({ ...grpo, iterations: 2 });
    for (const estimator of ['gspo', 'cispo', 'sapo'] as const) {
      const fields = { aggregation: 'sequence-mean', iterations: 2, warmStartAccuracy: 0.3 } as const;
      const [once, twice] = [await hashOf({ estimator, ...fields }), await hashOf({ estimator, ...fields, updateEpochs: 3 })];
      expect(once, estimator).not.toBe(twice);
      // Another epsilon beside the deviation.
      expect(once, estimator).not.toBe(scale);
    }
    const one = await Promise.all(
      (['gspo', 'cispo', 'sapo'] as const).map((estimator) => hashOf({ estimator, aggregation: 'token-mean', iterations: 1 })),
    );
    expect(new Set(one).size).toBe(1);
    const three = await Promise.all((['gspo', 'cispo', 'sapo'] as const).map((estimator) => hashOf({ estimator, updateEpochs: 3 })));
    expect(new Set(three).size).toBe(3);
  });

  it('take dualClip where the ratio is clipped, and say so where it is not', async () => {
    const fields = { estimator: 'grpo', updateEpochs: 4, learningRate: 0.03 } as const;
    expect(await hashOf({ ...fields, dualClip: 1.21 })).not.toBe(await hashOf(fields));
    expect(await hashOf({ ...fields, dualClip: 1e6 })).toBe(await hashOf(fields));
    const begin = (more: object) => () => testCohort().trainLanguageModel({ ...shortRun, ...more });
    expect(begin({ estimator: 'gspo', dualClip: 3 })).toThrow(
      'dualClip: expected 0 with estimator gspo, which does not clip like that, got 3',
    );
    expect(begin({ estimator: 'grpo', dualClip: 1 })).toThrow('dualClip: expected 0, or more than 1 + clipHigh = 1.2, got 1');
    expect(begin({ klForm: 'k2' })).toThrow('klForm: expected a klCoef above 0 with it');
  });

  it('know three forms of the divergence', async () => {
    const hashes = await Promise.all((['k1', 'k2', 'k3'] as const).map((klForm) => hashOf({ klCoef: 0.2, klForm })));
    expect(new Set(hashes).size).toBe(3);
    expect(hashes[2]).toBe(await hashOf({ klCoef: 0.2 }));
  });
});
