/**
 * The library bound to a platform for tests: files in memory, one thread unless the test brings more, the same in Node and in a browser.
 */
import type { Cohort } from '../../src/api/cohort.ts';
import { createCohort } from '../../src/api/createCohort.ts';
import type { Platform } from '../../src/core/platform.ts';
import { standardRegistry } from '../../src/envs/standardRegistry.ts';
import type { RunHome } from '../../src/run/home.ts';
import { memoryStorage, type RunStorage } from '../../src/run/storage.ts';
import { fakeHost } from '../run/fakeHost.ts';

/** A platform without threads; its clock is real, so that time splits are. */
export const testPlatform: Platform = {
  name: 'test',
  now: () => performance.now(),
  wallTime: () => 0,
  pause: () => Promise.resolve(),
};

/** Run folders in memory, by name. */
export function memoryHome(): RunHome & { readonly folders: Map<string, ReturnType<typeof memoryStorage>> } {
  const folders = new Map<string, ReturnType<typeof memoryStorage>>();
  return {
    folders,
    host: fakeHost(1, new Set([1]), { now: () => performance.now() }),
    open(name): RunStorage {
      let storage = folders.get(name);
      if (!storage) {
        storage = memoryStorage();
        folders.set(name, storage);
      }
      return storage;
    },
  };
}

/** A library of its own. */
export function testCohort(
  platform: Platform = testPlatform,
  home: ReturnType<typeof memoryHome> = memoryHome(),
): Cohort & { readonly home: ReturnType<typeof memoryHome> } {
  return { ...createCohort(platform, home, { registry: standardRegistry() }), home };
}

/** A short run that touches everything: resets, several minibatches, annealing, evaluation. */
export const shortRun = {
  env: 'CartPole-v1',
  algorithm: 'gpg',
  recipe: 'none',
  iterations: 6,
  numEnvs: 8,
  numSteps: 64,
  evaluationInterval: 2,
} as const;
