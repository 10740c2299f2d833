/** The same behavior number means the same bits: what was recorded under a number must still come out under it. */
import { describe, expect, it } from 'vitest';
import { completionEstimators } from '../../src/advantage/core.ts';
import { AlgorithmRegistry, standardAlgorithms } from '../../src/algorithms/standard.ts';
import { behaviorOf } from '../../src/api/behavior.ts';
import { EnvRegistry, standardRegistry } from '../../src/envs/index.ts';
import recorded from '../fixtures/behavior.json' with { type: 'json' };
import { type Behavior, behaviorSubjects, disagreement, newRecord } from './behaviors.ts';

const records: Readonly<Record<string, Behavior>> = recorded;
const subjects = behaviorSubjects();

describe('a behavior number', () => {
  it.each(subjects.map((subject) => [subject.name, subject] as const))(
    'of %s stands for the recorded bits',
    async (name, { behavior, hash }) => {
      expect(disagreement(name, records[name], { behavior, sha256: await hash() })).toBeUndefined();
    },
  );

  it('is recorded for nothing else', () => {
    expect(Object.keys(records)).toEqual(subjects.map(({ name }) => name));
  });
});

describe('a record', () => {
  const old = { behavior: 2, sha256: 'a' };

  it.each([
    ['other bits under the same number', { behavior: 2, sha256: 'b' }, /raise its behavior and record the new hash/],
    ['other bits under a smaller number', { behavior: 1, sha256: 'b' }, /raise its behavior and record the new hash/],
    ['the same bits under a greater number', { behavior: 3, sha256: 'a' }, /take the number back/],
    ['the same bits under a smaller number', { behavior: 1, sha256: 'a' }, /take the number back/],
  ])('does not agree with %s, and is not overwritten', (_, now, says) => {
    expect(disagreement('x', old, now)).toMatch(says);
    expect(() => newRecord('x', old, now)).toThrow(says);
  });

  it('is made anew for other bits under a greater number, and where there is none', () => {
    const now = { behavior: 3, sha256: 'b' };
    expect(disagreement('x', old, now)).toMatch(/record the new hash/);
    expect(disagreement('x', undefined, now)).toMatch(/no record/);
    expect([newRecord('x', old, now), newRecord('x', undefined, now), newRecord('x', old, old)]).toEqual([now, now, old]);
    expect(disagreement('x', old, old)).toBeUndefined();
  });
});

describe('behaviorOf', () => {
  const standard = { registry: standardRegistry(), algorithms: standardAlgorithms() };

  it('is 1 where nothing is said, and for what is not registered', () => {
    const one = { method: 1, target: 1 };
    expect(behaviorOf(standard, { road: 'environments', config: { env: 'CartPole-v1', algorithm: 'gpg' } })).toEqual(one);
    expect(behaviorOf(standard, { road: 'environments', config: { env: 'custom', algorithm: 'mine' } })).toEqual(one);
    expect(behaviorOf(standard, { road: 'language-models', config: { task: 'sort', estimator: 'grpo' } })).toEqual(one);
    expect(behaviorOf(standard, { road: 'language-models', config: { task: 'custom', estimator: 'constructor' } })).toEqual(one);
    expect(behaviorOf(standard, { road: 'language-models', config: {} })).toEqual(one);
  });

  it('is what the registries say', () => {
    const [spec] = standard.registry.list();
    const [algorithm] = standard.algorithms.list();
    const raised = {
      registry: new EnvRegistry().register({ ...spec!, behavior: 4 }),
      algorithms: new AlgorithmRegistry().register({ ...algorithm!, behavior: 3 }),
    };
    const config = { env: spec!.id, algorithm: algorithm!.name };
    expect(behaviorOf(raised, { road: 'environments', config })).toEqual({ method: 3, target: 4 });
    // The other road does not look there.
    expect(behaviorOf(raised, { road: 'language-models', config })).toEqual({ method: 1, target: 1 });
    const row = completionEstimators.rloo as { behavior?: number };
    row.behavior = 5;
    const learned = behaviorOf(standard, { road: 'language-models', config: { task: 'sort', estimator: 'rloo' } });
    delete row.behavior;
    expect(learned).toEqual({ method: 5, target: 1 });
  });
});
