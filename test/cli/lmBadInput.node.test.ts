import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, checkCase, edit, outside, runHere, write } from './badInputs.ts';
import { makeFolder, removeFolders, runCli, tiny, tinyModel } from './runCli.ts';

/** Runs of a language model, done, stopped, and of two seeds, and one on an environment: every case gets its own copy. */
let stock = '';

beforeAll(async () => {
  stock = makeFolder();
  const words = ['lm', 'train', 'reverse-dense', ...tinyModel];
  const results = await Promise.all([
    runCli([...words, '--iterations', '2', '--run-dir', 'done'], { cwd: stock }),
    runCli([...words, '--iterations', '4', '--stop-after', '2', '--run-dir', 'stopped'], { cwd: stock }),
    runCli([...words, '--iterations', '4', '--stop-after', '2', '--seed', '1,2', '--run-dir', 'many'], { cwd: stock }),
    runCli(['train', 'CartPole-v1', ...tiny, '--iterations', '1', '--run-dir', 'cartpole'], { cwd: stock }),
  ]);
  for (const { code, stderr } of results) expect([code, stderr]).toEqual([0, '']);
});

afterAll(removeFolders);

const train = (...words: string[]): string[] => ['lm', 'train', 'add-2digit', ...tinyModel, ...words];
const sample = (...words: string[]): string[] => ['lm', 'sample', 'done', ...words];

const commandLine: Case[] = [
  { name: 'unknown command', words: ['lm', 'trian'], says: /lm: expected a command of lm, got "trian"; did you mean train\?/ },
  { name: 'unknown flag', words: train('--group-sise', '4'), says: /a flag of lm train, got "--group-sise"; did you mean --group-size/ },
  { name: 'a flag of train', words: train('--num-envs', '4'), says: /a flag of lm train, got "--num-envs"; .* lm train --help/ },
  {
    name: 'no task',
    words: ['lm', 'train'],
    says: /lm train: expected the id of a task, got nothing; name one, for example: .*add-2digit/,
  },
  { name: 'two tasks', words: train('sort'), says: /at most 1 argument, got "sort" as well/ },
  { name: 'json and quiet', words: train('--json', '--quiet'), says: /one of --json and --quiet, got both/ },
  { name: 'a switch both ways', words: train('--attention-bias', '--no-attention-bias'), says: /one of --attention-bias and .*, got both/ },
  { name: 'no prompt', words: sample(), says: /--prompt: expected a value, got nothing; write --prompt <text>/ },
];

const values: Case[] = [
  { name: 'unknown task', words: ['lm', 'train', 'add-2digits'], says: /got "add-2digits"; did you mean add-2digit/ },
  { name: 'unknown task to describe', words: ['lm', 'tasks', 'sotr'], says: /got "sotr"; did you mean sort/ },
  {
    name: 'an environment for a task',
    words: ['lm', 'train', 'CartPole-v1'],
    says: /task: expected the id of a known task, got "CartPole-v1"/,
  },
  {
    name: 'unknown estimator',
    words: train('--estimator', 'grpoo'),
    says: /--estimator: expected one of gpg-lm, .* got "grpoo"; did you mean grpo/,
  },
  { name: 'an estimator of one’s own', words: train('--estimator', 'custom'), says: /--estimator: .*got "custom"; use it in a program/ },
  {
    name: 'threshold 1.5',
    words: train('--min-valid-fraction', '1.5'),
    says: /--min-valid-fraction: expected a number from 0 to 1, got 1\.5/,
  },
  {
    name: 'a threshold in words',
    words: train('--min-valid-fraction', 'most'),
    says: /--min-valid-fraction: expected a number from 0 to 1, got "most"/,
  },
  { name: 'group size 1', words: train('--group-size', '1'), says: /--group-size: expected at least 2 completions per prompt.* got 1/ },
  { name: 'group size 0', words: train('--group-size', '0'), says: /--group-size: expected a whole number from 1 .* got 0/ },
  {
    name: 'a wrong rescaling',
    words: train('--gradient-rescaling', 'groups'),
    says: /--gradient-rescaling: expected one of off, group, token, nonzero, got "groups"; did you mean group/,
  },
  {
    name: 'several epochs without a ratio',
    words: train('--update-epochs', '3'),
    says: /--update-epochs: expected 1 with estimator gpg-lm/,
  },
  { name: 'heads that do not divide', words: train('--num-attention-heads', '3'), says: /expected a multiple of 8/ },
  {
    name: 'more tokens than the task',
    words: train('--max-tokens', '99'),
    says: /--max-tokens: expected at most 4 for task add-2digit, got 99/,
  },
  { name: 'temperature 0', words: train('--temperature', '0'), says: /--temperature: .* got 0/ },
  { name: 'a learning rate that is no number', words: train('--learning-rate', 'NaN'), says: /--learning-rate: .* got "NaN"/ },
  { name: 'the same seed twice', words: train('--seed', '3,3'), says: /--seed: expected seeds that differ, got 3 twice/ },
  {
    name: 'stop-after beyond the end',
    words: train('--iterations', '3', '--stop-after', '4'),
    says: /--stop-after: expected at most the 3 iterations/,
  },
  { name: 'no prompts', words: ['lm', 'eval', 'done', '--prompts', '0'], says: /--prompts: .* from 1 to .* got "0"/ },
  { name: 'samples in words', words: ['lm', 'eval', 'done', '--samples', 'few'], says: /--samples: .* got "few"/ },
  {
    name: 'a prompt of a strange character',
    words: sample('--prompt', '37+58='),
    says: /--prompt: expected 1 to 7 characters of "0123456789=", .*got "\+"/,
  },
  {
    name: 'a prompt that is too long',
    words: sample('--prompt', '31415926='),
    says: /--prompt: expected 1 to 7 characters .*, got 9 characters; write for example --prompt \d{6}=/,
  },
  { name: 'an empty prompt', words: sample('--prompt', ''), says: /--prompt: expected 1 to 7 characters .*, got 0 characters/ },
  { name: 'top-p above 1', words: sample('--prompt', '314159=', '--top-p', '2'), says: /--top-p: expected a number from .* to 1, got "2"/ },
  { name: 'a temperature in words', words: sample('--prompt', '314159=', '--temperature', 'hot'), says: /--temperature: .* got "hot"/ },
  {
    name: 'a temperature for the greedy one',
    words: sample('--prompt', '314159=', '--greedy', '--temperature', '2'),
    says: /--temperature: expected one of --greedy and --temperature, got both/,
  },
];

const files: Case[] = [
  {
    name: 'config with an unknown field',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', 'numGroups: 4\ngroup-size: 4\n'),
    says: /c\.yaml:2: expected a field of lm train, got "group-size"; did you mean groupSize/,
  },
  {
    name: 'config of a run on an environment',
    words: ['lm', 'train', '--config', 'cartpole/config.json'],
    says: /--config: expected settings of a run of a language model, .*of a run on an environment; use it with `.* train`/,
  },
  {
    name: 'config of a language model for train',
    words: ['train', '--config', 'done/config.json'],
    says: /--config: expected settings of a run on an environment, .*; use it with `.* lm train`/,
  },
  {
    name: 'config of another task',
    words: train('--config', 'done/config.json'),
    says: /lm train: expected the task of done\/config\.json \("reverse-dense"\) or none on the command line, got "add-2digit"/,
  },
  {
    name: 'run folder that is taken',
    words: train('--run-dir', 'done'),
    says: /--run-dir: expected a new or empty folder, got "done", which holds a run/,
  },
  {
    name: 'episodes of a language model',
    words: ['eval', 'done', '--episodes', '5'],
    says: /--episodes: expected a flag for a run of a language model \(--prompts, --samples, --max-tokens, --threads, --base-weights, --model, --tokenizer\), got one for a run on an environment/,
  },
  {
    name: 'prompts of CartPole',
    words: ['eval', 'cartpole', '--prompts', '5'],
    says: /--prompts: expected a flag for a run on an environment \(--episodes, --max-steps\), got one for a run of a language model/,
  },
  { name: 'watch of a language model', words: ['watch', 'done'], says: /watch: expected a run on an environment.*; .* lm sample done/ },
  { name: 'record of a language model', words: ['record', 'many'], says: /record: expected a run on an environment.*; .* lm sample many/ },
  { name: 'export of a language model', words: ['export', 'done'], says: /its parameters are in done\/checkpoint\.safetensors/ },
  {
    name: 'lm eval of CartPole',
    words: ['lm', 'eval', 'cartpole'],
    says: /lm eval: expected a run of a language model, .*; measure it with `.* eval cartpole`/,
  },
  {
    name: 'lm sample of CartPole',
    words: ['lm', 'sample', 'cartpole', '--prompt', '1'],
    says: /lm sample: .*, or see it play with `.* watch cartpole`/,
  },
  { name: 'lm resume, which is resume', words: ['lm', 'resume', 'done'], says: /expected a command of lm, got "resume"/ },
  {
    name: 'lm eval of nothing',
    words: ['lm', 'eval', 'nothing'],
    says: /lm eval: expected a run folder, got "nothing", which does not exist/,
  },
  {
    name: 'stop-after of resume beyond the end',
    words: ['resume', 'stopped', '--stop-after', '9'],
    says: /at most the 4 iterations of the run, got 9/,
  },
];

const runs: Case[] = [
  {
    name: 'resume of a truncated checkpoint',
    words: ['resume', 'stopped'],
    prepare: (folder) => truncateSync(join(folder, 'stopped/checkpoint.safetensors'), 1000),
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'resume of a checkpoint with one bit flipped',
    words: ['resume', 'stopped'],
    prepare(folder) {
      const path = join(folder, 'stopped/checkpoint.safetensors');
      const bytes = readFileSync(path);
      bytes[bytes.length - 100]! ^= 1;
      writeFileSync(path, bytes);
    },
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'resume of a foreign checkpoint',
    words: ['resume', 'stopped'],
    prepare: (folder) => cpSync(join(folder, 'many/seed2/checkpoint.safetensors'), join(folder, 'stopped/checkpoint.safetensors')),
    says: /foreign, or config\.json was changed/,
    code: 1,
  },
  {
    name: 'resume of a config.json that was changed',
    words: ['resume', 'stopped'],
    prepare: edit('stopped/config.json', (text) => text.replace('"numGroups": 4', '"numGroups": 8')),
    says: /config\.json was changed/,
    code: 1,
  },
  {
    name: 'lm eval of a truncated checkpoint',
    words: ['lm', 'eval', 'done'],
    prepare: (folder) => truncateSync(join(folder, 'done/checkpoint.safetensors'), 500),
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'lm sample of a run without a checkpoint',
    words: ['lm', 'sample', 'fresh', '--prompt', '314159='],
    prepare(folder) {
      mkdirSync(join(folder, 'fresh'));
      cpSync(join(folder, 'done/config.json'), join(folder, 'fresh/config.json'));
    },
    says: /fresh: expected a run with a checkpoint, got none yet/,
    code: 1,
  },
];

describe('bad input for language models, as a process of its own', () => {
  it.concurrent.each(runs)('$name', (one) => checkCase(stock, one, outside));
});

describe('bad input for language models, in this process', () => {
  it.each([...commandLine, ...values, ...files])('$name', (one) => checkCase(stock, one, runHere));
});

it('covers at least fifty mistakes', () => {
  expect(commandLine.length + values.length + files.length + runs.length).toBeGreaterThanOrEqual(50);
});
