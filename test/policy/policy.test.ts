import { describe, expect, it } from 'vitest';
import { box, discrete } from '../../src/core/space.ts';
import { createKernelsAsync } from '../../src/kernels/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { specFromJson, specToJson } from '../../src/policy/spec.ts';
import { learnerKey } from '../../src/random/index.ts';

const spec = {
  observationSpace: box(Number.NEGATIVE_INFINITY, 3, [2], 'float64'),
  actionSpace: box(-1, 1, [1]),
  hiddenSizes: [],
  activation: 'tanh',
  critic: false,
} as const;

/** The mean is first number minus second. */
async function differencePolicy(): Promise<Policy> {
  const policy = new Policy(spec, await createKernelsAsync({ bytes: 2 ** 24 }), learnerKey(1));
  policy.parameters
    .tensors()
    .find(({ name }) => name === 'actor.0.weight')!
    .set('values', Float32Array.of(1, -1));
  return policy;
}

describe('a view of a policy with a normalizer', () => {
  it('normalizes what it sees; the policy itself does not, and neither changes the other', async () => {
    const policy = await differencePolicy();
    const first = policy.withNormalizer({ mean: Float64Array.of(1, 2), variance: Float64Array.of(4, 16), clip: 10 });
    const second = first.withNormalizer({ mean: Float64Array.of(0, 0), variance: Float64Array.of(1, 1), clip: 1 });
    const observation = Float64Array.of(5, 10);
    // (5 - 1) / 2 - (10 - 2) / 4 = 0; cut at 1: 1 - 1 = 0; as they are: -5.
    expect(first.act(observation)).toEqual(Float32Array.of(0));
    expect(second.act(observation)).toEqual(Float32Array.of(0));
    expect(second.act(Float64Array.of(0.25, 10))).toEqual(Float32Array.of(-0.75));
    expect(policy.act(observation)).toEqual(Float32Array.of(-5));
    expect(policy.normalizer).toBeUndefined();
    expect(second.withNormalizer(undefined).act(observation)).toEqual(Float32Array.of(-5));
  });

  it('shares parameters and kernel memory with its policy', async () => {
    const policy = await differencePolicy();
    const scratch = policy.scratch(3);
    const before = policy.kernels.bytesUsed;
    const view = policy.withNormalizer({ mean: new Float64Array(2), variance: new Float64Array(2).fill(1), clip: 10 });
    expect(view.scratch(3)).toBe(scratch);
    expect(policy.kernels.bytesUsed).toBe(before);
    policy.parameters.tensors()[0]!.set('values', Float32Array.of(2, 0));
    expect(view.act(Float64Array.of(3, 1))).toEqual(Float32Array.of(6));
  });
});

describe('policy.act', () => {
  it('is greedy by default, and draws from a stream of its own if not', async () => {
    const policy = await differencePolicy();
    const draws = [1, 2, 3].map(() => (policy.act(Float64Array.of(2, 1), { greedy: false }) as Float32Array)[0]);
    expect(new Set(draws).size).toBe(3);
    expect(policy.act(Float64Array.of(2, 1))).toEqual(policy.act(Float64Array.of(2, 1), { greedy: true }));
    const again = (await differencePolicy()).withNormalizer(undefined);
    expect([1, 2, 3].map(() => (again.act(Float64Array.of(2, 1), { greedy: false }) as Float32Array)[0])).toEqual(draws);
  });
});

describe('a spec as JSON', () => {
  it('comes back from its text the same, infinite bounds and the start of a discrete space included', () => {
    for (const it of [spec, { ...spec, observationSpace: discrete(4, -2), actionSpace: discrete(3), hiddenSizes: [8, 4], critic: true }]) {
      expect(specFromJson(JSON.parse(JSON.stringify(specToJson(it))), 'spec', 'try again')).toEqual(it);
    }
    // JSON writes -0 as 0.
    expect(specToJson({ ...spec, actionSpace: box(-0, 1, [1]) }).actionSpace).toMatchObject({ low: [0] });
  });

  it('is refused by the name of the first wrong field', () => {
    const json = specToJson(spec);
    const refused =
      (change: object): (() => unknown) =>
      () =>
        specFromJson({ ...json, ...change }, 'mine', 'try again');
    expect(refused({ activation: 'swish' })).toThrow(/^mine, activation: expected one of .*, got "swish"; try again/);
    expect(refused({ observationSpace: { ...json.observationSpace, high: [] } })).toThrow(
      /^mine, observationSpace\.high: expected 2 bounds, got 0/,
    );
    expect(() => specFromJson(undefined, 'mine', 'try again')).toThrow(/^mine: expected/);
  });
});
