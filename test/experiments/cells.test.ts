import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differingFields, groupRuns } from '../../src/experiments/cells.ts';
import type { RunResult } from '../../src/experiments/result.ts';
import { makeResult } from './makeResult.ts';

const names = (runs: readonly RunResult[]): string[] => groupRuns(runs).map(({ name }) => name);

describe('groupRuns', () => {
  it('puts runs together that differ in the seed only, in the order in which they come', () => {
    const runs = [makeResult({ seed: 2 }), makeResult({ method: 'ppo' }), makeResult({ seed: 1 })];
    expect(groupRuns(runs).map(({ name, runs: own }) => [name, own.map(({ seed }) => seed)])).toEqual([
      ['gpg', [2, 1]],
      ['ppo', [1]],
    ]);
  });

  it('counts a seed once, whether it was written as a number or as text', () => {
    const [cell, ...others] = groupRuns([makeResult({ seed: 7, machine: 'first' }), makeResult({ seed: '7', machine: 'second' })]);
    expect([cell!.runs.map(({ machine }) => machine), others]).toEqual([['first'], []]);
  });

  it('names a single cell by target and method, several by what differs', () => {
    expect(names([makeResult({ settings: { numEnvs: 4 } })])).toEqual(['Toy, gpg']);
    expect(names([makeResult({ settings: { numEnvs: 4, gamma: 1 } }), makeResult({ settings: { numEnvs: 16, gamma: 1 } })])).toEqual([
      'numEnvs 4',
      'numEnvs 16',
    ]);
    expect(names([makeResult(), makeResult({ target: 'Other' }), makeResult({ method: 'ppo' })])).toEqual([
      'Toy, gpg',
      'Other, gpg',
      'Toy, ppo',
    ]);
    expect(names([makeResult(), makeResult({ source: 'cleanrl' })])).toEqual(['cohort-rl', 'cleanrl']);
  });

  it('names a cell as people call all of its runs', () => {
    const settings = { numEnvs: 4 };
    const mine = [1, 2].map((seed) => makeResult({ name: 'mine', seed, settings }));
    expect(names([...mine, makeResult({ seed: 3, settings: { numEnvs: 16 } })])).toEqual(['mine', 'numEnvs 16']);
    // One of them is called otherwise: what tells them apart says it.
    expect(names([...mine, makeResult({ seed: 3, settings }), makeResult({ settings: { numEnvs: 16 } })])).toEqual([
      'numEnvs 4',
      'numEnvs 16',
    ]);
    expect(names([mine[0]!, makeResult({ name: 'mine', method: 'ppo' })])).toEqual(['mine', 'mine (Toy, ppo, 2)']);
  });

  it('writes switches, lists, records and missing fields as words', () => {
    const settings = [{ anneal: true }, { anneal: false }, {}].map((one, index) => ({ ...one, layers: [[64, 64], [], [8]][index] }));
    expect(names(settings.map((one) => makeResult({ settings: one })))).toEqual([
      'anneal, layers 64,64',
      'no anneal, layers none',
      'no anneal, layers 8',
    ]);
    const options = [{ envOptions: { observation: 'index' } }, { envOptions: {} }];
    expect(names(options.map((one) => makeResult({ settings: one })))).toEqual(['observation index', 'no envOptions']);
  });

  it('says nothing of what only one of two methods has, nor of how it was measured where training differs', () => {
    const gpg = makeResult({ settings: { algorithm: 'gpg', bins: 'time' } });
    const ppo = makeResult({ method: 'ppo', settings: { algorithm: 'ppo', gaeLambda: 0.95 } });
    expect(names([gpg, ppo])).toEqual(['gpg', 'ppo']);
    const [few, many] = [
      { numEnvs: 4, evaluationEpisodes: 10 },
      { numEnvs: 8, evaluationEpisodes: 20 },
    ];
    expect(names([few, many].map((settings) => makeResult({ settings })))).toEqual(['numEnvs 4', 'numEnvs 8']);
    const measured = [10, 20].map((evaluationEpisodes) => makeResult({ settings: { evaluationEpisodes } }));
    expect(names(measured)).toEqual(['evaluationEpisodes 10', 'evaluationEpisodes 20']);
  });

  it('keeps runs apart that were stopped at different iterations, and says at which', () => {
    const stopped = [10, 20].map((iterations) => makeResult({ status: 'stopped', iterations, method: 'gpg' }));
    expect(names(stopped)).toEqual(['Toy, gpg', 'Toy, gpg (20 iterations)']);
  });

  it('gives every run to one cell, and no name twice', () => {
    const run = fc.record({
      seed: fc.nat(3),
      method: fc.constantFrom('gpg', 'ppo'),
      target: fc.constantFrom('Toy', 'Other'),
      settings: fc.record({ numEnvs: fc.constantFrom(1, 4), anneal: fc.boolean() }, { requiredKeys: [] }),
    });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 12 }), (given) => {
        const runs = given.map((one) => makeResult(one as Partial<RunResult>));
        const cells = groupRuns(runs);
        expect(cells.flatMap((cell) => cell.runs)).toHaveLength(
          new Set(runs.map(({ seed, method, target, settings: { numEnvs, anneal } }) => `${seed} ${method} ${target} ${numEnvs} ${anneal}`))
            .size,
        );
        expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length);
      }),
    );
  });
});

describe('differingFields', () => {
  it('are the fields that are not the same everywhere, missing ones included, in order', () => {
    expect(
      differingFields([
        { b: 1, a: [1], c: 0 },
        { b: 1, a: [2], c: 0 },
        { b: 1, a: [1] },
      ]),
    ).toEqual(['a', 'c']);
    expect(differingFields([])).toEqual([]);
  });
});
