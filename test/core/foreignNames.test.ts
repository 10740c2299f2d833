import { describe, expect, it } from 'vitest';
import { standardAlgorithms } from '../../src/algorithms/standard.ts';
import { suggestField } from '../../src/core/foreignNames.ts';
import { languageSchema } from '../../src/lm/config/config.ts';
import { answerForeign } from '../../src/lm/config/foreignNames.ts';
import { resolveConfig, runSchema } from '../../src/training/config.ts';

const gpg = Object.keys(runSchema(standardAlgorithms().get('gpg')).shape);
const ppo = Object.keys(runSchema(standardAlgorithms().get('ppo')).shape);
const all = [...new Set([...gpg, ...ppo])];

describe('names of other packages', () => {
  it.each([
    ['lr', 'learningRate'],
    ['n_epochs', 'updateEpochs'],
    ['n-epochs', 'updateEpochs'],
    ['clip_range', 'clipCoef'],
    ['clip_range_vf', 'clipValueLoss'],
    ['ent_coef', 'entropyCoef'],
    ['vf_coef', 'valueCoef'],
    ['n_steps', 'numSteps'],
    ['n_envs', 'numEnvs'],
    ['net_arch', 'hiddenSizes'],
    ['anneal_lr', 'annealLearningRate'],
    ['norm_adv', 'normalizeAdvantage'],
    ['num_sgd_iter', 'updateEpochs'],
    ['entropy_coeff', 'entropyCoef'],
    ['clip_param', 'clipCoef'],
    ['rollout_fragment_length', 'numSteps'],
  ])('%s is %s', (name, field) => {
    expect(answerForeign(name, all)).toBe(`it is ${field} here`);
  });

  it.each([
    ['batch_size', /numMinibatches/],
    ['track', /`--log wandb`.*wandbSink.*metrics\.jsonl/],
    ['wandb_project_name', /WANDB_PROJECT beside `--log wandb`/],
    ['wandb_entity', /WANDB_ENTITY/],
    ['mlflow_tracking_uri', /`--log mlflow=<address>`/],
    ['tensorboard_log', /none: .*metrics\.jsonl.*--json/],
    ['capture_video', /`record`/],
    ['cuda', /CPU/],
    ['env_id', /`env`/],
    ['total_timesteps', /iterations = total steps/],
    ['exp_name', /--run-dir/],
    ['run_name', /`train` takes it as --name/],
    ['wandb_group', /--tag/],
    ['trained_agent', /--from/],
    ['torch_deterministic', /same seed/],
    ['buffer_size', /no replay buffer/],
  ])('%s has no equal, and is told why', (name, says) => {
    expect(answerForeign(name, all)).toMatch(says);
  });

  it('are written as the reader writes them, and only where the field is there', () => {
    expect(answerForeign('lr', all, (field) => `--${field}`)).toBe('it is --learningRate here');
    expect(answerForeign('total_timesteps', ['totalSteps'])).toBe('it is totalSteps here');
    expect(answerForeign('vf_coef', gpg)).toBeUndefined();
    expect(answerForeign('lr', Object.keys(languageSchema().shape))).toBe('it is learningRate here');
    for (const name of ['constructor', '__proto__', 'toString', '', 'x'.repeat(1e6)]) expect(answerForeign(name, all)).toBeUndefined();
    expect(suggestField('numEnv', all)).toMatch(/^did you mean numEnvs/);
  });

  it('name fields that there are', () => {
    // Each of ours, said in the way of others, is ours.
    for (const field of all) {
      const underscored = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      for (const name of [underscored, field.toUpperCase()]) expect(answerForeign(name, all)).toBe(`did you mean ${field}?`);
    }
  });

  it('of language models are their own', () => {
    const language = Object.keys(languageSchema().shape);
    expect(answerForeign('num_generations', language)).toBe('it is groupSize here');
    expect(answerForeign('max_completion_length', language)).toBe('it is maxTokens here');
    expect(answerForeign('beta', language)).toBe('it is klCoef here');
    expect(answerForeign('batch_size', language)).toMatch(/numGroups prompts with groupSize/);
    expect(answerForeign('batch_size', gpg)).toMatch(/numMinibatches/);
    expect(answerForeign('env_id', language)).toMatch(/`task`/);
    expect(answerForeign('cuda', language)).toMatch(/CPU/);
    expect(answerForeign('from', language)).toMatch(/warm start/);
    expect(answerForeign('num_generations', gpg)).toBeUndefined();
  });

  it('are answered where a program says them', () => {
    expect(() => resolveConfig({ env: 'CartPole-v1', lr: 0.1 })).toThrow('expected known fields, got "lr"; it is learningRate here');
    expect(() => resolveConfig({ env: 'CartPole-v1', batch_size: 64 })).toThrow(/got "batch_size"; there is none: numMinibatches/);
  });
});
