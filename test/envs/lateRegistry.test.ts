/** The registry of pages: the same environments, loaded when they are asked for. */
import { describe, expect, it } from 'vitest';
import { isOfThePackage } from '../../src/envs/family.ts';
import { lateRegistry } from '../../src/envs/lateRegistry.ts';
import { standardRegistry } from '../../src/envs/standardRegistry.ts';
import { threadedSpecs } from '../../src/envs/threads/specs.ts';

describe('the late registry', () => {
  it('knows the ids of the standard one in its order, and loads the same environments', async () => {
    const late = lateRegistry();
    const standard = standardRegistry().list();
    expect(late.names()).toEqual(standard.map(({ id }) => id));
    // Out of order first: the order of the list is that of registration.
    expect(await late.load('CliffWalking-v1')).toBe(standardRegistry().get('CliffWalking-v1'));
    expect(await late.loadAll()).toEqual(standard);
    expect(late.list().every(isOfThePackage)).toBe(true);
  });

  it('says what to do with one that is not loaded, and what is nearest to one that is not known', async () => {
    const late = lateRegistry();
    const loadFirst = 'an environment that is loaded, got Hopper-v5, which is not yet; await registry.load("Hopper-v5") first';
    expect(() => late.get('Hopper-v5')).toThrow(loadFirst);
    expect(() => late.list()).toThrow('await registry.loadAll() first');
    expect(late.has('Hopper-v5')).toBe(true);
    expect(late.find('Hopper-v5')).toBeUndefined();
    await expect(late.load('HalfCheta-v5')).rejects.toThrow('did you mean HalfCheetah-v');
    await Promise.all([late.load('Hopper-v5'), late.load('HalfCheetah-v5')]);
    expect(late.get('Hopper-v5').id).toBe('Hopper-v5');
  });

  it('keeps an id that is not loaded from being taken, by one environment or by many', () => {
    const own = { ...standardRegistry().get('CartPole-v1') };
    expect(isOfThePackage(own)).toBe(false);
    expect(() => lateRegistry().register(own)).toThrow('expected an id that is free, got "CartPole-v1"');
    expect(() => lateRegistry().registerLate(['CartPole-v1'], async () => [own])).toThrow('expected an id that is free, got "CartPole-v1"');
  });

  it('has every environment that is worth threads among those that threads know', () => {
    const worth = standardRegistry()
      .list()
      .filter(({ worthThreads }) => worthThreads);
    expect(threadedSpecs().filter(({ worthThreads }) => worthThreads)).toEqual(worth);
  });
});
