import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { Registry } from '../../src/core/registry.ts';
import { discrete } from '../../src/core/space.ts';
import { EnvRegistry, type EnvSpec } from '../../src/envs/spec.ts';

function spec(id: string): EnvSpec {
  return {
    id,
    description: 'a task that is never made',
    observationSpace: discrete(1),
    actionSpace: discrete(1),
    parity: 'none',
    make: () => {
      throw new Error('not made in this test');
    },
  };
}

describe('EnvRegistry', () => {
  it('gives back what was registered, in order', () => {
    const first = spec('B-v0');
    const second = spec('A-v0');
    const registry = new EnvRegistry().register(first).register(second);
    expect(registry.list()).toEqual([first, second]);
    expect(registry.get('A-v0')).toBe(second);
  });

  it('refuses an id twice', () => {
    const registry = new EnvRegistry().register(spec('A-v0'));
    expect(() => registry.register(spec('A-v0'))).toThrow(/expected an id that is free, got "A-v0"/);
    expect(registry.list()).toHaveLength(1);
  });

  it('names the nearest id for an unknown one', () => {
    const registry = new EnvRegistry().register(spec('CartPole-v1'));
    expect(() => registry.get('cartpole-v1')).toThrow(CohortError);
    expect(() => registry.get('cartpole-v1')).toThrow(/did you mean CartPole-v1\?/);
  });

  it('hands out a copy of its list', () => {
    const registry = new EnvRegistry().register(spec('A-v0'));
    registry.list().pop();
    expect(registry.list()).toHaveLength(1);
  });
});

describe('Registry', () => {
  const registry = new Registry<{ readonly name: string }>({ key: 'name', noun: 'algorithm', whenTaken: 'choose another name' });
  registry.register({ name: 'gpg' });

  it('finds an entry by the member that it was told', () => {
    expect(registry.get('gpg')).toBe(registry.find('gpg'));
    expect(registry.find('ppo')).toBeUndefined();
  });

  it('speaks of its entries by their noun', () => {
    expect(() => registry.get('gpgg')).toThrow('algorithm: expected the name of a known algorithm, got "gpgg"; did you mean gpg?');
    expect(() => registry.register({ name: 'gpg' })).toThrow('register: expected a name that is free, got "gpg"; choose another name');
  });
});
