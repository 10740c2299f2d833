import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { NextStep } from '../../src/cli/closing/nextSteps.ts';
import { readConfigFile } from '../../src/cli/configFile.ts';
import type { FlagValue } from '../../src/cli/flags.ts';
import { type Library, loadLibrary } from '../../src/cli/library.ts';
import { environments, languageModels } from '../../src/cli/roads/index.ts';
import type { Road, TrainRequest } from '../../src/cli/roads/road.ts';
import { trainAgain } from '../../src/cli/trainAgain.ts';
import { buildTrainRequest } from '../../src/cli/trainRequest.ts';

const standard = await loadLibrary();
const folder = mkdtempSync(join(tmpdir(), 'cohort-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

interface Compared {
  readonly own: TrainRequest;
  readonly step: NextStep;
  /** What the suggested command trains, read as the command line reads it. */
  readonly other: TrainRequest;
}

/** The suggestion after such a run, typed again. */
async function compared(
  target: string,
  flags: Record<string, FlagValue>,
  yaml?: string,
  road: Road = environments,
  library: Library = standard,
): Promise<Compared> {
  const fields = road.training.fields(library);
  const path = join(folder, `${count++}.yaml`);
  if (yaml !== undefined) writeFileSync(path, yaml);
  const file = yaml === undefined ? undefined : await readConfigFile(path, library);
  const said = { target, flags: new Map<string, FlagValue>(Object.entries(flags)), file };
  if (file) said.flags.set('--config', path);
  const own = buildTrainRequest(road, said, fields, library);
  const step = trainAgain(road, said, own, fields, library).find(({ purpose }) => purpose.startsWith('compare'))!;
  const words = step.words.slice(step.words.indexOf(target) + 1);
  const again = new Map<string, FlagValue>();
  for (let at = 0; at < words.length; at++) {
    const flag = words[at]!;
    const value = words[at + 1];
    if (value === undefined || value.startsWith('--')) {
      again.set(flag.replace('--no-', '--'), !flag.startsWith('--no-'));
      continue;
    }
    at++;
    again.set(flag, flag === '--env-option' ? [...((again.get(flag) as string[] | undefined) ?? []), value] : value);
  }
  const usedFile = again.has('--config') ? file : undefined;
  return { own, step, other: buildTrainRequest(road, { target, flags: again, file: usedFile }, fields, library) };
}

const stepsOf = ({ config }: TrainRequest): number => config.iterations * Number(config.numEnvs) * Number(config.numSteps);

describe('compare with PPO', () => {
  it('keeps seed and budget', async () => {
    const { step, other } = await compared('CliffWalking-v1', { '--seed': '3,4', '--iterations': '80' });
    expect(step.words).toEqual(['train', 'CliffWalking-v1', '--algorithm', 'ppo', '--seed', '3,4', '--iterations', '80']);
    expect(other).toMatchObject({ seeds: [3, 4], config: { algorithm: 'ppo', iterations: 80 } });
    // 32 environments x 128 steps, of which PPO's recipe makes 8 x 32.
    const own = await compared('CartPole-v1', { '--seed': '3', '--iterations': '80' });
    expect(own.step.words).toEqual(['train', 'CartPole-v1', '--algorithm', 'ppo', '--seed', '3', '--total-steps', '327680']);
  });

  it('keeps the steps of the run where the recipes differ in their rollouts', async () => {
    const { own, other, step } = await compared('LunarLander-v3', {});
    expect(other.config).toMatchObject({ algorithm: 'ppo', numEnvs: 16 });
    expect(stepsOf(other)).toBe(stepsOf(own));
    expect(step.note).toBe(
      'each at its own settings: GPG+ with recipe default, PPO with recipe default; for the same settings train both with --recipe paper',
    );
    const few = await compared('HalfCheetah-v5', { '--total-steps': '100000' });
    expect(stepsOf(few.other)).toBeGreaterThan(stepsOf(few.own) - 2048);
  });

  it('says where the settings are the same', async () => {
    expect((await compared('CartPole-v1', { '--recipe': 'paper' })).step.note).toBe('the same settings for both');
    expect((await compared('CartPole-v1', { '--recipe': 'none' })).step.note).toBe('the same settings for both');
    expect((await compared('CartPole-v1', {})).step.note).toMatch(/^each at its own settings/);
    expect((await compared('CliffWalking-v1', { '--learning-rate': '1e-3' })).step.note).toBe('the same settings for both');
  });

  it('says that branches are further steps', async () => {
    const { step } = await compared('CartPole-v1', { '--algorithm': 'vineppo' });
    expect(step.words.slice(0, 4)).toEqual(['train', 'CartPole-v1', '--algorithm', 'gpg']);
    expect(step.note).toBe('the same settings for both; the steps of VinePPO are more, by those of its branches');
  });

  it('keeps the recipe and the file', async () => {
    const recipe = await compared('CartPole-v1', { '--recipe': 'none', '--num-envs': '3' });
    expect(recipe.step.words).toEqual(expect.arrayContaining(['--recipe', 'none', '--num-envs', '3']));
    const file = await compared('CartPole-v1', { '--gamma': '0.9' }, 'algorithm: gpg\nnumEnvs: 16\nseed: 4\niterations: 5\n');
    expect(file.step.words).toContain('--config');
    expect(file.other).toMatchObject({ seeds: [4], config: { algorithm: 'ppo', numEnvs: 16, numSteps: 32, iterations: 20, gamma: 0.9 } });
    const both = await compared('CartPole-v1', { '--recipe': 'paper' }, 'numEnvs: 16\n');
    expect(both.step.words).toEqual(expect.arrayContaining(['--recipe', 'paper', '--config']));
    const named = await compared('CartPole-v1', {}, 'recipe: paper\nnumEnvs: 16\n');
    expect(named.other).toMatchObject({ recipe: 'paper', config: { annealLearningRate: false, numEnvs: 16 } });
  });

  it('begins from the same policy, under the same tags, without the name and the optimizer', async () => {
    const flags = { '--from': 'runs/x', '--from-iteration': '3', '--with-optimizer': true, '--name': 'mine', '--tag': ['a', 'b'] };
    const { step } = await compared('CartPole-v1', flags);
    const words = ['--from', 'runs/x', '--from-iteration', '3', '--tag', 'a', '--tag', 'b'];
    expect(step.words).toEqual(expect.arrayContaining(words));
    expect(step.words.filter((word) => /name|mine|optimizer/.test(word))).toEqual([]);
    const yaml = 'from: runs/x\nfromIteration: 3\nwithOptimizer: true\nname: mine\ntags: [a, b]\n';
    expect((await compared('CliffWalking-v1', {}, yaml)).step.words).toEqual(['train', 'CliffWalking-v1', '--algorithm', 'ppo', ...words]);
    expect((await compared('CartPole-v1', {}, 'from: runs/x\n')).step.words).toContain('--config');
  });

  it('says the shared fields of a file that PPO could not read one by one', async () => {
    const yaml =
      'numEnvs: 16\nnumSteps: 128\nbins: state\nseed: [4, 5]\niterations: 5\nlearningRate: 0.001\nhiddenSizes: [32]\ntensorboard: false\nenvOptions: { suttonBartoReward: true }\n';
    const { own, other, step } = await compared('CartPole-v1', {}, yaml);
    expect(step.words).not.toContain('--config');
    expect(step.words).not.toContain('--bins');
    expect(other.seeds).toEqual([4, 5]);
    const { numEnvs, iterations, learningRate, hiddenSizes, tensorboard, envOptions } = own.config;
    expect(other.config).toMatchObject({ algorithm: 'ppo', numEnvs, iterations, learningRate, hiddenSizes, tensorboard, envOptions });
  });

  it('says what a config.json sets beyond the defaults', async () => {
    const { config } = (await compared('CartPole-v1', { '--num-envs': '8', '--seed': '7', '--gamma': '0.95', '--iterations': '9' })).own;
    const stored = {
      format: standard.runFormat,
      formatVersion: standard.runFormatVersion,
      road: 'environments',
      versions: {},
      platform: 'x',
      config,
    };
    const { other, step } = await compared('CartPole-v1', {}, JSON.stringify(stored));
    expect(other.seeds).toEqual([7]);
    expect(other.config).toMatchObject({ algorithm: 'ppo', numEnvs: 8, gamma: 0.95, iterations: 9, entropyCoef: config.entropyCoef });
    expect(step.note).toBe('the same settings for both');
    expect(step.words.length).toBeLessThan(40);
  });

  it('says what a recipe sets of whose name PPO has none', async () => {
    const mine = { env: 'CartPole-v1', algorithm: 'gpg', name: 'mine', description: '', config: { numEnvs: 6, gamma: 0.9, bins: 'state' } };
    const findRecipe: Library['findRecipe'] = (env, algorithm, name, subject) =>
      name === 'mine' && algorithm === 'gpg' ? mine : standard.findRecipe(env, algorithm, name, subject);
    const { step, other } = await compared(
      'CartPole-v1',
      { '--algorithm': 'gpg', '--recipe': 'mine', '--iterations': '3' },
      undefined,
      environments,
      {
        ...standard,
        findRecipe,
      },
    );
    expect(step.words).toEqual(expect.arrayContaining(['--recipe', 'none', '--num-envs', '6', '--gamma', '0.9']));
    expect(other.config).toMatchObject({ algorithm: 'ppo', iterations: 3, numEnvs: 6, gamma: 0.9 });
  });

  it('leaves out what PPO has not, and flags of one run alone', async () => {
    const flags = { '--bins': 'state', '--baseline': 'leave-one-out', '--run-dir': 'x', '--stop-after': '2', '--target-return': '100' };
    const { step } = await compared('CliffWalking-v1', flags);
    expect(step.words).toEqual(['train', 'CliffWalking-v1', '--algorithm', 'ppo', '--target-return', '100']);
  });
});

describe('compare of language models', () => {
  it('keeps budget, file and seeds, and nothing that an estimator decides', async () => {
    const flags = { '--estimator': 'grpo', '--iterations': '7', '--clip-low': '0.3', '--num-groups': '8' };
    const { step, other } = await compared('add-2digit', flags, undefined, languageModels);
    expect(step.words).toEqual(['lm', 'train', 'add-2digit', '--estimator', 'gpg-lm', '--num-groups', '8', '--iterations', '7']);
    expect(other.config.iterations).toBe(7);
    const file = await compared('add-2digit', {}, 'numGroups: 8\nupdateEpochs: 1\niterations: 3\nseed: 5\n', languageModels);
    expect(file.step.words).toEqual(expect.arrayContaining(['--num-groups', '8', '--seed', '5', '--iterations', '3']));
    expect(file.step.words).not.toContain('--config');
    const plain = await compared('add-2digit', {}, 'numGroups: 8\nestimator: dapo\n', languageModels);
    expect(plain.step.words).toContain('--config');
    expect(plain.other.config).toMatchObject({ estimator: 'gpg-lm', numGroups: 8 });
  });
});
