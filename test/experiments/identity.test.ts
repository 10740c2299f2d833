import { describe, expect, it } from 'vitest';
import { allAlgorithms } from '../../src/algorithms/index.ts';
import { createContext } from '../../src/api/context.ts';
import { resolveRun } from '../../src/api/experiments.ts';
import { standardRegistry } from '../../src/envs/standardRegistry.ts';
import { decidingSettings, runIdentity } from '../../src/experiments/identity.ts';
import { resolveConfig } from '../../src/training/config.ts';

const platform = { name: 'test', now: () => 0, wallTime: () => 0, pause: async () => {} };
const context = createContext(platform, undefined, { registry: standardRegistry() });
const identityOf = (input: Record<string, unknown>): string => runIdentity(resolveRun(context, input, 'test'));
const base = { env: 'CartPole-v1', seed: 3 };

describe('the identity of a run', () => {
  it('is what it was in earlier releases', () => {
    // Recorded on 2026-11-28. A field that came later needs a row in `neutral` of identity.ts, or every run of every user would run again.
    expect(identityOf({ ...base, algorithm: 'gpg', recipe: 'none' }).slice(0, 16)).toBe('a30b335a54f40cac');
    expect(identityOf({ ...base, algorithm: 'ppo', recipe: 'none' }).slice(0, 16)).toBe('368c942a481631b6');
    expect(identityOf({ task: 'add-2digit', seed: 3 }).slice(0, 16)).toBe('c2df0fed7f51bb6d');
  });

  it('leaves out a field that came later where it means what was there before', () => {
    const settingsOf = (input: Record<string, unknown>) =>
      decidingSettings(resolveConfig({ ...base, ...input }, 'test', undefined, allAlgorithms()));
    expect(settingsOf({ algorithm: 'gpg-shrunk' })).not.toHaveProperty('antithetic');
    expect(settingsOf({ algorithm: 'gpg-antithetic' })).toHaveProperty('antithetic', true);
    // One name on both roads, of which only one had it from the beginning.
    expect(settingsOf({ entropyCoef: 0 })).toHaveProperty('entropyCoef', 0);
    expect(identityOf({ task: 'add-2digit', seed: 3, entropyCoef: 0 })).toBe(identityOf({ task: 'add-2digit', seed: 3 }));
    expect(identityOf({ task: 'add-2digit', seed: 3, entropyCoef: 0.01 })).not.toBe(identityOf({ task: 'add-2digit', seed: 3 }));
  });

  it('does not depend on order, on how a value came about, or on what changes no bits', () => {
    expect(identityOf({ seed: 3, env: 'CartPole-v1' })).toBe(identityOf(base));
    expect(identityOf({ ...base, recipe: 'default' })).toBe(identityOf(base));
    expect(identityOf({ ...base, numEnvs: 32 })).toBe(identityOf(base));
    for (const field of [
      { threads: 2 },
      { checkpointInterval: 5 },
      { checkpointSeconds: 1 },
      { policySnapshots: 0 },
      { tensorboard: false },
      { shards: 1 },
    ]) {
      expect(identityOf({ ...base, ...field })).toBe(identityOf(base));
    }
  });

  it('depends on what a run begins from, not on where that came from', () => {
    const run = resolveRun(context, base, 'test');
    const start = { sha256: 'a'.repeat(64), from: 'runs/x' };
    const plain = runIdentity({ ...run, start });
    expect(plain).not.toBe(runIdentity(run));
    expect(runIdentity({ ...run, start: { ...start, from: 'elsewhere' } })).toBe(plain);
    expect(runIdentity({ ...run, start: { ...start, sha256: 'b'.repeat(64) } })).not.toBe(plain);
    expect(runIdentity({ ...run, start: { ...start, optimizerSha256: 'b'.repeat(64) } })).not.toBe(plain);
  });

  it('depends on everything that decides bits or what is measured', () => {
    const others = [
      { seed: 4 },
      { arithmetic: 'fused' },
      { numEnvs: 16 },
      { evaluationInterval: 10 },
      { finalEvaluationEpisodes: 5 },
      { stopAfter: 10 },
      { envOptions: { suttonBartoReward: true } },
      { algorithm: 'ppo' },
      { env: 'CartPole-v0' },
      { shards: 2 },
    ];
    const identities = [identityOf(base), ...others.map((other) => identityOf({ ...base, ...other }))];
    expect(new Set(identities).size).toBe(identities.length);
    const run = resolveRun(context, base, 'test');
    expect(runIdentity({ ...run, behavior: { method: 2, target: 1 } })).not.toBe(runIdentity(run));
    expect(runIdentity({ ...run, behavior: { method: 1, target: 2 } })).not.toBe(runIdentity(run));
    expect(runIdentity({ ...run, modules: [{ name: 'mine.js', sha256: 'ab' }] })).not.toBe(runIdentity(run));
  });

  it('survives JSON', () => {
    const run = resolveRun(context, base, 'test');
    const again = JSON.parse(JSON.stringify(run)) as typeof run;
    expect(runIdentity(again)).toBe(runIdentity(run));
    expect(Object.keys(decidingSettings(run.config))).not.toContain('seed');
  });

  it('is refused for fields that are wrong', () => {
    expect(() => identityOf({ env: 'CartPole-v2', seed: 1 })).toThrow(/CartPole-v1/);
    expect(() => identityOf({ ...base, learningrate: 1 })).toThrow('did you mean learningRate?');
    expect(() => identityOf({ task: 7 })).toThrow(/the id of a task/);
    expect(() => identityOf({ ...base, recipe: 3 })).toThrow(/the name of a recipe/);
  });
});
