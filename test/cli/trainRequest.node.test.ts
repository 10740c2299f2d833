import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfigFile } from '../../src/cli/configFile.ts';
import { describeFlag, type FlagValue, flagOf, parseFlagValue } from '../../src/cli/flags.ts';
import { loadLibrary } from '../../src/cli/library.ts';
import { environments, languageModels } from '../../src/cli/roads/index.ts';
import type { TrainRequest } from '../../src/cli/roads/road.ts';
import { keptFlags, writeFlags } from '../../src/cli/trainOptions.ts';
import { buildTrainRequest } from '../../src/cli/trainRequest.ts';

const library = await loadLibrary();
const fields = environments.training.fields(library);
const methods = library.algorithms.list().map(({ name }) => name);
const folder = mkdtempSync(join(tmpdir(), 'cohort-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
async function request(flags: Record<string, FlagValue>, yaml?: string, env: string | null = 'CartPole-v1'): Promise<TrainRequest> {
  const path = join(folder, `${count++}.yaml`);
  if (yaml !== undefined) writeFileSync(path, yaml);
  const file = yaml === undefined ? undefined : await readConfigFile(path, library);
  return buildTrainRequest(environments, { target: env ?? undefined, flags: new Map(Object.entries(flags)), file }, fields, library);
}

describe('flags', () => {
  it('are the kebab-case of every field of every algorithm', () => {
    expect(flagOf('annealLearningRate')).toBe('--anneal-learning-rate');
    for (const algorithm of methods) {
      for (const { name } of library.describeFields(library.runSchema(library.algorithms.get(algorithm)))) {
        const field = fields.find((candidate) => candidate.field === name);
        expect(field?.methods).toContain(algorithm);
      }
    }
  });

  it('come group by group, those of a method after the task', () => {
    const groups = new Set(fields.map(({ description }) => description.group));
    const own = ['Group baseline', 'Critic', 'Branches'];
    expect([...groups]).toEqual(['Task', ...own, 'Rollout', 'Update', 'Network', 'Evaluation', 'Run', 'Machine']);
  });

  it('say default, choices and whose they are', () => {
    const text = (flag: string): string => describeFlag(fields.find((field) => field.flag === flag)!, methods);
    expect(text('--bins')).toMatch(
      /\(one of .*time.*; gpg\+, gpg, group methods only; default space for gpg\+, time for gpg; other methods have their own\)$/,
    );
    expect(text('--bins')).not.toContain('custom');
    expect(text('--hidden-sizes')).toMatch(/\(default 64,64\)$/);
    expect(text('--gae-lambda')).toMatch(/ppo, methods with a critic only/);
  });

  it('keep text that is no number, so that the check of the configuration reports it', () => {
    const description = (field: string) => fields.find((candidate) => candidate.field === field)!.description;
    expect(parseFlagValue(description('learningRate'), '2.5e-4')).toBe(0.00025);
    expect(parseFlagValue(description('numEnvs'), '1e3')).toBe(1000);
    expect(parseFlagValue(description('hiddenSizes'), '32, 16')).toEqual([32, 16]);
    expect(parseFlagValue(description('hiddenSizes'), 'none')).toEqual([]);
    for (const text of ['NaN', 'Infinity', '0x10', '1,5', '', '12abc', '--json']) {
      expect(parseFlagValue(description('numEnvs'), text)).toBe(text);
    }
  });
});

describe('precedence', () => {
  it('is defaults < recipe < file < flags', async () => {
    const plain = await request({ '--recipe': 'none' });
    expect(plain.recipe).toBeUndefined();
    const paper = await request({ '--recipe': 'paper' });
    expect(paper.recipe).toBe('paper');
    expect(paper.config.annealLearningRate).toBe(false);
    expect(plain.config.annealLearningRate).toBe(true);
    const file = await request({ '--recipe': 'paper' }, 'annealLearningRate: true\nnumEnvs: 16\nlearningRate: 0.1\n');
    expect([file.config.annealLearningRate, file.config.numEnvs, file.config.learningRate]).toEqual([true, 16, 0.1]);
    const flag = await request({ '--recipe': 'paper', '--num-envs': '8' }, 'annealLearningRate: true\nnumEnvs: 16\nlearningRate: 0.1\n');
    expect([flag.config.annealLearningRate, flag.config.numEnvs, flag.config.learningRate]).toEqual([true, 8, 0.1]);
  });

  it('uses the recipe named default where there is one, and tells the library to add none', async () => {
    const { recipe, input, config } = await request({});
    expect(recipe).toBe('default');
    expect(input.recipe).toBe('none');
    const stored = library.recipes.find(({ env, algorithm, name }) => env === 'CartPole-v1' && algorithm === 'gpg' && name === 'default');
    const { bins: _bins, ...shared } = stored!.config;
    expect(config).toMatchObject({ algorithm: 'gpg+', bins: 'space', ...shared });
  });

  it('keeps the options of the environment that a recipe sets where others are said', async () => {
    const optionsOf = async (flags: Record<string, FlagValue>, yaml?: string) => (await request(flags, yaml, 'Ant-v5')).config.envOptions;
    const unseen = { includeCfrcExtInObservation: false };
    expect(await optionsOf({})).toEqual(unseen);
    expect(await optionsOf({ '--env-option': ['maxEpisodeSteps=9'] }, 'envOptions: { healthyReward: 2 }')).toEqual({
      ...unseen,
      healthyReward: 2,
      maxEpisodeSteps: 9,
    });
    expect(await optionsOf({ '--env-option': ['includeCfrcExtInObservation=true'] })).toEqual({ includeCfrcExtInObservation: true });
    expect(await optionsOf({ '--recipe': 'none', '--env-option': ['maxEpisodeSteps=9'] })).toEqual({ maxEpisodeSteps: 9 });
    await expect(optionsOf({}, 'envOptions: [1]')).rejects.toThrow(/envOptions: expected a record of options/);
  });

  it('takes environment, algorithm, recipe and seeds from the file', async () => {
    const made = await request({}, 'env: CartPole-v1\nalgorithm: ppo\nrecipe: paper\nseed: [4, 5]\n', null);
    expect(made).toMatchObject({ target: 'CartPole-v1', recipe: 'paper', seeds: [4, 5], config: { algorithm: 'ppo' } });
    const flags = await request({ '--algorithm': 'gpg', '--seed': '9' }, 'algorithm: ppo\nseed: [4, 5]\n');
    expect(flags).toMatchObject({ config: { algorithm: 'gpg' }, seeds: [9] });
  });

  it('repeats a run from its own config.json', async () => {
    const { config } = await request({ '--recipe': 'paper', '--num-envs': '8', '--seed': '7' });
    const format = { format: 'cohort-run', formatVersion: 2, road: 'environments', versions: {}, platform: 'x' };
    const again = await request({}, JSON.stringify({ ...format, config }, null, 2));
    expect(again.config).toEqual(config);
    expect(again.seeds).toEqual([7]);
  });
});

describe('seeds and steps', () => {
  it('reads lists of seeds', async () => {
    expect((await request({ '--seed': '1,2, 3' })).seeds).toEqual([1, 2, 3]);
    expect((await request({})).seeds).toEqual([1]);
    expect((await request({ '--seed': String(Number.MAX_SAFE_INTEGER) })).seeds).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  it('turns total steps into iterations, under each of its names', async () => {
    for (const flag of ['--total-steps', '--total-timesteps']) {
      const { config } = await request({ [flag]: '100000', '--num-envs': '8', '--num-steps': '16' });
      expect(config.iterations).toBe(Math.floor(100_000 / 128));
    }
    expect((await request({ '--total-steps': '5e5', '--num-envs': '4', '--num-steps': '128' })).config.iterations).toBe(976);
    await expect(request({ '--total-steps': '5e5', '--algorithm': 'vine' })).rejects.toThrow(
      /--total-steps: expected iterations with TRPO’s vine, whose branches take as many steps as it happens, got 5e5; give --iterations/,
    );
  });

  it('understands the aliases', async () => {
    const { config } = await request({ '--ent-coef': '0.5', '--vf-coef': '0.25', '--algorithm': 'ppo' });
    expect([config.entropyCoef, config.valueCoef]).toEqual([0.5, 0.25]);
  });
});

describe('none', () => {
  it('takes an optional value away, of a file, of a recipe or of nobody', async () => {
    expect((await request({ '--target-kl': 'none' })).config.targetKl).toBeUndefined();
    expect((await request({}, 'targetKl: none\nevaluationMaxSteps: null\n')).config.targetKl).toBeUndefined();
    expect((await request({}, 'targetKl: 0.1\n')).config.targetKl).toBe(0.1);
    const over = await request({ '--target-kl': 'none' }, 'targetKl: 0.1\n');
    expect(over.config).not.toHaveProperty('targetKl');
    const cheetah = await request({ '--target-kl': 'none', '--stop-after': 'none' }, 'targetKl: 0.3\nstopAfter: 2\n', 'HalfCheetah-v5');
    expect([cheetah.config.targetKl, cheetah.config.stopAfter]).toEqual([undefined, undefined]);
    const strict = { env: 'CartPole-v1', algorithm: 'gpg', name: 'strict', description: '', config: { targetKl: 0.01 } };
    const withStrict = { ...library, findRecipe: () => strict };
    const of = (flags: [string, FlagValue][]) =>
      buildTrainRequest(environments, { target: 'CartPole-v1', flags: new Map(flags) }, fields, withStrict).config.targetKl;
    expect([of([]), of([['--target-kl', 'none']])]).toEqual([0.01, undefined]);
  });

  it('does so for every optional field, and for no other', async () => {
    for (const field of fields) {
      const algorithm = field.methods[0]!;
      const said = request({ [field.flag]: 'none', '--algorithm': algorithm });
      const takes =
        field.description.default === undefined || field.description.type === 'integers' || field.description.names?.includes('none');
      if (field.field === 'seed' || !takes) await expect(said).rejects.toThrow(/expected/);
      else await expect(said).resolves.toBeDefined();
    }
  });

  it('takes the default of a task away', () => {
    const lm = languageModels.training.fields(library);
    const minimum = (flags: [string, FlagValue][]) =>
      buildTrainRequest(languageModels, { target: 'add-2digit', flags: new Map(flags) }, lm, library).config.minValidFraction;
    expect(minimum([['--min-valid-fraction', 'none']])).toBe(library.findEstimator('gpg-lm').minValidFraction);
  });
});

describe('a file', () => {
  it('takes what flags take', async () => {
    expect((await request({}, 'hiddenSizes: 32,16\n')).config.hiddenSizes).toEqual([32, 16]);
    expect((await request({}, 'hiddenSizes: 32\n')).config.hiddenSizes).toEqual([32]);
    expect((await request({}, 'hiddenSizes: none\n')).config.hiddenSizes).toEqual([]);
    expect((await request({}, 'hiddenSizes: [32, 16]\n')).config.hiddenSizes).toEqual([32, 16]);
    expect(await request({}, 'seed: 1,2\nlearningRate: "1e-3"\nnumEnvs: "8"\n')).toMatchObject({
      seeds: [1, 2],
      config: { learningRate: 1e-3, numEnvs: 8 },
    });
  });

  it('says the total steps, which flags win over', async () => {
    const yaml = 'totalSteps: 100000\nnumEnvs: 8\nnumSteps: 16\n';
    expect((await request({}, yaml)).config.iterations).toBe(Math.floor(100_000 / 128));
    expect((await request({ '--iterations': '3' }, yaml)).config.iterations).toBe(3);
    expect((await request({ '--total-steps': '1280' }, yaml)).config.iterations).toBe(10);
    expect((await request({ '--total-steps': '8192' }, 'iterations: 7\n')).config.iterations).toBe(2);
  });
});

describe('options of the environment', () => {
  const said = { '--env-option': ['observation=index', 'maxEpisodeSteps=50', 'note=a=b', 'isSlippery=false', 'empty='] };

  it('are read as JSON, else as text, and laid over those of the file', async () => {
    const { config, input } = await request(said, 'envOptions: { maxEpisodeSteps: 9, gravity: 2 }\n', 'CliffWalking-v1');
    const envOptions = { observation: 'index', maxEpisodeSteps: 50, gravity: 2, note: 'a=b', isSlippery: false, empty: '' };
    expect([config.envOptions, input.envOptions]).toEqual([envOptions, envOptions]);
    expect((await request({}, 'envOptions: { maxEpisodeSteps: 9 }\n')).config.envOptions).toEqual({ maxEpisodeSteps: 9 });
    expect((await request({})).config.envOptions).toEqual({});
  });

  it('are said again one by one, also with the other algorithm; modules are not, which have words of their own', async () => {
    const kept = keptFlags(new Map<string, FlagValue>([...Object.entries(said), ['--module', ['a.js']], ['--no-x', false]]));
    const words = said['--env-option'].flatMap((text) => ['--env-option', text]);
    expect(writeFlags(kept.slice(0, 1))).toEqual(words);
    expect(kept.map(([flag]) => flag)).toEqual(['--env-option', '--no-x']);
    const { config } = await request(said, undefined, 'CliffWalking-v1');
    expect(environments.training.compare(config, fields, library)!.keeps('--env-option')).toBe(true);
  });

  it('are the environment’s own to check, before there is a folder', async () => {
    const tryOut = async (...options: string[]): Promise<void> =>
      environments.training.tryOut!((await request({ '--env-option': options }, undefined, 'CliffWalking-v1')).config, library);
    await expect(tryOut('observation=indx')).rejects.toThrow(/one of one-hot, index, row-column, got "indx"; did you mean index\?/);
    await expect(tryOut('observaton=index')).rejects.toThrow(/got "observaton"; did you mean observation\?/);
    await expect(tryOut('maxEpisodeSteps=0')).rejects.toThrow(/a whole number of at least 1, got 0/);
    await expect(tryOut('maxEpisodeSteps=3', 'observation=row-column')).resolves.toBeUndefined();
  });
});

describe('what is refused', () => {
  const cases: [name: string, flags: Record<string, FlagValue>, yaml: string | undefined, message: RegExp][] = [
    [
      'a flag of the other algorithm',
      { '--bins': 'time', '--algorithm': 'ppo' },
      undefined,
      /^--bins: expected a flag of ppo, got a flag of gpg\+, gpg, group methods only; .*--algorithm gpg/,
    ],
    [
      'a field of the other algorithm',
      { '--algorithm': 'ppo' },
      'numEnvs: 4\nbins: time\n',
      /\.yaml:2: expected a field of ppo, got "bins", a field of gpg\+, gpg, group methods only/,
    ],
    [
      'total steps with iterations',
      { '--total-steps': '1e6', '--iterations': '5' },
      undefined,
      /^--total-steps: expected one of --total-steps and --iterations, got both/,
    ],
    ['an option of the environment without a value', { '--env-option': ['observation'] }, undefined, /^--env-option: expected name=value/],
    ['an option of the environment without a name', { '--env-option': ['=1'] }, undefined, /^--env-option: expected name=value, got "=1"/],
    ['options that are no record', { '--env-option': ['a=1'] }, 'envOptions: [1]\n', /envOptions: expected a record of options/],
    ['an alias with its flag', { '--ent-coef': '0', '--entropy-coef': '0' }, undefined, /^--ent-coef: .*got both/],
    ['a name of CleanRL in a file', {}, 'numEnvs: 4\nent_coef: 0.1\n', /\.yaml:2: .*got "ent_coef"; it is entropyCoef here/],
    ['a name of Stable-Baselines3 in a file', {}, 'n_epochs: 4\n', /got "n_epochs"; it is updateEpochs here/],
    ['total_timesteps in a file', {}, 'total_timesteps: 4\n', /got "total_timesteps"; it is totalSteps here/],
    ['what is not there in a file', {}, 'track: true\n', /got "track"; it is `--log wandb` .*metrics\.jsonl/],
    ['a merge key', {}, 'numEnvs: 4\n<<: { gamma: 0.9 }\n', /\.yaml:2: expected fields, got a merge key \(<<\).*; write out/],
    ['total steps with iterations in a file', {}, 'iterations: 5\ntotalSteps: 1e6\n', /\.yaml:2: totalSteps: expected one of .*got both/],
    ['too few total steps in a file', {}, 'totalSteps: 5\n', /\.yaml:1: totalSteps: expected a whole number of at least 4096/],
    ['a word for a list of numbers', {}, 'hiddenSizes: 32,x\n', /\.yaml:1: hiddenSizes: /],
    ['none where a value must be', {}, 'gamma: none\n', /\.yaml:1: gamma: .*got "none"/],
    ['too few total steps', { '--total-steps': '100' }, undefined, /at least 4096, the steps of one iteration/],
    [
      'stop-after beyond the end',
      { '--stop-after': '300' },
      undefined,
      /^--stop-after: expected at most the 200 iterations of the run, got 300/,
    ],
    ['stop-after of a file', {}, 'iterations: 10\nstopAfter: 11\n', /\.yaml:2: stopAfter: expected at most the 10 iterations/],
    ['NaN', { '--learning-rate': 'NaN' }, undefined, /--learning-rate: expected a number from 0 to 1, got "NaN"/],
    ['NaN in a file', {}, '\n\nlearningRate: .nan\n', /\.yaml:3: learningRate: expected a number from 0 to 1, got NaN/],
    ['a wrong choice', { '--bins': 'tme' }, undefined, /--bins: .*got "tme"; did you mean time\?/],
    ['a function as a flag', { '--bins': 'custom' }, undefined, /--bins: .*got "custom"; use it in a program/],
    ['an unknown field', {}, 'numEnv: 3\n', /\.yaml:1: expected a field of gpg\+, got "numEnv"; did you mean numEnvs\?/],
    ['an unknown recipe', { '--recipe': 'papr' }, undefined, /got "papr"; did you mean paper\?/],
    ['the same seed twice', { '--seed': '1,2,1' }, undefined, /^--seed: expected seeds that differ, got 1 twice/],
    ['a seed that is no number', { '--seed': '1,x' }, undefined, /^--seed: expected whole numbers .* got "x"/],
    ['a seed that is negative', { '--seed': '-1' }, undefined, /^--seed: .*got "-1"/],
    ['a seed above 2^53', { '--seed': '9007199254740993' }, undefined, /^--seed: .*got "9007199254740993"/],
    ['a config.json of another format', {}, '{ "format": "cohort-run", "formatVersion": 1 }', /of a run of format 2, got .* of format 1/],
    [
      'a field of config.json, with its line',
      {},
      '{\n"format": "cohort-run", "formatVersion": 2, "road": "environments",\n"config": {\n"numEnvs": 0 } }',
      /\.yaml:4: numEnvs: expected a whole number/,
    ],
    [
      'another environment in the file',
      {},
      'env: CliffWalking-v1\n',
      /^train: expected the environment of .*"CliffWalking-v1".*got "CartPole-v1"/,
    ],
  ];
  it.each(cases)('%s', async (_name, flags, yaml, message) => {
    await expect(request(flags, yaml)).rejects.toThrow(message);
    await expect(request(flags, yaml)).rejects.toMatchObject({ name: 'CohortError' });
  });

  it('an environment that is not known, with the nearest', () => {
    return expect(request({}, undefined, 'CartPol-v1')).rejects.toThrow(/got "CartPol-v1"; did you mean CartPole-v1/);
  });
});
