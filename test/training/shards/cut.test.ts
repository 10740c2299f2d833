/** Cutting environments and rows into shards, and the runs that are refused. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allAlgorithms } from '../../../src/algorithms/index.ts';
import { resolveConfig } from '../../../src/training/config.ts';
import { cutShards, shareRows } from '../../../src/training/shards/cut.ts';
import { joinStates, takeState } from '../../../src/training/shards/states.ts';

const gpg = allAlgorithms().get('gpg');
const shardsOf = (numEnvs: number, shards: number) => cutShards({ numEnvs, shards, algorithm: 'gpg' }, gpg);
const resolve = (fields: object) => resolveConfig({ env: 'CartPole-v1', ...fields }, 'train', undefined, allAlgorithms());

const cuts = fc.integer({ min: 1, max: 40 }).chain((numEnvs) => fc.tuple(fc.constant(numEnvs), fc.integer({ min: 1, max: numEnvs })));

describe('cutShards', () => {
  it('cuts 8 environments into 2, 3 and 3', () => {
    expect(shardsOf(8, 3)).toEqual([
      { index: 0, firstEnv: 0, numEnvs: 2 },
      { index: 1, firstEnv: 2, numEnvs: 3 },
      { index: 2, firstEnv: 5, numEnvs: 3 },
    ]);
  });

  it('gives every environment to one shard, in order, and sizes that differ by one at most', () => {
    fc.assert(
      fc.property(cuts, ([numEnvs, shards]) => {
        const cut = shardsOf(numEnvs, shards);
        let next = 0;
        for (const { firstEnv, numEnvs: count } of cut) {
          expect(firstEnv).toBe(next);
          expect(count - Math.floor(numEnvs / shards)).toBeOneOf([0, 1]);
          next += count;
        }
        expect(next).toBe(numEnvs);
      }),
    );
  });

  it('keeps groups of one start in one shard', () => {
    const config = resolve({ algorithm: 'grpo', numEnvs: 12, startGroup: 4, shards: 2 });
    expect(cutShards(config, allAlgorithms().get('grpo')).map(({ numEnvs }) => numEnvs)).toEqual([4, 8]);
  });
});

describe('shareRows', () => {
  it('names every row once, in the shard of its environment, in the order of the pass', () => {
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 6 }), fc.infiniteStream(fc.nat()), ([numEnvs, shards], numSteps, numbers) => {
        const cut = shardsOf(numEnvs, shards);
        const rows = Int32Array.from({ length: numSteps * numEnvs }, (_, row) => row);
        for (let i = rows.length - 1; i > 0; i--) {
          const j = numbers.next().value! % (i + 1);
          [rows[i], rows[j]] = [rows[j]!, rows[i]!];
        }
        const shares = shareRows(rows, numEnvs, cut);
        for (const [k, { firstEnv, numEnvs: count }] of cut.entries()) {
          const own = Array.from(rows).filter((row) => row % numEnvs >= firstEnv && row % numEnvs < firstEnv + count);
          const back = Array.from(shares[k]!, (row) => Math.floor(row / count) * numEnvs + firstEnv + (row % count));
          expect(back).toEqual(own);
        }
      }),
    );
  });
});

describe('the state of shards', () => {
  it('comes together again: rows of all, arrays of single environments, what is of the whole', () => {
    const state = {
      ...{ started: Uint8Array.of(1), position: Float64Array.of(1, 2, 3, 4, 5, 6), 'normalize/mean': Float64Array.of(7, 8, 9) },
      ...{ 'env0/a': Int32Array.of(1), 'env1/a': Int32Array.of(2, 2), 'env2/a': Int32Array.of(3) },
    };
    const cut = shardsOf(3, 2);
    const parts = cut.map((shard) => takeState(state, 3, shard));
    expect(parts[1]).toEqual({
      ...{ started: Uint8Array.of(1), position: Float64Array.of(3, 4, 5, 6), 'normalize/mean': Float64Array.of(8, 9) },
      ...{ 'env0/a': Int32Array.of(2, 2), 'env1/a': Int32Array.of(3) },
    });
    expect(joinStates(parts, cut)).toEqual(state);
  });
});

describe('what cannot be cut', () => {
  it.each([
    [{ numEnvs: 4, shards: 5 }, 'train: shards: expected at most 4 of 4 environments, got 5; take fewer shards, or more environments'],
    [
      { algorithm: 'grpo', numEnvs: 8, startGroup: 4, shards: 3 },
      'train: shards: expected at most 2 of 8 environments in groups of 4, got 3; take fewer shards, or more environments',
    ],
    [
      { tail: 'carry', shards: 2 },
      'train: tail: expected a tail other than carry with shards, got carry; what is kept from rollout to rollout cannot be cut; choose another, or leave shards out',
    ],
    [
      { normalizeObservation: 'shared', shards: 2 },
      'train: normalizeObservation: expected none or perEnv with shards, got shared; statistics of all environments cannot be cut; choose perEnv, or leave shards out',
    ],
    [
      { algorithm: 'ppo', normalizeReward: 'shared', shards: 2 },
      'train: normalizeReward: expected none or perEnv with shards, got shared; statistics of all environments cannot be cut; choose perEnv, or leave shards out',
    ],
  ])('%o is refused in one sentence', (fields, message) => {
    expect(() => resolve(fields)).toThrow(message);
  });

  it('an algorithm whose iteration does not come apart is refused', () => {
    const algorithms = allAlgorithms();
    const { stops: _stops, ...own } = gpg;
    algorithms.register({ ...own, name: 'mine' });
    expect(() => resolveConfig({ env: 'CartPole-v1', algorithm: 'mine', shards: 2 }, 'train', undefined, algorithms)).toThrow(
      'train: shards: expected 1, got 2 with mine, whose iteration does not come apart; leave shards out, or choose another algorithm',
    );
  });
});
