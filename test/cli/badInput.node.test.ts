import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, checkCase, edit, outside, runHere, write } from './badInputs.ts';
import { makeFolder, removeFolders, runCli, tiny } from './runCli.ts';

/** A run that is done, a run that was stopped, and a run of several seeds: every case gets its own copy. */
let stock = '';

beforeAll(async () => {
  stock = makeFolder();
  const train = (...words: string[]) => runCli(['train', 'CartPole-v1', ...tiny, ...words], { cwd: stock });
  const results = await Promise.all([
    train('--iterations', '2', '--run-dir', 'done'),
    train('--iterations', '4', '--stop-after', '2', '--run-dir', 'stopped'),
    train('--iterations', '4', '--stop-after', '2', '--run-dir', 'many', '--seed', '1,2'),
  ]);
  for (const { code, stderr } of results) expect([code, stderr]).toEqual([0, '']);
});

afterAll(removeFolders);

const train = (...words: string[]): string[] => ['train', 'CartPole-v1', ...tiny, '--iterations', '2', ...words];
const checkpoint = 'stopped/checkpoint.safetensors';

const commandLine: Case[] = [
  { name: 'unknown command', words: ['trian', 'CartPole-v1'], says: /got "trian"; did you mean train\?/ },
  { name: 'unknown flag', words: train('--num-env', '4'), says: /got "--num-env"; did you mean --num-envs/ },
  { name: 'unknown flag that is near to none', words: train('--qqqqqqqq'), says: /got "--qqqqqqqq"; `.* train --help` lists them all/ },
  { name: 'unknown flag of resume', words: ['resume', 'stopped', '--thread', '2'], says: /did you mean --threads\?/ },
  { name: 'a flag of CleanRL', words: train('--lr', '0.1'), says: /got "--lr"; it is --learning-rate here/ },
  { name: 'a flag of Stable-Baselines3', words: train('--n-epochs', '4'), says: /got "--n-epochs"; it is --update-epochs here/ },
  { name: 'a flag with underscores', words: train('--gae_lambda', '0.9'), says: /got "--gae_lambda"; did you mean --gae-lambda\?/ },
  { name: 'a flag for what is not there', words: train('--track'), says: /got "--track"; it is `--log wandb` .*metrics\.jsonl/ },
  {
    name: 'the environment as a flag',
    words: ['train', '--env-id', 'CartPole-v1'],
    says: /got "--env-id"; it is `env` .*first word after `train`/,
  },
  { name: 'a batch size', words: train('--batch-size', '64'), says: /got "--batch-size"; there is none: numMinibatches/ },
  { name: 'flag without a value', words: ['train', 'CartPole-v1', '--num-envs'], says: /--num-envs: expected a value, got nothing/ },
  { name: 'two environments', words: train('CliffWalking-v1'), says: /at most 1 argument, got "CliffWalking-v1" as well/ },
  { name: 'no environment', words: ['train'], says: /the id of an environment, got nothing/ },
  { name: 'no run to resume', words: ['resume'], says: /expected <run>, got nothing/ },
  { name: 'json and quiet', words: train('--json', '--quiet'), says: /one of --json and --quiet, got both/ },
  {
    name: 'a switch both ways',
    words: train('--tensorboard', '--no-tensorboard'),
    says: /one of --tensorboard and --no-tensorboard, got both/,
  },
  { name: 'unknown shell', words: ['completion', 'bsh'], says: /got "bsh"; did you mean bash/ },
  { name: 'unknown suite', words: ['bench', 'nosuchsuite'], says: /bench: expected the name of a suite/ },
];

const values: Case[] = [
  { name: 'unknown environment', words: ['train', 'CartPol-v1'], says: /got "CartPol-v1"; did you mean CartPole-v1/ },
  { name: 'unknown environment to describe', words: ['envs', 'Cliff'], says: /got "Cliff"; did you mean CliffWalking-v/ },
  { name: 'unknown environment with recipes', words: ['recipes', 'Pong'], says: /got "Pong"; choose one of CartPole-v1/ },
  {
    name: 'unknown algorithm',
    words: train('--algorithm', 'ppp'),
    says: /--algorithm: expected one of gpg\+, gpg, ppo, or a method that .* lists, got "ppp"; did you mean ppo/,
  },
  { name: 'unknown recipe', words: train('--recipe', 'papr'), says: /got "papr"; did you mean paper/ },
  {
    name: 'a word for a number',
    words: train('--num-envs', 'many'),
    says: /--num-envs: expected a whole number from 1 to \d+, got "many"/,
  },
  { name: 'NaN', words: train('--learning-rate', 'NaN'), says: /--learning-rate: .* got "NaN"/ },
  { name: 'infinity', words: train('--gamma', 'Infinity'), says: /--gamma: expected a number from 0 to 1, got "Infinity"/ },
  { name: 'a negative number', words: train('--num-steps', '-5'), says: /--num-steps: .* got -5/ },
  { name: 'zero', words: train('--num-envs', '0'), says: /--num-envs: .* got 0/ },
  { name: 'a huge number', words: train('--num-envs', '1e99'), says: /--num-envs: .* got 1e\+99/ },
  { name: 'a fraction for a whole number', words: train('--iterations', '2.5'), says: /--iterations: .* got 2\.5/ },
  { name: 'out of range', words: train('--gamma', '1.5'), says: /--gamma: .* got 1\.5/ },
  { name: 'a wrong choice', words: train('--bins', 'tyme'), says: /--bins: .* got "tyme"; did you mean time\?/ },
  { name: 'a list with a word', words: train('--hidden-sizes', '64,x'), says: /--hidden-sizes: .* got / },
  { name: 'an empty value', words: train('--num-envs', ''), says: /--num-envs: .* got ""/ },
  { name: 'an empty seed list', words: train('--seed', ''), says: /--seed: .* got ""/ },
  { name: 'the same seed twice', words: train('--seed', '3,3'), says: /--seed: expected seeds that differ, got 3 twice/ },
  { name: 'a seed above 2^53', words: train('--seed', '99999999999999999999'), says: /--seed: .*9007199254740991/ },
  { name: 'more minibatches than samples', words: train('--num-minibatches', '64'), says: /minibatches of at least 2 samples/ },
  {
    name: 'bins for PPO',
    words: train('--algorithm', 'ppo', '--bins', 'time'),
    says: /--bins: expected a flag of ppo, got a flag of gpg\+, gpg, group methods only/,
  },
  { name: 'total steps with iterations', words: train('--total-steps', '1000'), says: /one of --total-steps and --iterations, got both/ },
  { name: 'stop-after beyond the end', words: train('--stop-after', '3'), says: /--stop-after: expected at most the 2 iterations/ },
  { name: 'custom bins as a flag', words: train('--bins', 'custom'), says: /--bins: .* use it in a program/ },
  { name: 'no episodes', words: ['eval', 'done', '--episodes', '0'], says: /--episodes: .* from 1 to .* got "0"/ },
  { name: 'episodes in words', words: ['eval', 'done', '--episodes', 'ten'], says: /--episodes: .* got "ten"/ },
  { name: 'threads in words', words: ['resume', 'stopped', '--threads', '1.5'], says: /--threads: .* got "1\.5"/ },
  {
    name: 'stop-after of resume beyond the end',
    words: ['resume', 'stopped', '--stop-after', '9'],
    says: /at most the 4 iterations of the run, got 9/,
  },
];

const files: Case[] = [
  { name: 'config that is missing', words: train('--config', 'none.yaml'), says: /--config: .*"none.yaml", which does not exist/ },
  { name: 'config that is a folder', words: train('--config', 'done'), says: /--config: .*"done", which is a folder/ },
  { name: 'config that is binary', words: train('--config', checkpoint), says: /which is not text in UTF-8/ },
  {
    name: 'config with an unknown field',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', 'numEnvs: 4\nnum-envs: 4\n'),
    says: /c\.yaml:2: .*got "num-envs"; did you mean numEnvs/,
  },
  {
    name: 'config that is no YAML',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', 'numEnvs: 4\nseed: [1, 2\ngamma: "\n'),
    says: /c\.yaml:\d: expected YAML, got a mistake/,
  },
  {
    name: 'config with a key twice',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', 'gamma: 0.5\ngamma: 0.6\n'),
    says: /c\.yaml:2: expected YAML/,
  },
  {
    name: 'config that is a list',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', '- 1\n- 2\n'),
    says: /expected a record of fields, got a list/,
  },
  {
    name: 'config with a wrong type',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', 'gamma:\n  a: 1\n'),
    says: /c\.yaml:1: gamma: .* got an object with a/,
  },
  {
    name: 'config that names another environment',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', 'env: CliffWalking-v1\n'),
    says: /leave one of them out/,
  },
  {
    name: 'config with an option that the environment lacks',
    words: train('--config', 'c.yaml'),
    prepare: write('c.yaml', 'envOptions: { gravity: 3 }\n'),
    says: /got "gravity"|gravity/,
  },
  { name: 'run folder that holds a run', words: train('--run-dir', 'done'), says: /"done", which holds a run; .*resume done/ },
  { name: 'run folder that holds something else', words: train('--run-dir', '.'), says: /--run-dir: expected a new or empty folder/ },
  {
    name: 'run folder that is a file',
    words: train('--run-dir', 'c.yaml'),
    prepare: write('c.yaml', 'x'),
    says: /--run-dir: .*a file somewhere in this path/,
  },
  {
    name: 'run folder below a file',
    words: train('--run-dir', 'c.yaml/x'),
    prepare: write('c.yaml', 'x'),
    says: /--run-dir: .*a file somewhere in this path/,
  },
  { name: 'run folder with an empty name', words: train('--run-dir', ''), says: /--run-dir: expected the name of a folder, got ""/ },
  {
    name: 'run folder with a name too long',
    words: train('--run-dir', 'x'.repeat(300)),
    says: /--run-dir: .*ENAMETOOLONG.*choose a shorter/,
    code: 1,
  },
  ...(process.platform === 'linux'
    ? [
        {
          name: 'run folder where nothing can be made',
          words: train('--run-dir', '/proc/cohort/run'),
          says: /--run-dir: expected a folder that can be written/,
          code: 1 as const,
        },
      ]
    : []),
];

const runs: Case[] = [
  { name: 'resume of nothing', words: ['resume', 'nothing'], says: /resume: expected a run folder, got "nothing", which does not exist/ },
  {
    name: 'resume of a folder without a run',
    words: ['resume', 'empty'],
    prepare: (folder) => mkdirSync(join(folder, 'empty')),
    says: /"empty", which has no config\.json/,
  },
  { name: 'resume of a file', words: ['resume', checkpoint], says: /which is a file/ },
  {
    name: 'eval of an empty folder',
    words: ['eval', 'empty'],
    prepare: (folder) => mkdirSync(join(folder, 'empty')),
    says: /eval: expected a run folder/,
  },
  {
    name: 'resume of a truncated checkpoint',
    words: ['resume', 'stopped'],
    prepare: (folder) => truncateSync(join(folder, checkpoint), 1000),
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'resume of an empty checkpoint',
    words: ['resume', 'stopped'],
    prepare: (folder) => truncateSync(join(folder, checkpoint), 0),
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'resume of noise',
    words: ['resume', 'stopped'],
    prepare: write(
      checkpoint,
      new Uint8Array(5000).map((_, i) => (i * 131) % 251),
    ),
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'resume of a checkpoint with one bit flipped',
    words: ['resume', 'stopped'],
    prepare: (folder) => {
      const bytes = readFileSync(join(folder, checkpoint));
      bytes[bytes.length - 100]! ^= 1;
      writeFileSync(join(folder, checkpoint), bytes);
    },
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'resume of a foreign checkpoint',
    words: ['resume', 'stopped'],
    prepare: (folder) => cpSync(join(folder, 'many/seed2/checkpoint.safetensors'), join(folder, checkpoint)),
    says: /foreign, or config\.json was changed/,
    code: 1,
  },
  {
    name: 'resume of a config.json of somebody else',
    words: ['resume', 'stopped'],
    prepare: write('stopped/config.json', '{ "name": "mine" }'),
    says: /config\.json is not ours/,
    code: 1,
  },
  {
    name: 'resume of a config.json that is no JSON',
    words: ['resume', 'stopped'],
    prepare: edit('stopped/config.json', (text) => text.slice(0, 40)),
    says: /config\.json: expected a JSON object/,
    code: 1,
  },
  {
    name: 'resume of a config.json that was changed',
    words: ['resume', 'stopped'],
    prepare: edit('stopped/config.json', (text) => text.replace('0.99', '0.98')),
    says: /config\.json was changed/,
    code: 1,
  },
  {
    name: 'resume with a metric file cut short',
    words: ['resume', 'stopped'],
    prepare: (folder) => truncateSync(join(folder, 'stopped/metrics.jsonl'), 10),
    says: /metrics\.jsonl: expected at least the \d+ bytes/,
    code: 1,
  },
  {
    name: 'resume of a plan that is no plan',
    words: ['resume', 'many'],
    prepare: write('many/seeds.json', '{}'),
    says: /no plan of seeds/,
  },
  {
    name: 'eval of a truncated checkpoint',
    words: ['eval', 'done'],
    prepare: (folder) => truncateSync(join(folder, 'done/checkpoint.safetensors'), 500),
    says: /checkpoint\.safetensors/,
    code: 1,
  },
  {
    name: 'eval of a run without a checkpoint',
    words: ['eval', 'fresh'],
    prepare: (folder) => {
      mkdirSync(join(folder, 'fresh'));
      cpSync(join(folder, 'done/config.json'), join(folder, 'fresh/config.json'));
    },
    says: /expected a run with a checkpoint, got none yet/,
    code: 1,
  },
  {
    name: 'eval of a loop of links',
    words: ['eval', 'loop'],
    prepare: (folder) => symlinkSync('loop', join(folder, 'loop')),
    says: /eval: expected a run folder/,
  },
  // Root may write anywhere.
  ...(process.getuid?.() === 0
    ? []
    : [
        {
          name: 'resume of a read-only run',
          words: ['resume', 'stopped'],
          prepare: (folder: string) => chmodSync(join(folder, 'stopped'), 0o555),
          says: /permission/,
          code: 1 as const,
        },
      ]),
];

describe('bad input, as a process of its own: command line', () => {
  it.concurrent.each(commandLine)('$name', (one) => checkCase(stock, one, outside));
});

describe('bad input, as a process of its own: run folders', () => {
  it.concurrent.each(runs)('$name', (one) => checkCase(stock, one, outside));
});

describe('bad input, in this process: values', () => {
  it.each(values)('$name', (one) => checkCase(stock, one, runHere));
});

describe('bad input, in this process: files', () => {
  it.each(files)('$name', (one) => checkCase(stock, one, runHere));
});

it('covers at least sixty mistakes', () => {
  expect(commandLine.length + values.length + files.length + runs.length).toBeGreaterThanOrEqual(60);
});
