/** The policies that come with the package, as pages load them: each fits its environment, is small, and acts. */
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/core/env.ts';
import { flatSize, sampleSpace } from '../../src/core/space.ts';
import { hexOf } from '../../src/core/text.ts';
import { standardRegistry } from '../../src/envs/index.ts';
import { decodePolicy } from '../../src/policies/encode.ts';
import { checkSpaces } from '../../src/policies/environment.ts';
import { parsePretrained } from '../../src/policies/pretrained.ts';
import { loadPretrained, pretrainedFile, pretrainedPolicies } from '../../src/pretrained/index.ts';
import { createGenerator } from '../../src/random/index.ts';

const registry = standardRegistry();

describe('the policies that come with the package', () => {
  it('are one for every environment, and small', () => {
    const ids = registry.list().map(({ id }) => id);
    expect(pretrainedPolicies.map(({ name }) => name).sort()).toEqual(ids.sort());
    expect(Math.max(...pretrainedPolicies.map(({ bytes }) => bytes))).toBeLessThanOrEqual(200_000);
    expect(pretrainedPolicies.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(3_000_000);
  });

  it.each(pretrainedPolicies.map((policy) => [policy.name, policy] as const))(
    '%s is the file that was measured, and acts',
    async (name, known) => {
      const bytes = await pretrainedFile(name);
      expect([bytes.length, hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)))]).toEqual([
        known.bytes,
        known.sha256,
      ]);
      const file = decodePolicy(bytes);
      expect([file.env, file.source.algorithm, file.source.globalStep]).toEqual([name, known.algorithm, known.steps]);
      const isChanged = Object.keys(file.envOptions).length > 0;
      const { observationSpace, actionSpace } = isChanged ? await registry.get(name).make(file.envOptions) : registry.get(name);
      checkSpaces(file.spec, { observationSpace, actionSpace }, name);
      const policy = await loadPretrained(name);
      const anything = { actionMask: new Uint8Array(actionSpace.kind === 'discrete' ? actionSpace.n : 0).fill(1) };
      const action = policy.act(sampleSpace(observationSpace, createGenerator(1)) as Observation, file.spec.masked ? anything : {});
      expect(typeof action === 'number' ? 1 : action.length).toBe(flatSize(actionSpace));
    },
  );

  it('are refused by a name that is none', async () => {
    await expect(loadPretrained('CartPole')).rejects.toThrow(
      'pretrainedFile: expected the name of a policy that comes with the package, got "CartPole"; did you mean CartPole-v',
    );
    await expect(loadPretrained('constructor')).rejects.toThrow('got "constructor"');
  });

  it('have a list that is checked', () => {
    const text = (change: object) => new TextEncoder().encode(JSON.stringify([{ ...pretrainedPolicies[0], ...change }]));
    expect(parsePretrained(text({}), 'list')).toHaveLength(1);
    for (const change of [{ name: '../x' }, { bytes: -1 }, { sha256: 'x' }, { date: 'today' }, { more: 1 }, { greedy: { mean: 1 } }])
      expect(() => parsePretrained(text(change), 'list')).toThrow(/^list/);
    expect(() => parsePretrained(new TextEncoder().encode('{'), 'list')).toThrow('list: expected array');
  });
});
