/** A policy in use, written as bytes and made again: it acts bit for bit alike, wherever it came from. */
import { describe, expect, it } from 'vitest';
import { decodePolicy, encodePolicy } from '../../src/policies/encode.ts';
import { Policy } from '../../src/policy/policy.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

/** Outputs and sampled actions for observations that lie inside and outside of what training saw. */
function actionsOf(policy: Policy): unknown[] {
  const observations = Array.from({ length: 40 }, (_, i) =>
    Float32Array.from({ length: 4 }, (_, k) => Math.fround(((i * 7 + k * 3) % 11) - 5)),
  );
  const scratch = policy.scratch(1);
  return observations.map((observation) => {
    policy.encodeObservations(observation, 1, scratch.inputs);
    return [...policy.forward(scratch, 1), policy.act(observation), policy.act(observation, { greedy: false })];
  });
}

describe('policy.encode', () => {
  it.each([
    ['as it is', {}],
    ['with a normalizer of the group', { normalizeObservation: 'shared' }],
    ['with a normalizer per environment', { normalizeObservation: 'perEnv' }],
    ['of PPO, whose critic stays behind', { algorithm: 'ppo' }],
  ] as const)('writes a policy that training gave, %s', async (_, change) => {
    const cohort = testCohort();
    const { policy } = await cohort.train({ ...shortRun, ...change, seed: 3 }).finish();
    const file = decodePolicy(policy.encode());
    expect(file).toMatchObject({ env: 'CartPole-v1', source: { seed: 3, iteration: 6, globalStep: 6 * 8 * 64 } });
    expect(file.normalizer !== undefined).toBe('normalizeObservation' in change);
    expect(file.spec.critic).toBe(false);
    const again = await cohort.createPolicy(file);
    expect(actionsOf(again)).toEqual(actionsOf(policy));
    expect(again.encode()).toEqual(policy.encode());
  });

  it('writes a policy that was loaded from a run or from a policy folder, and savePolicy takes it', async () => {
    const cohort = testCohort();
    const { policy } = await cohort.train({ ...shortRun, normalizeObservation: 'shared' }, { runDirectory: 'run' }).finish();
    const loaded = await cohort.loadPolicy('run');
    expect(loaded.encode()).toEqual(policy.encode());
    await cohort.savePolicy('saved', decodePolicy(loaded.encode()));
    const saved = await cohort.loadPolicy('saved');
    expect(saved.encode()).toEqual(policy.encode());
    expect(actionsOf(saved)).toEqual(actionsOf(policy));
  });

  it.each([
    ['of raw observations', {}],
    ['of normalized ones', { normalizeObservation: 'shared' }],
  ] as const)('takes the critic along where it is asked for, with its values %s, and a snapshot has it', async (_, change) => {
    const cohort = testCohort();
    const training = cohort.train({ ...shortRun, ...change, algorithm: 'ppo' });
    const { policy } = await training.finish();
    const count = 300;
    const observations = Float32Array.from({ length: 4 * count }, (_, i) => ((i * 7) % 11) / 5 - 1);
    const valuesOf = (of: Policy): Float64Array => {
      const values = new Float64Array(count);
      of.valuesOf(observations, count, values);
      return values;
    };
    const values = valuesOf(policy);
    // The same one at a time, by the network itself.
    const { inputs, logProbs } = policy.scratch(1);
    for (const i of [0, 127, 128, 299]) {
      policy.encodeObservations(observations.subarray(4 * i, 4 * i + 4), 1, inputs);
      policy.evaluate(inputs, 1, logProbs);
      expect(values[i]).toBe(logProbs[0]);
    }
    expect(new Set(values).size).toBeGreaterThan(5);
    const again = await cohort.createPolicy(decodePolicy(policy.encode({ critic: true })));
    expect(valuesOf(again)).toEqual(values);
    expect(valuesOf(await training.snapshot())).toEqual(values);
    expect(again.encode()).toEqual(policy.encode());
    const { policy: without } = await cohort.train(shortRun).finish();
    expect(() => valuesOf(without)).toThrow(/^policy\.valuesOf: expected a policy with a critic, got one without/);
    expect(without.encode({ critic: true })).toEqual(without.encode());
  });

  it('writes the numbers of this moment', async () => {
    const cohort = testCohort();
    const { policy } = await cohort.train(shortRun).finish();
    const bias = policy.parameters.tensors().find(({ name }) => name === 'actor.2.bias')!;
    bias.set('values', Float32Array.of(0.5, -0.5));
    expect(decodePolicy(policy.encode()).parameters.get('actor.2.bias')).toEqual(Float32Array.of(0.5, -0.5));
  });

  it('is refused for a policy that nobody knows the origin of, and named where a policy stands for a file', async () => {
    const { policy } = await testCohort().train(shortRun).finish();
    const bare = new Policy(policy.spec, policy.kernels, new Uint32Array(2), undefined, policy);
    expect(() => bare.encode()).toThrow(/^policy\.encode: expected a policy from training or loading/);
    expect(() => encodePolicy(policy as never)).toThrow(/^encodePolicy: expected a PolicyFile, .*policy\.encode\(\)$/);
  });
});
