import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/node/index.ts';
import { resolveConfig } from '../../src/training/config.ts';
import { withRecipe } from '../../src/training/recipes.ts';

// What a program without types may write.
const { train, trainLanguageModel, trainSeeds, resume, evaluate, load, makeEnv, makeVectorEnv, decodePolicy, encodePolicy } =
  library as unknown as Record<string, (...words: unknown[]) => unknown>;
const { registerEnv, registerAlgorithm, createPolicy, loadPlayer, record, runMatrix, createGenerator, box, vectorize, drawScene } =
  library as unknown as Record<string, (...words: unknown[]) => unknown>;

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-'));
  const tiny = { env: 'CartPole-v1', recipe: 'none', iterations: 1, numEnvs: 2, numSteps: 16, finalEvaluationEpisodes: 1 } as const;
  await library.train({ ...tiny, evaluationInterval: 0 }, { runDirectory: join(folder, 'run') }).finish();
});
afterAll(() => rmSync(folder, { recursive: true }));

const cases: [name: string, call: () => unknown, message: RegExp][] = [
  ['train()', () => train!(), /^train: expected a configuration, got nothing; write for example \{ env: 'CartPole-v1' \}$/],
  ['train(null)', () => train!(null), /^train: expected a configuration, got null/],
  ['a list', () => train!(['CartPole-v1']), /^train: expected a configuration, got \["CartPole-v1"\]/],
  ['a recipe that is a number', () => train!({ env: 'CartPole-v1', recipe: 5 }), /^recipe: expected the name of a recipe, got 5/],
  ['a recipe that is null', () => train!({ env: 'CartPole-v1', recipe: null }), /^recipe: expected the name of a recipe, got null/],
  [
    'an algorithm without a prototype',
    () => train!({ env: 'CartPole-v1', algorithm: Object.create(null) }),
    /algorithm: expected one of gpg\+, gpg, ppo.* choose one of/,
  ],
  ['options that are text', () => train!({ env: 'CartPole-v1' }, 'runs/x'), /^train: options: expected a record of options, got "runs\/x"/],
  ['a run folder that is a number', () => train!({ env: 'CartPole-v1' }, { runDirectory: 5 }), /^train: runDirectory: expected the path/],
  ['an event handler that is none', () => train!({ env: 'CartPole-v1' }, { onEvent: 5 }), /^train: onEvent: expected a function/],
  ['a signal that is none', () => train!({ env: 'CartPole-v1' }, { signal: {} }), /^train: signal: expected an AbortSignal/],
  ['resolveConfig(null)', () => resolveConfig(null as never), /^configuration: expected a record of fields, got null/],
  ['withRecipe with a symbol', () => withRecipe({ env: 'CartPole-v1' }, Symbol('x') as never), /^recipe: /],
  ['trainLanguageModel()', () => trainLanguageModel!(), /^trainLanguageModel: expected a configuration, got nothing/],
  ['trainSeeds()', () => trainSeeds!(), /^trainSeeds: expected a configuration/],
  ['resume()', () => resume!(), /^resume: expected the path of a run folder, got nothing/],
  ['evaluate()', () => evaluate!(), /^evaluate: expected the path of a run folder, got nothing/],
  ['load of a record', () => load!({ runDirectory: 'x' }), /^load: expected the path of a run folder, got an object with runDirectory/],
  ['makeEnv()', () => makeEnv!(), /^makeEnv: expected the id of an environment, got nothing/],
  ['a name of a million letters', () => makeEnv!('A'.repeat(1e6)), /got "A+\.\.\."; choose one of/],
  [
    'makeVectorEnv with text for options',
    () => makeVectorEnv!('CartPole-v1', 2, { options: 'x' }),
    /^makeVectorEnv: options: options: expected/,
  ],
  [
    'an option of the environment named __proto__',
    () => makeEnv!('CartPole-v1', JSON.parse('{"__proto__":{}}')),
    /^CartPole-v1: option: .*got "__proto__"/,
  ],
  ['decodePolicy()', () => decodePolicy!(), /^policy file: expected the bytes of a policy file, got nothing/],
  ['encodePolicy of something else', () => encodePolicy!({ env: 'x' }), /^policy: envOptions: expected a record of options, got nothing/],
  ['createPolicy()', () => createPolicy!(), /^createPolicy: expected a policy file, got nothing/],
  [
    'registerEnv without make',
    () => registerEnv!({ id: 'x', description: 'x', observationSpace: library.discrete(2), actionSpace: library.discrete(2) }),
    /^registerEnv: make: expected a function/,
  ],
  [
    'registerEnv with an unknown space',
    () => registerEnv!({ id: 'x', description: 'x', observationSpace: { kind: 'graph' } }),
    /^registerEnv: observationSpace: expected a space, got the kind "graph"; kind: choose one of discrete, box, /,
  ],
  [
    'registerAlgorithm()',
    () => registerAlgorithm!({ name: 'x', title: 'x', description: 'x', fields: {} }),
    /^registerAlgorithm: check: expected a function/,
  ],
  ['loadPlayer with an instance', () => loadPlayer!('x', { env: {} }), /^loadPlayer: env: expected a function that makes the environment/],
  ['record()', () => record!('x', 5), /^record: options: expected a record of options, got 5/],
  ['runMatrix()', () => runMatrix!({}), /^runMatrix: directory: expected the path of a folder for results, got nothing/],
  [
    'createGenerator of text',
    () => createGenerator!('1'),
    /^createGenerator: expected a whole number of at least 0, or a list of them, got "1"/,
  ],
  ['createGenerator of no numbers', () => createGenerator!([1, -1]), /^createGenerator: .*got \[1, -1\]/],
  ['a box without a shape', () => box!(0, 1), /^box\(low, high, shape\): .*got nothing/],
  ['a box of too much', () => box!(0, 1, [1e6, 1e6]), /^box\(low, high, shape\): /],
  ['vectorize of one', () => vectorize!({}), /^vectorize: expected a list of environments/],
  [
    'vectorize of unknown spaces',
    () => vectorize!([{ observationSpace: { kind: 'graph' } }]),
    /^environment 0: observationSpace: expected a space/,
  ],
  ['drawScene()', () => drawScene!(), /^drawScene: expected a scene, got nothing/],
];

describe('arguments of public functions', () => {
  it.each(cases)('%s', async (_name, call, message) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(library.CohortError);
    expect((error as Error).message).toMatch(message);
  });

  it.each([
    [{ maxSteps: 0 }, /evaluate: maxSteps: expected a whole number from 1 to 100000000, got 0/],
    [{ maxSteps: Number.NaN }, /maxSteps: .*got NaN/],
    [{ episodes: 1e9 }, /episodes: expected a whole number from 1 to 100000, got 1000000000/],
    [{ episodes: 0 }, /episodes: /],
    [{ episodes: 2.5 }, /episodes: /],
    [{ seed: -1 }, /seed: /],
    [{ numPrompts: 0 }, /numPrompts: /],
  ])('evaluate with %o is checked as at the command line', async (options, message) => {
    await expect(evaluate!(join(folder, 'run'), options)).rejects.toThrow(message);
  });

  it('a player is told which episodes there are', async () => {
    const player = await library.loadPlayer(join(folder, 'run'));
    expect(() => player.play({ episode: 1e9 })).toThrow(/^play: episode: expected a whole number from 0 to 99999, got 1000000000/);
    expect(() => player.play({ maxSteps: 0 })).toThrow(/^play: maxSteps: /);
    expect([...player.play({ maxSteps: 2 })]).toHaveLength(3);
    player.close();
    const { sampled } = await library.evaluate(join(folder, 'run'), { episodes: 2, maxSteps: 3 });
    expect(sampled.returns).toEqual([3, 3]);
  });
});
