/** What the threads of a page look at in place of the contract: the same breaches, but for those that do no harm there. */
import { describe, expect, it } from 'vitest';
import * as plain from '../../src/browser/plainContract.ts';
import { box, discrete, type Space } from '../../src/core/space.ts';
import * as contract from '../../src/envs/contract.ts';

const two = box(-1, 1, [2]);

describe('the plain contract', () => {
  it('has what the contract has, as far as lifted environments ask', () => {
    expect(Object.keys(contract)).toEqual(expect.arrayContaining(Object.keys(plain)));
  });

  it.each<[string, Space, unknown, boolean]>([
    ['two numbers', two, Float32Array.of(0, 1), true],
    ['bytes', two, Uint8Array.of(0, 255), true],
    ['a list', two, [0, 1], false],
    ['nothing', two, undefined, false],
    ['three numbers', two, new Float32Array(3), false],
    ['NaN', two, Float32Array.of(0, Number.NaN), false],
    ['what float32 does not hold', box(-1, 1, [2], 'float64'), Float64Array.of(0, 1e300), false],
    ['an index', discrete(3), 2, true],
    ['an index too high', discrete(3), 3, false],
  ])('sees %s as the contract does', (_, space, observation, isSound) => {
    for (const { observationBreach } of [plain, contract])
      expect(observationBreach(space, observation as never) === undefined).toBe(isSound);
  });

  it('sees results, rewards and flags as the contract does', () => {
    const sound = { observation: 0, reward: 1, terminated: false, truncated: false, info: {} };
    for (const result of [undefined, null, [], Promise.resolve(sound), {}]) {
      for (const { resetBreach, stepBreach } of [plain, contract]) {
        expect([resetBreach(result as never), stepBreach(result as never)]).not.toContain(undefined);
      }
    }
    for (const change of [{}, { reward: '1' }, { reward: Number.NaN }, { terminated: 0 }, { truncated: undefined }]) {
      for (const { stepParts } of [plain, contract]) {
        const isSound = stepParts.every((look) => look({ ...sound, ...change } as never) === undefined);
        expect(isSound).toBe(Object.keys(change).length === 0);
      }
    }
  });
});
